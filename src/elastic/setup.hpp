#pragma once

#include "elastic/cluster.hpp"

#include <string>
#include <vector>

namespace billow::elastic {

/// One step of installing what Billow needs in a cluster.
struct SetupStep {
  enum class Action {
    create,
    upgrade,
    unchanged,
    newer,  ///< the cluster has a later version; left alone
    remove
  };
  Action action = Action::create;
  std::string method;  ///< HTTP method of the request
  std::string path;    ///< e.g. /_component_template/billow-charges-mappings
  std::string body;    ///< JSON
  int version = 0;     ///< ours
  int installed = 0;   ///< the cluster's; 0: none
  /// upgrade: how ours differs from the cluster's, "+ path: value" and the like.
  std::vector<std::string> changes;
};

/// What is installed beside templates and the state index.
struct SetupParts {
  bool lifecycle = true;  ///< the lifecycle policy and what ties indices to it
  bool roles = false;     ///< roles for the people and programs that work with the indices
};

/// What would have to be done, in order: the lifecycle policy, component templates, index
/// templates, roles, the state index. Pure reading.
Task<std::vector<SetupStep>> plan_setup(Cluster& cluster, SetupParts parts);
/// Everything there is to install on a cluster that has nothing, for people who do it by their own
/// means. Needs no cluster.
Result<std::vector<SetupStep>> all_steps(int replicas, SetupParts parts);
/// What takes back plan_setup(), in order: never an index, and no lifecycle policy that indices
/// still use. Pure reading.
Task<std::vector<SetupStep>> plan_removal(Cluster& cluster, SetupParts parts);
/// Does the steps whose action is create, upgrade or remove. Idempotent; can be repeated after a
/// failure.
Task<void> apply_setup(Cluster& cluster, std::vector<SetupStep> steps);

}  // namespace billow::elastic
