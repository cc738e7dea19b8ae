#pragma once

#include "daemon/session.hpp"
#include "elastic/setup.hpp"

#include <string>
#include <vector>

namespace billow::daemon {

/// Everything that has to be there, in the order to install it. Pure reading. What of `parts` the
/// cluster cannot have is left out.
Task<std::vector<elastic::SetupStep>> plan_installation(elastic::Cluster& cluster,
                                                        elastic::SetupParts parts = {});

/// How many steps are of this kind.
std::size_t count(const std::vector<elastic::SetupStep>& steps, elastic::SetupStep::Action action);
/// An error when something is missing that 'setup: manual' leaves to somebody else.
Result<void> check_complete(const std::vector<elastic::SetupStep>& steps);

/// Makes a cluster ready for deliveries: finds out what it can do, then installs what is missing,
/// unless the configuration keeps that to `billow setup`; then missing templates are an error that
/// says so.
Task<void> prepare_cluster(elastic::Cluster& cluster);

/// The same, and chooses who runs the rollups of `session`, which is logged. `cluster`: by which
/// handle to ask.
Task<void> prepare_session(Session& session, elastic::Cluster& cluster);

/// How a step is called in tables: "create", "upgrade", "unchanged", "newer" and so on.
std::string_view name_of(elastic::SetupStep::Action action) noexcept;
/// The steps as a table for a terminal of `width` columns, and what upgrades change.
std::string describe(const std::vector<elastic::SetupStep>& steps, std::size_t width);
/// One sentence on what a cluster cannot do, or "".
std::string missing_abilities(const elastic::Abilities& abilities);

}  // namespace billow::daemon
