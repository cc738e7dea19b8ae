#pragma once

#include "elastic/publication.hpp"
#include "sync/record.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace billow::sync {

/// What Elasticsearch holds about one period of one feed, before anything is done for it.
struct Situation {
  std::uint64_t token = 0;   ///< the feed's fencing token
  elastic::Visible visible;  ///< what readers see; no slices and no record: nothing
  /// The index that what is loaded belongs in: that of `visible`, unless that is outdated.
  std::string target;
  std::vector<std::string> retired;  ///< the period's other indices, which readers do not see
  /// The record that the read alias names; nullopt when it is missing or unreadable.
  std::optional<DeliveryRecord> shown;
  /// The record that the read alias names as the newest record of the audit chain tells it; nullopt
  /// when the chain's is of another publication or was altered.
  std::optional<DeliveryRecord> recorded;
  /// Every other record of the period that is not superseded.
  std::vector<DeliveryRecord> open;
  /// Fencing token of the newest publication of the period in the audit chain; nullopt: none.
  std::optional<std::uint64_t> audited;
  /// Ids of the slices stored in the index of `visible` and in `target`, visible or not.
  std::vector<std::string> stored;
};

/// What has to be done so that the period holds what readers see, its history, and nothing else.
struct Recovery {
  /// Describes exactly what readers see: the delivery record, or where that was lost what the audit
  /// chain tells of it. nullopt: nothing is visible, or neither agrees with it, and everything has
  /// to be loaded anew.
  std::optional<DeliveryRecord> published;
  /// Says that slices were published which are stored and which readers do not see, though nothing
  /// took their place: somebody took the alias away or altered its filter. They may be all that is
  /// left of the period, so they stay.
  std::optional<DeliveryRecord> hidden;
  /// `published` is missing in the audit chain: its publisher died between publish and record.
  bool append_audit = false;
  /// Something was loaded under the current token, which its writer could still publish: the token
  /// has to move before anything is removed.
  bool fence = false;
  std::vector<DeliveryRecord> restate;  ///< records to write again, with the state they are in now
  std::vector<std::string> forget;      ///< ids of records of attempts that ended without publish
  std::vector<std::string> drop;        ///< slices that nobody sees and nobody will

  bool empty() const {
    return !append_audit && !fence && restate.empty() && forget.empty() && drop.empty();
  }
};

/// Decides from what a crash at any instant may have left. Carrying out the plan, in whole or in
/// part, and planning again leads to the same end. Pure.
Recovery plan_recovery(const Situation& found);

/// Errc::malformed: what a person has to do about Recovery::hidden. `indices`: where the slices may
/// be. Pure.
Error not_shown(const DeliveryRecord& hidden, const std::vector<std::string>& indices);

}  // namespace billow::sync
