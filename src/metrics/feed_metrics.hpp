#pragma once

#include "base/civil_time.hpp"
#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prometheus {
class Registry;  // NOLINT(bugprone-forward-declaration-namespace): the library's, not ours
}

namespace billow::metrics {

/// The values of the labels whose words belong to modules above this one.
struct Vocabulary {
  std::vector<std::string> verdicts;  ///< of a delivery
  std::vector<std::string> phases;    ///< of the work on a delivery
};

/// What became of the rows of a delivery: charged + dropped + dead == read.
struct RowCounts {
  std::uint64_t charged = 0;
  std::uint64_t dropped = 0;
  std::uint64_t dead = 0;
};

/// What became of the documents of a delivery.
struct DocumentCounts {
  std::uint64_t written = 0;  ///< sent to Elasticsearch and stored
  std::uint64_t kept = 0;     ///< left alone, since nothing in their slice changed
  std::uint64_t purged = 0;   ///< of replaced slices, deleted
};

/// Sums by currency and cost ("USD", "BilledCost").
using CostValues = std::map<std::pair<std::string, std::string>, double>;

class FeedFamilies;

/// The series of one feed; safe on any thread.
class FeedMetrics {
 public:
  FeedMetrics(FeedFamilies& families, const std::string& id, const std::string& kind);
  ~FeedMetrics();
  FeedMetrics(const FeedMetrics&) = delete;
  FeedMetrics& operator=(const FeedMetrics&) = delete;

  /// What kind of feed it is; the kind it was before is told no more.
  void set_kind(const std::string& kind);
  void set_interval(std::chrono::seconds every);
  void set_running(bool running);
  /// Whether this process holds the feed's lease.
  void set_lease_held(bool held);
  /// The lease was taken over from a process that had ended or gone silent.
  void count_lease_takeover();
  /// A pass was given up since another process had taken the feed over.
  void count_pass_lost();
  /// A pass over the feed ended at `at`; `success`: everything it found is published or was
  /// already.
  void count_pass(UnixSeconds at, bool success);
  /// The last pass, the last successful pass, ended at `at`, in whatever process. What was told
  /// before is not taken back: it may be news that could not be written down.
  void set_last_check(UnixSeconds at);
  void set_last_success(UnixSeconds at);
  /// Readers see the charges of every day before `end`.
  void set_data_through(UnixSeconds end);
  /// Charges that readers see.
  void set_lines(std::uint64_t lines);
  /// Their sums, as near as a double comes; key: currency and cost. What is not in it disappears.
  void set_costs(const CostValues& costs);
  /// Lines of the newest statements that cannot become charges.
  void set_dead_letters(std::uint64_t letters);
  /// Files of the next delivery have been there without their manifest since then; 0: none are.
  void set_delivery_pending(UnixSeconds since);
  /// The last restatement: lines that readers see no more, and by how much BilledCost moved, by
  /// currency.
  void set_restatement(std::uint64_t lines, const std::map<std::string, double>& moved);
  /// Counts and sums of slices that Elasticsearch found otherwise than they were sent.
  void count_mismatches(std::uint64_t figures);
  /// Does nothing for a word that is not in the vocabulary.
  void count_delivery(std::string_view verdict);
  void add_phase(std::string_view phase, std::chrono::nanoseconds duration);
  void count_rows(const RowCounts& rows);
  void count_documents(const DocumentCounts& documents);
  void count_residues(std::uint64_t residues);
  void count_error(Errc code);

  void count_bulk_request(std::uint64_t documents, std::uint64_t bytes,
                          std::chrono::nanoseconds latency);
  void count_bulk_retried(std::uint64_t documents);
  void count_bulk_throttled();
  void count_bulk_unknown();
  void count_bulk_halved();
  void set_bulk_connections(int connections);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace billow::metrics
