#include "daemon/commands.hpp"
#include "daemon/runtime.hpp"
#include "daemon/setup_files.hpp"
#include "daemon/setup_templates.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <unistd.h>

namespace billow::daemon {
namespace {

/// The coroutine of `billow setup`; its result is left in members.
struct SetupRun {
  elastic::Cluster& cluster;
  SetupCommand command;
  std::string output;
  bool ok = false;

  boost::asio::awaitable<void> run() {
    auto done = co_await plan_and_apply();
    if (done)
      ok = true;
    else
      spdlog::error("{}", done.error().detail);
  }

  Task<std::vector<elastic::SetupStep>> plan() {
    if (!command.remove) co_return co_await plan_installation(cluster, command.roles);
    auto abilities = co_await cluster.abilities();
    if (!abilities) co_return abilities.error();
    elastic::SetupParts parts;
    parts.lifecycle = abilities->lifecycle;
    parts.roles = command.roles;
    co_return co_await elastic::plan_removal(cluster, parts);
  }

  Task<void> plan_and_apply() {
    auto abilities = co_await cluster.abilities();
    if (!abilities) co_return abilities.error();
    auto steps = co_await plan();
    if (!steps) co_return steps.error();
    output = describe(*steps, terminal_width(STDOUT_FILENO));
    const std::string missing = missing_abilities(*abilities);
    output += fmt::format("this cluster has version {}", abilities->version);
    output += missing.empty() ? "\n" : fmt::format(" and is {}: Billow does without\n", missing);
    if (command.dry_run) {
      output += "nothing was changed (--dry-run)\n";
      co_return boost::system::in_place_value;
    }
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
  auto cluster = elastic::Cluster::connect(configuration->elasticsearch, retry);
  if (!cluster) {
    explain(context, {configuration->file + ": elasticsearch: " + cluster.error().detail});
    return exit_code::bad_usage;
  }
  SetupRun setup{**cluster, command, {}};
  runtime.tasks().spawn("setup", setup.run());
  if (const int signal = runtime.run(); signal != 0) return stopped_by(signal);
  const bool printed = print_result(setup.output);
  return setup.ok && printed ? exit_code::ok : exit_code::failed;
}

}  // namespace billow::daemon
