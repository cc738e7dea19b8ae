#pragma once

#include "base/civil_time.hpp"
#include "base/worker_pool.hpp"
#include "feed/feed_config.hpp"
#include "fetch/backoff.hpp"
#include "fetch/kept_answer.hpp"
#include "fetch/object_store.hpp"
#include "http/client.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace billow::fetch {

/// The costs of an organisation of Elastic Cloud as if they lay in a bucket: an object for each UTC
/// day that is over, "instances/2026-06-01.json", whose bytes are what the billing API answers
/// about that day, and whose ETag is their SHA-256. A listing asks for every day it lists, one
/// after the other, and keeps what is answered until another month is asked for, so that all passes
/// over a delivery read the same bytes. What was not kept, since it was more than
/// limits::kept_answers_bytes_max, is asked for again when it is opened, and is Errc::changed if
/// something else is answered then.
class ElasticCloudStore final : public ObjectStore {
 public:
  struct Settings {
    feed::ElasticCloudConfig config;  ///< checked
    http::Url endpoint;               ///< config.endpoint, parsed; its path is put before ours
    std::string api_key;              ///< sent to the endpoint; in no message
    http::ClientOptions http;
    RetryPolicy retry;
    std::function<UnixSeconds()> clock = now;
  };
  /// `pool` outlives the store.
  ElasticCloudStore(Settings settings, WorkerPool& pool);

  std::string name() const override;
  /// `prefix`: that of a month or of a day, see feed::elastic_cloud_keys().
  Task<std::vector<ObjectInfo>> list(std::string prefix) override;
  Task<Object> get(std::string key) override;
  Task<std::unique_ptr<ObjectReader>> open(ObjectInfo object) override;

 private:
  using Kept = std::shared_ptr<const KeptAnswer>;
  /// Asks until there is an answer or nothing more can be done. Errc::not_found for a key that is
  /// no day, or one that is not over.
  Task<std::string> ask(std::string key);
  Task<Kept> ask_and_keep(std::string key);
  http::Request request_for(UnixSeconds day) const;
  /// The error of one try, without the key in it.
  Error refused(const http::Response& response) const;
  void forget_other_months(const std::string& key);

  const Settings settings_;
  WorkerPool& pool_;
  http::Client client_;
  std::string month_;  ///< prefix of the answers kept
  std::map<std::string, Kept> kept_;
  std::size_t kept_bytes_ = 0;
};

}  // namespace billow::fetch
