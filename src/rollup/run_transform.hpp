#pragma once

#include "base/task.hpp"
#include "charge/control_totals.hpp"
#include "elastic/cluster.hpp"
#include "rollup/definition.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace billow::rollup {

/// As roll_up(), but Elasticsearch does the work: a transform is made, run once over the slices,
/// watched and removed. Errc::rejected and Errc::unauthorized: it cannot be done this way, and what
/// it has written so far is not to be trusted.
Task<std::uint64_t> run_transform(elastic::Cluster& cluster, Definition definition,
                                  std::string feed, std::string charges, std::string rollup,
                                  std::vector<Slice> slices);

/// Stops a transform and removes it, whatever it is doing, and has waited for its last write on
/// return. That there is none is no error; nor is a user who may not look, and so has made none.
Task<void> remove_transform(elastic::Cluster& cluster, std::string id);

}  // namespace billow::rollup
