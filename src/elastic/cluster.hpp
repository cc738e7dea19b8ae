#pragma once

#include "base/task.hpp"
#include "elastic/config.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace billow::elastic {

/// What a cluster was found to be able to do. Absent things are named, not fatal.
struct Abilities {
  std::string version;      ///< the lowest of its nodes, e.g. "8.19.21"
  std::string license;      ///< its type, e.g. "basic" or "platinum, expired"; "" if it tells none
  bool lifecycle = false;   ///< index lifecycle management is there
  bool transforms = false;  ///< a node runs transforms
  bool security = false;
};

/// How long a call may be repeated. attempts_max 0: for ever.
struct RetryPolicy {
  int attempts_max = 8;
  std::chrono::milliseconds delay_base{
      500};  ///< full jitter: a delay is drawn from 0..min(cap, base * 2^n)
  std::chrono::milliseconds delay_cap{30'000};
  std::function<double()> jitter{};  ///< draws from 0..1; empty: random. Tests give their own
};

/// One Elasticsearch cluster: picks a node, signs in, repeats what may be repeated. All calls on
/// the io thread.
class Cluster {
 public:
  /// Reads the secrets and certificates that `config` refers to; Errc::bad_config names the one
  /// that is missing.
  static Result<std::unique_ptr<Cluster>> connect(Config config, RetryPolicy retry = {});
  ~Cluster();
  Cluster(Cluster&&) noexcept;
  Cluster& operator=(Cluster&&) noexcept;

  /// One request, `path` with its query. Repeats after 429, 502, 503, 504, connection trouble, an
  /// answer that is not Elasticsearch's and a 404 about another index than it names (all requests
  /// of ours are idempotent), honouring Retry-After. Returns any other status as a value.
  Task<http::Response> call(std::string method, std::string path, std::string body = {});
  /// As call(), but a status of 300 or more is an error whose detail holds Elasticsearch's type and
  /// reason: 401 and 403 unauthorized, 404 not_found, 409 conflict, 413 over_limit, 429 throttled,
  /// 5xx transient, the rest rejected. Returns the body.
  Task<std::string> request(std::string method, std::string path, std::string body = {});
  /// One _bulk attempt without any repetition: the bulk writer decides item by item. `gzip` tells
  /// that `body` is compressed already.
  Task<http::Response> bulk_once(std::string index, std::shared_ptr<const std::string> body,
                                 bool gzip);

  /// Asks once what the cluster can do, and remembers it; a failed request is asked again by the
  /// next call. Bulk requests use what is known of the version, so ask before the first of them.
  Task<Abilities> abilities();
  const Config& config() const noexcept;

  /// A second handle to the same cluster, so that work in flight keeps what it needs alive.
  Cluster share() const;

 private:
  class Impl;
  explicit Cluster(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;
};

/// Elasticsearch's "error.type: error.reason" of an answer, or its first bytes when it is not JSON.
std::string reason_of(const http::Response& response);

}  // namespace billow::elastic
