#include "daemon/commands.hpp"
#include "daemon/reconcile_format.hpp"
#include "daemon/runtime.hpp"
#include "daemon/session.hpp"
#include "daemon/walk_progress.hpp"
#include "proof/reconciler.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <unistd.h>

namespace billow::daemon {
namespace {

namespace asio = boost::asio;

/// Asks everybody once and keeps what they said.
class ReconcileRun {
 public:
  ReconcileRun(const Session& session, WorkerPool& pool, const ReconcileCommand& command,
               proof::OnProgress on_progress)
      : command_(command) {
    std::map<std::string, proof::Source*> by_id;
    for (const auto& feed : session.feeds) {
      sources_.push_back(std::make_unique<proof::Source>(*feed->store, pool, feed->config,
                                                         feed->definition, on_progress));
      by_id[feed->config.id] = sources_.back().get();
    }
    proof::Scope scope;
    scope.feeds = command.feeds;
    scope.period = command.period;
    reconciler_.emplace(*session.cluster, std::move(by_id), session.rollups, std::move(scope),
                        on_progress);
  }

  asio::awaitable<void> run() { result_ = co_await reconciler_->run(command_.invoices); }
  const std::optional<Result<proof::Reconciliation>>& result() const noexcept { return result_; }
  std::vector<std::string> feeds() const { return reconciler_->feeds(); }

 private:
  const ReconcileCommand& command_;
  std::vector<std::unique_ptr<proof::Source>> sources_;
  std::optional<proof::Reconciler> reconciler_;
  std::optional<Result<proof::Reconciliation>> result_;
};

std::string format(const proof::Reconciliation& made, const ReconcileCommand& command) {
  const auto cost = static_cast<std::size_t>(
      std::find(cost_names.begin(), cost_names.end(), command.cost) - cost_names.begin());
  switch (command.format) {
    case ReportFormat::table:
      return reconciliation_table(made, cost, terminal_width(STDOUT_FILENO));
    case ReportFormat::json:
      return reconciliation_json(made);
    case ReportFormat::csv:
      return reconciliation_csv(made);
  }
  return "";
}

}  // namespace

int run(const ReconcileCommand& command, CommandContext context) {
  auto configuration = load_or_explain(context);
  if (!configuration) return exit_code::bad_usage;
  Runtime runtime;
  std::vector<std::string> problems;
  const auto session =
      command.source
          ? open_session(*std::move(configuration), short_of_patience(), runtime.pool(), problems)
          : open_cluster(*std::move(configuration), short_of_patience(), problems);
  if (!session) {
    explain(context, problems);
    return exit_code::bad_usage;
  }
  WalkProgress progress(context.terminal);
  ReconcileRun reading(*session, runtime.pool(), command,
                       [&progress](const proof::Progress& now) { progress.show(now); });
  runtime.tasks().spawn("reconcile", reading.run());
  const int signal = runtime.run();
  progress.finish();
  if (signal != 0) return stopped_by(signal);
  if (!reading.result()) return exit_code::failed;
  if (!*reading.result()) {
    spdlog::error("reconcile: {}", reading.result()->error().detail);
    return exit_code::failed;
  }
  problems = unknown_feeds(command.feeds, session->configuration, reading.feeds());
  if (!problems.empty()) {
    explain(context, problems);
    return exit_code::bad_usage;
  }
  const proof::Reconciliation& made = **reading.result();
  const bool printed = print_result(format(made, command));
  return made.agrees() && printed ? exit_code::ok : exit_code::failed;
}

}  // namespace billow::daemon
