#pragma once

#include "daemon/commands.hpp"
#include "daemon/feed_lease.hpp"
#include "daemon/observer.hpp"
#include "daemon/runtime.hpp"
#include "daemon/session.hpp"

#include <string>
#include <vector>

namespace billow::daemon {

/// What a command wants done with one feed: passes over some of its periods, one after the other,
/// whether or not those before succeed.
struct SyncJob {
  SessionFeed* feed = nullptr;
  std::vector<sync::Request> requests;
};

/// One pass over some feeds, `feeds_at_once` of them at the same time. One feed's failure leaves
/// the others alone. A feed that another process works on is waited for.
class SyncPass {
 public:
  /// Everything is borrowed; no feed has two jobs.
  SyncPass(Runtime& runtime, Session& session, FeedObserver& observer, std::vector<SyncJob> jobs);

  /// Prepares the cluster and starts the work as tasks of the runtime.
  boost::asio::awaitable<void> run();

  /// Every delivery is published or unchanged, and none has been waiting for its manifest for
  /// longer than `delivery_pending_max`.
  bool ok() const;
  /// The cluster could be prepared; otherwise nothing was done, and the log says why.
  bool prepared() const noexcept { return prepared_; }
  /// One a job, in their order.
  const std::vector<sync::FeedOutcome>& outcomes() const noexcept { return outcomes_; }

 private:
  boost::asio::awaitable<void> work();
  boost::asio::awaitable<void> perform(std::size_t place);
  /// Waits until no other process works on the feed, and says so.
  Task<void> take(SessionFeed& feed, FeedLease& lease);

  Runtime& runtime_;
  Session& session_;
  FeedObserver& observer_;
  std::vector<SyncJob> jobs_;
  std::vector<sync::FeedOutcome> outcomes_;
  std::size_t next_ = 0;
  bool prepared_ = false;
  bool overdue_ = false;
};

/// The feeds of these ids, all of them when there are none; a sentence in `problems` for each id
/// that is not configured.
std::vector<SessionFeed*> choose_feeds(const Session& session, const std::vector<std::string>& ids,
                                       std::vector<std::string>& problems);

/// Runs the jobs as a command: shows how far they are, prints what became of each delivery, and
/// returns the exit code.
int run_jobs(Runtime& runtime, Session& session, CommandContext context, std::vector<SyncJob> jobs);

}  // namespace billow::daemon
