#pragma once

#include "base/task.hpp"
#include "elastic/cluster.hpp"

#include <string>

namespace billow::elastic {

/// Creates an index of charges unless it exists, and makes sure that Billow's template shaped it:
/// without the template Elasticsearch would guess the types. Errc::bad_config says that the setup
/// has not been run.
Task<void> ensure_charges_index(Cluster& cluster, std::string index);

}  // namespace billow::elastic
