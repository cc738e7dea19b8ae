#include "daemon/commands.hpp"
#include "daemon/config_units.hpp"
#include "daemon/runtime.hpp"
#include "daemon/session.hpp"
#include "daemon/setup_templates.hpp"
#include "daemon/table.hpp"
#include "sync/delivery_finder.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace billow::daemon {
namespace {

namespace asio = boost::asio;

/// `check` asks once or twice and tells what it heard; waiting for something to come up is not its
/// business.
elastic::RetryPolicy impatient() {
  elastic::RetryPolicy retry;
  retry.attempts_max = 2;
  return retry;
}

/// Looks at Elasticsearch and every feed without changing anything, and collects what to print.
class Check {
 public:
  explicit Check(Session& session) : session_(session) {}

  asio::awaitable<void> run() {
    co_await check_cluster();
    for (const auto& feed : session_.feeds) co_await check_feed(*feed);
  }
  bool ok() const noexcept { return ok_; }
  const std::string& output() const noexcept { return output_; }

 private:
  asio::awaitable<void> check_cluster() {
    output_ += "Elasticsearch " + nodes_of(session_.configuration.elasticsearch) + "\n";
    auto abilities = co_await session_.cluster->abilities();
    if (!abilities) {
      fail(abilities.error());
      co_return;
    }
    const std::string missing = missing_abilities(*abilities);
    output_ += fmt::format("  version {}{}{}\n", abilities->version,
                           abilities->license.empty() ? "" : ", licence " + abilities->license,
                           missing.empty() ? "" : ", " + missing);
    auto runner = co_await choose_rollup_runner(*session_.cluster, session_);
    if (runner)
      output_ += fmt::format("  rollups: {}\n", runner->told);
    else
      fail(runner.error());
    auto steps = co_await plan_installation(*session_.cluster);
    if (!steps) {
      fail(steps.error());
      co_return;
    }
    const auto checked = elastic::check_steps(*steps);
    if (!checked) {
      fail(within("setup", checked.error()));
      co_return;
    }
    const bool manual = session_.configuration.elasticsearch.setup == elastic::SetupMode::manual;
    describe_setup(*steps, manual);
    if (!manual) co_return;
    if (const auto complete = check_complete(*steps); !complete) fail(complete.error());
  }

  void describe_setup(const std::vector<elastic::SetupStep>& steps, bool manual) {
    using Action = elastic::SetupStep::Action;
    std::string what;
    for (const Action action : {Action::create, Action::upgrade, Action::move})
      if (const auto steps_of_it = count(steps, action); steps_of_it > 0)
        what += fmt::format("{}{} {}", what.empty() ? "" : ", ", name_of(action), steps_of_it);
    if (what.empty())
      output_ += "  setup: everything is installed";
    else
      output_ += fmt::format("  setup: would {} of {} templates and indices{}", what, steps.size(),
                             manual ? "; 'setup: manual' leaves that to 'billow setup'" : "");
    if (const auto later = count(steps, Action::newer); later > 0)
      output_ += fmt::format("; what is of a later version stays ({})", later);
    output_ += "\n";
  }

  asio::awaitable<void> check_feed(SessionFeed& feed) {
    output_ +=
        fmt::format("\nFeed {} ({}) from {}", feed.config.id, feed.config.kind, feed.store->name());
    if (!feed.config.export_name.empty()) output_ += ", export " + feed.config.export_name;
    output_ += "\n";
    const auto finder = sync::make_delivery_finder(*feed.store, feed.config, feed.definition);
    auto periods = co_await finder->discover();
    if (!periods) {
      fail(periods.error());
      co_return;
    }
    if (periods->empty())
      output_ += "  no period" + (feed.config.since ? " since " + *feed.config.since : "") + "\n";
    Coverage coverage;
    coverage.kind = feed.definition.delivery;
    for (const sync::Discovered& period : *periods) {
      if (period.settled) {
        output_ +=
            fmt::format("  {}  settled: once published, only asked for by sync --period {}\n",
                        period.period, period.period);
        continue;
      }
      auto delivery = co_await finder->read(period, coverage);
      if (!delivery) {
        fail(within(period.period, delivery.error()));
        continue;
      }
      output_ +=
          fmt::format("  {}  {} file{}, {}  {}{}\n", period.period, delivery->objects.size(),
                      delivery->objects.size() == 1 ? "" : "s", format_size(delivery->bytes()),
                      period.manifest_key,
                      delivery->pending_since != 0 ? "  (some files are younger than it)" : "");
    }
  }

  void fail(const Error& error) {
    output_ += fmt::format("  FAILED ({}): {}\n", name_of(error.code), error.detail);
    ok_ = false;
  }

  Session& session_;
  std::string output_;
  bool ok_ = true;
};

}  // namespace

int run(const CheckCommand& command, CommandContext context) {
  auto configuration = load_or_explain(context);
  if (!configuration) return exit_code::bad_usage;
  const std::string summary =
      fmt::format("{}: configuration is valid, {} feed{}\n", configuration->file,
                  configuration->feeds.size(), configuration->feeds.size() == 1 ? "" : "s");
  if (command.offline) return print_result(summary) ? exit_code::ok : exit_code::failed;

  Runtime runtime;
  std::vector<std::string> problems;
  const auto session =
      open_session(*std::move(configuration), impatient(), runtime.pool(), problems);
  if (!session) {
    explain(context, problems);
    return exit_code::bad_usage;
  }
  Check check(*session);
  runtime.tasks().spawn("check", check.run());
  const int signal = runtime.run();
  const bool printed = print_result(summary + "\n" + check.output());
  if (signal != 0) return stopped_by(signal);
  return check.ok() && printed ? exit_code::ok : exit_code::failed;
}

}  // namespace billow::daemon
