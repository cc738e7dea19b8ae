#include "daemon/observer.hpp"

#include "daemon/table.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace billow::daemon {
namespace {

using sync::Phase;
using sync::Verdict;

constexpr std::size_t differences_logged_max = 20;

constexpr Phase all_phases[] = {Phase::discover, Phase::digest,  Phase::load, Phase::verify,
                                Phase::roll_up,  Phase::publish, Phase::purge};
constexpr Verdict all_verdicts[] = {Verdict::published, Verdict::unchanged, Verdict::withheld,
                                    Verdict::failed};

/// The record of an unchanged delivery tells of an earlier pass: its rows were not read now.
bool was_read(const sync::DeliveryOutcome& outcome) {
  return outcome.durations.contains(Phase::digest) || outcome.durations.contains(Phase::load);
}

bool is_pending(const sync::DeliveryOutcome& outcome) { return outcome.pending_since != 0; }

void count_contents(metrics::FeedMetrics& series, const sync::DeliveryOutcome& outcome) {
  const sync::DeliveryRecord& record = outcome.record;
  metrics::RowCounts rows;
  rows.dropped = record.rows_dropped;
  rows.dead = record.rows_dead;
  rows.charged = record.rows_read - std::min(record.rows_read, rows.dropped + rows.dead);
  series.count_rows(rows);
  metrics::DocumentCounts documents;
  documents.written = outcome.documents_written;
  documents.kept = outcome.charges - std::min(outcome.charges, outcome.documents_written);
  documents.purged = outcome.documents_purged;
  series.count_documents(documents);
  series.count_residues(record.negation_residues.size());
}

/// The error itself names the first of them only.
void report_mismatches(metrics::FeedMetrics& series, const std::vector<std::string>& differences) {
  series.count_mismatches(differences.size());
  for (std::size_t i = 0; i < std::min(differences.size(), differences_logged_max); ++i)
    spdlog::error("stored otherwise: {}", differences[i]);
}

}  // namespace

metrics::Vocabulary vocabulary() {
  metrics::Vocabulary words;
  for (const Verdict verdict : all_verdicts) words.verdicts.emplace_back(name_of(verdict));
  for (const Phase phase : all_phases) words.phases.emplace_back(name_of(phase));
  return words;
}

UnixSeconds data_through(const sync::DeliveryRecord& record) {
  UnixSeconds end = 0;
  for (const Slice& slice : record.slices)
    if (!slice.key.long_period)
      end = std::max(end, (slice.key.day + UnixSeconds{1}) * seconds_per_day);
  return end;
}

std::string describe(const sync::DeliveryOutcome& outcome) {
  const sync::DeliveryRecord& record = outcome.record;
  std::string line = fmt::format("{} {}: {}", record.feed, record.period, name_of(outcome.verdict));
  if (outcome.error) return line + ": " + outcome.error->detail;
  if (outcome.verdict == Verdict::withheld)
    return line + fmt::format(": {} of {} rows cannot become charges{}", grouped(record.rows_dead),
                              grouped(record.rows_read),
                              outcome.dead_letter_samples.empty()
                                  ? ""
                                  : ", the first: " + outcome.dead_letter_samples.front());
  return line + fmt::format(": {} charges, {} slices kept, {} loaded, {} withdrawn",
                            grouped(record.totals().lines), record.slices_kept,
                            record.slices_loaded, record.slices_withdrawn);
}

metrics::FeedMetrics& FeedObserver::series(const std::string& feed) {
  return metrics_.feed(feed, kinds_[feed]);
}

void FeedObserver::on_progress(const sync::Progress& progress) {
  if (display_ != nullptr) display_->show(progress);
}

void FeedObserver::on_bulk(const std::string& feed, const elastic::BulkEvent& event) {
  metrics::FeedMetrics& metrics = series(feed);
  switch (event.kind) {
    case elastic::BulkEvent::Kind::request:
      metrics.count_bulk_request(event.items, event.bytes, event.latency);
      break;
    case elastic::BulkEvent::Kind::retried_items:
      metrics.count_bulk_retried(event.items);
      break;
    case elastic::BulkEvent::Kind::throttled:
      metrics.count_bulk_throttled();
      break;
    case elastic::BulkEvent::Kind::unknown_answer:
      metrics.count_bulk_unknown();
      break;
    case elastic::BulkEvent::Kind::halved:
      metrics.count_bulk_halved();
      break;
  }
  metrics.set_bulk_connections(event.connections);
}

void FeedObserver::on_delivery(const sync::DeliveryOutcome& outcome) {
  metrics::FeedMetrics& metrics = series(outcome.record.feed);
  metrics.count_delivery(name_of(outcome.verdict));
  for (const auto& [phase, duration] : outcome.durations)
    metrics.add_phase(name_of(phase), duration);
  if (was_read(outcome)) count_contents(metrics, outcome);
  for (const std::string& note : outcome.notes)
    spdlog::warn("{} {}: {}", outcome.record.feed, outcome.record.period, note);
  if (outcome.error) metrics.count_error(outcome.error->code);
  if (outcome.error && outcome.error->code == Errc::mismatch)
    report_mismatches(metrics, outcome.differences);
  const bool visible =
      outcome.verdict == Verdict::published || outcome.verdict == Verdict::unchanged;
  if (visible) {
    UnixSeconds& through = data_through_[outcome.record.feed];
    through = std::max(through, data_through(outcome.record));
    metrics.set_data_through(through);
  }
  switch (outcome.verdict) {
    case Verdict::published:
      spdlog::info("{}", describe(outcome));
      break;
    case Verdict::unchanged:
      spdlog::debug("{}", describe(outcome));
      break;
    case Verdict::withheld:
      spdlog::warn("{}", describe(outcome));
      break;
    case Verdict::failed:
      // Whoever stops the daemon wants no alarm of it.
      if (outcome.error && outcome.error->code == Errc::cancelled)
        spdlog::info("{}", describe(outcome));
      else
        spdlog::error("{}", describe(outcome));
      break;
  }
}

void FeedObserver::on_pass_begin(const feed::FeedConfig& feed) {
  kinds_[feed.id] = feed.kind;
  series(feed.id).set_running(true);
  series(feed.id).set_lease_held(true);
}

void FeedObserver::on_pass_end(const feed::FeedConfig& feed, const sync::FeedOutcome& outcome,
                               bool taken_over) {
  metrics::FeedMetrics& metrics = series(feed.id);
  metrics.set_running(false);
  metrics.set_lease_held(false);
  metrics.add_phase(name_of(Phase::discover), outcome.discovering);
  if (display_ != nullptr) display_->finish(feed.id);
  if (taken_over) {
    metrics.count_pass_lost();
    spdlog::warn("{}: {}", feed.id, outcome.error ? outcome.error->detail : "taken over");
    return;
  }
  // For how long a delivery has been waiting, and whether that is too long, the health knows.
  metrics.count_pass(now(), outcome.ok() && std::ranges::none_of(outcome.deliveries, is_pending));
  if (outcome.error) {
    metrics.count_error(outcome.error->code);
    if (outcome.error->code != Errc::cancelled)
      spdlog::error("{}: {}", feed.id, outcome.error->detail);
  }
}

void FeedObserver::on_lease_takeover(const feed::FeedConfig& feed, const std::string& holder) {
  kinds_[feed.id] = feed.kind;
  series(feed.id).count_lease_takeover();
  spdlog::warn("{}: taken over from {}, which has ended or gone silent", feed.id, holder);
}

void FeedObserver::on_checked_elsewhere(const feed::FeedConfig& feed, UnixSeconds at) {
  kinds_[feed.id] = feed.kind;
  series(feed.id).set_last_check(at);
}

void FeedObserver::on_health(const feed::FeedConfig& feed, const FeedHealth& health) {
  kinds_[feed.id] = feed.kind;
  metrics::FeedMetrics& metrics = series(feed.id);
  data_through_[feed.id] = health.data_through();
  metrics.set_data_through(health.data_through());
  metrics.set_last_check(health.last_check);
  metrics.set_last_success(health.last_success);
  metrics.set_lines(health.lines());
  metrics.set_dead_letters(health.dead_letters());
  metrics.set_delivery_pending(health.delivery_pending_since());
  metrics::CostValues costs;
  for (const auto& [currency, sums] : health.costs())
    for (std::size_t kind = 0; kind < cost_kinds; ++kind)
      costs[{currency, std::string(cost_names[kind])}] = sums[kind].to_double();
  metrics.set_costs(costs);
  if (!health.restatement) return;
  std::map<std::string, double> moved;
  for (const auto& [currency, sum] : health.restatement->moved) moved[currency] = sum.to_double();
  metrics.set_restatement(health.restatement->lines_replaced, moved);
}

void FeedObserver::on_lease_error(const feed::FeedConfig& feed, const Error& error) {
  kinds_[feed.id] = feed.kind;
  series(feed.id).count_error(error.code);
  spdlog::error("{}: {}", feed.id, error.detail);
}

}  // namespace billow::daemon
