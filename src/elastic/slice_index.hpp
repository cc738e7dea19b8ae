#pragma once

#include "base/task.hpp"
#include "elastic/cluster.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace billow::elastic {

/// Creates an index of charges or of rollups unless it exists, and makes sure that Billow's
/// template shaped it: without the template Elasticsearch would guess the types. Errc::bad_config
/// says that the setup has not been run.
Task<void> ensure_slice_index(Cluster& cluster, std::string index);

/// The number of lines in `index` that belong to none of `slice_ids`, as of its last refresh.
Task<std::uint64_t> count_lines_outside(Cluster& cluster, std::string index,
                                        std::vector<std::string> slice_ids);

}  // namespace billow::elastic
