#pragma once

#include "metrics/feed_metrics.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace billow::metrics {

/// What /metrics says about the program itself.
struct BuildInfo {
  std::string version;
  std::string compiler;
};

/// Every metric of the program. Names and labels follow the conventions of Prometheus: base units,
/// `_total` on counters, instants as `_timestamp_seconds`; every label combination is there from
/// the start with 0, so that rate() sees the first error. Called on the io thread.
class Registry {
 public:
  Registry(BuildInfo build, Vocabulary vocabulary);
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// The series of one feed, made at 0 when they are not there yet; all of them stay when its kind
  /// is another than before. Lives as long as the registry.
  FeedMetrics& feed(const std::string& id, const std::string& kind);
  /// Takes the series of a feed away that is no longer configured. References to them must be gone.
  void remove_feed(const std::string& id);
  /// The feeds there are series for, sorted.
  std::vector<std::string> feeds() const;

  /// billow_ready: 1 when Elasticsearch answers and holds what we need.
  void set_ready(bool ready);
  /// billow_config_reloads_total and billow_config_last_reload_successful.
  void count_reload(bool accepted);

  /// Everything in the text format of Prometheus, version 0.0.4.
  std::string render() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace billow::metrics
