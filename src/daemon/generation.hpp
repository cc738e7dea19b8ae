#pragma once

#include "daemon/event.hpp"
#include "daemon/session.hpp"
#include "daemon/task_group.hpp"

#include <memory>
#include <vector>

namespace billow::daemon {

/// What serves one configuration: its session and the tasks that work on it. A new configuration is
/// a new generation, which begins when the one before has ended, so that no feed is ever read twice
/// at once.
struct Generation {
  Generation(boost::asio::any_io_executor executor, std::unique_ptr<Session> session_,
             std::unique_ptr<elastic::Cluster> prober_)
      : session(std::move(session_)),
        prober(std::move(prober_)),
        tasks(executor),
        prepared(executor),
        closing(executor),
        ended(executor),
        slots(executor, feeds_at_once) {}

  /// Asks the tasks to end after what they are doing now.
  void close() {
    closing.set();
    prepared.set();  // wakes those that wait for Elasticsearch; they look at `closing` next
  }
  bool is_closing() const noexcept { return closing.is_set() || tasks.cancelled(); }

  std::unique_ptr<Session> session;
  std::unique_ptr<elastic::Cluster>
      prober;  ///< asks once and does not wait: a probe is to tell how it is now
  TaskGroup tasks;
  Event prepared;  ///< Elasticsearch has answered and holds what is needed; or the generation is
                   ///< closing
  Event closing;
  Event ended;
  Slots slots;
};

}  // namespace billow::daemon
