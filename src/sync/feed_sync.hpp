#pragma once

#include "base/task.hpp"
#include "base/worker_pool.hpp"
#include "elastic/bulk_writer.hpp"
#include "elastic/cluster.hpp"
#include "feed/definition.hpp"
#include "feed/feed_config.hpp"
#include "fetch/object_store.hpp"
#include "rollup/definition.hpp"
#include "rollup/runner.hpp"
#include "sync/delivery_finder.hpp"
#include "sync/record.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace billow::sync {

/// The steps of a delivery's life that take time.
enum class Phase { discover, digest, load, verify, roll_up, publish, purge };
inline constexpr std::size_t phases = 7;
std::string_view name_of(Phase phase) noexcept;

/// How far the work on one delivery is.
struct Progress {
  std::string feed;
  std::string period;
  Phase phase = Phase::discover;
  std::uint64_t bytes_read = 0;   ///< compressed bytes of the delivery's objects read in this phase
  std::uint64_t bytes_total = 0;  ///< sum of their sizes
  std::uint64_t rows = 0;         ///< read in this phase
  std::uint64_t documents = 0;    ///< handed to the bulk writer so far
};

/// What became of a delivery.
enum class Verdict {
  published,  ///< readers see it now
  unchanged,  ///< it is what readers see already
  withheld,   ///< it has dead letters and the feed's policy keeps such deliveries back; readers see
              ///< the old one
  failed,     ///< see error; readers see what they saw before
};
std::string_view name_of(Verdict verdict) noexcept;

/// The result of one period of one feed.
struct DeliveryOutcome {
  Verdict verdict = Verdict::failed;
  std::optional<Error> error;  ///< failed: why
  DeliveryRecord record;       ///< what was found; totals() are the sums readers see when published
  std::optional<ControlTotals> before;  ///< sums that readers saw until now; nullopt: nothing
  std::uint64_t charges = 0;
  std::uint64_t documents_written = 0;
  std::uint64_t documents_purged = 0;
  std::vector<std::string> columns_unknown;
  std::vector<std::string> columns_missing;
  std::vector<std::string> dead_letter_samples;  ///< first few, "object:row column: reason"
  /// unchanged: since when files of the next delivery have been there, which is read once it has
  /// its manifest; 0: none are.
  UnixSeconds pending_since = 0;
  std::vector<std::string> notes;        ///< what went another way than asked for, and why
  std::vector<std::string> differences;  ///< failed verification: slice and by how much
  std::map<Phase, std::chrono::nanoseconds> durations;  ///< verify and roll_up may overlap
};

/// The result of one pass over a feed.
struct FeedOutcome {
  std::string feed;
  /// The pass ended before its deliveries could be known, or what is wrong concerns none of them.
  std::optional<Error> error;
  /// The periods that the provider lists or that have an index; readers see nothing of any other.
  /// nullopt: not all of them were looked at.
  std::optional<std::set<std::string>> periods;
  /// How long the provider was asked which periods there are; the manifest of each is
  /// Phase::discover of its delivery.
  std::chrono::nanoseconds discovering{};
  std::vector<DeliveryOutcome> deliveries;
  bool ok() const;  ///< no error, and every delivery published or unchanged
};

/// What a pass is asked to do.
struct Request {
  std::optional<std::string> first;  ///< oldest period wanted, "2026-01"; nullopt: every one
  std::optional<std::string> last;   ///< newest period wanted
  bool force = false;                ///< load what readers see already as well, settled or not

  bool wants(const std::string& period) const {
    return (!first || *first <= period) && (!last || period <= *last);
  }
};

/// Told what happens, on the io thread; must not block. All methods may be left as they are.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_progress(const Progress&) {}
  virtual void on_bulk(const std::string& /*feed*/, const elastic::BulkEvent&) {}
  virtual void on_delivery(const DeliveryOutcome&) {}
};

/// Brings one feed up to date: discover, fetch, digest, load, verify, publish, record, purge.
/// Everything that `context` names must outlive it. One run at a time.
class FeedSync {
 public:
  struct Context {
    elastic::Cluster& cluster;
    fetch::ObjectStore& store;
    WorkerPool& pool;
    Observer& observer;
    const feed::FeedConfig& config;
    const feed::Definition& definition;
    /// What is rolled up besides; it outlives the run.
    std::span<const rollup::Definition> rollups{};
    rollup::Runner rollup_runner{};
  };
  explicit FeedSync(Context context);

  /// The periods there are, oldest first, those before `since` left out. Touches the provider only.
  Task<std::vector<Discovered>> discover();
  /// One pass over the periods asked for, oldest first. Failures are in the outcome. Ends early
  /// when cancelled (asio cancellation), leaving nothing visible that was not complete; what was
  /// published stays, so that asking again goes on where it ended.
  boost::asio::awaitable<FeedOutcome> run(Request request);

 private:
  /// The periods that were discovered and are asked for.
  Task<void> run_periods(std::vector<Discovered> discovered, Request request);
  /// Periods that the provider has no more, as far as something is left to do for them. What
  /// readers see of them stays.
  Task<void> tidy(std::vector<Discovered> discovered);
  /// What is told of a period of which readers see something else besides.
  DeliveryOutcome refused(const std::string& period);
  /// One period, begun again when its objects change while they are read. `standing`: what it is
  /// taken to state; nullopt: the provider is asked.
  boost::asio::awaitable<DeliveryOutcome> run_period(Discovered discovered,
                                                     std::optional<Delivery> standing, bool force);

  Context context_;
  std::unique_ptr<DeliveryFinder> finder_;
  /// Periods of which readers see something that is not ours, and what to do about it.
  std::map<std::string, Error> intruded_;
  FeedOutcome outcome_;  ///< of the run, as far as it came
};

}  // namespace billow::sync
