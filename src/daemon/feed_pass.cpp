#include "daemon/feed_pass.hpp"

#include "base/civil_time.hpp"
#include "base/deadline.hpp"
#include "daemon/health_store.hpp"
#include "daemon/lease_holder.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace billow::daemon {
namespace {

namespace asio = boost::asio;

constexpr auto health_limit = std::chrono::seconds(5);

/// The fencing token has moved on, or a document was changed under our hands.
bool is_conflict(const sync::DeliveryOutcome& delivery) {
  return delivery.error && delivery.error->code == Errc::conflict;
}

/// What a fenced daemon finds, too: the slices it loaded have been removed by the one at work.
bool is_mismatch(const sync::DeliveryOutcome& delivery) {
  return delivery.error && delivery.error->code == Errc::mismatch;
}

bool failed(const sync::DeliveryOutcome& delivery) {
  return delivery.verdict == sync::Verdict::failed;
}

/// Runs the deliveries of one pass and renews the lease meanwhile; each ends the other.
class Pass final : public sync::Observer {
 public:
  Pass(PassContext context, sync::Request request)
      : context_(context), request_(std::move(request)) {
    outcome_.feed = context_.feed.config.id;
  }

  asio::awaitable<void> run() {
    using namespace asio::experimental::awaitable_operators;
    auto work = deliver();
    auto renewals = context_.lease.keep();
    co_await (std::move(work) || std::move(renewals));
  }

  bool taken_over() const { return context_.lease.is_lost(); }
  sync::FeedOutcome& outcome() noexcept { return outcome_; }

  void on_progress(const sync::Progress& progress) override {
    context_.observer.on_progress(progress);
  }
  void on_bulk(const std::string& feed, const elastic::BulkEvent& event) override {
    context_.observer.on_bulk(feed, event);
  }
  void on_delivery(const sync::DeliveryOutcome& delivery) override {
    // What ends because the lease is lost is no failure.
    if (context_.lease.is_lost()) return;
    // Going on with the next period would move the token away from the daemon at work.
    if (is_conflict(delivery)) return context_.lease.lose();
    if (is_mismatch(delivery)) return doubtful_.push_back(delivery);
    context_.observer.on_delivery(delivery);
  }

 private:
  asio::awaitable<void> deliver() {
    sync::FeedSync::Context parts{*context_.session.cluster,
                                  *context_.feed.store,
                                  context_.pool,
                                  *this,
                                  context_.feed.config,
                                  context_.feed.definition,
                                  context_.session.rollups,
                                  context_.session.rollup_runner};
    sync::FeedSync sync(parts);
    try {
      outcome_ = co_await sync.run(request_);
      const bool stopped = outcome_.error && outcome_.error->code == Errc::cancelled;
      const bool doubt = !stopped && !doubtful_.empty() && !context_.lease.is_lost();
      if (doubt) co_await context_.lease.confirm();
    } catch (const std::exception& bug) {
      outcome_.error = Error{Errc::malformed, std::string("unexpected: ") + bug.what()};
    }
    if (outcome_.error && outcome_.error->code == Errc::conflict) context_.lease.lose();
    if (context_.lease.is_lost()) co_return;
    for (const sync::DeliveryOutcome& delivery : doubtful_) context_.observer.on_delivery(delivery);
  }

  PassContext context_;
  sync::Request request_;
  sync::FeedOutcome outcome_;
  std::vector<sync::DeliveryOutcome> doubtful_;  ///< told only if the lease is still ours
};

bool is_cancelled(const std::optional<Error>& error) {
  return error && error->code == Errc::cancelled;
}

/// False when it was ended before it had found out how the feed is.
bool is_finished(const PassResult& result) {
  const auto& deliveries = result.outcome.deliveries;
  return !result.taken_over && !is_cancelled(result.outcome.error) &&
         std::none_of(
             deliveries.begin(), deliveries.end(),
             [](const sync::DeliveryOutcome& delivery) { return is_cancelled(delivery.error); });
}

bool is_overdue(const PassNote& pass, const std::optional<FeedHealth>& health) {
  const auto waits = [&pass, &health](const sync::DeliveryOutcome& delivery) {
    const auto period = health->periods.find(delivery.record.period);
    return delivery.pending_since != 0 && period != health->periods.end() &&
           period->second.is_overdue(pass.at);
  };
  return health && std::ranges::any_of(pass.outcome.deliveries, waits);
}

template <class T>
Error no_health(const std::optional<Result<T>>& answer) {
  return answer ? answer->error() : Error{Errc::transient, "Elasticsearch did not answer in time"};
}

/// Notes how the feed is, shows it and writes it down. A failure of it is no failure of the pass;
/// what cannot be written is written after the next.
asio::awaitable<void> keep_health(PassContext context, PassNote pass) {
  elastic::Cluster& cluster = *context.session.hasty_cluster;
  const feed::FeedConfig& feed = context.feed.config;
  std::optional<FeedHealth>& health = context.feed.health;
  auto reading = read_health(cluster, feed.id);
  auto stored = co_await complete_within(health_limit, std::move(reading));
  std::optional<Error> error;
  if (stored && *stored)
    learn(health, std::move(**stored));
  else
    error = no_health(stored);
  if (health) {
    for (const std::string& period : note_pass(*health, pass)) {
      spdlog::warn(
          "{} {}: its index is gone, and readers see nothing of it any more; 'billow audit "
          "show' tells what was published",
          feed.id, period);
    }
    health->kind = feed.kind;
    health->checked_by = this_process().name;
    context.observer.on_health(feed, *health);
  }
  if (!error) {
    auto writing = write_health(cluster, *health);
    auto written = co_await complete_within(health_limit, std::move(writing));
    if (!written || !*written) error = no_health(written);
  }
  if (error) spdlog::warn("{}: its health could not be written: {}", feed.id, error->detail);
}

}  // namespace

bool is_good(const sync::FeedOutcome& outcome) {
  return !outcome.error &&
         std::none_of(outcome.deliveries.begin(), outcome.deliveries.end(), failed);
}

asio::awaitable<PassResult> run_pass(PassContext context, sync::Request request) {
  // Being asked to stop ends the deliveries; giving the feed back comes after it.
  co_await asio::this_coro::throw_if_cancelled(false);
  const feed::FeedConfig& feed = context.feed.config;
  const bool whole = !request.first && !request.last;
  const auto begin = std::chrono::steady_clock::now();
  context.observer.on_pass_begin(feed);
  Pass pass(context, std::move(request));
  co_await pass.run();
  PassResult result;
  result.taken_over = pass.taken_over();
  result.outcome = std::move(pass.outcome());
  if (result.taken_over) {
    result.outcome.error =
        Error{Errc::conflict, "another daemon has taken this feed over; this one has withdrawn"};
  }
  context.observer.on_pass_end(feed, result.outcome, result.taken_over);
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  std::optional<bool> check;
  if (is_finished(result)) {
    const auto took = std::chrono::steady_clock::now() - begin;
    const PassNote note{result.outcome, whole, now(),
                        std::chrono::duration_cast<std::chrono::milliseconds>(took)};
    co_await keep_health(context, note);
    result.overdue = is_overdue(note, context.feed.health);
    if (whole) check = is_good(result.outcome);
  }
  co_await context.lease.release(check);
  co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
  co_await asio::this_coro::throw_if_cancelled(true);
  co_return result;
}

}  // namespace billow::daemon
