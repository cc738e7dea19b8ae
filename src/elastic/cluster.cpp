#include "elastic/cluster.hpp"

#include "base/deadline.hpp"
#include "elastic/abilities.hpp"
#include "elastic/answer.hpp"
#include "elastic/node_ring.hpp"
#include "elastic/retry.hpp"
#include "elastic/sign_in.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace billow::elastic {
namespace {

http::ClientOptions client_options(const Config& config) {
  http::ClientOptions options;
  options.tls = config.tls;
  options.request_timeout = config.request_timeout;
  return options;
}

/// "PUT /billow-state": queries hold nothing that helps a reader.
std::string name_of_call(const std::string& method, const std::string& path) {
  return method + " " + path.substr(0, path.find('?'));
}

}  // namespace

/// The coroutines are static and hold the state by a shared pointer, so that a request in flight
/// survives the handle that began it.
class Cluster::Impl {
 public:
  Impl(Config config, RetryPolicy retry, std::string authorization)
      : config_(std::move(config)),
        retry_(std::move(retry)),
        client_(client_options(config_)),
        ring_(config_.urls.size()),
        authorization_(std::move(authorization)),
        accepts_gzip_(wants_gzip(config_)) {}

  struct Call {
    Call(std::string method_, std::string path_, std::string body_)
        : method(std::move(method_)), path(std::move(path_)) {
      if (!body_.empty()) body = std::make_shared<const std::string>(std::move(body_));
    }
    std::string method;
    std::string path;
    std::shared_ptr<const std::string> body;
    std::string content_type = "application/json";
    bool gzip = false;
  };

  static Task<http::Response> send_once(std::shared_ptr<Impl> self, Call call);
  static Task<http::Response> send_signed_in(std::shared_ptr<Impl> self, Call call);
  static Task<http::Response> send(std::shared_ptr<Impl> self, Call call);
  static Task<Abilities> find_abilities(std::shared_ptr<Impl> self);
  static Task<bool> has(std::shared_ptr<Impl> self, std::string path);

  http::Request request_to(std::size_t node, const Call& call) const;
  std::string bulk_path(const std::string& index) const;

  Config config_;
  RetryPolicy retry_;
  http::Client client_;
  NodeRing ring_;
  std::string authorization_;
  bool accepts_gzip_;
  std::optional<Abilities> abilities_;
};

http::Request Cluster::Impl::request_to(std::size_t node, const Call& call) const {
  http::Url url = config_.urls[node];
  while (!url.target.empty() && url.target.back() == '/')
    url.target.pop_back();  // a proxy's prefix
  url.target += call.path;
  http::Request request(call.method, std::move(url));
  request.headers.emplace_back("Accept", "application/json");
  request.headers.emplace_back("User-Agent", "billow");
  if (accepts_gzip_) request.headers.emplace_back("Accept-Encoding", "gzip");
  if (!authorization_.empty()) request.headers.emplace_back("Authorization", authorization_);
  if (call.body) request.headers.emplace_back("Content-Type", call.content_type);
  if (call.gzip) request.headers.emplace_back("Content-Encoding", "gzip");
  request.body = call.body;
  return request;
}

Task<http::Response> Cluster::Impl::send_once(std::shared_ptr<Impl> self, Call call) {
  const std::size_t node = self->ring_.pick(std::chrono::steady_clock::now());
  http::Request request = self->request_to(node, call);
  auto response = co_await self->client_.send(std::move(request));
  const bool failed =
      !response || response->status == 502 || response->status == 503 || response->status == 504;
  if (failed) {
    self->ring_.failed(node, std::chrono::steady_clock::now());
  } else {
    self->ring_.succeeded(node);
  }
  if (!response) co_return within(self->config_.urls[node].authority(), response.error());
  co_return response;
}

/// A 401 makes us read the secrets again, once: a key may have been replaced while we run.
Task<http::Response> Cluster::Impl::send_signed_in(std::shared_ptr<Impl> self, Call call) {
  auto response = co_await send_once(self, call);
  if (!response || response->status != 401 || self->authorization_.empty()) co_return response;
  auto authorization = authorization_of(self->config_);
  if (!authorization) co_return response;
  self->authorization_ = *std::move(authorization);
  co_return co_await send_once(self, std::move(call));
}

Task<http::Response> Cluster::Impl::send(std::shared_ptr<Impl> self, Call call) {
  const std::string name = name_of_call(call.method, call.path);
  for (int attempt = 1;; ++attempt) {
    auto response = co_await send_signed_in(self, call);
    std::optional<std::chrono::milliseconds> retry_after;
    std::optional<Error> trouble;
    if (!response) {
      // An answer that is no HTTP comes from something in between, which may heal like a connection
      // does.
      const Errc code = response.error().code;
      if (!retryable(code) && code != Errc::malformed) co_return within(name, response.error());
      trouble = within(name, response.error());
    } else if (is_made_up(*response)) {
      trouble = error_of_made_up(name, *response);
    } else {
      if (!is_passing(response->status) && !is_of_deleted_index(call.path, *response))
        co_return response;
      retry_after = retry_after_of(*response);
      trouble = error_of(name, *response);
    }
    if (!may_repeat(self->retry_, attempt)) {
      trouble->detail += " (after " + std::to_string(attempt) + " tries)";
      co_return *std::move(trouble);
    }
    co_await sleep_for(retry_delay(self->retry_, attempt, draw_jitter(self->retry_), retry_after));
  }
}

std::string Cluster::Impl::bulk_path(const std::string& index) const {
  std::string path =
      "/" + http::percent_encode(index) +
      "/_bulk?filter_path=errors,took,items.*.status,items.*.error.type,items.*.error.reason";
  // Older versions refuse a parameter they do not know. Without it an error may quote a whole
  // document.
  if (abilities_ && version_at_least(abilities_->version, 8, 18))
    path += "&include_source_on_error=false";
  return path;
}

Task<bool> Cluster::Impl::has(std::shared_ptr<Impl> self, std::string path) {
  Call call("GET", std::move(path), {});
  auto response = co_await send(self, std::move(call));
  if (!response) co_return response.error();
  co_return is_present(response->status);
}

Task<Abilities> Cluster::Impl::find_abilities(std::shared_ptr<Impl> self) {
  Call call("GET", "/_nodes/http?filter_path=nodes.*.version,nodes.*.roles", {});
  auto response = co_await send(self, std::move(call));
  if (!response) co_return response.error();
  if (response->status == 410 && error_type_of(*response) == "api_not_available_exception")
    co_return Error{Errc::bad_config,
                    "this is Elasticsearch Serverless, which Billow does not support: it refuses "
                    "the settings of indices and the APIs that Billow stands on"};
  if (response->status >= 300) co_return error_of("GET /_nodes/http", *response);
  auto facts = read_nodes(response->body);
  if (!facts) co_return facts.error();

  Call license_call("GET", "/_license", {});
  auto license = co_await send(self, std::move(license_call));
  if (!license) co_return license.error();
  auto lifecycle = co_await has(self, "/_ilm/status");
  if (!lifecycle) co_return lifecycle.error();
  auto transforms = co_await has(self, "/_transform?size=0");
  if (!transforms) co_return transforms.error();
  auto security = co_await has(self, "/_security/_authenticate");
  if (!security) co_return security.error();

  Abilities found;
  found.version = facts->version;
  if (license->status < 300) found.license = read_license(license->body);
  found.lifecycle = *lifecycle;
  found.transforms = *transforms && facts->transform_node;
  found.security = *security;
  co_return found;
}

Cluster::Cluster(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Cluster::~Cluster() = default;
Cluster::Cluster(Cluster&&) noexcept = default;
Cluster& Cluster::operator=(Cluster&&) noexcept = default;

Result<std::unique_ptr<Cluster>> Cluster::connect(Config config, RetryPolicy retry) {
  if (auto checked = check_sign_in(config); !checked) return checked.error();
  const bool by_tls = std::ranges::any_of(config.urls, &http::Url::tls);
  if (by_tls)
    if (auto checked = http::check_tls(config.tls); !checked) return checked.error();
  auto authorization = authorization_of(config);
  if (!authorization) return authorization.error();
  auto impl =
      std::make_shared<Impl>(std::move(config), std::move(retry), *std::move(authorization));
  return std::unique_ptr<Cluster>(new Cluster(std::move(impl)));
}

Cluster Cluster::share() const { return Cluster(impl_); }
const Config& Cluster::config() const noexcept { return impl_->config_; }

Task<http::Response> Cluster::call(std::string method, std::string path, std::string body) {
  Impl::Call call(std::move(method), std::move(path), std::move(body));
  return Impl::send(impl_, std::move(call));
}

Task<std::string> Cluster::request(std::string method, std::string path, std::string body) {
  const std::string name = name_of_call(method, path);
  auto response = co_await call(std::move(method), std::move(path), std::move(body));
  if (!response) co_return response.error();
  if (response->status >= 300) co_return error_of(name, *response);
  co_return std::move(response->body);
}

Task<http::Response> Cluster::bulk_once(std::string index, std::shared_ptr<const std::string> body,
                                        bool gzip) {
  Impl::Call call("POST", impl_->bulk_path(index), {});
  call.body = std::move(body);
  call.content_type = "application/x-ndjson";
  call.gzip = gzip;
  auto response = co_await Impl::send_signed_in(impl_, std::move(call));
  if (response && is_made_up(*response))
    co_return error_of_made_up("POST /" + index + "/_bulk", *response);
  co_return response;
}

Task<Abilities> Cluster::abilities() {
  auto impl = impl_;
  if (!impl->abilities_) {
    auto found = co_await Impl::find_abilities(impl);
    if (!found) co_return found.error();
    impl->abilities_ = *std::move(found);
  }
  co_return *impl->abilities_;
}

}  // namespace billow::elastic
