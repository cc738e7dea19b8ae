#include "auth/session_json.hpp"

#include <simdjson.h>

namespace billow::auth {
namespace {

std::string text_of(simdjson::dom::object object, std::string_view key) {
  std::string_view value;
  if (object[key].get(value) != simdjson::SUCCESS) return {};
  return std::string(value);
}

}  // namespace

Result<Credentials> parse_session_json(std::string_view text, SessionJson kind) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(simdjson::padded_string(text)).get(object) != simdjson::SUCCESS) {
    return Error{Errc::malformed, "the answer is not a JSON object"};
  }
  if (kind == SessionJson::process) {
    std::int64_t version = 0;
    if (object["Version"].get(version) != simdjson::SUCCESS || version != 1) {
      return Error{Errc::malformed, "the output is not of Version 1"};
    }
  }
  const std::string code = text_of(object, "Code");
  if (kind == SessionJson::metadata && !code.empty() && code != "Success") {
    return Error{Errc::unauthorized,
                 "the metadata service has no credentials: " + code.substr(0, 100)};
  }
  Credentials session;
  session.access_key_id = text_of(object, "AccessKeyId");
  session.secret_access_key = text_of(object, "SecretAccessKey");
  session.session_token = text_of(object, kind == SessionJson::process ? "SessionToken" : "Token");
  if (session.access_key_id.empty() || session.secret_access_key.empty()) {
    return Error{Errc::malformed, "the answer lacks AccessKeyId or SecretAccessKey"};
  }
  const std::string expiration = text_of(object, "Expiration");
  if (!expiration.empty()) {
    session.expires_at = parse_time(expiration);
    if (!session.expires_at) return Error{Errc::malformed, "Expiration is not a time"};
  }
  return session;
}

}  // namespace billow::auth
