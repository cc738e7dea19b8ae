#include "daemon/feed_lease.hpp"

#include "base/deadline.hpp"
#include "daemon/lease_holder.hpp"

#include <boost/asio/this_coro.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace billow::daemon {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr int renewals_per_duration = 3;
constexpr int release_attempts_max = 3;
constexpr auto release_limit = 3s;  ///< of one attempt
constexpr auto release_pause = 200ms;

Error no_answer() { return {Errc::transient, "lease: Elasticsearch did not answer in time"}; }

}  // namespace

FeedLease::FeedLease(const Session& session, const std::string& feed, elastic::LeaseHolder self)
    : cluster_(*session.cluster),
      hasty_(*session.hasty_cluster),
      duration_(session.configuration.lease),
      feed_(feed),
      self_(std::move(self)) {}

elastic::LeaseView FeedLease::look(const std::optional<elastic::StoredLease>& stored) {
  const std::optional<elastic::LeaseVersion> seen_before = std::exchange(version_, std::nullopt);
  lease_ = stored ? stored->lease : elastic::Lease();
  lease_.feed = feed_;
  if (stored) version_ = stored->version;
  if (!known_check_) known_check_ = lease_.checked_at;

  elastic::LeaseView view;
  view.held_by = lease_.holder.name;
  view.mine = view.held_by == self_.name;
  if (view.held_by.empty() || view.mine) {
    first_seen_.reset();
    return view;
  }
  view.holder_is_dead = has_ended(lease_.holder, self_);
  const Clock::time_point now = Clock::now();
  if (!first_seen_ || seen_before != version_) first_seen_ = now;
  view.unchanged_for = std::chrono::duration_cast<std::chrono::milliseconds>(now - *first_seen_);
  return view;
}

Task<LeaseAttempt> FeedLease::try_take(bool mind_checks) {
  auto stored = co_await elastic::read_lease(cluster_, feed_);
  if (!stored) {
    // A holder could not renew either while Elasticsearch was away: it gets a whole duration anew.
    first_seen_.reset();
    co_return stored.error();
  }
  const elastic::LeaseView view = look(*stored);
  const elastic::LeaseDecision decision = elastic::decide_lease(view, duration_);
  LeaseAttempt attempt;
  attempt.look_again = decision.look_again;
  if (decision.move == elastic::LeaseMove::wait) {
    attempt.holder = view.held_by;
    co_return attempt;
  }
  const bool news = std::exchange(known_check_, lease_.checked_at) != lease_.checked_at;
  if (mind_checks && news && decision.move == elastic::LeaseMove::take) {
    attempt.kind = LeaseAttempt::Kind::checked;
    attempt.checked_at = parse_time(lease_.checked_at).value_or(0);
    attempt.checked_ok = lease_.checked_ok;
    co_return attempt;
  }
  elastic::Lease next = lease_;
  next.holder = self_;
  auto written = co_await write(cluster_, std::move(next));
  if (!written && written.error().code == Errc::conflict) {
    attempt.holder = "another process";
    attempt.look_again = look_interval();
    co_return attempt;
  }
  if (!written) co_return written.error();
  held_ = true;
  first_seen_.reset();
  lost_ = std::make_unique<Event>(co_await asio::this_coro::executor);
  attempt.kind = LeaseAttempt::Kind::held;
  if (decision.move == elastic::LeaseMove::take_over) attempt.holder = view.held_by;
  co_return attempt;
}

Task<void> FeedLease::write(elastic::Cluster& cluster, elastic::Lease next) {
  for (bool again = true;; again = false) {
    ++next.beat;
    next.renewed_at = format_time(now());
    auto written = co_await elastic::write_lease(cluster, next, version_);
    if (written) {
      lease_ = std::move(next);
      version_ = *written;
      co_return boost::system::in_place_value;
    }
    if (written.error().code != Errc::conflict || !again) co_return written.error();
    // A renewal that was given up for want of an answer may have been done all the same.
    auto stored = co_await elastic::read_lease(cluster, feed_);
    if (!stored) co_return stored.error();
    if (!*stored || (*stored)->lease.holder.name != self_.name) co_return written.error();
    version_ = (*stored)->version;
    next.beat = (*stored)->lease.beat;
  }
}

asio::awaitable<void> FeedLease::keep() {
  const std::chrono::milliseconds interval = look_interval();
  std::chrono::milliseconds wait = interval;
  for (;;) {
    co_await lost_->wait_for(wait);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (lost_->is_set() || state.cancelled() != asio::cancellation_type::none) co_return;
    auto renewal = write(hasty_, lease_);
    auto renewed = co_await complete_within(interval, std::move(renewal));
    const Result<void> result = renewed ? *std::move(renewed) : Result<void>(no_answer());
    if (!result && result.error().code == Errc::conflict) {
      spdlog::debug("{}: {}", feed_, result.error().detail);
      lose();
      co_return;
    }
    if (!result) spdlog::debug("{}: {}", feed_, result.error().detail);
    wait = result ? interval : interval / 4;
  }
}

asio::awaitable<void> FeedLease::confirm() {
  auto renewed = co_await write(cluster_, lease_);
  if (!renewed && renewed.error().code == Errc::conflict) lose();
}

std::chrono::milliseconds FeedLease::look_interval() const noexcept {
  return duration_ / renewals_per_duration;
}

void FeedLease::lose() {
  if (lost_) lost_->set();
}

asio::awaitable<void> FeedLease::release(std::optional<bool> check_ok) {
  if (!std::exchange(held_, false)) co_return;
  elastic::Lease next = lease_;
  next.holder = {};
  if (check_ok) {
    next.checked_at = format_time(now());
    next.checked_ok = *check_ok;
    known_check_ = next.checked_at;
  }
  for (int attempt = 0; attempt < release_attempts_max; ++attempt) {
    if (attempt > 0) co_await sleep_for(release_pause);
    auto writing = write(hasty_, next);
    auto written = co_await complete_within(release_limit, std::move(writing));
    const Result<void> result = written ? *std::move(written) : Result<void>(no_answer());
    if (result || result.error().code == Errc::conflict) co_return;
    spdlog::debug("{}: {}", feed_, result.error().detail);
  }
}

}  // namespace billow::daemon
