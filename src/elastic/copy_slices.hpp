#pragma once

#include "elastic/bulk_writer.hpp"
#include "elastic/cluster.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace billow::elastic {

/// Copies the documents of these slices into another index, under the same ids and with every byte
/// of their sources, and returns the number of those that were not there. Can be repeated after a
/// failure. Whether all have arrived is for control totals to tell.
Task<std::uint64_t> copy_slices(Cluster& cluster, std::string from, std::string to,
                                std::vector<std::string> slice_ids, BulkOptions options);

}  // namespace billow::elastic
