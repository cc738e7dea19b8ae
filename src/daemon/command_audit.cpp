#include "daemon/audit_verdict.hpp"
#include "daemon/inquiry.hpp"
#include "daemon/verification.hpp"
#include "daemon/walk_progress.hpp"

namespace billow::daemon {

int run(const AuditVerifyCommand& command, CommandContext context) {
  auto configuration = load_or_explain(context);
  if (!configuration) return exit_code::bad_usage;
  Runtime runtime;
  const auto session = open_or_explain(*std::move(configuration), command.deep && command.source,
                                       runtime.pool(), context);
  if (!session) return exit_code::bad_usage;
  WalkProgress progress(context.terminal);
  Verification verification(*session, runtime.pool(), command,
                            [&progress](const proof::Progress& now) { progress.show(now); });
  const auto answer = answer_of(verification.run(), "audit verify", runtime, context);
  if (const int* code = std::get_if<int>(&answer)) return *code;
  if (!feeds_are_known(command.feeds, session->configuration, verification.feeds(), context))
    return exit_code::bad_usage;
  const AuditVerdict& verdict = std::get<AuditVerdict>(answer);
  const bool printed = print_result(command.format == ReportFormat::json ? verdict_json(verdict)
                                                                         : verdict_text(verdict));
  return verdict.proven() && printed ? exit_code::ok : exit_code::failed;
}

}  // namespace billow::daemon
