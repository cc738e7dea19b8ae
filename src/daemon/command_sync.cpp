#include "daemon/commands.hpp"
#include "daemon/config_units.hpp"
#include "daemon/feed_pass.hpp"
#include "daemon/runtime.hpp"
#include "daemon/session.hpp"
#include "daemon/setup_templates.hpp"
#include "daemon/sync_summary.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <unistd.h>

namespace billow::daemon {
namespace {

namespace asio = boost::asio;

/// One pass over some feeds, `feeds_at_once` of them at the same time. One feed's failure leaves
/// the others alone.
class SyncPass {
 public:
  SyncPass(Runtime& runtime, Session& session, std::vector<SessionFeed*> feeds,
           sync::Request request, FeedObserver& observer)
      : runtime_(runtime),
        session_(session),
        feeds_(std::move(feeds)),
        request_(std::move(request)),
        observer_(observer),
        outcomes_(feeds_.size()) {
    for (std::size_t i = 0; i < feeds_.size(); ++i) {
      outcomes_[i].feed = feeds_[i]->config.id;
      outcomes_[i].error = Error{Errc::cancelled, "not begun"};
    }
  }

  asio::awaitable<void> run() {
    auto prepared = co_await prepare_cluster(*session_.cluster);
    if (!prepared) {
      spdlog::error("{}", prepared.error().detail);
      co_return;
    }
    prepared_ = true;
    for (std::size_t i = 0; i < feeds_at_once; ++i) runtime_.tasks().spawn("sync", work());
  }

  bool ok() const {
    for (const sync::FeedOutcome& outcome : outcomes_)
      if (!outcome.ok()) return false;
    return true;
  }
  bool prepared() const noexcept { return prepared_; }
  const std::vector<sync::FeedOutcome>& outcomes() const noexcept { return outcomes_; }

 private:
  asio::awaitable<void> work() {
    while (next_ < feeds_.size() && !runtime_.tasks().cancelled()) {
      const std::size_t place = next_++;
      SessionFeed& feed = *feeds_[place];
      sync::FeedOutcome outcome =
          co_await run_pass(session_, feed, runtime_.pool(), observer_, request_);
      outcomes_[place] = std::move(outcome);
    }
  }

  Runtime& runtime_;
  Session& session_;
  std::vector<SessionFeed*> feeds_;
  sync::Request request_;
  FeedObserver& observer_;
  std::vector<sync::FeedOutcome> outcomes_;
  std::size_t next_ = 0;
  bool prepared_ = false;
};

/// The feeds a command line names; problems for those that are not configured.
std::vector<SessionFeed*> choose(const Session& session, const std::vector<std::string>& ids,
                                 std::vector<std::string>& problems) {
  std::vector<SessionFeed*> chosen;
  std::vector<std::string> known;
  for (const auto& feed : session.feeds) {
    known.push_back(feed->config.id);
    if (ids.empty()) chosen.push_back(feed.get());
  }
  for (const std::string& id : ids) {
    if (SessionFeed* feed = session.find(id)) {
      const bool twice = std::find(chosen.begin(), chosen.end(), feed) != chosen.end();
      if (!twice) chosen.push_back(feed);
      continue;
    }
    const std::string likely = nearest(id, known);
    problems.push_back(fmt::format(
        "billow: --feed: there is no feed '{}' in {}; {}", id, session.configuration.file,
        likely.empty() ? "expected " + either(known) : "did you mean " + likely + "?"));
  }
  return chosen;
}

}  // namespace

int run(const SyncCommand& command, CommandContext context) {
  auto configuration = load_or_explain(context);
  if (!configuration) return exit_code::bad_usage;
  Runtime runtime;
  std::vector<std::string> problems;
  const auto session = open_session(*std::move(configuration), {}, runtime.pool(), problems);
  std::vector<SessionFeed*> feeds;
  if (session) feeds = choose(*session, command.feeds, problems);
  if (!problems.empty()) {
    explain(context, problems);
    return exit_code::bad_usage;
  }
  metrics::Registry metrics({}, vocabulary());
  ProgressDisplay display(context.terminal);
  FeedObserver observer(metrics, &display);
  context.terminal.set_status(
      {"asking " + nodes_of(session->configuration.elasticsearch) + " ..."});
  SyncPass pass(runtime, *session, std::move(feeds), command.request, observer);
  runtime.tasks().spawn("sync", pass.run());
  const int signal = runtime.run();
  context.terminal.set_status({});
  const bool printed =
      !pass.prepared() || print_result(summarize(pass.outcomes(), terminal_width(STDOUT_FILENO)));
  if (signal != 0) return stopped_by(signal);
  return pass.prepared() && pass.ok() && printed ? exit_code::ok : exit_code::failed;
}

}  // namespace billow::daemon
