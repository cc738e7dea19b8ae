#include "elastic/setup.hpp"

#include "elastic/answer.hpp"
#include "elastic/index_shape.hpp"
#include "elastic/publication.hpp"
#include "elastic/setup_plan.hpp"
#include "elastic/template_rival.hpp"

#include <algorithm>
#include <iterator>

namespace billow::elastic {
namespace {

/// The templates of one kind that the cluster has, as JSON; a cluster without any answers 404.
Task<std::string> list_kind(Cluster& cluster, std::string path) {
  auto response = co_await cluster.call("GET", path);
  if (!response) co_return response.error();
  if (response->status == 404) co_return "{}";
  if (response->status >= 300) co_return error_of("GET " + path, *response);
  co_return std::move(response->body);
}

/// Whatever of Billow's the cluster has.
Task<Installed> read_cluster(Cluster& cluster, SetupParts parts) {
  Installed installed;
  for (const AssetKind& kind : asset_kinds()) {
    if (!wants(parts, kind)) continue;
    auto answer = co_await list_kind(cluster, std::string(kind.list_path));
    if (!answer) co_return answer.error();
    if (auto read = read_installed(kind, *answer, installed); !read) co_return read.error();
  }
  co_return installed;
}

/// What is to be done with the indices that templates have made before.
Task<std::vector<SetupStep>> look_at_indices(Cluster& cluster, std::vector<SetupStep> steps,
                                             Installed installed) {
  const std::string path = "/" + shaped_indices(steps) + "/_mapping";
  auto response = co_await cluster.call("GET", path);
  if (!response) co_return response.error();
  if (response->status == 404) co_return std::vector<SetupStep>();
  if (response->status >= 300) co_return error_of("GET " + path, *response);
  co_return plan_shapes(steps, installed, response->body);
}

SetupStep obstacle(std::string path, std::vector<std::string> why) {
  SetupStep step;
  step.action = SetupStep::Action::obstacle;
  step.path = std::move(path);
  step.changes = std::move(why);
  return step;
}

/// What the site has put into the cluster that would shape new indices otherwise than Billow.
Task<std::vector<SetupStep>> look_for_obstacles(Cluster& cluster, std::vector<SetupStep> steps,
                                                Installed installed) {
  std::vector<SetupStep> obstacles;
  auto conflicts = custom_conflicts(steps, installed);
  if (!conflicts.empty())
    obstacles.push_back(obstacle(std::string(custom_component), std::move(conflicts)));
  auto answer = co_await list_kind(cluster, std::string(every_index_template));
  if (!answer) co_return answer.error();
  auto rivals = find_rivals(embedded::es_templates(), *answer);
  if (!rivals) co_return rivals.error();
  for (const Rival& rival : *rivals)
    obstacles.push_back(obstacle("/_index_template/" + rival.name, {rival.told()}));
  co_return obstacles;
}

Task<void> apply_step(Cluster& cluster, SetupStep step) {
  const std::string name = step.method + " " + step.path;
  auto response = co_await cluster.call(step.method, step.path, std::move(step.body));
  if (!response) co_return response.error();
  if (response->status < 300) co_return Result<void>{};
  // Another daemon, or our own try whose answer was lost, was first.
  const bool is_done = step.action == SetupStep::Action::remove
                           ? response->status == 404
                           : error_type_of(*response) == "resource_already_exists_exception";
  if (!is_done) co_return error_of(name, *response);
  co_return Result<void>{};
}

/// The index that carries the fencing tokens must be there before the first of them is read.
Task<SetupStep> look_at_state_index(Cluster& cluster) {
  const std::string path = "/" + std::string(state_index);
  auto response = co_await cluster.call("GET", path + "?filter_path=*.aliases");
  if (!response) co_return response.error();
  if (response->status == 404) co_return plan_state_index(std::nullopt);
  if (response->status >= 300) co_return error_of("GET " + path, *response);
  co_return plan_state_index(std::move(response->body));
}

}  // namespace

Task<std::vector<SetupStep>> plan_setup(Cluster& cluster, SetupParts parts) {
  auto installed = co_await read_cluster(cluster, parts);
  if (!installed) co_return installed.error();
  auto steps = plan_assets(embedded::es_templates(), cluster.config().replicas, parts, *installed);
  if (!steps) co_return steps.error();
  auto state = co_await look_at_state_index(cluster);
  if (!state) co_return state.error();
  steps->push_back(*std::move(state));
  auto obstacles = co_await look_for_obstacles(cluster, *steps, *installed);
  if (!obstacles) co_return obstacles.error();
  if (!obstacles->empty()) {
    std::ranges::move(*obstacles, std::back_inserter(*steps));
    co_return steps;
  }
  auto indices = co_await look_at_indices(cluster, *steps, *installed);
  if (!indices) co_return indices.error();
  std::ranges::move(*indices, std::back_inserter(*steps));
  co_return steps;
}

Result<std::vector<SetupStep>> all_steps(int replicas, SetupParts parts) {
  auto steps = plan_assets(embedded::es_templates(), replicas, parts, Installed());
  if (!steps) return steps.error();
  auto state = plan_state_index(std::nullopt);
  if (!state) return state.error();
  steps->push_back(*std::move(state));
  return steps;
}

Task<std::vector<SetupStep>> plan_removal(Cluster& cluster, SetupParts parts) {
  auto installed = co_await read_cluster(cluster, parts);
  if (!installed) co_return installed.error();
  std::vector<SetupStep> steps = plan_removal(embedded::es_templates(), *installed);
  auto answer = co_await list_kind(cluster, std::string(every_index_template));
  if (!answer) co_return answer.error();
  auto borrowers = find_borrowers(steps, *answer);
  if (!borrowers) co_return borrowers.error();
  for (const Borrower& borrower : *borrowers)
    steps.push_back(obstacle("/_index_template/" + borrower.name, {borrower.told()}));
  co_return steps;
}

Result<void> check_steps(const std::vector<SetupStep>& steps) {
  std::string refused;
  for (const SetupStep& step : steps) {
    std::string why;
    if (step.action == SetupStep::Action::foreign)
      why =
          " is there and was not made by Billow: rename or delete it, or let 'billow setup "
          "--take-over' replace it";
    if (step.action == SetupStep::Action::incompatible)
      why = " is of version " + std::to_string(step.installed) +
            ", which a later major version of Billow has installed: use that one";
    if (!why.empty()) refused += (refused.empty() ? "" : "; ") + step.path + why;
    if (step.action != SetupStep::Action::obstacle) continue;
    for (const std::string& told : step.changes) refused += (refused.empty() ? "" : "; ") + told;
  }
  if (refused.empty()) return {};
  return Error{Errc::bad_config, std::move(refused)};
}

Task<void> apply_setup(Cluster& cluster, std::vector<SetupStep> steps) {
  if (auto checked = check_steps(steps); !checked) co_return checked.error();
  std::erase_if(steps, [](const SetupStep& step) {
    return step.action == SetupStep::Action::unchanged || step.action == SetupStep::Action::newer;
  });
  for (std::size_t done = 0; done < steps.size(); ++done) {
    auto applied = co_await apply_step(cluster, steps[done]);
    if (applied) continue;
    Error failed = applied.error();
    failed.detail += "; " + std::to_string(done) + " of " + std::to_string(steps.size()) +
                     " changes were made before it, and the next setup goes on from there";
    co_return failed;
  }
  co_return Result<void>{};
}

}  // namespace billow::elastic
