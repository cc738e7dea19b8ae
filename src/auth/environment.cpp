#include "auth/environment.hpp"

#include "base/limits.hpp"

#include <pwd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <unistd.h>

namespace billow::auth {
namespace {

constexpr std::size_t file_bytes_max = limits::MiB;

std::optional<std::string> process_variable(const std::string& name) {
  const char* const value =
      std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nothing sets it
  if (value != nullptr && *value != '\0') return std::string(value);
  // Service managers often start daemons without HOME.
  if (name == "HOME") {
    const passwd* const user = ::getpwuid(::getuid());  // NOLINT(concurrency-mt-unsafe)
    if (user != nullptr && user->pw_dir != nullptr) return std::string(user->pw_dir);
  }
  return std::nullopt;
}

Result<std::string> read_process_file(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    const int reason = errno;
    const Errc code = reason == ENOENT || reason == ENOTDIR ? Errc::not_found : Errc::unauthorized;
    return Error{code, "cannot read " + path + ": " + std::strerror(reason)};
  }
  std::string text(file_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return Error{Errc::unauthorized, "cannot read " + path};
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > file_bytes_max) return Error{Errc::over_limit, path + " is larger than 1 MiB"};
  return text;
}

}  // namespace

Environment Environment::of_process() {
  Environment process;
  process.variable = process_variable;
  process.read_file = read_process_file;
  return process;
}

std::string configured_endpoint(const Environment& environment, const std::string& service) {
  if (auto own = environment.variable("AWS_ENDPOINT_URL_" + service)) return *own;
  return environment.variable("AWS_ENDPOINT_URL").value_or("");
}

}  // namespace billow::auth
