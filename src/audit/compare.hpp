#pragma once

#include "audit/chain_walk.hpp"
#include "audit/finding.hpp"
#include "charge/control_totals.hpp"

#include <string>
#include <vector>

/// What the chain says against what is there. Pure.
namespace billow::audit {

/// What readers see of one index.
struct Shown {
  std::string index;
  std::string delivery;                ///< `_name` of the alias filter
  std::vector<std::string> slice_ids;  ///< sorted
};

/// Compares what readers see of a feed and period with the chain's newest record of them.
std::vector<Finding> compare_shown(const Newest& recorded, const Shown& shown);

/// In what the charges found differ from the control totals recorded, e.g. "USD BilledCost: 12.5
/// recorded, 11 found, differs by -1.5". Empty when they are the same, digest included.
std::vector<std::string> compare_totals(const ControlTotals& recorded, const ControlTotals& found);

}  // namespace billow::audit
