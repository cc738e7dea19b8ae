#pragma once

#include "charge/control_totals.hpp"
#include "charge/coverage.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace billow::sync {

/// A slice that readers see.
struct VisibleSlice {
  Slice slice;
  /// False: it has to be loaded anew where the delivery states it, whatever it holds. Then only its
  /// id may be known.
  bool comparable = true;
  /// It was loaded from the very delivery that is planned, so that this states it anew, whatever
  /// else the delivery replaces.
  bool own = false;
};

/// What has to happen to the slices of a period so that readers see a new statement of it.
struct SlicePlan {
  std::vector<Slice> kept;       ///< visible now and the same in the new statement
  std::set<SliceKey> load;       ///< new, or other than what is visible
  std::vector<Slice> withdrawn;  ///< visible now, and replaced or gone in the new statement
};

/// Compares what is visible with what a digest pass found. A slice is the same when its lines, sums
/// and digest are; ids do not matter. The lines of a delta are in addition to all that is visible,
/// unless they are its own. Pure.
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
