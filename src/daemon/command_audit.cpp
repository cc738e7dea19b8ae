#include "daemon/audit_verdict.hpp"
#include "daemon/commands.hpp"
#include "daemon/config_units.hpp"
#include "daemon/runtime.hpp"
#include "daemon/session.hpp"
#include "daemon/verification.hpp"
#include "daemon/walk_progress.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace billow::daemon {
namespace {

/// A person waits: a few tries, not the minutes a daemon has.
elastic::RetryPolicy short_of_patience() {
  elastic::RetryPolicy retry;
  retry.attempts_max = 4;
  return retry;
}

/// Feeds that are neither configured nor known to Elasticsearch are mistakes of the command line.
std::vector<std::string> unknown_feeds(const std::vector<std::string>& asked,
                                       const Configuration& configuration,
                                       std::vector<std::string> known) {
  for (const feed::FeedConfig& feed : configuration.feeds) known.push_back(feed.id);
  std::vector<std::string> problems;
  for (const std::string& id : asked) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    const std::string likely = nearest(id, known);
    problems.push_back(fmt::format("billow: --feed: there is no feed '{}'{}", id,
                                   likely.empty() ? "" : "; did you mean " + likely + "?"));
  }
  return problems;
}

}  // namespace

int run(const AuditVerifyCommand& command, CommandContext context) {
  auto configuration = load_or_explain(context);
  if (!configuration) return exit_code::bad_usage;
  Runtime runtime;
  std::vector<std::string> problems;
  const bool reads_source = command.deep && command.source;
  const auto session =
      reads_source
          ? open_session(*std::move(configuration), short_of_patience(), runtime.pool(), problems)
          : open_cluster(*std::move(configuration), short_of_patience(), problems);
  if (!session) {
    explain(context, problems);
    return exit_code::bad_usage;
  }
  WalkProgress progress(context.terminal);
  Verification verification(*session, runtime.pool(), command,
                            [&progress](const proof::Progress& now) { progress.show(now); });
  runtime.tasks().spawn("audit verify", verification.run());
  const int signal = runtime.run();
  progress.finish();
  if (signal != 0) return stopped_by(signal);
  if (!verification.ended()) return exit_code::failed;
  if (!*verification.ended()) {
    spdlog::error("audit verify: {}", verification.ended()->error().detail);
    return exit_code::failed;
  }
  problems = unknown_feeds(command.feeds, session->configuration, verification.feeds());
  if (!problems.empty()) {
    explain(context, problems);
    return exit_code::bad_usage;
  }
  const AuditVerdict& verdict = verification.verdict();
  const bool printed = print_result(command.format == ReportFormat::json ? verdict_json(verdict)
                                                                         : verdict_text(verdict));
  return verdict.proven() && printed ? exit_code::ok : exit_code::failed;
}

}  // namespace billow::daemon
