#include "daemon/commands.hpp"
#include "daemon/sync_pass.hpp"

namespace billow::daemon {

int run(const SyncCommand& command, CommandContext context) {
  auto configuration = load_or_explain(context);
  if (!configuration) return exit_code::bad_usage;
  Runtime runtime;
  std::vector<std::string> problems;
  const auto session = open_session(*std::move(configuration), {}, runtime.pool(), problems);
  std::vector<SessionFeed*> feeds;
  if (session) feeds = choose_feeds(*session, command.feeds, problems);
  if (!problems.empty()) {
    explain(context, problems);
    return exit_code::bad_usage;
  }
  std::vector<SyncJob> jobs;
  jobs.reserve(feeds.size());
  for (SessionFeed* feed : feeds) jobs.push_back({feed, {command.request}});
  return run_jobs(runtime, *session, context, std::move(jobs));
}

}  // namespace billow::daemon
