#include "daemon/session.hpp"

#include "fetch/make_store.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace billow::daemon {
namespace {

void read_rollups(Session& session, const Configuration& configuration,
                  std::vector<std::string>& problems) {
  auto rollups = rollup::shipped_definitions(configuration.promoted_tags);
  if (rollups)
    session.rollups = *std::move(rollups);
  else
    problems.push_back(rollups.error().detail);
}

}  // namespace

SessionFeed* Session::find(std::string_view id) const {
  for (const auto& feed : feeds)
    if (feed->config.id == id) return feed.get();
  return nullptr;
}

std::string nodes_of(const elastic::Config& config) {
  std::string nodes;
  for (const http::Url& url : config.urls) {
    if (!nodes.empty()) nodes += ", ";
    nodes += (url.tls ? "https://" : "http://") + url.authority();
  }
  return nodes;
}

std::unique_ptr<Session> open_session(Configuration configuration, elastic::RetryPolicy retry,
                                      WorkerPool& pool, std::vector<std::string>& problems) {
  auto session = std::make_unique<Session>();
  auto cluster = elastic::Cluster::connect(configuration.elasticsearch, std::move(retry));
  elastic::RetryPolicy once;
  once.attempts_max = 1;
  auto hasty = elastic::Cluster::connect(configuration.elasticsearch, std::move(once));
  if (!cluster || !hasty) {
    problems.push_back("elasticsearch: " + (cluster ? hasty : cluster).error().detail);
  } else {
    session->cluster = *std::move(cluster);
    session->hasty_cluster = *std::move(hasty);
  }
  for (const std::string& file : elastic::readable_by_others(configuration.elasticsearch))
    spdlog::warn("elasticsearch: {} can be read by others; `chmod 600` keeps the secret", file);
  read_rollups(*session, configuration, problems);
  for (const feed::FeedConfig& config : configuration.feeds) {
    if (const std::string& file = config.elastic_cloud.api_key.file;
        !file.empty() && readable_by_others(file))
      spdlog::warn("feed {}: {} can be read by others; `chmod 600` keeps the secret", config.id,
                   file);
    auto definition = feed::find_definition(config.kind);
    if (!definition) {
      problems.push_back("feed " + config.id + ": " + definition.error().detail);
      continue;
    }
    auto store = fetch::make_object_store(config, *definition, fetch::StoreContext(pool));
    if (!store) problems.push_back("feed " + config.id + ": " + store.error().detail);
    if (!store) continue;
    auto feed = std::make_unique<SessionFeed>();
    feed->config = config;
    feed->definition = *std::move(definition);
    feed->store = *std::move(store);
    session->feeds.push_back(std::move(feed));
  }
  session->configuration = std::move(configuration);
  return problems.empty() ? std::move(session) : nullptr;
}

Task<rollup::Runner> choose_rollup_runner(elastic::Cluster& cluster, const Session& session) {
  const rollup::RunnerWish wish = session.configuration.rollup_runner;
  rollup::RunnerFacts facts;
  if (wish != rollup::RunnerWish::daemon) {
    auto found = co_await rollup::find_runner_facts(cluster);
    if (!found) co_return found.error();
    facts = *found;
  }
  co_return rollup::choose_runner(wish, facts, session.rollups);
}

std::unique_ptr<Session> open_cluster(Configuration configuration, elastic::RetryPolicy retry,
                                      std::vector<std::string>& problems) {
  auto session = std::make_unique<Session>();
  auto cluster = elastic::Cluster::connect(configuration.elasticsearch, std::move(retry));
  if (cluster)
    session->cluster = *std::move(cluster);
  else
    problems.push_back("elasticsearch: " + cluster.error().detail);
  read_rollups(*session, configuration, problems);
  session->configuration = std::move(configuration);
  return problems.empty() ? std::move(session) : nullptr;
}

}  // namespace billow::daemon
