#include "base/civil_time.hpp"
#include "daemon/commands.hpp"
#include "daemon/history_format.hpp"
#include "daemon/runtime.hpp"
#include "daemon/session.hpp"
#include "daemon/walk_progress.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <unistd.h>

namespace billow::daemon {
namespace {

namespace asio = boost::asio;

/// Reads one history and keeps what came of it.
class ShowRun {
 public:
  ShowRun(elastic::Cluster& cluster, const AuditShowCommand& command, proof::OnProgress on_progress)
      : cluster_(cluster), command_(command), on_progress_(std::move(on_progress)) {}

  asio::awaitable<void> run() {
    proof::Scope scope;
    scope.feeds = command_.feeds;
    scope.period = command_.period;
    result_ = co_await proof::read_history(cluster_, std::move(scope), command_.day, on_progress_);
  }
  std::optional<Result<proof::History>>& result() noexcept { return result_; }

 private:
  elastic::Cluster& cluster_;
  const AuditShowCommand& command_;
  const proof::OnProgress on_progress_;
  std::optional<Result<proof::History>> result_;
};

std::string scope_text(const AuditShowCommand& command) {
  std::string text;
  for (const std::string& feed : command.feeds) text += (text.empty() ? "" : ", ") + feed;
  if (text.empty()) text = "all feeds";
  text += command.period ? " " + *command.period : " all billing periods";
  if (command.day) text += ", charge day " + format_date(*command.day * seconds_per_day);
  return text;
}

std::string format(const HistoryReport& report, ReportFormat format) {
  switch (format) {
    case ReportFormat::table:
      return history_table(report, terminal_width(STDOUT_FILENO));
    case ReportFormat::json:
      return history_json(report);
    case ReportFormat::csv:
      return history_csv(report);
  }
  return "";
}

/// False when a record cannot be believed; says which.
bool warn_of_records(const proof::History& history) {
  const char* const advice = "'billow audit verify' tells more";
  bool sound = history.unreadable().empty();
  for (const std::uint64_t place : history.unreadable())
    spdlog::warn("audit show: record {} cannot be read; {}", place, advice);
  for (const proof::HistoryEvent& event : history.events()) {
    if (event.sound) continue;
    sound = false;
    spdlog::warn("audit show: record {} is not as it was written; {}", event.record.sequence,
                 advice);
  }
  return sound;
}

}  // namespace

int run(const AuditShowCommand& command, CommandContext context) {
  auto configuration = load_or_explain(context);
  if (!configuration) return exit_code::bad_usage;
  Runtime runtime;
  std::vector<std::string> problems;
  const auto session = open_cluster(*std::move(configuration), short_of_patience(), problems);
  if (!session) {
    explain(context, problems);
    return exit_code::bad_usage;
  }
  WalkProgress progress(context.terminal);
  ShowRun reading(*session->cluster, command,
                  [&progress](const proof::Progress& now) { progress.show(now); });
  runtime.tasks().spawn("audit show", reading.run());
  const int signal = runtime.run();
  progress.finish();
  if (signal != 0) return stopped_by(signal);
  if (!reading.result()) return exit_code::failed;
  if (!*reading.result()) {
    spdlog::error("audit show: {}", reading.result()->error().detail);
    return exit_code::failed;
  }
  const proof::History& history = **reading.result();
  HistoryReport report;
  report.events = history.events();
  report.scope = scope_text(command);
  report.cost = static_cast<std::size_t>(
      std::find(cost_names.begin(), cost_names.end(), command.cost) - cost_names.begin());
  std::vector<std::string> feeds;
  feeds.reserve(report.events.size());
  for (const proof::HistoryEvent& event : report.events) feeds.push_back(event.record.feed);
  problems = unknown_feeds(command.feeds, session->configuration, std::move(feeds));
  if (!problems.empty()) {
    explain(context, problems);
    return exit_code::bad_usage;
  }
  const bool sound = warn_of_records(history);
  const bool printed = print_result(format(report, command.format));
  return sound && printed ? exit_code::ok : exit_code::failed;
}

}  // namespace billow::daemon
