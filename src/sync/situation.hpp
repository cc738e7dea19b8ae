#pragma once

#include "base/task.hpp"
#include "elastic/cluster.hpp"
#include "sync/recovery.hpp"

#include <string>

namespace billow::sync {

/// Reads what Elasticsearch holds about one period of a feed: alias, token, records, audit chain
/// and stored slices. Five small requests where nothing is left over.
Task<Situation> read_situation(elastic::Cluster& cluster, std::string feed, std::string period);

/// The slices stored in the index of `visible`.
Task<std::vector<std::string>> read_stored(elastic::Cluster& cluster, elastic::Visible visible);

}  // namespace billow::sync
