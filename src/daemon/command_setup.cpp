#include "daemon/commands.hpp"
#include "daemon/runtime.hpp"
#include "daemon/setup_templates.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <unistd.h>

namespace billow::daemon {
namespace {

/// The coroutine of `billow setup`; its result is left in members.
struct SetupRun {
  elastic::Cluster& cluster;
  bool dry_run;
  std::string output;
  bool ok = false;

  boost::asio::awaitable<void> run() {
    auto done = co_await plan_and_apply();
    if (done)
      ok = true;
    else
      spdlog::error("{}", done.error().detail);
  }

  Task<void> plan_and_apply() {
    auto steps = co_await plan_installation(cluster);
    if (!steps) co_return steps.error();
    output = describe(*steps, terminal_width(STDOUT_FILENO));
    if (dry_run) {
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
  Runtime runtime;
  elastic::RetryPolicy retry;
  retry.attempts_max = 4;
  auto cluster = elastic::Cluster::connect(configuration->elasticsearch, retry);
  if (!cluster) {
    explain(context, {configuration->file + ": elasticsearch: " + cluster.error().detail});
    return exit_code::bad_usage;
  }
  SetupRun setup{**cluster, command.dry_run, {}};
  runtime.tasks().spawn("setup", setup.run());
  if (const int signal = runtime.run(); signal != 0) return stopped_by(signal);
  const bool printed = print_result(setup.output);
  return setup.ok && printed ? exit_code::ok : exit_code::failed;
}

}  // namespace billow::daemon
