#include "daemon/audit_verdict.hpp"
#include "daemon/commands.hpp"
#include "daemon/config_units.hpp"
#include "daemon/runtime.hpp"
#include "daemon/walk_progress.hpp"
#include "proof/chain_proof.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace billow::daemon {
namespace {

namespace asio = boost::asio;

/// A person waits: a few tries, not the minutes a daemon has.
elastic::RetryPolicy short_of_patience() {
  elastic::RetryPolicy retry;
  retry.attempts_max = 4;
  return retry;
}

/// One verification, from the chain to the charges.
class Verification {
 public:
  Verification(elastic::Cluster& cluster, const AuditVerifyCommand& command,
               proof::OnProgress on_progress)
      : cluster_(cluster), command_(command), on_progress_(std::move(on_progress)) {}

  asio::awaitable<void> run() { ended_ = co_await verify(); }

  /// Nothing when it was stopped.
  const std::optional<Result<void>>& ended() const noexcept { return ended_; }
  const AuditVerdict& verdict() const noexcept { return verdict_; }
  /// The feeds that are in the chain or visible.
  const std::vector<std::string>& feeds() const noexcept { return feeds_; }

 private:
  Task<void> verify() {
    proof::Scope scope;
    scope.feeds = command_.feeds;
    scope.period = command_.period;
    proof::ChainProver prover(cluster_, std::move(scope), command_.anchors, on_progress_);
    auto chain = co_await prover.run();
    if (!chain) co_return chain.error();
    verdict_.records = chain->records;
    verdict_.last = chain->last;
    verdict_.periods = chain->newest.size();
    verdict_.findings = std::move(chain->findings);
    verdict_.notes = std::move(chain->notes);
    feeds_ = std::move(chain->feeds);
    co_return boost::system::in_place_value;
  }

  elastic::Cluster& cluster_;
  const AuditVerifyCommand& command_;
  const proof::OnProgress on_progress_;
  std::optional<Result<void>> ended_;
  AuditVerdict verdict_;
  std::vector<std::string> feeds_;
};

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
  const auto configuration = load_or_explain(context);
  if (!configuration) return exit_code::bad_usage;
  Runtime runtime;
  const auto cluster = elastic::Cluster::connect(configuration->elasticsearch, short_of_patience());
  if (!cluster) {
    explain(context, {configuration->file + ": elasticsearch: " + cluster.error().detail});
    return exit_code::bad_usage;
  }
  WalkProgress progress(context.terminal);
  Verification verification(**cluster, command,
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
  const auto problems = unknown_feeds(command.feeds, *configuration, verification.feeds());
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
