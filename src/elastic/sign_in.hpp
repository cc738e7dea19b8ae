#pragma once

#include "elastic/config.hpp"

#include <string>
#include <string_view>

namespace billow::elastic {

/// Checks how `config` signs in, without reading a secret: at least one URL, one way of signing in,
/// and no secret over plain http except on loopback. Errc::bad_config.
Result<void> check_sign_in(const Config& config);

/// The value of the Authorization header, read from where the secrets are now; "" when none is
/// configured.
Result<std::string> authorization_of(const Config& config);

/// "ApiKey <base64>"; a key given as id:key is encoded, anything else is taken as encoded already.
std::string api_key_header(std::string_view key);
/// "Basic <base64>"
std::string basic_header(std::string_view username, std::string_view password);

}  // namespace billow::elastic
