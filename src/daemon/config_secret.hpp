#pragma once

#include "base/secret.hpp"
#include "daemon/config_node.hpp"

namespace billow::daemon {

/// Where a secret is: `{ env: NAME }` or `{ file: /path }`. Anything else is a problem, which does
/// not repeat what stands there.
SecretRef read_secret_ref(const ConfigNode& node);

}  // namespace billow::daemon
