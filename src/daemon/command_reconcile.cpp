#include "daemon/inquiry.hpp"
#include "daemon/reconcile_format.hpp"
#include "daemon/walk_progress.hpp"
#include "proof/reconciler.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <unistd.h>

namespace billow::daemon {
namespace {

/// Everybody who is asked, and the asking.
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

  Task<proof::Reconciliation> run() { return reconciler_->run(command_.invoices); }
  std::vector<std::string> feeds() const { return reconciler_->feeds(); }

 private:
  const ReconcileCommand& command_;
  std::vector<std::unique_ptr<proof::Source>> sources_;
  std::optional<proof::Reconciler> reconciler_;
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

/// A table of values has no room for sentences: they go to standard error.
void tell_beside_csv(const proof::Reconciliation& made) {
  for (const std::string& note : made.notes) spdlog::info("reconcile: {}", note);
  for (const std::string& failure : made.failures) spdlog::error("reconcile: {}", failure);
}

}  // namespace

int run(const ReconcileCommand& command, CommandContext context) {
  auto configuration = load_or_explain(context);
  if (!configuration) return exit_code::bad_usage;
  Runtime runtime;
  const auto session =
      open_or_explain(*std::move(configuration), command.source, runtime.pool(), context);
  if (!session) return exit_code::bad_usage;
  WalkProgress progress(context.terminal);
  ReconcileRun reading(*session, runtime.pool(), command,
                       [&progress](const proof::Progress& now) { progress.show(now); });
  const auto answer = answer_of(reading.run(), "reconcile", runtime, context);
  if (const int* code = std::get_if<int>(&answer)) return *code;
  if (!feeds_are_known(command.feeds, session->configuration, reading.feeds(), context))
    return exit_code::bad_usage;
  const auto& made = std::get<proof::Reconciliation>(answer);
  if (command.format == ReportFormat::csv) tell_beside_csv(made);
  const bool printed = print_result(format(made, command));
  return made.agrees() && printed ? exit_code::ok : exit_code::failed;
}

}  // namespace billow::daemon
