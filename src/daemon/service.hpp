#pragma once

#include "daemon/commands.hpp"
#include "daemon/endpoints.hpp"
#include "daemon/feed_lease.hpp"
#include "daemon/generation.hpp"
#include "daemon/observer.hpp"
#include "daemon/outage_notice.hpp"
#include "daemon/runtime.hpp"
#include "daemon/schedule.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace billow::daemon {

/// The daemon: every feed on its schedule, the endpoints, and the change from one configuration to
/// the next. On the io thread of `runtime`, which outlives it.
class Service {
 public:
  Service(Runtime& runtime, CommandContext context);

  /// Begins to serve a configuration: binds the endpoints and starts the feeds. What is wrong is in
  /// `problems`; returned is how the command has to end then, or exit_code::ok.
  int start(Configuration configuration, std::vector<std::string>& problems);

 private:
  using GenerationPtr = std::shared_ptr<Generation>;

  /// Null when secrets or AWS settings are missing.
  GenerationPtr make_generation(Configuration configuration, std::vector<std::string>& problems);
  void reload();

  /// Waits for `before`, if any, to end, runs the tasks of `generation` and returns when they have
  /// ended.
  boost::asio::awaitable<void> serve(GenerationPtr generation, GenerationPtr before);
  /// Lets a generation end: first by itself, after limits::shutdown_grace by cancelling it.
  boost::asio::awaitable<void> retire(GenerationPtr generation);
  /// Asks Elasticsearch how it is, for as long as the generation lasts; prepares it the first time.
  boost::asio::awaitable<void> probe(GenerationPtr generation);
  boost::asio::awaitable<Result<void>> probe_once(Generation& generation);
  /// The passes over one feed.
  boost::asio::awaitable<void> attend(GenerationPtr generation, SessionFeed& feed);
  /// Takes the feed's lease and runs a pass, or finds that another daemon does. Returns when to
  /// look again.
  boost::asio::awaitable<std::chrono::milliseconds> turn(Generation& generation, SessionFeed& feed,
                                                         FeedLease& lease, Schedule& schedule);
  /// Metrics tell the same in every daemon, whichever did the work, and from the start.
  boost::asio::awaitable<void> show_health(Generation& generation, SessionFeed& feed);
  boost::asio::awaitable<void> feed_watchdog(std::chrono::milliseconds interval);

  void set_readiness(bool ready, std::string reason);
  void start_tasks(const GenerationPtr& generation);

  Runtime& runtime_;
  CommandContext context_;
  metrics::Registry metrics_;
  FeedObserver observer_;
  Readiness readiness_;
  OutageNotice outage_{std::chrono::minutes(1)};
  std::unique_ptr<http::Server> server_;
  GenerationPtr current_;
  ListenAddress bound_;  ///< as the first configuration had it
};

}  // namespace billow::daemon
