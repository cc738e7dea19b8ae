#include "base/secret.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

namespace billow {
namespace {

Result<std::string> cleaned(std::string text, const std::string& where) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  if (text.empty()) return Error{Errc::bad_config, where + " is empty"};
  if (text.size() > secret_bytes_max)
    return Error{Errc::bad_config, where + " is too long for a secret"};
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), control)) {
    return Error{Errc::bad_config, where + " holds control characters, a line break perhaps"};
  }
  return text;
}

/// A file that systemd hands over (LoadCredential=). An access list gives it to the service's user
/// alone, which shows as a permission of the group.
bool is_credential(const std::string& file) {
  const char* folder = std::getenv("CREDENTIALS_DIRECTORY");
  return folder != nullptr && *folder != '\0' && file.starts_with(std::string(folder) + "/");
}

}  // namespace

Result<std::string> read_secret(const SecretRef& ref) {
  if (!ref.env.empty() && !ref.file.empty()) {
    return Error{Errc::bad_config,
                 "a secret is given both by env " + ref.env + " and by file " + ref.file};
  }
  if (!ref.env.empty()) {
    const char* value = std::getenv(ref.env.c_str());
    if (value == nullptr)
      return Error{Errc::bad_config, "environment variable " + ref.env + " is not set"};
    return cleaned(value, "environment variable " + ref.env);
  }
  std::ifstream file(ref.file, std::ios::binary);
  if (!file) return Error{Errc::bad_config, "secret file " + ref.file + " cannot be read"};
  std::string text(secret_bytes_max + 2, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return Error{Errc::bad_config, "secret file " + ref.file + " cannot be read"};
  text.resize(static_cast<std::size_t>(file.gcount()));
  return cleaned(std::move(text), "secret file " + ref.file);
}

bool readable_by_others(const std::string& file) {
  using std::filesystem::perms;
  std::error_code ec;
  const perms mode = std::filesystem::status(file, ec).permissions();
  const bool open = (mode & (perms::group_read | perms::others_read)) != perms::none;
  return !ec && mode != perms::unknown && open && !is_credential(file);
}

}  // namespace billow
