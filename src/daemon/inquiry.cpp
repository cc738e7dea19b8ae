#include "daemon/inquiry.hpp"

#include "daemon/config_units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace billow::daemon {

std::unique_ptr<Session> open_or_explain(Configuration configuration, bool with_feeds,
                                         WorkerPool& pool, CommandContext context) {
  std::vector<std::string> problems;
  auto session = with_feeds
                     ? open_session(std::move(configuration), short_of_patience(), pool, problems)
                     : open_cluster(std::move(configuration), short_of_patience(), problems);
  explain(context, problems);
  return session;
}

bool feeds_are_known(const std::vector<std::string>& asked, const Configuration& configuration,
                     std::vector<std::string> known, CommandContext context) {
  for (const feed::FeedConfig& feed : configuration.feeds) known.push_back(feed.id);
  bool all_known = true;
  for (const std::string& id : asked) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    all_known = false;
    const std::string likely = nearest(id, known);
    explain(context, {fmt::format("billow: --feed: there is no feed '{}'{}", id,
                                  likely.empty() ? "" : "; did you mean " + likely + "?")});
  }
  return all_known;
}

}  // namespace billow::daemon
