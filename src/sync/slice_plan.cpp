#include "sync/slice_plan.hpp"

#include "sync/delivery_id.hpp"

#include <algorithm>

namespace billow::sync {

bool same_totals(const ControlTotals& a, const ControlTotals& b) {
  if (a.lines != b.lines || a.digest != b.digest || a.by_currency.size() != b.by_currency.size())
    return false;
  for (const auto& [currency, totals] : a.by_currency) {
    const auto other = b.by_currency.find(currency);
    if (other == b.by_currency.end() || totals.lines != other->second.lines) return false;
    for (std::size_t kind = 0; kind < cost_kinds; ++kind) {
      if (!(totals.sums[kind] == other->second.sums[kind])) return false;
    }
  }
  return true;
}

SlicePlan plan_slices(const std::vector<VisibleSlice>& visible,
                      const std::map<SliceKey, Slice>& found, const Coverage& coverage) {
  SlicePlan plan;
  for (const auto& [key, slice] : found) plan.load.insert(key);
  for (const VisibleSlice& seen : visible) {
    const Slice& slice = seen.slice;
    if (!seen.own && !coverage.replaces(slice.key)) {
      plan.kept.push_back(slice);
      continue;
    }
    const auto same = found.find(slice.key);
    const bool stays = seen.comparable && same != found.end() && plan.load.contains(slice.key) &&
                       same_totals(slice.totals, same->second.totals);
    if (stays) {
      plan.kept.push_back(slice);
      plan.load.erase(slice.key);
    } else {
      plan.withdrawn.push_back(slice);
    }
  }
  return plan;
}

std::vector<std::string> dead_slices(const std::vector<std::string>& stored,
                                     const std::vector<std::string>& visible, std::uint64_t token,
                                     std::string_view own_prefix) {
  std::vector<std::string> dead;
  for (const std::string& id : stored) {
    if (std::find(visible.begin(), visible.end(), id) != visible.end()) continue;
    const bool own = !own_prefix.empty() && id.starts_with(std::string(own_prefix) + "-");
    const std::optional<std::uint64_t> loaded_under = token_of_slice(id);
    if (own || !loaded_under || *loaded_under < token) dead.push_back(id);
  }
  return dead;
}

}  // namespace billow::sync
