#pragma once

#include "base/civil_time.hpp"

#include <optional>
#include <string>

namespace billow::auth {

/// What signs a request to AWS. The secret and the token never go into a log or an error.
struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;              ///< "" for long-term keys
  std::optional<UnixSeconds> expires_at;  ///< nullopt: they do not expire

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

}  // namespace billow::auth
