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
    newer
  };  ///< newer: the cluster has a later version; left alone
  Action action = Action::create;
  std::string method;  ///< HTTP method of the request
  std::string path;    ///< e.g. /_component_template/billow-charges-mappings
  std::string body;    ///< JSON
  int version = 0;     ///< ours
  int installed = 0;   ///< the cluster's; 0: none
};

/// What would have to be done, in order: component templates, index templates, the state index.
/// Pure reading.
Task<std::vector<SetupStep>> plan_setup(Cluster& cluster);
/// Does the steps whose action is create or upgrade. Idempotent; can be repeated after a failure.
Task<void> apply_setup(Cluster& cluster, std::vector<SetupStep> steps);

}  // namespace billow::elastic
