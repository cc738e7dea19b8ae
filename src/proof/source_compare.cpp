#include "proof/source_compare.hpp"

#include "audit/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace billow::proof {
namespace {

using audit::Finding;
using audit::FindingKind;

Finding source_differs(const std::string& slice, const std::vector<std::string>& differences) {
  std::string what = "the source, read again, states something else: ";
  for (std::size_t i = 0; i < differences.size(); ++i)
    what += (i == 0 ? "" : "; ") + differences[i];
  Finding finding(FindingKind::source_differs, std::move(what));
  finding.slice = slice;
  return finding;
}

/// What the record shows besides what its delivery states.
void note_others(const audit::Record& record, SourceComparison& made) {
  std::uint64_t slices = 0;
  std::uint64_t lines = 0;
  for (const Slice& slice : record.slices) {
    if (states(record, slice)) continue;
    ++slices;
    lines += slice.totals.lines;
  }
  if (slices == 0) return;
  made.notes.push_back(fmt::format(
      "{} {}: the newest delivery is a {}; {} of {} slices, with {} charges, are of deliveries "
      "before it and were held against the chain alone",
      record.feed, record.period, name_of(record.coverage.kind), slices, record.slices.size(),
      lines));
}

}  // namespace

bool states(const audit::Record& record, const Slice& slice) {
  if (record.coverage.kind != DeliveryKind::delta) return record.coverage.replaces(slice.key);
  for (const Part& part : record.parts) {
    if (part.delivery_id != record.delivery_id) continue;
    return std::binary_search(part.slice_ids.begin(), part.slice_ids.end(), slice.id);
  }
  return false;
}

SourceComparison compare_source(const audit::Record& record,
                                const std::map<SliceKey, ControlTotals>& found) {
  SourceComparison made;
  std::map<SliceKey, ControlTotals> left = found;
  for (const Slice& slice : record.slices) {
    if (!states(record, slice)) continue;
    const auto stated = left.find(slice.key);
    const bool there = stated != left.end();
    const auto differences =
        audit::compare_totals(slice.totals, there ? stated->second : ControlTotals());
    if (there) left.erase(stated);
    if (differences.empty()) continue;
    made.findings.push_back(source_differs(slice.id, differences));
    made.differing.insert(slice.id);
  }
  for (const auto& [key, totals] : left) {
    made.findings.push_back(
        source_differs(key.to_string(), audit::compare_totals(ControlTotals(), totals)));
  }
  note_others(record, made);
  return made;
}

}  // namespace billow::proof
