#pragma once

#include "base/task.hpp"
#include "elastic/index_family.hpp"
#include "sync/feed_sync.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace billow::sync {

/// The periods of a feed beyond those that were discovered.
struct OldPeriods {
  std::set<std::string> indexed;  ///< those that have an index
  /// Those for which something is left to do: an attempt that died, an index that is outdated or
  /// that nobody sees, or rollups that do not show what the charges do.
  std::set<std::string> untidy;
};
/// One request while the provider lists every period that has an index; otherwise three, and for
/// each year one and one a rollup.
Task<OldPeriods> read_old_periods(FeedSync::Context context, std::set<std::string> discovered);

/// The indices of charges of a feed, as far as their periods are none of `discovered`, by period.
/// Pure.
std::map<std::string, std::vector<elastic::FamilyIndex>> undiscovered(
    std::string_view feed, const std::vector<elastic::FamilyIndex>& indices,
    const std::set<std::string>& discovered);

}  // namespace billow::sync
