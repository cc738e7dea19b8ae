#pragma once

#include "base/task.hpp"
#include "elastic/cluster.hpp"
#include "rollup/definition.hpp"

#include <span>
#include <string>

/// Who runs the definitions: Elasticsearch, by transforms, or the daemon, by counting what it sends
/// and by composite aggregations. Both make the same documents.
namespace billow::rollup {

/// What the configuration asks for.
enum class RunnerWish {
  automatic,  ///< transforms where the cluster has a node for them and the user may manage them
  transform,  ///< transforms or nothing
  daemon
};

/// What was found out about a cluster.
struct RunnerFacts {
  bool transform_node = false;    ///< a node has the role `transform`
  bool manage_transform = false;  ///< our user has this cluster privilege
};

struct Runner {
  bool transforms = false;  ///< by transforms
  bool strict = false;      ///< the daemon does not step in for a transform that cannot be run
  std::string told;         ///< for people: "by transforms", "by the daemon: no node ..."
};

/// Errc::bad_config or Errc::unauthorized where transforms are wished for and cannot be had. Pure.
Result<Runner> choose_runner(RunnerWish wish, RunnerFacts facts,
                             std::span<const Definition> definitions);

/// Asks the cluster.
Task<RunnerFacts> find_runner_facts(elastic::Cluster& cluster);

}  // namespace billow::rollup
