#pragma once

#include "audit/finding.hpp"
#include "audit/record.hpp"
#include "charge/control_totals.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

/// What a delivery's objects, read again, prove of a period. Pure.
namespace billow::proof {

/// True when the charges of a slice of `record` are those that its own delivery states. In a period
/// of windows or deltas the others are of deliveries before it, and its objects say nothing of
/// them.
bool states(const audit::Record& record, const Slice& slice);

struct SourceComparison {
  std::vector<audit::Finding> findings;
  std::set<std::string> differing;  ///< ids of slices that the objects state otherwise
  std::vector<std::string> notes;   ///< what the objects do not tell
};
/// Compares the slices that the record's delivery states with what its objects, read again, are
/// found to state: `found`.
SourceComparison compare_source(const audit::Record& record,
                                const std::map<SliceKey, ControlTotals>& found);

}  // namespace billow::proof
