#pragma once

#include "elastic/cluster.hpp"

#include <string>
#include <string_view>

namespace billow::elastic {

/// What GET /_nodes says: the lowest version in the cluster, and whether a node has the role
/// `transform`.
struct NodeFacts {
  std::string version;
  bool transform_node = false;
};
Result<NodeFacts> read_nodes(const std::string& json);

/// The answer to GET /_license as Abilities has it. Billow needs no more than a basic licence; one
/// that has expired takes APIs away.
std::string read_license(const std::string& json);

/// True when the answer to a harmless GET tells that the API is there. 400, 404 and 405 mean that
/// it is not: a path no handler knows reads as the name of an index. 401 and 403 come from a
/// handler.
constexpr bool is_present(int status) {
  return status != 400 && status != 404 && status != 405 && status != 410;
}

/// True when `version` is at least major.minor; false when it cannot be read.
bool version_at_least(std::string_view version, int major, int minor);

}  // namespace billow::elastic
