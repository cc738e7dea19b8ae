#pragma once

#include "base/error.hpp"
#include "base/limits.hpp"

#include <cstddef>
#include <string>

namespace billow {

/// How secrets are given: by reference only, never in the configuration itself. At most one is set.
struct SecretRef {
  std::string env;   ///< name of an environment variable
  std::string file;  ///< path of a file that holds the secret; trailing newline is cut
  bool empty() const noexcept { return env.empty() && file.empty(); }
};

/// Reads the secret that `ref` names, without its trailing newline. Errc::bad_config names the
/// variable or file that is missing, empty, over secret_bytes_max or unfit for an HTTP header
/// (control characters).
Result<std::string> read_secret(const SecretRef& ref);
inline constexpr std::size_t secret_bytes_max = 16 * limits::KiB;

/// True when people other than its owner may read a file: worth a warning where it holds a secret.
/// False for a file that cannot be looked at, and for a credential of systemd's.
bool readable_by_others(const std::string& file);

}  // namespace billow
