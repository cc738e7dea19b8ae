#pragma once

#include "sync/feed_sync.hpp"

#include <string>
#include <vector>

namespace billow::daemon {

/// What `billow sync` prints at its end: a line per delivery and currency, by how much each sum
/// moved against what readers saw before, and what a person should know about the lines. Amounts
/// are exact. Pure.
std::string summarize(const std::vector<sync::FeedOutcome>& outcomes, std::size_t width);

}  // namespace billow::daemon
