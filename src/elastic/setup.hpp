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
    newer,         ///< the cluster has a later version of the same major; left alone
    downgrade,     ///< the same, replaced since that was asked for
    move,          ///< marks an index whose documents belong in one with another mapping
    foreign,       ///< the cluster has something of this name that Billow did not make
    incompatible,  ///< the cluster has one of a later major version, which is not replaced
    obstacle,      ///< something of the site's keeps indices from being as Billow needs them
    remove
  };
  Action action = Action::create;
  std::string method;  ///< HTTP method of the request
  std::string path;    ///< e.g. /_component_template/billow-charges-mappings
  std::string body;    ///< JSON
  int version = 0;     ///< ours; its thousands are the major version
  int installed = 0;   ///< the cluster's; 0: none
  /// Where something is replaced: how ours differs from the cluster's, "+ path: value" and the
  /// like. Of an obstacle: sentences on what it is and what to do.
  std::vector<std::string> changes;
};

/// What is installed beside templates and the state index, and what may be replaced.
struct SetupParts {
  bool lifecycle = true;   ///< the lifecycle policy and what ties indices to it
  bool roles = false;      ///< roles for the people and programs that work with the indices
  bool downgrade = false;  ///< replace later versions of the same major
  bool take_over = false;  ///< replace what has our name and was not made by Billow
};

/// The major version in the version of an asset: its thousands. Another one promises nothing.
constexpr int major_of(int version) noexcept { return version / 1000; }

/// What would have to be done, in order: the lifecycle policy, component templates, index
/// templates, roles, the state index, and indices that older templates have made or, where there
/// are some, obstacles. Pure reading.
Task<std::vector<SetupStep>> plan_setup(Cluster& cluster, SetupParts parts);
/// Everything there is to install on a cluster that has nothing, for people who do it by their own
/// means. Needs no cluster.
Result<std::vector<SetupStep>> all_steps(int replicas, SetupParts parts);
/// What takes back plan_setup(), in order: never an index, and no lifecycle policy that indices
/// still use; then obstacles, where index templates that stay are composed of what would go. Pure
/// reading.
Task<std::vector<SetupStep>> plan_removal(Cluster& cluster, SetupParts parts);
/// Errc::bad_config, naming each of them, when steps are `foreign`, `incompatible` or an
/// `obstacle`: none of the steps may be done then, since the parts of an installation belong
/// together. Pure.
Result<void> check_steps(const std::vector<SetupStep>& steps);
/// Does the steps whose action is create, upgrade, downgrade or remove, after check_steps().
/// Idempotent; can be repeated after a failure.
Task<void> apply_setup(Cluster& cluster, std::vector<SetupStep> steps);

}  // namespace billow::elastic
