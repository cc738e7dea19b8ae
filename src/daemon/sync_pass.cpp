#include "daemon/sync_pass.hpp"

#include "base/deadline.hpp"
#include "daemon/config_units.hpp"
#include "daemon/feed_pass.hpp"
#include "daemon/lease_holder.hpp"
#include "daemon/setup_templates.hpp"
#include "daemon/sync_summary.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <unistd.h>
#include <utility>

namespace billow::daemon {

namespace asio = boost::asio;

SyncPass::SyncPass(Runtime& runtime, Session& session, FeedObserver& observer,
                   std::vector<SyncJob> jobs)
    : runtime_(runtime),
      session_(session),
      observer_(observer),
      jobs_(std::move(jobs)),
      outcomes_(jobs_.size()) {
  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    outcomes_[i].feed = jobs_[i].feed->config.id;
    outcomes_[i].error = Error{Errc::cancelled, "not begun"};
  }
}

asio::awaitable<void> SyncPass::run() {
  auto prepared = co_await prepare_session(session_, *session_.cluster);
  if (!prepared) {
    spdlog::error("{}", prepared.error().detail);
    co_return;
  }
  prepared_ = true;
  for (std::size_t i = 0; i < feeds_at_once; ++i) runtime_.tasks().spawn("sync", work());
}

bool SyncPass::ok() const {
  return !overdue_ && std::all_of(outcomes_.begin(), outcomes_.end(),
                                  [](const sync::FeedOutcome& outcome) { return outcome.ok(); });
}

asio::awaitable<void> SyncPass::work() {
  while (next_ < jobs_.size() && !runtime_.tasks().cancelled()) co_await perform(next_++);
}

asio::awaitable<void> SyncPass::perform(std::size_t place) {
  SessionFeed& feed = *jobs_[place].feed;
  sync::FeedOutcome& all = outcomes_[place];
  FeedLease lease(session_, feed.config.id, this_process());
  std::optional<Error> error;
  for (const sync::Request& request : jobs_[place].requests) {
    auto taken = co_await take(feed, lease);
    if (!taken) {
      error = taken.error();
      break;
    }
    PassContext context{session_, feed, lease, runtime_.pool(), observer_};
    PassResult result = co_await run_pass(context, request);
    if (!error) error = result.outcome.error;
    overdue_ |= result.overdue;
    std::move(result.outcome.deliveries.begin(), result.outcome.deliveries.end(),
              std::back_inserter(all.deliveries));
    if (result.taken_over || runtime_.tasks().cancelled()) break;
  }
  all.error = std::move(error);
}

Task<void> SyncPass::take(SessionFeed& feed, FeedLease& lease) {
  std::string told;
  for (;;) {
    auto attempt = co_await lease.try_take(false);
    if (!attempt) {
      observer_.on_lease_error(feed.config, attempt.error());
      co_return attempt.error();
    }
    const bool held = attempt->kind == LeaseAttempt::Kind::held;
    if (held && !attempt->holder.empty()) observer_.on_lease_takeover(feed.config, attempt->holder);
    if (held) co_return boost::system::in_place_value;
    if (told != attempt->holder) {
      spdlog::info("{}: {} works on it; waiting until it is done, or silent for {}", feed.config.id,
                   attempt->holder, format_duration(session_.configuration.lease));
    }
    told = attempt->holder;
    co_await sleep_for(attempt->look_again);
  }
}

std::vector<SessionFeed*> choose_feeds(const Session& session, const std::vector<std::string>& ids,
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

int run_jobs(Runtime& runtime, Session& session, CommandContext context,
             std::vector<SyncJob> jobs) {
  metrics::Registry metrics({}, vocabulary());
  ProgressDisplay display(context.terminal);
  FeedObserver observer(metrics, &display);
  context.terminal.set_status({"asking " + nodes_of(session.configuration.elasticsearch) + " ..."});
  SyncPass pass(runtime, session, observer, std::move(jobs));
  runtime.tasks().spawn("sync", pass.run());
  const int signal = runtime.run();
  context.terminal.set_status({});
  const bool printed =
      !pass.prepared() || print_result(summarize(pass.outcomes(), terminal_width(STDOUT_FILENO)));
  if (signal != 0) return stopped_by(signal);
  return pass.prepared() && pass.ok() && printed ? exit_code::ok : exit_code::failed;
}

}  // namespace billow::daemon
