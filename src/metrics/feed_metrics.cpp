#include "metrics/feed_metrics.hpp"

#include "metrics/families.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace billow::metrics {
namespace {

using Counters = FeedFamilies::Counters;
using Gauges = FeedFamilies::Gauges;

Counters& counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Gauges& gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

/// Powers of two: exact in binary, so that their labels stay short.
const prometheus::Histogram::BucketBoundaries latency_bounds_seconds = {
    0.03125, 0.0625, 0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64};

constexpr Errc error_codes[] = {Errc::throttled,  Errc::transient,  Errc::unauthorized,
                                Errc::not_found,  Errc::malformed,  Errc::rejected,
                                Errc::over_limit, Errc::changed,    Errc::conflict,
                                Errc::mismatch,   Errc::bad_config, Errc::cancelled};

void raise(prometheus::Gauge& gauge, UnixSeconds at) {
  gauge.Set(std::max(gauge.Value(), static_cast<double>(at)));
}

double seconds(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

FeedFamilies::FeedFamilies(prometheus::Registry& r, Vocabulary words)
    : vocabulary(std::move(words)),
      info(gauge(r, "billow_feed_info", "Kind of a configured feed; always 1.")),
      interval(gauge(r, "billow_feed_expected_interval_seconds",
                     "How often the feed is to be checked.")),
      running(gauge(r, "billow_feed_running", "1 while a pass over the feed is under way.")),
      lease_held(
          gauge(r, "billow_feed_lease_held", "1 while this process holds the lease of the feed.")),
      lease_takeovers(
          counter(r, "billow_lease_takeovers_total",
                  "Leases taken over from a process that had ended or stopped renewing them.")),
      passes_lost(counter(r, "billow_passes_lost_total",
                          "Passes given up because another process had taken the feed over.")),
      last_check(gauge(r, "billow_feed_last_check_timestamp_seconds",
                       "When the last pass over the feed ended, whatever its result; 0: never.")),
      last_success(
          gauge(r, "billow_feed_last_success_timestamp_seconds",
                "When a pass last ended with everything published or unchanged; 0: never.")),
      data_through(gauge(r, "billow_feed_data_through_timestamp_seconds",
                         "End of the last charge day that readers see; 0: none.")),
      lines(gauge(r, "billow_feed_lines", "Charges of the feed that readers see.")),
      costs(gauge(r, "billow_feed_cost",
                  "Sum of a cost over the charges that readers see, in the currency it is in.")),
      dead_letters(gauge(
          r, "billow_feed_dead_letters",
          "Lines of the newest statements that cannot become charges, published or withheld.")),
      delivery_pending(
          gauge(r, "billow_feed_delivery_pending_since_timestamp_seconds",
                "Since when files of the next delivery wait for their manifest; 0: none do.")),
      restatement_lines(gauge(r, "billow_feed_restatement_lines",
                              "Charges that the last restatement took from readers' sight.")),
      restatement_moved(gauge(r, "billow_feed_restatement_moved_cost",
                              "By how much the last restatement moved BilledCost.")),
      mismatches(counter(r, "billow_verification_mismatches_total",
                         "Counts and sums of slices that Elasticsearch found otherwise than sent; "
                         "not published.")),
      deliveries(
          counter(r, "billow_deliveries_total", "Deliveries looked at, by what became of them.")),
      phase_seconds(counter(r, "billow_phase_duration_seconds_total",
                            "Time spent in each phase of a delivery.")),
      rows(counter(r, "billow_rows_total",
                   "Rows read, by fate: charged, dropped as FOCUS demands, or dead letter.")),
      documents(counter(
          r, "billow_documents_total",
          "Charges of deliveries: written, kept since unchanged, or purged after replacement.")),
      residues(counter(r, "billow_negation_residues_total",
                       "Savings-plan negations that did not cancel the usage they cover.")),
      errors(counter(r, "billow_errors_total", "Failed passes and deliveries, by kind of error.")),
      bulk_requests(counter(r, "billow_bulk_requests_total", "Answered _bulk requests.")),
      bulk_documents(
          counter(r, "billow_bulk_documents_total", "Documents in answered _bulk requests.")),
      bulk_bytes(
          counter(r, "billow_bulk_bytes_total", "Uncompressed bytes of answered _bulk requests.")),
      bulk_retried(
          counter(r, "billow_bulk_retried_documents_total",
                  "Documents sent again after Elasticsearch refused them for the moment.")),
      bulk_throttled(
          counter(r, "billow_bulk_throttled_total",
                  "Times Elasticsearch asked for less and fewer requests were sent at once.")),
      bulk_unknown(counter(
          r, "billow_bulk_unknown_answers_total",
          "Answers to _bulk that were cut or unreadable; their documents were sent again.")),
      bulk_halved(
          counter(r, "billow_bulk_halved_total", "Bodies sent as two halves after a 413 or 400.")),
      bulk_connections(
          gauge(r, "billow_bulk_connections", "Requests that may be in flight at once now.")),
      bulk_latency(prometheus::BuildHistogram()
                       .Name("billow_bulk_request_duration_seconds")
                       .Help("Time from sending a _bulk request to its whole answer.")
                       .Register(r)) {}

class FeedMetrics::Impl {
 public:
  Impl(FeedFamilies& families, const std::string& id, const std::string& kind)
      : families_(families),
        id_(id),
        interval(add(families.interval, {{"feed", id}})),
        running(add(families.running, {{"feed", id}})),
        lease_held(add(families.lease_held, {{"feed", id}})),
        lease_takeovers(add(families.lease_takeovers, {{"feed", id}})),
        passes_lost(add(families.passes_lost, {{"feed", id}})),
        last_check(add(families.last_check, {{"feed", id}})),
        last_success(add(families.last_success, {{"feed", id}})),
        data_through(add(families.data_through, {{"feed", id}})),
        lines(add(families.lines, {{"feed", id}})),
        dead_letters(add(families.dead_letters, {{"feed", id}})),
        delivery_pending(add(families.delivery_pending, {{"feed", id}})),
        restatement_lines(add(families.restatement_lines, {{"feed", id}})),
        mismatches(add(families.mismatches, {{"feed", id}})),
        charged(add(families.rows, {{"feed", id}, {"fate", "charged"}})),
        dropped(add(families.rows, {{"feed", id}, {"fate", "dropped"}})),
        dead(add(families.rows, {{"feed", id}, {"fate", "dead"}})),
        written(add(families.documents, {{"feed", id}, {"fate", "written"}})),
        kept(add(families.documents, {{"feed", id}, {"fate", "kept"}})),
        purged(add(families.documents, {{"feed", id}, {"fate", "purged"}})),
        residues(add(families.residues, {{"feed", id}})),
        bulk_requests(add(families.bulk_requests, {{"feed", id}})),
        bulk_documents(add(families.bulk_documents, {{"feed", id}})),
        bulk_bytes(add(families.bulk_bytes, {{"feed", id}})),
        bulk_retried(add(families.bulk_retried, {{"feed", id}})),
        bulk_throttled(add(families.bulk_throttled, {{"feed", id}})),
        bulk_unknown(add(families.bulk_unknown, {{"feed", id}})),
        bulk_halved(add(families.bulk_halved, {{"feed", id}})),
        bulk_connections(add(families.bulk_connections, {{"feed", id}})),
        bulk_latency(add(families.bulk_latency, {{"feed", id}}, latency_bounds_seconds)) {
    set_kind(kind);
    for (const std::string& word : families.vocabulary.verdicts)
      verdicts.emplace(word, &add(families.deliveries, {{"feed", id}, {"verdict", word}}));
    for (const std::string& word : families.vocabulary.phases)
      phases.emplace(word, &add(families.phase_seconds, {{"feed", id}, {"phase", word}}));
    for (const Errc code : error_codes)
      errors.emplace(code,
                     &add(families.errors, {{"feed", id}, {"code", std::string(name_of(code))}}));
  }
  ~Impl() {
    for (const auto& remove : removals_) remove();
    families_.info.Remove(info_);
    for (const auto& [key, gauge] : costs_) families_.costs.Remove(gauge);
    for (const auto& [currency, gauge] : moved_) families_.restatement_moved.Remove(gauge);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

 private:
  template <class T, class... Args>
  T& add(prometheus::Family<T>& family, const prometheus::Labels& labels, const Args&... args) {
    T& metric = family.Add(labels, args...);
    removals_.push_back([&family, &metric] { family.Remove(&metric); });
    return metric;
  }
  std::vector<std::function<void()>>
      removals_;  // before the metrics: add() fills it while they are made
  FeedFamilies& families_;
  const std::string id_;
  std::string kind_;
  prometheus::Gauge* info_ = nullptr;
  std::map<std::pair<std::string, std::string>, prometheus::Gauge*> costs_;
  std::map<std::string, prometheus::Gauge*> moved_;

 public:
  void set_kind(const std::string& kind) {
    if (info_ != nullptr && kind == kind_) return;
    if (info_ != nullptr) families_.info.Remove(info_);
    info_ = &families_.info.Add({{"feed", id_}, {"kind", kind}});
    info_->Set(1);
    kind_ = kind;
  }
  void set_costs(const CostValues& values) {
    std::erase_if(costs_, [this, &values](const auto& entry) {
      const bool gone = !values.contains(entry.first);
      if (gone) families_.costs.Remove(entry.second);
      return gone;
    });
    for (const auto& [key, value] : values) {
      prometheus::Gauge*& gauge = costs_[key];
      if (gauge == nullptr)
        gauge =
            &families_.costs.Add({{"feed", id_}, {"currency", key.first}, {"cost", key.second}});
      gauge->Set(value);
    }
  }
  void set_moved(const std::map<std::string, double>& values) {
    for (auto& [currency, gauge] : moved_) gauge->Set(0);
    for (const auto& [currency, value] : values) {
      prometheus::Gauge*& gauge = moved_[currency];
      if (gauge == nullptr)
        gauge = &families_.restatement_moved.Add({{"feed", id_}, {"currency", currency}});
      gauge->Set(value);
    }
  }

  prometheus::Gauge& interval;
  prometheus::Gauge& running;
  prometheus::Gauge& lease_held;
  prometheus::Counter& lease_takeovers;
  prometheus::Counter& passes_lost;
  prometheus::Gauge& last_check;
  prometheus::Gauge& last_success;
  prometheus::Gauge& data_through;
  prometheus::Gauge& lines;
  prometheus::Gauge& dead_letters;
  prometheus::Gauge& delivery_pending;
  prometheus::Gauge& restatement_lines;
  prometheus::Counter& mismatches;
  prometheus::Counter& charged;
  prometheus::Counter& dropped;
  prometheus::Counter& dead;
  prometheus::Counter& written;
  prometheus::Counter& kept;
  prometheus::Counter& purged;
  prometheus::Counter& residues;
  prometheus::Counter& bulk_requests;
  prometheus::Counter& bulk_documents;
  prometheus::Counter& bulk_bytes;
  prometheus::Counter& bulk_retried;
  prometheus::Counter& bulk_throttled;
  prometheus::Counter& bulk_unknown;
  prometheus::Counter& bulk_halved;
  prometheus::Gauge& bulk_connections;
  prometheus::Histogram& bulk_latency;
  std::map<std::string, prometheus::Counter*, std::less<>> verdicts;
  std::map<std::string, prometheus::Counter*, std::less<>> phases;
  std::map<Errc, prometheus::Counter*> errors;
};

FeedMetrics::FeedMetrics(FeedFamilies& families, const std::string& id, const std::string& kind)
    : impl_(std::make_unique<Impl>(families, id, kind)) {}
FeedMetrics::~FeedMetrics() = default;

void FeedMetrics::set_kind(const std::string& kind) { impl_->set_kind(kind); }

void FeedMetrics::set_interval(std::chrono::seconds every) {
  impl_->interval.Set(static_cast<double>(every.count()));
}
void FeedMetrics::set_running(bool running) { impl_->running.Set(running ? 1 : 0); }

void FeedMetrics::set_lease_held(bool held) { impl_->lease_held.Set(held ? 1 : 0); }
void FeedMetrics::count_lease_takeover() { impl_->lease_takeovers.Increment(); }
void FeedMetrics::count_pass_lost() { impl_->passes_lost.Increment(); }

void FeedMetrics::count_pass(UnixSeconds at, bool success) {
  impl_->last_check.Set(static_cast<double>(at));
  if (success) impl_->last_success.Set(static_cast<double>(at));
}

void FeedMetrics::set_data_through(UnixSeconds end) {
  impl_->data_through.Set(static_cast<double>(end));
}

void FeedMetrics::set_last_check(UnixSeconds at) { raise(impl_->last_check, at); }
void FeedMetrics::set_last_success(UnixSeconds at) { raise(impl_->last_success, at); }
void FeedMetrics::set_lines(std::uint64_t lines) { impl_->lines.Set(static_cast<double>(lines)); }
void FeedMetrics::set_costs(const CostValues& costs) { impl_->set_costs(costs); }
void FeedMetrics::set_dead_letters(std::uint64_t letters) {
  impl_->dead_letters.Set(static_cast<double>(letters));
}
void FeedMetrics::set_delivery_pending(UnixSeconds since) {
  impl_->delivery_pending.Set(static_cast<double>(since));
}
void FeedMetrics::set_restatement(std::uint64_t lines, const std::map<std::string, double>& moved) {
  impl_->restatement_lines.Set(static_cast<double>(lines));
  impl_->set_moved(moved);
}
void FeedMetrics::count_mismatches(std::uint64_t figures) {
  impl_->mismatches.Increment(static_cast<double>(figures));
}

void FeedMetrics::count_delivery(std::string_view verdict) {
  const auto found = impl_->verdicts.find(verdict);
  if (found != impl_->verdicts.end()) found->second->Increment();
}

void FeedMetrics::add_phase(std::string_view phase, std::chrono::nanoseconds duration) {
  const auto found = impl_->phases.find(phase);
  if (found != impl_->phases.end()) found->second->Increment(seconds(duration));
}

void FeedMetrics::count_rows(const RowCounts& rows) {
  impl_->charged.Increment(static_cast<double>(rows.charged));
  impl_->dropped.Increment(static_cast<double>(rows.dropped));
  impl_->dead.Increment(static_cast<double>(rows.dead));
}

void FeedMetrics::count_documents(const DocumentCounts& documents) {
  impl_->written.Increment(static_cast<double>(documents.written));
  impl_->kept.Increment(static_cast<double>(documents.kept));
  impl_->purged.Increment(static_cast<double>(documents.purged));
}

void FeedMetrics::count_residues(std::uint64_t residues) {
  impl_->residues.Increment(static_cast<double>(residues));
}

void FeedMetrics::count_error(Errc code) { impl_->errors.at(code)->Increment(); }

void FeedMetrics::count_bulk_request(std::uint64_t documents, std::uint64_t bytes,
                                     std::chrono::nanoseconds latency) {
  impl_->bulk_requests.Increment();
  impl_->bulk_documents.Increment(static_cast<double>(documents));
  impl_->bulk_bytes.Increment(static_cast<double>(bytes));
  impl_->bulk_latency.Observe(seconds(latency));
}

void FeedMetrics::count_bulk_retried(std::uint64_t documents) {
  impl_->bulk_retried.Increment(static_cast<double>(documents));
}
void FeedMetrics::count_bulk_throttled() { impl_->bulk_throttled.Increment(); }
void FeedMetrics::count_bulk_unknown() { impl_->bulk_unknown.Increment(); }
void FeedMetrics::count_bulk_halved() { impl_->bulk_halved.Increment(); }
void FeedMetrics::set_bulk_connections(int connections) {
  impl_->bulk_connections.Set(connections);
}

}  // namespace billow::metrics
