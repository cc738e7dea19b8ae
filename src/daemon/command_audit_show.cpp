#include "base/civil_time.hpp"
#include "daemon/history_format.hpp"
#include "daemon/inquiry.hpp"
#include "daemon/walk_progress.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <unistd.h>

namespace billow::daemon {
namespace {

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

/// What is shown, and which of the feeds that were asked for the chain knows.
struct ShownHistory {
  proof::History history;
  std::vector<std::string> feeds;
};

Task<ShownHistory> read_shown_history(elastic::Cluster& cluster, proof::Scope scope,
                                      std::optional<std::int32_t> day,
                                      proof::OnProgress on_progress) {
  auto history = co_await proof::read_history(cluster, scope, day, std::move(on_progress));
  if (!history) co_return history.error();
  ShownHistory shown{*std::move(history), {}};
  for (const std::string& feed : scope.feeds) {
    auto known = co_await proof::has_records(cluster, feed);
    if (!known) co_return known.error();
    if (*known) shown.feeds.push_back(feed);
  }
  co_return shown;
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
  const auto session = open_or_explain(*std::move(configuration), false, runtime.pool(), context);
  if (!session) return exit_code::bad_usage;
  WalkProgress progress(context.terminal);
  proof::Scope scope;
  scope.feeds = command.feeds;
  scope.period = command.period;
  proof::OnProgress on_progress = [&progress](const proof::Progress& now) { progress.show(now); };
  const auto answer = answer_of(
      read_shown_history(*session->cluster, std::move(scope), command.day, std::move(on_progress)),
      "audit show", runtime, context);
  if (const int* code = std::get_if<int>(&answer)) return *code;
  const auto& [history, feeds] = std::get<ShownHistory>(answer);
  if (!feeds_are_known(command.feeds, session->configuration, feeds, context))
    return exit_code::bad_usage;
  HistoryReport report;
  report.events = history.events();
  report.scope = scope_text(command);
  report.cost = static_cast<std::size_t>(
      std::find(cost_names.begin(), cost_names.end(), command.cost) - cost_names.begin());
  const bool sound = warn_of_records(history);
  const bool printed = print_result(format(report, command.format));
  return sound && printed ? exit_code::ok : exit_code::failed;
}

}  // namespace billow::daemon
