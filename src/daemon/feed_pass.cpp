#include "daemon/feed_pass.hpp"

#include <exception>
#include <utility>

namespace billow::daemon {

boost::asio::awaitable<sync::FeedOutcome> run_pass(Session& session, SessionFeed& feed,
                                                   WorkerPool& pool, FeedObserver& observer,
                                                   sync::Request request) {
  observer.on_pass_begin(feed.config);
  const sync::FeedSync::Context context{*session.cluster, *feed.store, pool,
                                        observer,         feed.config, feed.definition};
  sync::FeedSync sync(context);
  sync::FeedOutcome outcome;
  outcome.feed = feed.config.id;
  try {
    outcome = co_await sync.run(std::move(request));
  } catch (const std::exception& bug) {
    outcome.error = Error{Errc::malformed, std::string("unexpected: ") + bug.what()};
  }
  observer.on_pass_end(feed.config, outcome);
  co_return outcome;
}

}  // namespace billow::daemon
