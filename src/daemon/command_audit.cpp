#include "daemon/audit_verdict.hpp"
#include "daemon/commands.hpp"
#include "daemon/runtime.hpp"
#include "daemon/session.hpp"
#include "daemon/verification.hpp"
#include "daemon/walk_progress.hpp"

#include <spdlog/spdlog.h>

namespace billow::daemon {

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
