#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace billow::proof {

/// Which feeds and periods are looked at.
struct Scope {
  std::vector<std::string> feeds;     ///< empty: all
  std::optional<std::string> period;  ///< nullopt: all

  bool wants(const std::string& feed, const std::string& of_period) const {
    const bool of_feed =
        feeds.empty() || std::find(feeds.begin(), feeds.end(), feed) != feeds.end();
    return of_feed && (!period || *period == of_period);
  }
};

/// How far a long walk is.
struct Progress {
  std::string what;         ///< e.g. "audit chain"
  std::string unit;         ///< e.g. "records"
  std::uint64_t done = 0;   ///< of `unit`
  std::uint64_t total = 0;  ///< 0: not known
};
/// Called on the io thread; must not block.
using OnProgress = std::function<void(const Progress&)>;

}  // namespace billow::proof
