#pragma once

#include "base/task.hpp"
#include "elastic/cluster.hpp"

#include <string>

namespace billow::elastic {

/// Makes everything that was written to an index until now searchable, in every copy of it; false
/// when there is no such index. Errc::transient where a copy failed: a search that it answers would
/// leave out what was written last.
Task<bool> refresh(Cluster& cluster, std::string index);

/// Reads the answer to POST <index>/_refresh. Pure.
Result<void> read_refresh_answer(const std::string& json);

}  // namespace billow::elastic
