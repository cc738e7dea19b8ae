#pragma once

#include "base/task.hpp"
#include "charge/control_totals.hpp"
#include "elastic/cluster.hpp"
#include "rollup/charge_counts.hpp"
#include "rollup/definition.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace billow::rollup {

/// Sums up slices on any cluster and writes the documents: from `counts` (nullptr: none) what it
/// knows, through composite aggregations everything else.
/// `charges` is the index that holds the slices, refreshed only where it has to be asked; `rollup`
/// the one that gets the documents, invisible there until they are published. Work that was
/// interrupted is done again without harm. Returns the number of documents written now.
Task<std::uint64_t> roll_up(elastic::Cluster& cluster, Definition definition, std::string charges,
                            std::string rollup, std::vector<Slice> slices,
                            const ChargeCounts* counts);

}  // namespace billow::rollup
