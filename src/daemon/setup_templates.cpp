#include "daemon/setup_templates.hpp"

#include "daemon/table.hpp"
#include "daemon/text.hpp"
#include "elastic/index_mapping.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace billow::daemon {

using elastic::SetupStep;
using Action = elastic::SetupStep::Action;

namespace {

/// Indices of an older mapping that nobody has marked yet.
std::size_t count_unmarked(const std::vector<SetupStep>& steps) {
  return static_cast<std::size_t>(std::count_if(
      steps.begin(), steps.end(),
      [](const SetupStep& step) { return step.action == Action::move && step.installed == 0; }));
}

}  // namespace

std::size_t count(const std::vector<SetupStep>& steps, Action action) {
  return static_cast<std::size_t>(
      std::count_if(steps.begin(), steps.end(),
                    [action](const SetupStep& step) { return step.action == action; }));
}

Result<void> check_complete(const std::vector<SetupStep>& steps) {
  const std::size_t missing = count(steps, Action::create);
  if (missing == 0) return {};
  return Error{Errc::not_found,
               fmt::format("{} of {} templates and indices are missing, and the configuration says "
                           "'setup: manual'; run 'billow setup' once",
                           missing, steps.size())};
}

Task<std::vector<SetupStep>> plan_installation(elastic::Cluster& cluster,
                                               elastic::SetupParts parts) {
  auto abilities = co_await cluster.abilities();
  if (!abilities) co_return abilities.error();
  parts.lifecycle = parts.lifecycle && abilities->lifecycle;
  auto steps = co_await elastic::plan_setup(cluster, parts);
  if (!steps) co_return steps.error();
  auto mappings = co_await elastic::plan_mappings(cluster);
  if (!mappings) co_return mappings.error();
  std::move(mappings->begin(), mappings->end(), std::back_inserter(*steps));
  co_return steps;
}

Task<void> prepare_cluster(elastic::Cluster& cluster) {
  auto abilities = co_await cluster.abilities();
  if (!abilities) co_return abilities.error();
  const bool manual = cluster.config().setup == elastic::SetupMode::manual;
  auto steps = co_await plan_installation(cluster);
  if (!steps && manual && steps.error().code == Errc::unauthorized) {
    // Whoever leaves the setup to others need not be allowed to look at templates; an index that
    // no template shaped is refused later.
    spdlog::info("elasticsearch: not allowed to see whether the setup is complete");
    co_return boost::system::in_place_value;
  }
  if (!steps) co_return within("setup", steps.error());
  auto checked = elastic::check_steps(*steps);
  if (!checked) co_return within("setup", checked.error());
  const std::size_t missing = count(*steps, Action::create);
  const std::size_t older = count(*steps, Action::upgrade);
  const std::size_t moving = count_unmarked(*steps);
  if (manual) {
    if (auto complete = check_complete(*steps); !complete) co_return complete.error();
    if (older + moving > 0)
      spdlog::warn(
          "elasticsearch: {} templates and indices are of an older version; 'billow setup' "
          "upgrades them",
          older + moving);
    co_return boost::system::in_place_value;
  }
  if (missing + older + moving == 0) co_return boost::system::in_place_value;
  if (auto applied = co_await elastic::apply_setup(cluster, std::move(*steps)); !applied)
    co_return within("setup", applied.error());
  spdlog::info("elasticsearch: installed {} and upgraded {} templates and indices", missing, older);
  if (moving > 0)
    spdlog::info("elasticsearch: {} indices have an older mapping; passes move them to new ones",
                 moving);
  co_return boost::system::in_place_value;
}

Task<void> prepare_session(Session& session, elastic::Cluster& cluster) {
  auto prepared = co_await prepare_cluster(cluster);
  if (!prepared) co_return prepared.error();
  auto runner = co_await choose_rollup_runner(cluster, session);
  if (!runner) co_return runner.error();
  session.rollup_runner = *std::move(runner);
  spdlog::info("rollups: {}", session.rollup_runner.told);
  co_return boost::system::in_place_value;
}

std::string_view name_of(Action action) noexcept {
  switch (action) {
    case Action::create:
      return "create";
    case Action::upgrade:
      return "upgrade";
    case Action::unchanged:
      return "unchanged";
    case Action::newer:
      return "newer";
    case Action::downgrade:
      return "downgrade";
    case Action::move:
      return "move";
    case Action::foreign:
      return "foreign";
    case Action::incompatible:
      return "incompatible";
    case Action::obstacle:
      return "obstacle";
    case Action::remove:
      return "remove";
  }
  return "unknown";
}

std::string describe(const std::vector<SetupStep>& steps, std::size_t width) {
  Table table(
      {{"Step"}, {"What", Align::left, true}, {"Installed", Align::right}, {"Ours", Align::right}});
  const auto shown = [](int version) { return version == 0 ? "-" : std::to_string(version); };
  for (const SetupStep& step : steps)
    table.add_row(
        {std::string(name_of(step.action)), step.path, shown(step.installed), shown(step.version)});
  std::string text = table.render(width);
  for (const SetupStep& step : steps) {
    if (step.changes.empty()) continue;
    text += "\n" + step.path + "\n";
    for (const std::string& change : step.changes) text += "  " + printable(change) + "\n";
  }
  return text;
}

std::string missing_abilities(const elastic::Abilities& abilities) {
  std::string missing;
  if (!abilities.lifecycle) missing += "index lifecycle management";
  if (!abilities.transforms) missing += missing.empty() ? "transforms" : " and transforms";
  return missing.empty() ? "" : "without " + missing;
}

}  // namespace billow::daemon
