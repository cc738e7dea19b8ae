#pragma once

#include "daemon/observer.hpp"
#include "daemon/session.hpp"

#include <optional>
#include <string>

namespace billow::daemon {

/// One pass over one feed, told to `observer` from its beginning to its end. Never throws but when
/// it was cancelled: one feed's trouble must not end another's. What it borrows outlives it.
boost::asio::awaitable<sync::FeedOutcome> run_pass(Session& session, SessionFeed& feed,
                                                   WorkerPool& pool, FeedObserver& observer,
                                                   sync::Request request);

}  // namespace billow::daemon
