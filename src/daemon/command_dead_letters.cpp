#include "daemon/dead_letters_format.hpp"
#include "daemon/inquiry.hpp"
#include "daemon/sync_pass.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <unistd.h>
#include <utility>

namespace billow::daemon {
namespace {

constexpr std::size_t table_letters_default = 50;

/// How many letters there are, and the first `limit` of them.
Task<LetterList> read_list(elastic::Cluster& cluster, LetterScope scope, std::size_t limit) {
  LetterList list;
  auto counts = co_await count_letters(cluster, scope);
  if (!counts) co_return counts.error();
  list.counts = *std::move(counts);
  if (list.counts.empty() || limit == 0) co_return list;
  auto letters = co_await read_letters(cluster, std::move(scope), limit);
  if (!letters) co_return letters.error();
  list.letters = *std::move(letters);
  co_return list;
}

/// The letters there are now, or the exit code of a command that cannot go on.
std::variant<LetterList, int> look(const elastic::Config& elasticsearch, CommandContext context,
                                   const LetterScope& scope, std::size_t limit) {
  Runtime runtime;
  const auto cluster = elastic::Cluster::connect(elasticsearch, short_of_patience());
  if (!cluster) {
    explain(context, {"elasticsearch: " + cluster.error().detail});
    return exit_code::bad_usage;
  }
  return answer_of(read_list(**cluster, scope, limit), "dead letters", runtime, context);
}

int list_letters(const DeadLettersCommand& command, const Configuration& configuration,
                 CommandContext context) {
  const bool table = command.format == ReportFormat::table;
  const std::size_t usual = table ? table_letters_default : letters_listed_max;
  const std::size_t limit = command.limit == 0 ? usual : command.limit;
  auto found = look(configuration.elasticsearch, context, {command.feeds, command.period}, limit);
  if (const int* code = std::get_if<int>(&found)) return *code;
  const LetterList& list = std::get<LetterList>(found);
  std::string text;
  switch (command.format) {
    case ReportFormat::table:
      text = letters_table(list, terminal_width(STDOUT_FILENO));
      break;
    case ReportFormat::json:
      text = letters_json(list);
      break;
    case ReportFormat::csv:
      text = letters_csv(list);
      break;
  }
  if (!table) {
    if (const std::string cut = cut_short(list); !cut.empty()) spdlog::warn("{}", cut);
  }
  return print_result(text) ? exit_code::ok : exit_code::failed;
}

/// The periods that hold dead letters, by feed; those of feeds that are not configured are left out
/// with a warning.
std::vector<SyncJob> jobs_for(const LetterCounts& counts, const Session& session) {
  std::vector<SyncJob> jobs;
  for (const auto& [place, count] : counts) {
    SessionFeed* feed = session.find(place.first);
    if (feed == nullptr) {
      spdlog::warn("{} {}: {} dead letters are left alone: the feed is not configured here",
                   place.first, place.second, count);
      continue;
    }
    if (jobs.empty() || jobs.back().feed != feed) jobs.push_back({feed, {}});
    sync::Request request;
    request.first = place.second;
    request.last = place.second;
    // A withheld delivery is read again in any case; one that is published is not unless forced.
    request.force = feed->config.dead_letters == feed::DeadLetterPolicy::publish;
    jobs.back().requests.push_back(std::move(request));
  }
  return jobs;
}

int retry_letters(const DeadLettersCommand& command, Configuration configuration,
                  CommandContext context) {
  const LetterScope scope{command.feeds, command.period};
  const elastic::Config elasticsearch = configuration.elasticsearch;
  auto before = look(elasticsearch, context, scope, 0);
  if (const int* code = std::get_if<int>(&before)) return *code;
  const LetterCounts& counts = std::get<LetterList>(before).counts;
  if (counts.empty()) return print_result("no dead letters\n") ? exit_code::ok : exit_code::failed;

  int done = exit_code::ok;
  {
    Runtime runtime;
    std::vector<std::string> problems;
    const auto session = open_session(std::move(configuration), {}, runtime.pool(), problems);
    if (session) choose_feeds(*session, command.feeds, problems);
    if (!problems.empty()) {
      explain(context, problems);
      return exit_code::bad_usage;
    }
    std::vector<SyncJob> jobs = jobs_for(counts, *session);
    if (jobs.empty()) return exit_code::failed;
    done = run_jobs(runtime, *session, context, std::move(jobs));
    if (done > exit_code::by_signal) return done;
  }
  auto after = look(elasticsearch, context, scope, 0);
  if (const int* code = std::get_if<int>(&after)) return *code;
  const LetterCounts& left = std::get<LetterList>(after).counts;
  const bool printed =
      print_result("\n" + retried_table(counts, left, terminal_width(STDOUT_FILENO)));
  return printed && left.empty() ? done : exit_code::failed;
}

}  // namespace

int run(const DeadLettersCommand& command, CommandContext context) {
  auto configuration = load_or_explain(context);
  if (!configuration) return exit_code::bad_usage;
  return command.retry ? retry_letters(command, *std::move(configuration), context)
                       : list_letters(command, *configuration, context);
}

}  // namespace billow::daemon
