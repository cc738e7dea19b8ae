#pragma once

#include "elastic/bulk_writer.hpp"
#include "elastic/publication.hpp"
#include "normalize/normalizer.hpp"
#include "rollup/period_rollups.hpp"
#include "sync/feed_sync.hpp"
#include "sync/read_delivery.hpp"
#include "sync/recovery.hpp"
#include "sync/slice_plan.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace billow::sync {

/// The life of one delivery, from its manifest to what readers see (design.md section 2). Decisions
/// are made by plan_recovery(), plan_slices() and elastic::compare(); this class performs them in
/// order. Used once.
class DeliverySync {
 public:
  /// `force`: load everything, though readers see the same already.
  DeliverySync(const FeedSync::Context& context, Delivery delivery, bool force);

  /// Fills `outcome()`; an error means that nothing changed for readers, or that they see the new
  /// statement and the next pass has to record it.
  Task<void> run();
  /// For a period that the provider has no more: settles what a pass before left, and moves what
  /// readers see out of an outdated index. Of the delivery only its period counts.
  Task<void> tidy();
  DeliveryOutcome& outcome() noexcept { return outcome_; }

 private:
  /// Settles what a pass before left, and learns what readers see.
  Task<void> recover();
  Task<void> carry_out(Recovery plan);
  bool is_unchanged() const;
  /// What readers see, as this delivery finds it.
  std::vector<VisibleSlice> seen() const;
  /// Reads everything without sending it and decides which slices to load.
  Task<void> digest();
  /// Reads every object once. With a writer, bodies go to Elasticsearch as they are made.
  Task<normalize::Findings> pass(Phase phase);
  Task<void> load();
  Task<void> send();
  Task<void> verify();
  /// Sums up what readers shall see and is not in the rollups yet.
  Task<void> roll_up();
  /// Publishes once more what readers see already, with rollups that lack it or out of an outdated
  /// index.
  Task<void> publish_again();
  /// Brings what is kept of an outdated index into the one that follows it, and verifies it there.
  Task<void> move_kept();
  Task<void> copy_kept();
  /// True when readers see an outdated index, which this pass leaves.
  bool moves() const noexcept { return visible_.index != index_; }
  Task<void> publish();
  /// Everything that follows a publish; what a crash leaves out is done by recover().
  Task<void> settle(DeliveryRecord record, bool recovered);
  /// Moves the fencing token, so that this attempt has ids of its own and nobody else can publish
  /// an older one.
  Task<void> claim();
  /// Deletes what is stored and will never be visible.
  Task<void> purge();
  Task<void> delete_index(std::string index);
  /// Deletes the period's indices that readers do not see since the pass before, and looks once
  /// more that they do not. Searches that began earlier have ended by then.
  Task<void> delete_retired();
  /// `indices`: also those that the pass before has left.
  Task<void> purge_rollups(bool indices);
  Task<void> put_record(DeliveryRecord record, DeliveryState state);

  elastic::BulkOptions bulk_options() const;
  normalize::Options options(normalize::Pass pass) const;
  void take_findings(normalize::Findings findings);
  void progress(Phase phase);

  FeedSync::Context context_;
  Delivery delivery_;
  const bool force_;
  std::string index_;  ///< gets what is loaded; set by recover()
  DeliveryOutcome outcome_;

  elastic::Visible visible_;                ///< what readers see now
  std::optional<DeliveryRecord> readable_;  ///< the record that describes it
  std::vector<DeliveryRecord> withheld_;    ///< deliveries of the period that were kept back
  std::vector<std::string> retired_;        ///< indices of the period that readers do not see
  std::uint64_t token_ = 0;
  std::string slice_prefix_;
  std::optional<SlicePlan> plan_;  ///< set by the first pass over the objects
  rollup::PeriodRollups rollups_;
  std::vector<elastic::Visible> rolled_up_;  ///< what the rollups show with the next publish
  normalize::Findings findings_;
  std::unique_ptr<elastic::BulkWriter> writer_;
  Progress progress_;
};

}  // namespace billow::sync
