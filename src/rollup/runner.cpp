#include "rollup/runner.hpp"

#include "elastic/abilities.hpp"
#include "elastic/answer.hpp"
#include "rollup/transform_run.hpp"

#include <simdjson.h>

namespace billow::rollup {
namespace {

constexpr const char* no_node = "no node of the cluster has the role 'transform'";
constexpr const char* no_privilege = "the user lacks the cluster privilege 'manage_transform'";

/// Any user may ask this about itself. A cluster without security lets everybody do everything.
Task<bool> may_manage_transforms(elastic::Cluster& cluster) {
  auto answer = co_await cluster.call("POST", "/_security/user/_has_privileges",
                                      R"({"cluster":["manage_transform"]})");
  if (!answer) co_return answer.error();
  if (!elastic::is_present(answer->status)) co_return true;
  if (answer->status >= 300)
    co_return elastic::error_of("POST /_security/user/_has_privileges", *answer);
  simdjson::dom::parser parser;
  bool all = false;
  if (parser.parse(answer->body)["has_all_requested"].get(all) != simdjson::SUCCESS)
    co_return Error{Errc::malformed, "the answer to _has_privileges cannot be read"};
  co_return all;
}

Runner daemon_because(std::string why) {
  Runner runner;
  runner.told = "by the daemon" + (why.empty() ? "" : ": " + std::move(why));
  return runner;
}

}  // namespace

Result<Runner> choose_runner(RunnerWish wish, RunnerFacts facts,
                             std::span<const Definition> definitions) {
  if (wish == RunnerWish::daemon) return daemon_because("");
  const bool strict = wish == RunnerWish::transform;
  if (!facts.transform_node || !facts.manage_transform) {
    const char* const why = facts.transform_node ? no_privilege : no_node;
    if (!strict) return daemon_because(why);
    return Error{facts.transform_node ? Errc::unauthorized : Errc::bad_config,
                 std::string("rollups.runner is 'transform', but ") + why};
  }
  Runner runner;
  runner.transforms = true;
  runner.strict = strict;
  runner.told = "by transforms";
  for (const Definition& definition : definitions) {
    const std::string obstacle = transform_obstacle(definition);
    if (obstacle.empty()) continue;
    if (strict) return Error{Errc::bad_config, "rollups.runner is 'transform', but " + obstacle};
    runner.told += ", " + definition.alias() + " by the daemon: " + obstacle;
  }
  return runner;
}

Task<RunnerFacts> find_runner_facts(elastic::Cluster& cluster) {
  auto abilities = co_await cluster.abilities();
  if (!abilities) co_return abilities.error();
  RunnerFacts facts;
  facts.transform_node = abilities->transforms;
  facts.manage_transform = !abilities->security;
  if (abilities->transforms && abilities->security) {
    auto allowed = co_await may_manage_transforms(cluster);
    if (!allowed) co_return allowed.error();
    facts.manage_transform = *allowed;
  }
  co_return facts;
}

}  // namespace billow::rollup
