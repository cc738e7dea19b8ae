#include "sync/period_change.hpp"

#include <algorithm>
#include <tuple>

namespace billow::sync {

std::vector<VisibleSlice> visible_slices(const std::optional<DeliveryRecord>& readable,
                                         const std::vector<std::string>& ids, bool comparable) {
  std::vector<VisibleSlice> visible;
  if (readable) {
    for (const Slice& slice : readable->slices) visible.push_back({slice, comparable});
    return visible;
  }
  for (const std::string& id : ids) {
    VisibleSlice nameless;
    nameless.slice.id = id;
    nameless.comparable = false;
    visible.push_back(std::move(nameless));
  }
  return visible;
}

void describe(DeliveryRecord& record, const normalize::Findings& findings, const SlicePlan& plan) {
  record.rows_read = findings.rows_read;
  record.rows_dropped = findings.rows_dropped;
  record.rows_dead = findings.rows_dead;
  record.negation_residues = findings.negation_residues;
  record.slices = plan.kept;
  record.replaced = plan.withdrawn;
  record.slices_kept = plan.kept.size();
  record.slices_loaded = 0;
  record.slices_withdrawn = plan.withdrawn.size();
  for (const auto& [key, slice] : findings.slices) {
    if (!plan.load.contains(key)) continue;
    ++record.slices_loaded;
    record.slices.push_back(slice);
  }
  std::sort(record.slices.begin(), record.slices.end(), [](const Slice& a, const Slice& b) {
    return std::tie(a.key, a.id) < std::tie(b.key, b.id);
  });
}

}  // namespace billow::sync
