#pragma once

#include "base/embedded.hpp"
#include "elastic/setup.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// A template serves the indices made after it. Billow's own records live in single indices that
/// stay, so what a newer template maps in addition is added to them.
namespace billow::elastic {

/// The indices that templates in `files` ("index/<name>.json") name without a wildcard, with
/// commas.
std::string single_indices(std::span<const embedded::File> files);

/// A step for each of these indices that is there: `unchanged`, or an `upgrade` with the fields
/// that it lacks. Fields that are mapped in another way are left as they are, since Elasticsearch
/// cannot change them. `answer` is that to GET /<indices>/_mapping. Pure.
Result<std::vector<SetupStep>> plan_mappings(std::span<const embedded::File> files,
                                             std::string_view answer);

/// The same for the templates of this program, by asking the cluster. Steps for apply_setup().
Task<std::vector<SetupStep>> plan_mappings(Cluster& cluster);

}  // namespace billow::elastic
