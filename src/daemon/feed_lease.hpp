#pragma once

#include "base/civil_time.hpp"
#include "daemon/event.hpp"
#include "daemon/session.hpp"
#include "elastic/lease.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace billow::daemon {

/// What came of trying to take a feed.
struct LeaseAttempt {
  enum class Kind {
    held,       ///< it is ours until release()
    elsewhere,  ///< another process works on it
    checked,    ///< another process has ended a pass over it since we last looked
  };
  Kind kind = Kind::elsewhere;
  std::string holder;  ///< elsewhere: who works on it; held: whom it was taken over from, or ""
  std::chrono::milliseconds look_again{};  ///< elsewhere: when it may be otherwise
  UnixSeconds checked_at = 0;              ///< checked: the end of that pass, by the other's clock
  bool checked_ok = false;                 ///< checked: its result
};

/// One process's hold on one feed, from pass to pass (elastic/lease.hpp). On the io thread.
class FeedLease {
 public:
  /// `session` is borrowed.
  FeedLease(const Session& session, const std::string& feed, elastic::LeaseHolder self);

  /// Looks at the lease and takes it if nobody else works on the feed. With `mind_checks` a pass
  /// that another process has ended since our last look is told, once, instead.
  Task<LeaseAttempt> try_take(bool mind_checks);

  /// Renews the lease, every third of its duration, while the pass runs. Returns when the lease is
  /// lost or the coroutine is cancelled. What Elasticsearch does not answer in time is asked again;
  /// only another process's write loses a lease.
  boost::asio::awaitable<void> keep();

  /// Renews at once, to find out whether the lease is still ours: is_lost() tells. Trouble with
  /// Elasticsearch leaves it as it was.
  boost::asio::awaitable<void> confirm();

  /// Another process has been found at work on the feed: ends keep().
  void lose();
  /// When the lease of another may have changed.
  std::chrono::milliseconds look_interval() const noexcept;
  bool is_lost() const noexcept { return lost_ && lost_->is_set(); }

  /// Gives the feed back. `check_ok`: result of the pass; nullopt if it did not come to its end, so
  /// that whoever is free goes on at once. Never throws; what cannot be written in a few seconds is
  /// left to run out.
  boost::asio::awaitable<void> release(std::optional<bool> check_ok);

 private:
  using Clock = std::chrono::steady_clock;

  elastic::LeaseView look(const std::optional<elastic::StoredLease>& stored);
  /// Writes `next` over the version we know, or over a newer one that is our own.
  Task<void> write(elastic::Cluster& cluster, elastic::Lease next);

  elastic::Cluster& cluster_;
  elastic::Cluster& hasty_;
  const std::chrono::milliseconds duration_;
  const std::string feed_;
  const elastic::LeaseHolder self_;

  elastic::Lease lease_;                          ///< as last read or written
  std::optional<elastic::LeaseVersion> version_;  ///< of it; nullopt: there is none
  std::optional<Clock::time_point> first_seen_;   ///< of this version, in another's hands
  std::optional<std::string> known_check_;        ///< the newest end of a pass that we know of
  std::unique_ptr<Event> lost_;                   ///< of the hold we have or had last
  bool held_ = false;
};

}  // namespace billow::daemon
