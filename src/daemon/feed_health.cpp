#include "daemon/feed_health.hpp"

#include "daemon/observer.hpp"
#include "daemon/text.hpp"

#include <algorithm>
#include <utility>

namespace billow::daemon {
namespace {

using sync::Verdict;

constexpr std::size_t error_bytes_max = 2'000;
constexpr std::size_t billed = 0;  ///< BilledCost in cost_names

CostSums costs_of(const ControlTotals& totals) {
  CostSums costs;
  for (const auto& [currency, of_currency] : totals.by_currency) costs[currency] = of_currency.sums;
  return costs;
}

Restatement restatement_of(const sync::DeliveryOutcome& delivery, UnixSeconds at) {
  Restatement made;
  made.period = delivery.record.period;
  made.at = at;
  made.slices_replaced = delivery.record.slices_withdrawn;
  for (const Slice& slice : delivery.record.replaced) made.lines_replaced += slice.totals.lines;
  made.lines_written = delivery.documents_written;
  for (const auto& [currency, sums] : costs_of(delivery.record.totals()))
    made.moved[currency].add(sums[billed]);
  for (const auto& [currency, sums] : costs_of(*delivery.before))
    made.moved[currency].subtract(sums[billed]);
  return made;
}

std::map<std::string, std::chrono::milliseconds> phases_of(const sync::FeedOutcome& outcome) {
  std::map<std::string, std::chrono::milliseconds> phases;
  const auto add = [&phases](sync::Phase phase, auto duration) {
    phases[std::string(name_of(phase))] +=
        std::chrono::duration_cast<std::chrono::milliseconds>(duration);
  };
  add(sync::Phase::discover, outcome.discovering);
  for (const sync::DeliveryOutcome& delivery : outcome.deliveries)
    for (const auto& [phase, duration] : delivery.durations) add(phase, duration);
  return phases;
}

std::uint64_t mismatches_of(const sync::FeedOutcome& outcome) {
  std::uint64_t count = 0;
  for (const sync::DeliveryOutcome& delivery : outcome.deliveries)
    if (delivery.error && delivery.error->code == Errc::mismatch)
      count += delivery.differences.size();
  return count;
}

/// Files that are written again and again are younger each time; the delivery is not.
void note_pending(PeriodHealth& period, UnixSeconds since) {
  const bool goes_on = since != 0 && period.pending_since != 0;
  period.pending_since = goes_on ? std::min(period.pending_since, since) : since;
}

void note_delivery(FeedHealth& health, const sync::DeliveryOutcome& delivery, UnixSeconds at) {
  if (delivery.verdict == Verdict::failed) return;
  PeriodHealth& period = health.periods[delivery.record.period];
  period.dead_letters = delivery.record.rows_missing();
  note_pending(period, delivery.pending_since);
  if (delivery.verdict == Verdict::withheld) return;
  const ControlTotals totals = delivery.record.totals();
  period.lines = totals.lines;
  period.costs = costs_of(totals);
  period.data_through = data_through(delivery.record);
  if (delivery.verdict == Verdict::published && delivery.before)
    health.restatement = restatement_of(delivery, at);
}

std::vector<std::string> forget_periods(FeedHealth& health, const sync::FeedOutcome& outcome) {
  std::vector<std::string> gone;
  if (!outcome.periods) return gone;
  std::erase_if(health.periods, [&](const auto& period) {
    const bool is_there = outcome.periods->contains(period.first);
    if (!is_there) gone.push_back(period.first);
    return !is_there;
  });
  // What the provider no longer has is waited for no more.
  for (auto& [name, period] : health.periods)
    if (std::ranges::none_of(outcome.deliveries, [&name](const sync::DeliveryOutcome& delivery) {
          return delivery.record.period == name;
        }))
      period.pending_since = 0;
  return gone;
}

/// An error may quote what a provider sent, whatever it is.
std::string shown_detail(const std::string& detail) {
  return printable(detail.substr(0, error_bytes_max));
}

const Error* first_error(const sync::FeedOutcome& outcome) {
  if (outcome.error) return &*outcome.error;
  for (const sync::DeliveryOutcome& delivery : outcome.deliveries)
    if (delivery.error) return &*delivery.error;
  return nullptr;
}

}  // namespace

std::uint64_t FeedHealth::lines() const {
  std::uint64_t sum = 0;
  for (const auto& [name, period] : periods) sum += period.lines;
  return sum;
}

std::uint64_t FeedHealth::dead_letters() const {
  std::uint64_t sum = 0;
  for (const auto& [name, period] : periods) sum += period.dead_letters;
  return sum;
}

bool PeriodHealth::is_overdue(UnixSeconds at) const {
  return pending_since != 0 && std::chrono::seconds(at - pending_since) >= delivery_pending_max;
}

UnixSeconds FeedHealth::delivery_pending_since() const {
  UnixSeconds first = 0;
  for (const auto& [name, period] : periods)
    if (period.pending_since != 0 && (first == 0 || period.pending_since < first))
      first = period.pending_since;
  return first;
}

UnixSeconds FeedHealth::data_through() const {
  UnixSeconds end = 0;
  for (const auto& [name, period] : periods) end = std::max(end, period.data_through);
  return end;
}

CostSums FeedHealth::costs() const {
  CostSums all;
  for (const auto& [name, period] : periods)
    for (const auto& [currency, sums] : period.costs)
      for (std::size_t i = 0; i < cost_kinds; ++i) all[currency][i].add(sums[i]);
  return all;
}

void learn(std::optional<FeedHealth>& known, FeedHealth stored) {
  if (!known || stored.last_check >= known->last_check) known = std::move(stored);
}

std::vector<std::string> note_pass(FeedHealth& health, const PassNote& pass) {
  const sync::FeedOutcome& outcome = pass.outcome;
  for (const sync::DeliveryOutcome& delivery : outcome.deliveries)
    note_delivery(health, delivery, pass.at);
  std::vector<std::string> gone = forget_periods(health, outcome);
  const std::uint64_t mismatches = mismatches_of(outcome);
  // What was wrong in periods that were not looked at may still be.
  health.mismatches = pass.whole ? mismatches : std::max(health.mismatches, mismatches);

  const bool first = health.last_check == 0;
  if (!pass.whole && !first) return gone;
  health.pass = pass.took;
  health.phases = phases_of(outcome);
  const Error* error = first_error(outcome);
  health.last_check = pass.at;
  health.error_code = error == nullptr ? "" : std::string(name_of(error->code));
  health.error = error == nullptr ? "" : shown_detail(error->detail);
  const bool is_waiting = std::ranges::any_of(
      health.periods, [&pass](const auto& period) { return period.second.is_overdue(pass.at); });
  health.status = error != nullptr ? "failing"
                  : !outcome.ok()  ? "withheld"
                  : is_waiting     ? "waiting"
                                   : "ok";
  if (health.status == "ok" && pass.whole) health.last_success = pass.at;
  return gone;
}

}  // namespace billow::daemon
