#pragma once

#include "normalize/normalizer.hpp"
#include "sync/record.hpp"
#include "sync/slice_plan.hpp"

#include <optional>
#include <string>
#include <vector>

/// How a delivery changes what readers see of its period. Pure.
namespace billow::sync {

/// What readers see of a period. `readable`: the record that describes it; nullopt: of the visible
/// slices only the `ids` are known. `comparable`: they were made by today's rules.
std::vector<VisibleSlice> visible_slices(const std::optional<DeliveryRecord>& readable,
                                         const std::vector<std::string>& ids, bool comparable);

/// Writes into a delivery's record what its objects were found to hold, and what the period shows
/// once it is published.
void describe(DeliveryRecord& record, const normalize::Findings& findings, const SlicePlan& plan);

}  // namespace billow::sync
