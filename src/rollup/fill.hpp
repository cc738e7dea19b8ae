#pragma once

#include "base/task.hpp"
#include "charge/control_totals.hpp"
#include "elastic/cluster.hpp"
#include "rollup/charge_counts.hpp"
#include "rollup/definition.hpp"
#include "rollup/runner.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace billow::rollup {

/// Slices to be rolled up, from one index into another.
struct Filling {
  Definition definition;
  std::string feed;
  std::string charges;  ///< holds the slices; what needs them searchable refreshes it
  std::string rollup;   ///< gets the documents; readers see none of these slices in it
  std::vector<Slice> slices;
  const ChargeCounts* counts = nullptr;  ///< what was counted of them already; must outlive it
};

struct Filled {
  std::uint64_t documents = 0;  ///< written
  std::string note;             ///< why the daemon had to step in for a transform; "": it had not
};

/// Makes the documents of the slices, by whichever runner. What an interrupted run of either has
/// left of them is removed first, since the two give different ids to the same document. That no
/// document stands twice or is missing is proven afterwards by whoever calls, from control totals.
Task<Filled> fill_rollup(elastic::Cluster& cluster, Runner runner, Filling filling);

}  // namespace billow::rollup
