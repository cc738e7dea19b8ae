#include "elastic/setup.hpp"

#include "elastic/answer.hpp"
#include "elastic/publication.hpp"
#include "elastic/setup_plan.hpp"

namespace billow::elastic {
namespace {

/// Adds the templates of one kind that the cluster has; a cluster without any answers 404.
Task<void> read_kind(Cluster& cluster, std::string path, InstalledTemplates& installed) {
  auto response = co_await cluster.call("GET", path);
  if (!response) co_return response.error();
  if (response->status == 404) co_return Result<void>{};
  if (response->status >= 300) co_return error_of("GET " + path, *response);
  co_return read_installed(response->body, installed);
}

/// The index that carries the fencing tokens must be there before the first of them is read.
Task<SetupStep> plan_state_index(Cluster& cluster) {
  SetupStep step;
  step.method = "PUT";
  step.path = "/" + std::string(state_index);
  step.version = 1;
  auto response = co_await cluster.call("GET", step.path + "?filter_path=*.aliases");
  if (!response) co_return response.error();
  if (response->status >= 300 && response->status != 404)
    co_return error_of("GET " + step.path, *response);
  const bool there = response->status != 404;
  step.action = there ? SetupStep::Action::unchanged : SetupStep::Action::create;
  step.installed = there ? 1 : 0;
  co_return step;
}

}  // namespace

Task<std::vector<SetupStep>> plan_setup(Cluster& cluster) {
  InstalledTemplates installed;
  auto components = co_await read_kind(cluster, "/_component_template/billow*", installed);
  if (!components) co_return components.error();
  auto indices = co_await read_kind(cluster, "/_index_template/billow*", installed);
  if (!indices) co_return indices.error();
  auto steps = plan_templates(embedded::es_templates(), cluster.config().replicas, installed);
  if (!steps) co_return steps.error();
  auto state = co_await plan_state_index(cluster);
  if (!state) co_return state.error();
  steps->push_back(*std::move(state));
  co_return steps;
}

Task<void> apply_setup(Cluster& cluster, std::vector<SetupStep> steps) {
  for (SetupStep& step : steps) {
    if (step.action != SetupStep::Action::create && step.action != SetupStep::Action::upgrade)
      continue;
    const std::string name = step.method + " " + step.path;
    auto response = co_await cluster.call(step.method, step.path, std::move(step.body));
    if (!response) co_return response.error();
    if (response->status < 300) continue;
    // Another daemon, or our own try whose answer was lost, was first.
    if (error_type_of(*response) == "resource_already_exists_exception") continue;
    co_return error_of(name, *response);
  }
  co_return Result<void>{};
}

}  // namespace billow::elastic
