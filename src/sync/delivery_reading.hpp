#pragma once

#include "elastic/bulk_writer.hpp"
#include "normalize/normalizer.hpp"
#include "rollup/charge_counts.hpp"
#include "sync/delivery.hpp"
#include "sync/feed_sync.hpp"
#include "sync/phase_watch.hpp"
#include "sync/slice_plan.hpp"

#include <string>

namespace billow::sync {

/// How lines are to be sent: over as many connections as the configuration says, and seen by the
/// observer. `context` must outlive what is made with it.
elastic::BulkOptions bulk_options(const FeedSync::Context& context);

/// Reads every object of a delivery, to learn what it states or to load it. Can be used again.
/// Everything it is given must outlive it.
class DeliveryReading {
 public:
  DeliveryReading(const FeedSync::Context& context, const Delivery& delivery, PhaseWatch& watch)
      : context_(context), delivery_(delivery), watch_(watch) {}

  /// Where lines belong, and which are wanted.
  struct Target {
    std::string index;
    std::string slice_prefix;                ///< what the ids of slices begin with
    const SlicePlan* plan = nullptr;         ///< says which; nullptr: all
    rollup::ChargeCounts* counts = nullptr;  ///< counts what load() sends; may be nullptr
  };
  /// Sends nothing.
  Task<normalize::Findings> digest(Target target);

  struct Loaded {
    normalize::Findings findings;
    elastic::BulkOutcome written;
  };
  /// Sends the lines that are wanted while it reads, and waits until all of them have a fate.
  Task<Loaded> load(Target target);

 private:
  Task<normalize::Findings> pass(Phase phase, Target target, elastic::BulkWriter* writer);
  normalize::Options options(normalize::Pass pass, Target target) const;

  const FeedSync::Context& context_;
  const Delivery& delivery_;
  PhaseWatch& watch_;
};

}  // namespace billow::sync
