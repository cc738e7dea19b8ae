#pragma once

#include "audit/chain_walk.hpp"
#include "audit/record.hpp"
#include "base/task.hpp"
#include "charge/control_totals.hpp"
#include "elastic/cluster.hpp"
#include "proof/scope.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace billow::proof {

/// A publish that changed a figure, or stated it anew.
struct HistoryEvent {
  audit::Record record;  ///< without its slices
  std::size_t slices = 0;
  ControlTotals totals;                ///< what readers see since
  std::vector<audit::Movement> moved;  ///< by how much that differs from what they saw before
  bool sound = true;                   ///< the record is as it was written
};

/// Makes events of records as they come, in the order of the chain. Pure.
class History {
 public:
  /// `day`, days since 1970-01-01: the figure is that charge day's and only publishes that changed
  /// it are events; nullopt: the whole period's.
  explicit History(std::optional<std::int32_t> day) : day_(day) {}

  void take(const audit::StoredRecord& stored);
  const std::vector<HistoryEvent>& events() const noexcept { return events_; }
  /// Places of documents that are no records.
  const std::vector<std::uint64_t>& unreadable() const noexcept { return unreadable_; }

 private:
  std::optional<std::int32_t> day_;
  std::map<audit::ChainWalk::Key, ControlTotals> before_;
  std::vector<HistoryEvent> events_;
  std::vector<std::uint64_t> unreadable_;
};

/// True when the chain has any record of the feed. `cluster` must outlive it.
Task<bool> has_records(elastic::Cluster& cluster, std::string feed);

/// Reads the history of what `scope` wants, oldest first. `cluster` must outlive it.
Task<History> read_history(elastic::Cluster& cluster, Scope scope, std::optional<std::int32_t> day,
                           OnProgress on_progress);

}  // namespace billow::proof
