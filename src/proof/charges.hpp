#pragma once

#include "audit/line.hpp"
#include "base/task.hpp"
#include "charge/control_totals.hpp"
#include "elastic/cluster.hpp"
#include "proof/scope.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace billow::proof {

/// Called with every stored charge, on the io thread.
using TakeCharge = std::function<void(const audit::StoredLine& line)>;

/// Some slices of a feed and period.
struct ChargesOf {
  std::string feed;
  std::string period;
  std::vector<std::string> slice_ids;
  std::uint64_t lines = 0;  ///< expected; 0: not known
};
ChargesOf charges_of(std::string feed, std::string period, const std::vector<Slice>& slices);

/// Reads every charge of these slices as it is stored, all of one moment, in no order. None when
/// there is no index. `take` must outlive the call.
Task<void> each_charge(elastic::Cluster& cluster, ChargesOf of, TakeCharge take,
                       OnProgress on_progress);

}  // namespace billow::proof
