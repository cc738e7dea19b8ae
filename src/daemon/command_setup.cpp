#include "daemon/commands.hpp"
#include "daemon/runtime.hpp"
#include "daemon/setup_files.hpp"
#include "daemon/setup_templates.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <unistd.h>

namespace billow::daemon {
namespace {

/// The coroutine of `billow setup`; its result is left in members.
struct SetupRun {
  elastic::Cluster& cluster;
  SetupCommand command;
  rollup::RunnerWish wish;
  std::string output;
  bool ok = false;

  boost::asio::awaitable<void> run() {
    auto done = co_await plan_and_apply();
    if (done)
      ok = true;
    else
      spdlog::error("{}", done.error().detail);
  }

  /// `secured`: the cluster has security, and so roles.
  Task<std::vector<elastic::SetupStep>> plan(bool secured) {
    elastic::SetupParts parts;
    parts.roles = command.roles && secured;
    parts.downgrade = command.downgrade;
    parts.take_over = command.take_over;
    if (!command.remove) co_return co_await plan_installation(cluster, parts);
    auto abilities = co_await cluster.abilities();
    if (!abilities) co_return abilities.error();
    parts.lifecycle = abilities->lifecycle;
    co_return co_await elastic::plan_removal(cluster, parts);
  }

  /// Who would make rollups for the user that is signed in, and why.
  Task<std::string> describe_runner() {
    auto facts = co_await rollup::find_runner_facts(cluster);
    if (!facts) co_return facts.error();
    const auto runner = rollup::choose_runner(wish, *facts, {});
    co_return "rollups for this user: " + (runner ? runner->told : runner.error().detail) + "\n";
  }

  Task<void> plan_and_apply() {
    auto abilities = co_await cluster.abilities();
    if (!abilities) co_return abilities.error();
    auto steps = co_await plan(abilities->security);
    if (!steps) co_return steps.error();
    output = describe(*steps, terminal_width(STDOUT_FILENO));
    const std::string missing = missing_abilities(*abilities);
    output += fmt::format("this cluster has version {}", abilities->version);
    output += missing.empty() ? "\n" : fmt::format(" and is {}: Billow does without\n", missing);
    if (!abilities->license.empty()) output += "its licence: " + abilities->license + "\n";
    if (command.roles && !abilities->security) output += "it has no security: roles are left out\n";
    auto rollups = co_await describe_runner();
    if (!rollups) co_return rollups.error();
    output += *rollups;
    if (command.dry_run) {
      output += "nothing was changed (--dry-run)\n";
      co_return elastic::check_steps(*steps);
    }
    const bool moving = std::ranges::find(*steps, elastic::SetupStep::Action::move,
                                          &elastic::SetupStep::action) != steps->end();
    if (moving)
      output +=
          "indices to move: the next pass over their feed copies them to new ones with "
          "today's mapping; readers notice nothing\n";
    co_return co_await elastic::apply_setup(cluster, std::move(*steps));
  }
};

}  // namespace

int run(const SetupCommand& command, CommandContext context) {
  auto configuration = load_or_explain(context);
  if (!configuration) return exit_code::bad_usage;
  if (!command.output.empty()) {
    elastic::SetupParts parts;
    parts.roles = command.roles;
    auto written = write_requests(configuration->elasticsearch.replicas, parts, command.output);
    if (!written) {
      spdlog::error("{}", written.error().detail);
      return exit_code::failed;
    }
    return print_result(*written) ? exit_code::ok : exit_code::failed;
  }
  Runtime runtime;
  elastic::RetryPolicy retry;
  retry.attempts_max = 4;
  const rollup::RunnerWish wish = configuration->rollup_runner;
  auto cluster = elastic::Cluster::connect(configuration->elasticsearch, retry);
  if (!cluster) {
    explain(context, {configuration->file + ": elasticsearch: " + cluster.error().detail});
    return exit_code::bad_usage;
  }
  SetupRun setup{**cluster, command, wish, {}};
  runtime.tasks().spawn("setup", setup.run());
  if (const int signal = runtime.run(); signal != 0) return stopped_by(signal);
  const bool printed = print_result(setup.output);
  return setup.ok && printed ? exit_code::ok : exit_code::failed;
}

}  // namespace billow::daemon
