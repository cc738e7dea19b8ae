#pragma once

#include "elastic/publication.hpp"
#include "normalize/normalizer.hpp"
#include "rollup/charge_counts.hpp"
#include "sync/delivery.hpp"
#include "sync/delivery_reading.hpp"
#include "sync/feed_sync.hpp"
#include "sync/period_store.hpp"
#include "sync/phase_watch.hpp"
#include "sync/recovery.hpp"
#include "sync/slice_plan.hpp"

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
  /// For a period that the provider has no more: settles what a pass before left, and publishes
  /// what readers see once more where rollups lack it or its index is outdated. An error where they
  /// do not see what was published. Of the delivery only its period counts.
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
  Task<void> load();
  Task<void> send();
  /// Rolls up and, where `verifies`, compares what is stored with the control totals meanwhile.
  Task<void> complete(bool verifies);
  Task<void> verify();
  /// Sums up what readers shall see and is not in the rollups yet.
  Task<void> roll_up();
  /// Publishes once more what readers see already, with rollups that lack it or out of an outdated
  /// index.
  Task<void> publish_again();
  /// Brings what is kept of an outdated index into the one that follows it.
  Task<void> move_kept();
  Task<void> publish();
  /// Everything that follows a publish; what a crash leaves out is done by recover().
  Task<void> settle(DeliveryRecord record, bool recovered);
  /// Moves the fencing token, so that this attempt has ids of its own and nobody else can publish
  /// an older one.
  Task<void> claim();
  /// Deletes what is stored and will never be visible.
  Task<void> purge();
  /// Purges, and returns the failure that made it necessary.
  Task<void> purge_after(Error failure);
  Task<void> put_record(DeliveryRecord record, DeliveryState state);

  DeliveryReading::Target target() const;
  void take_findings(normalize::Findings findings);

  FeedSync::Context context_;
  Delivery delivery_;
  const bool force_;
  DeliveryOutcome outcome_;
  PhaseWatch watch_{context_.observer, outcome_};
  PeriodStore store_;
  DeliveryReading reading_{context_, delivery_, watch_};

  std::optional<DeliveryRecord> readable_;      ///< describes what readers see now
  std::optional<DeliveryRecord> hidden_;        ///< describes what they should see and do not
  std::vector<DeliveryRecord> withheld_;        ///< deliveries of the period that were kept back
  std::string slice_prefix_;                    ///< of what this attempt loads; "" before claim()
  std::optional<SlicePlan> plan_;               ///< set by the first pass over the objects
  std::optional<rollup::ChargeCounts> counts_;  ///< of what was loaded, for the rollups
  std::vector<elastic::Visible> rolled_up_;     ///< what the rollups show with the next publish
  normalize::Findings findings_;
};

}  // namespace billow::sync
