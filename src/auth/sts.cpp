#include "auth/sts.hpp"

#include "auth/aws_domain.hpp"

#include <pugixml.hpp>

namespace billow::auth {
namespace {

http::Request form_post(const http::Url& url, std::string form) {
  http::Request request("POST", url);
  request.headers.emplace_back("content-type", "application/x-www-form-urlencoded; charset=utf-8");
  request.body = std::make_shared<const std::string>(std::move(form));
  return request;
}

std::string field(std::string_view name, std::string_view value) {
  return "&" + std::string(name) + "=" + http::percent_encode(value);
}

/// One line of printable text from the service.
std::string printable(std::string_view text) {
  std::string out(text.substr(0, 300));
  for (char& c : out) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = ' ';
  }
  return out;
}

Error refused(int status, const pugi::xml_document& document) {
  const pugi::xml_node error = document.child("ErrorResponse").child("Error");
  const std::string code = printable(error.child_value("Code"));
  Errc errc = Errc::rejected;
  if (status == 401 || status == 403) errc = Errc::unauthorized;
  if (status >= 500 || status == 408 || code == "IDPCommunicationError") errc = Errc::transient;
  if (status == 429 || status == 503 || code.find("Throttl") != std::string::npos)
    errc = Errc::throttled;
  if (code == "ExpiredTokenException" || code == "InvalidIdentityToken" ||
      code == "InvalidClientTokenId" || code == "IDPRejectedClaim") {
    errc = Errc::unauthorized;
  }
  std::string detail = "STS answers " + std::to_string(status);
  if (!code.empty()) detail += " " + code + ": " + printable(error.child_value("Message"));
  return {errc, std::move(detail)};
}

}  // namespace

Result<http::Url> sts_url(const std::string& endpoint, const std::string& region) {
  if (!endpoint.empty()) {
    auto url = http::Url::parse(endpoint);
    return url ? url : within("STS endpoint", url.error());
  }
  return http::Url::parse("https://sts." + region + "." + std::string(aws_domain(region)) + "/");
}

http::Request assume_role_request(const http::Url& url, const AssumeRole& role) {
  std::string form = "Action=AssumeRole&Version=2011-06-15" + field("RoleArn", role.role_arn) +
                     field("RoleSessionName", role.session_name) +
                     field("DurationSeconds", std::to_string(role.duration_s));
  if (!role.external_id.empty()) form += field("ExternalId", role.external_id);
  return form_post(url, std::move(form));
}

http::Request web_identity_request(const http::Url& url, const WebIdentity& identity,
                                   std::string_view token) {
  return form_post(url, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15" +
                            field("RoleArn", identity.role_arn) +
                            field("RoleSessionName", identity.session_name) +
                            field("WebIdentityToken", token));
}

Result<Credentials> parse_sts_answer(const http::Response& response) {
  pugi::xml_document document;
  const bool is_xml =
      static_cast<bool>(document.load_buffer(response.body.data(), response.body.size()));
  if (response.status != 200) return refused(response.status, document);
  // <AssumeRoleResponse><AssumeRoleResult><Credentials>; the names differ by call.
  const pugi::xml_node node = document.document_element().find_child(
      [](const pugi::xml_node& child) { return child.child("Credentials"); });
  const pugi::xml_node given = node.child("Credentials");
  Credentials session;
  session.access_key_id = given.child_value("AccessKeyId");
  session.secret_access_key = given.child_value("SecretAccessKey");
  session.session_token = given.child_value("SessionToken");
  session.expires_at = parse_time(given.child_value("Expiration"));
  if (!is_xml || session.access_key_id.empty() || session.secret_access_key.empty() ||
      session.session_token.empty() || !session.expires_at) {
    return Error{Errc::malformed, "the answer of STS holds no usable session"};
  }
  return session;
}

}  // namespace billow::auth
