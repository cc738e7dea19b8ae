#pragma once

#include "charge/control_totals.hpp"
#include "feed/definition.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace billow::sync {

/// What a delivery speaks for. What it does not speak for stays as it is.
struct Coverage {
  feed::DeliveryKind kind = feed::DeliveryKind::full;
  std::int32_t first_day = 0;  ///< window only: days since 1970-01-01
  std::int32_t end_day = 0;    ///< window only: the day after the last

  /// True when a delivery replaces a slice that readers see: full all of the period, window its
  /// days, delta nothing.
  bool replaces(const SliceKey& key) const noexcept;
};

/// A slice that readers see.
struct VisibleSlice {
  Slice slice;
  /// False: it has to be loaded anew where the delivery states it, whatever it holds. Then only its
  /// id may be known.
  bool comparable = true;
};

/// What has to happen to the slices of a period so that readers see a new statement of it.
struct SlicePlan {
  std::vector<Slice> kept;       ///< visible now and the same in the new statement
  std::set<SliceKey> load;       ///< new, or other than what is visible
  std::vector<Slice> withdrawn;  ///< visible now, and replaced or gone in the new statement
};

/// Compares what is visible with what a digest pass found. A slice is the same when its lines, sums
/// and digest are; ids do not matter. A delta is never compared: its lines are in addition. Pure.
SlicePlan plan_slices(const std::vector<VisibleSlice>& visible,
                      const std::map<SliceKey, Slice>& found, const Coverage& coverage = {});

/// The stored slices that nobody will ever see: not in `visible`, and loaded under a token that has
/// moved on (below `token`) or by this very run (`own_prefix`, "" for none). What another daemon is
/// loading under the current token is not among them. Pure.
std::vector<std::string> dead_slices(const std::vector<std::string>& stored,
                                     const std::vector<std::string>& visible, std::uint64_t token,
                                     std::string_view own_prefix);

/// True when two control totals state the same: lines, digest, and every sum exactly.
bool same_totals(const ControlTotals& a, const ControlTotals& b);

}  // namespace billow::sync
