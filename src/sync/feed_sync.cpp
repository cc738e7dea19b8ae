#include "sync/feed_sync.hpp"

#include "base/stopped.hpp"
#include "sync/delivery_sync.hpp"
#include "sync/intruders.hpp"
#include "sync/standing_deliveries.hpp"
#include "sync/untidy_periods.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <set>
#include <utility>

namespace billow::sync {
namespace {

/// Times a delivery is begun again because its objects changed while they were read.
constexpr int restarts_max = 3;

using std::chrono::steady_clock;

}  // namespace

std::string_view name_of(Phase phase) noexcept {
  switch (phase) {
    case Phase::discover:
      return "discover";
    case Phase::digest:
      return "digest";
    case Phase::load:
      return "load";
    case Phase::verify:
      return "verify";
    case Phase::roll_up:
      return "roll_up";
    case Phase::publish:
      return "publish";
    case Phase::purge:
      return "purge";
  }
  return "unknown";
}

std::string_view name_of(Verdict verdict) noexcept {
  switch (verdict) {
    case Verdict::published:
      return "published";
    case Verdict::unchanged:
      return "unchanged";
    case Verdict::withheld:
      return "withheld";
    case Verdict::failed:
      return "failed";
  }
  return "unknown";
}

bool FeedOutcome::ok() const {
  if (error) return false;
  for (const DeliveryOutcome& delivery : deliveries) {
    if (delivery.verdict == Verdict::failed || delivery.verdict == Verdict::withheld) return false;
  }
  return true;
}

FeedSync::FeedSync(Context context)
    : context_(context),
      finder_(make_delivery_finder(context.store, context.config, context.definition)) {}

Task<std::vector<Discovered>> FeedSync::discover() { return finder_->discover(); }

boost::asio::awaitable<DeliveryOutcome> FeedSync::run_period(Discovered discovered,
                                                             std::optional<Delivery> standing,
                                                             bool force) {
  Coverage coverage;
  coverage.kind = context_.definition.delivery;
  DeliveryOutcome outcome;
  outcome.record.feed = context_.config.id;
  outcome.record.period = discovered.period;
  std::chrono::nanoseconds discovering{};
  for (int attempt = 1;; ++attempt) {
    const auto begin = steady_clock::now();
    // What was taken for settled and turns out not to be is read the next time round.
    Result<Delivery> delivery = Delivery();
    if (standing)
      delivery = *std::exchange(standing, std::nullopt);
    else
      delivery = co_await finder_->read(discovered, coverage);
    discovering += steady_clock::now() - begin;
    if (!delivery) {
      outcome.error = delivery.error();
    } else {
      DeliverySync sync(context_, std::move(*delivery), force);
      auto done = co_await sync.run();
      outcome = std::move(sync.outcome());
      if (done) break;
      outcome.error = done.error();
    }
    outcome.verdict = Verdict::failed;
    if (outcome.error->code != Errc::changed || attempt == restarts_max) break;
  }
  outcome.durations[Phase::discover] += discovering;
  context_.observer.on_delivery(outcome);
  co_return outcome;
}

DeliveryOutcome FeedSync::refused(const std::string& period) {
  DeliveryOutcome outcome;
  outcome.record.feed = context_.config.id;
  outcome.record.period = period;
  outcome.error = intruded_.at(period);
  context_.observer.on_delivery(outcome);
  return outcome;
}

Task<void> FeedSync::run_periods(std::vector<Discovered> discovered, Request request) {
  auto intruders = co_await read_intruders(context_);
  if (!intruders) co_return intruders.error();
  intruded_ = std::move(intruders->periods);
  outcome_.error = std::move(intruders->rollups);
  std::map<std::string, Delivery> standing;
  if (!request.force && !request.first && !request.last) {
    auto known = co_await read_standing(context_.cluster, context_.config.id, discovered);
    if (!known) co_return known.error();
    standing = *std::move(known);
  }
  for (const Discovered& found : discovered) {
    if (!request.wants(found.period)) continue;
    if (intruded_.contains(found.period)) {
      outcome_.deliveries.push_back(refused(found.period));
      continue;
    }
    std::optional<Delivery> known;
    if (const auto place = standing.find(found.period); place != standing.end())
      known = std::move(place->second);
    outcome_.deliveries.push_back(co_await run_period(found, std::move(known), request.force));
  }
  co_return boost::system::in_place_value;
}

Task<void> FeedSync::tidy(std::vector<Discovered> discovered) {
  std::set<std::string> periods;
  for (const Discovered& found : discovered) periods.insert(found.period);
  for (const auto& [period, error] : intruded_) {
    if (periods.insert(period).second) outcome_.deliveries.push_back(refused(period));
  }
  auto old = co_await read_old_periods(context_, periods);
  if (!old) co_return old.error();
  for (const std::string& period : old->untidy) {
    Delivery none;
    none.period = period;
    DeliverySync sync(context_, std::move(none), false);
    auto done = co_await sync.tidy();
    DeliveryOutcome& tidied = sync.outcome();
    if (!done) {
      tidied.verdict = Verdict::failed;
      tidied.error = done.error();
    }
    // Where readers see nothing, there is nothing to tell.
    if (done && tidied.record.slices.empty()) continue;
    context_.observer.on_delivery(tidied);
    outcome_.deliveries.push_back(std::move(tidied));
  }
  periods.merge(old->indexed);
  outcome_.periods = std::move(periods);
  co_return boost::system::in_place_value;
}

boost::asio::awaitable<FeedOutcome> FeedSync::run(Request request) {
  outcome_ = {};
  outcome_.feed = context_.config.id;
  try {
    const auto begin = steady_clock::now();
    auto discovered = co_await discover();
    outcome_.discovering = steady_clock::now() - begin;
    if (!discovered) {
      outcome_.error = discovered.error();
      co_return std::move(outcome_);
    }
    auto ran = co_await run_periods(*discovered, request);
    if (!ran) {
      outcome_.error = ran.error();
      co_return std::move(outcome_);
    }
    if (!request.first && !request.last) {
      auto tidied = co_await tidy(*discovered);
      if (!tidied) outcome_.error = tidied.error();
    }
    if (outcome_.deliveries.empty() && (request.first || request.last)) {
      std::string asked = request.first.value_or("...");
      if (request.first != request.last) asked += " to " + request.last.value_or("...");
      outcome_.error = Error{Errc::not_found, "the provider has no period " + asked};
    }
  } catch (const std::exception&) {
    outcome_.error = stopped_by(std::current_exception());
  }
  co_return std::move(outcome_);
}

}  // namespace billow::sync
