#pragma once

#include "daemon/feed_lease.hpp"
#include "daemon/observer.hpp"
#include "daemon/session.hpp"

namespace billow::daemon {

/// What a pass over one feed works with. All of it outlives the pass.
struct PassContext {
  Session& session;
  SessionFeed& feed;
  FeedLease& lease;  ///< held when the pass begins, given back when it has ended
  WorkerPool& pool;
  FeedObserver& observer;
};

/// How a pass ended.
struct PassResult {
  sync::FeedOutcome outcome;
  /// Another daemon has taken the feed over and this one has withdrawn: nothing to be alarmed of.
  bool taken_over = false;
  /// A delivery of it has been waiting for its manifest for longer than `delivery_pending_max`.
  bool overdue = false;
};

/// No error, and nothing failed. A delivery that is withheld waits for the provider or a person:
/// asking sooner than usual would not help.
bool is_good(const sync::FeedOutcome& outcome);

/// One pass over one feed, told to the observer from its beginning to its end, its lease renewed
/// beside it. Never throws: one feed's trouble must not end another's. Ends early when cancelled.
boost::asio::awaitable<PassResult> run_pass(PassContext context, sync::Request request);

}  // namespace billow::daemon
