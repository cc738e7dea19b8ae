#include "daemon/service.hpp"

#include "base/civil_time.hpp"
#include "base/deadline.hpp"
#include "daemon/config_units.hpp"
#include "daemon/feed_pass.hpp"
#include "daemon/health_store.hpp"
#include "daemon/lease_holder.hpp"
#include "daemon/logging.hpp"
#include "daemon/setup_templates.hpp"
#include "daemon/supervisor.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <random>

namespace billow::daemon {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto probe_limit = 10s;
constexpr auto prepare_limit = 60s;
constexpr auto probe_interval = 15s;
constexpr auto probe_interval_not_ready = 2s;

elastic::RetryPolicy once() {
  elastic::RetryPolicy retry;
  retry.attempts_max = 1;
  return retry;
}

double draw() {
  static std::mt19937_64 random{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(random);
}

metrics::BuildInfo build_info() {
  metrics::BuildInfo build;
  build.version = BILLOW_VERSION;
  build.compiler = "gcc " __VERSION__;
  return build;
}

std::chrono::milliseconds wait_after(const SessionFeed& feed, Schedule& schedule, bool success) {
  const auto wait = schedule.after_pass(success, draw());
  if (!success)
    spdlog::warn("{}: failed {} times in a row; next try in {}", feed.config.id,
                 schedule.failures(),
                 format_duration(std::chrono::duration_cast<std::chrono::seconds>(wait)));
  return wait;
}

/// Installs what is missing and lets both handles know what the cluster can do.
Task<void> prepare(Generation& generation) {
  auto prepared = co_await prepare_session(*generation.session, *generation.prober);
  if (!prepared) co_return prepared.error();
  auto abilities = co_await generation.session->cluster->abilities();
  if (!abilities) co_return abilities.error();
  co_return boost::system::in_place_value;
}

Task<void> ping(elastic::Cluster& cluster) {
  auto answer = co_await cluster.request("GET", "/_cluster/health?filter_path=status");
  if (!answer) co_return answer.error();
  co_return boost::system::in_place_value;
}

}  // namespace

Service::Service(Runtime& runtime, CommandContext context)
    : runtime_(runtime),
      context_(context),
      metrics_(build_info(), vocabulary()),
      observer_(metrics_, nullptr) {}

int Service::start(Configuration configuration, std::vector<std::string>& problems) {
  const ListenAddress listen = configuration.listen;
  bound_ = listen;
  GenerationPtr first = make_generation(std::move(configuration), problems);
  if (!first) return exit_code::bad_usage;
  server_ = std::make_unique<http::Server>(
      runtime_.io().get_executor(), [this](const http::ServerRequest& request) {
        return answer(request, readiness_, [this] { return metrics_.render(); });
      });
  if (auto bound = server_->listen(listen.address, listen.port); !bound) {
    problems.push_back(fmt::format("http.listen: {}", bound.error().detail));
    return retryable(bound.error().code) ? exit_code::failed : exit_code::bad_usage;
  }
  spdlog::info("{}: serving {} feeds; /metrics on {}:{}", version_line(),
               first->session->feeds.size(), listen.address, server_->port());
  runtime_.on_hangup([this] { reload(); });
  runtime_.on_stop([this] {
    notify_supervisor("STOPPING=1");
    readiness_ = {false, "stopping"};
    metrics_.set_ready(false);
  });
  current_ = first;
  runtime_.tasks().spawn("serve", serve(first, nullptr));
  if (const auto interval = watchdog_interval())
    runtime_.tasks().spawn("watchdog", feed_watchdog(*interval));
  notify_supervisor("READY=1");
  return exit_code::ok;
}

Service::GenerationPtr Service::make_generation(Configuration configuration,
                                                std::vector<std::string>& problems) {
  auto prober = elastic::Cluster::connect(configuration.elasticsearch, once());
  auto session = open_session(std::move(configuration), {}, runtime_.pool(), problems);
  if (!session || !prober) return nullptr;
  return std::make_shared<Generation>(runtime_.io().get_executor(), std::move(session),
                                      *std::move(prober));
}

void Service::reload() {
  const std::string& file = current_->session->configuration.file;
  ConfigOutcome outcome = load_configuration(file);
  std::vector<std::string> problems;
  problems.reserve(outcome.problems.size());
  for (const ConfigProblem& problem : outcome.problems)
    problems.push_back(to_string(problem, file));
  GenerationPtr next;
  if (outcome.configuration) next = make_generation(*outcome.configuration, problems);
  metrics_.count_reload(next != nullptr);
  if (!next) {
    for (const std::string& problem : problems) spdlog::error("{}", problem);
    spdlog::error("the new configuration is wrong; the old one stays in use");
    return;
  }
  change_logging(log_config(context_.options, outcome.configuration->log));
  const ListenAddress& wanted = outcome.configuration->listen;
  if (bound_.address != wanted.address || bound_.port != wanted.port)
    spdlog::warn("http.listen has changed; it takes effect at the next start");
  spdlog::info("the configuration was read again: {} feeds", next->session->feeds.size());
  runtime_.tasks().spawn("serve", serve(next, std::exchange(current_, next)));
}

asio::awaitable<void> Service::serve(GenerationPtr generation, GenerationPtr before) {
  // Being asked to stop must not keep us from waiting for the tasks to end.
  co_await asio::this_coro::throw_if_cancelled(false);
  if (before) co_await retire(before);
  if (!generation->is_closing()) start_tasks(generation);
  generation->tasks.on_empty([mine = generation] { mine->ended.set(); });
  if (generation->tasks.running() == 0) generation->ended.set();
  while (!generation->ended.is_set()) {
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none && !generation->tasks.cancelled()) {
      generation->close();
      generation->tasks.cancel();
    }
    co_await generation->ended.wait();
  }
  generation->tasks.on_empty(nullptr);
}

asio::awaitable<void> Service::retire(GenerationPtr generation) {
  generation->close();
  co_await generation->ended.wait_for(limits::shutdown_grace);
  if (generation->ended.is_set()) co_return;
  generation->tasks.cancel();
  while (!generation->ended.is_set()) co_await generation->ended.wait();
}

void Service::start_tasks(const GenerationPtr& generation) {
  std::vector<std::string> known;
  for (const auto& feed : generation->session->feeds) {
    known.push_back(feed->config.id);
    metrics_.feed(feed->config.id, feed->config.kind).set_interval(feed->config.every);
    generation->tasks.spawn("feed " + feed->config.id, attend(generation, *feed));
  }
  for (const std::string& id : metrics_.feeds())
    if (std::find(known.begin(), known.end(), id) == known.end()) metrics_.remove_feed(id);
  generation->tasks.spawn("probe", probe(generation));
}

asio::awaitable<void> Service::probe(GenerationPtr generation) {
  while (!generation->is_closing()) {
    auto result = co_await probe_once(*generation);
    if (generation->is_closing()) co_return;
    set_readiness(result.has_value(), result ? "" : result.error().detail);
    if (result) generation->prepared.set();
    co_await generation->closing.wait_for(result ? probe_interval : probe_interval_not_ready);
  }
}

asio::awaitable<Result<void>> Service::probe_once(Generation& generation) {
  const bool prepared = generation.prepared.is_set();
  auto work = prepared ? ping(*generation.prober) : prepare(generation);
  const std::chrono::milliseconds limit = prepared ? probe_limit : prepare_limit;
  try {
    auto result = co_await complete_within(limit, std::move(work));
    if (result) co_return *std::move(result);
  } catch (const std::exception& bug) {  // or cancelled, which the caller looks at
    co_return Error{Errc::transient, std::string("unexpected: ") + bug.what()};
  }
  co_return Error{Errc::transient, "Elasticsearch did not answer in " + format_duration(limit)};
}

asio::awaitable<void> Service::attend(GenerationPtr generation, SessionFeed& feed) {
  Schedule schedule(feed.config.every);
  FeedLease lease(*generation->session, feed.config.id, this_process());
  co_await generation->prepared.wait();
  while (!generation->is_closing()) {
    // Before it waits for its turn, which may take as long as the passes of other feeds.
    if (!feed.health) co_await show_health(*generation, feed);
    // Named first: GCC 12 loses the resume point of a co_await inside a condition (seen as a trap
    // under UBSan).
    const bool taken = co_await generation->slots.take();
    if (!taken) co_return;
    std::chrono::milliseconds wait{};
    if (!generation->is_closing()) wait = co_await turn(*generation, feed, lease, schedule);
    generation->slots.give_back();
    if (generation->is_closing()) co_return;
    co_await generation->closing.wait_for(wait);
  }
}

asio::awaitable<std::chrono::milliseconds> Service::turn(Generation& generation, SessionFeed& feed,
                                                         FeedLease& lease, Schedule& schedule) {
  auto attempt = co_await lease.try_take(true);
  if (!attempt) {
    observer_.on_lease_error(feed.config, attempt.error());
    co_return wait_after(feed, schedule, false);
  }
  switch (attempt->kind) {
    case LeaseAttempt::Kind::elsewhere:
      spdlog::debug("{}: {} works on it", feed.config.id, attempt->holder);
      co_return attempt->look_again;
    case LeaseAttempt::Kind::checked: {
      observer_.on_checked_elsewhere(feed.config, attempt->checked_at);
      co_await show_health(generation, feed);
      const std::chrono::seconds age(now() - attempt->checked_at);
      co_return schedule.after_pass_elsewhere(attempt->checked_ok, age, draw());
    }
    case LeaseAttempt::Kind::held:
      break;
  }
  if (!attempt->holder.empty()) observer_.on_lease_takeover(feed.config, attempt->holder);
  PassContext context{*generation.session, feed, lease, runtime_.pool(), observer_};
  const PassResult result = co_await run_pass(context, sync::Request{});
  if (result.taken_over) co_return lease.look_interval();
  if (generation.is_closing()) co_return std::chrono::milliseconds::zero();
  co_return wait_after(feed, schedule, is_good(result.outcome));
}

asio::awaitable<void> Service::show_health(Generation& generation, SessionFeed& feed) {
  auto health = co_await read_health(*generation.session->hasty_cluster, feed.config.id);
  if (!health) co_return;
  learn(feed.health, *std::move(health));
  observer_.on_health(feed.config, *feed.health);
}

asio::awaitable<void> Service::feed_watchdog(std::chrono::milliseconds interval) {
  while (!runtime_.tasks().cancelled()) {
    notify_supervisor("WATCHDOG=1");
    co_await sleep_for(interval);
  }
}

void Service::set_readiness(bool ready, std::string reason) {
  if (ready && !readiness_.ready) spdlog::info("Elasticsearch answers and holds what is needed");
  if (ready)
    outage_.end();
  else if (outage_.is_due(std::chrono::steady_clock::now()))
    spdlog::warn("not ready: {}", reason);
  readiness_.ready = ready;
  readiness_.reason = std::move(reason);
  metrics_.set_ready(ready);
}

}  // namespace billow::daemon
