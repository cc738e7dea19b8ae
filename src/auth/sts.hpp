#pragma once

#include "auth/chain.hpp"
#include "auth/credentials.hpp"
#include "http/client.hpp"

#include <string>
#include <string_view>

/// The two calls of AWS STS that hand out sessions, without I/O.
/// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html,
/// .../API_AssumeRoleWithWebIdentity.html
namespace billow::auth {

/// Where STS is: the override, or the regional endpoint.
Result<http::Url> sts_url(const std::string& endpoint, const std::string& region);

/// The unsigned requests.
http::Request assume_role_request(const http::Url& url, const AssumeRole& role);
http::Request web_identity_request(const http::Url& url, const WebIdentity& identity,
                                   std::string_view token);

/// Reads the answer. Refusals: unauthorized with AWS's code and message, throttled, transient;
/// rejected for any other.
Result<Credentials> parse_sts_answer(const http::Response& response);

}  // namespace billow::auth
