#pragma once

#include "base/error.hpp"
#include "base/task.hpp"
#include "sync/feed_sync.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace billow::sync {

/// Indices behind the read aliases that are none of ours by their names and that show documents of
/// the feed: a copy, or a snapshot that was restored or mounted under another name with its
/// aliases. Readers see those documents besides ours. What is wrong, and what a person has to do.
struct Intruders {
  /// By period, where they are behind the alias of charges. While it lasts, whatever is published
  /// of the period adds to what they show.
  std::map<std::string, Error> periods;
  std::optional<Error> rollups;  ///< where they are behind that of a rollup
};

/// One request while there are none.
Task<Intruders> read_intruders(FeedSync::Context context);

}  // namespace billow::sync
