#pragma once

#include "audit/line.hpp"
#include "base/task.hpp"
#include "charge/control_totals.hpp"
#include "elastic/cluster.hpp"
#include "proof/scope.hpp"

#include <functional>
#include <string>
#include <vector>

namespace billow::proof {

/// Called with every stored charge, on the io thread.
using TakeCharge = std::function<void(const audit::StoredLine& line)>;

/// Reads every charge of these slices as it is stored in the index of a feed and period, all of one
/// moment, in no order. None when there is no index. `take` must outlive the call.
Task<void> each_charge(elastic::Cluster& cluster, std::string feed, std::string period,
                       std::vector<Slice> slices, TakeCharge take, OnProgress on_progress);

}  // namespace billow::proof
