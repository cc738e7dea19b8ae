#pragma once

#include "elastic/bulk_writer.hpp"
#include "elastic/publication.hpp"
#include "normalize/normalizer.hpp"
#include "sync/feed_sync.hpp"
#include "sync/read_delivery.hpp"
#include "sync/slice_plan.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace billow::sync {

/// The life of one delivery, from its manifest to what readers see (design.md section 2). Decisions
/// are made by plan_slices() and elastic::compare(); this class performs them in order. Used once.
class DeliverySync {
 public:
  DeliverySync(const FeedSync::Context& context, Delivery delivery);

  /// Fills `outcome()`; an error means that nothing changed for readers.
  Task<void> run();
  DeliveryOutcome& outcome() noexcept { return outcome_; }

 private:
  /// What readers see of the period now, and the record that describes it, if both agree.
  Task<void> read_published();
  bool is_unchanged() const;
  /// Reads every object once. With a writer, bodies go to Elasticsearch as they are made.
  Task<normalize::Findings> pass(Phase phase);
  Task<void> read_object(std::size_t index, Phase phase);
  Task<std::size_t> fill(char* out);
  Task<void> submit_bodies();
  Task<void> load();
  Task<void> verify();
  Task<void> publish();
  /// Moves the fencing token, so that this load has ids of its own and nobody else can publish an
  /// older one.
  Task<void> claim();
  /// Deletes what is stored and will never be visible.
  Task<void> purge_dead();
  /// The same after an interrupted purge, at the price of a count when there is nothing.
  Task<void> purge_leftovers();
  Task<void> put_record(DeliveryRecord record, DeliveryState state);
  Task<void> store_dead_letters(const std::vector<elastic::RejectedItem>* rejected);

  normalize::Options options(normalize::Pass pass) const;
  void take_findings(normalize::Findings findings);
  void withhold();
  void progress(Phase phase);

  FeedSync::Context context_;
  Delivery delivery_;
  std::string index_;
  DeliveryOutcome outcome_;

  elastic::Visible visible_;                 ///< what readers see now
  std::optional<DeliveryRecord> published_;  ///< the record of it
  std::uint64_t token_ = 0;
  std::string slice_prefix_;
  std::optional<SlicePlan> plan_;  ///< set by a digest pass
  normalize::Findings findings_;

  std::optional<normalize::Normalizer> normalizer_;
  std::unique_ptr<elastic::BulkWriter> writer_;
  std::unique_ptr<fetch::ObjectReader> reader_;
  Progress progress_;
};

}  // namespace billow::sync
