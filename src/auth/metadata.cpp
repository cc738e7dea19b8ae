#include "auth/metadata.hpp"

#include "auth/session_json.hpp"
#include "base/deadline.hpp"

#include <algorithm>

namespace billow::auth {
namespace {

constexpr MetadataPatience container_patience{std::chrono::milliseconds(2'000), 3};

/// Asks until there is an answer that is not a 5xx.
Task<http::Response> ask(http::Client& client, http::Request request, MetadataPatience patience) {
  Error error{Errc::transient, "no answer from " + request.url.authority()};
  for (int attempt = 0; attempt < patience.attempts; ++attempt) {
    auto response = co_await complete_within(patience.time, client.send(request));
    if (response && *response && (*response)->status < 500) co_return std::move(**response);
    if (response && *response) error.detail = "answer " + std::to_string((*response)->status);
    if (response && !*response) error = response->error();
  }
  co_return error;
}

bool is_one_line(const std::string& text) {
  return std::ranges::none_of(text, [](char c) { return c == '\r' || c == '\n'; });
}

}  // namespace

Task<Credentials> instance_credentials(http::Client& client, InstanceMetadata source,
                                       MetadataPatience patience) {
  auto base = http::Url::parse(source.endpoint);
  if (!base) co_return within("AWS_EC2_METADATA_SERVICE_ENDPOINT", base.error());
  http::Url url = *base;
  url.target = "/latest/api/token";
  http::Request token_request("PUT", url);
  token_request.headers.emplace_back("x-aws-ec2-metadata-token-ttl-seconds", "21600");
  auto token = co_await ask(client, std::move(token_request), patience);
  if (!token) co_return token.error();
  if (token->status != 200 || token->body.empty() || !is_one_line(token->body)) {
    co_return Error{Errc::unauthorized,
                    "no metadata token: answer " + std::to_string(token->status)};
  }
  url.target = "/latest/meta-data/iam/security-credentials/";
  http::Request name_request("GET", url);
  name_request.headers.emplace_back("x-aws-ec2-metadata-token", token->body);
  auto name = co_await ask(client, name_request, patience);
  if (!name) co_return name.error();
  std::string role = name->body.substr(0, name->body.find('\n'));
  if (role.ends_with('\r')) role.pop_back();
  if (name->status != 200 || role.empty()) {
    co_return Error{Errc::unauthorized, "no role is attached to this instance"};
  }
  name_request.url.target += http::percent_encode(role);
  auto session = co_await ask(client, std::move(name_request), patience);
  if (!session) co_return session.error();
  if (session->status != 200) {
    co_return Error{Errc::unauthorized,
                    "no credentials of the role: answer " + std::to_string(session->status)};
  }
  co_return parse_session_json(session->body, SessionJson::metadata);
}

Task<Credentials> container_credentials(http::Client& client, Environment environment,
                                        Container source) {
  auto url = http::Url::parse(source.url);
  if (!url) co_return url.error();
  std::string token = source.token;
  if (!source.token_file.empty()) {
    auto text = environment.read_file(source.token_file);
    if (!text) co_return within("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", text.error());
    token = std::move(*text);
  }
  if (!is_one_line(token))
    co_return Error{Errc::bad_config, "the container's token is more than one line"};
  http::Request request("GET", *url);
  request.headers.emplace_back("accept", "application/json");
  if (!token.empty()) request.headers.emplace_back("authorization", token);
  auto session = co_await ask(client, std::move(request), container_patience);
  if (!session) co_return session.error();
  if (session->status != 200) {
    co_return Error{Errc::unauthorized, "the agent answers " + std::to_string(session->status)};
  }
  co_return parse_session_json(session->body, SessionJson::metadata);
}

}  // namespace billow::auth
