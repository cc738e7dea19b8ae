#include "daemon/config_secret.hpp"

#include <fmt/format.h>

namespace billow::daemon {

SecretRef read_secret_ref(const ConfigNode& node) {
  SecretRef secret;
  if (!node.is_map()) {
    node.fail(
        "holds the secret itself; expected a reference to it: { env: NAME } or { file: /path }");
    secret.env = "?";  // so that it is not missed as well
    return secret;
  }
  ConfigMap map(node);
  const auto env = map.find("env");
  const auto file = map.find("file");
  map.finish();
  if (env) secret.env = env->text().value_or("");
  if (file) secret.file = file->text().value_or("");
  if (env.has_value() == file.has_value())
    node.fail(fmt::format("names {}; expected one of {{ env: NAME }} and {{ file: /path }}",
                          env ? "two places" : "no place"));
  return secret;
}

}  // namespace billow::daemon
