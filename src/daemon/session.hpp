#pragma once

#include "base/worker_pool.hpp"
#include "daemon/config.hpp"
#include "daemon/feed_health.hpp"
#include "elastic/cluster.hpp"
#include "feed/definition.hpp"
#include "fetch/object_store.hpp"
#include "rollup/definition.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace billow::daemon {

/// Feeds that are worked on at the same time; design.md's bound on memory assumes no more.
inline constexpr std::size_t feeds_at_once = 2;

/// A configured feed with what is needed to read it.
struct SessionFeed {
  feed::FeedConfig config;
  feed::Definition definition;
  std::unique_ptr<fetch::ObjectStore> store;
  std::optional<FeedHealth> health;  ///< as last read or noted; nullopt: not known yet
};

/// One configuration brought to life: secrets read, nothing sent yet. Address-stable while feeds
/// are synced.
struct Session {
  Configuration configuration;
  std::unique_ptr<elastic::Cluster> cluster;
  /// The same cluster asked once and without patience, over connections of its own: for what must
  /// not wait behind bulk requests.
  std::unique_ptr<elastic::Cluster> hasty_cluster;
  std::vector<std::unique_ptr<SessionFeed>> feeds;
  std::vector<rollup::Definition> rollups;
  rollup::Runner rollup_runner;  ///< set once the cluster has been asked

  /// The feed of this id, or nullptr.
  SessionFeed* find(std::string_view id) const;
};

/// The nodes of a cluster for people: "http://127.0.0.1:9200, https://b:9200".
std::string nodes_of(const elastic::Config& config);

/// Reads the secrets and AWS settings that a configuration names. Null when something is wrong with
/// them: a sentence each in `problems`. `pool` outlives the session.
std::unique_ptr<Session> open_session(Configuration configuration, elastic::RetryPolicy retry,
                                      WorkerPool& pool, std::vector<std::string>& problems);

/// Who is to run the rollups of this session, as `cluster`, a handle to the session's, allows.
/// `session` must outlive the call and is not changed.
Task<rollup::Runner> choose_rollup_runner(elastic::Cluster& cluster, const Session& session);

/// The same without feeds: Elasticsearch is all that is asked.
std::unique_ptr<Session> open_cluster(Configuration configuration, elastic::RetryPolicy retry,
                                      std::vector<std::string>& problems);

}  // namespace billow::daemon
