#pragma once

#include "auth/credentials.hpp"
#include "base/error.hpp"

#include <string_view>

namespace billow::auth {

/// Who wrote a JSON text with credentials: each has its own name for the token.
enum class SessionJson {
  metadata,  ///< instance and container agents: Token, Expiration; Code where something went wrong
  process,   ///< credential_process: Version 1, SessionToken, Expiration may be missing
};

/// Reads credentials. Errc::malformed without any of the text in it; Errc::unauthorized when the
/// metadata service says that it has none.
Result<Credentials> parse_session_json(std::string_view text, SessionJson kind);

}  // namespace billow::auth
