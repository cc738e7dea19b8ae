#pragma once

#include "audit/record.hpp"
#include "base/task.hpp"
#include "base/worker_pool.hpp"
#include "charge/control_totals.hpp"
#include "feed/definition.hpp"
#include "feed/feed_config.hpp"
#include "fetch/object_store.hpp"
#include "proof/scope.hpp"
#include "sync/delivery_finder.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace billow::proof {

/// What a delivery was found to hold when it was read again.
struct SourceStatement {
  std::map<SliceKey, ControlTotals> slices;
  std::uint64_t rows_read = 0;
  std::uint64_t rows_dead = 0;

  ControlTotals totals() const;
};

/// The objects of one feed, read again without loading anything. Everything it is given must
/// outlive it.
class Source {
 public:
  Source(fetch::ObjectStore& store, WorkerPool& pool, const feed::FeedConfig& config,
         const feed::Definition& definition, OnProgress on_progress);

  using Found = sync::FoundDelivery;
  /// The very delivery that a record was made of: same manifest, same objects, by key, size and
  /// ETag.
  Task<Found> find(audit::Record record);
  /// What its deliveries state.
  DeliveryKind states() const noexcept { return definition_.delivery; }
  /// The periods the source has.
  Task<std::vector<std::string>> periods();
  /// The newest delivery of a period.
  Task<Found> newest(std::string period);

  /// Reads a delivery's objects and adds up what they state.
  Task<SourceStatement> add_up(sync::Delivery delivery);

  /// A line: the slice it belongs to, its place in it in reading order, and its statement.
  using TakeLine =
      std::function<void(const SliceKey& key, std::uint64_t ordinal, std::string_view statement)>;
  /// Reads a delivery's objects and hands over every line of these slices.
  Task<void> each_line(sync::Delivery delivery, std::set<SliceKey> wanted, TakeLine take);

 private:
  fetch::ObjectStore& store_;
  WorkerPool& pool_;
  const feed::FeedConfig& config_;
  const feed::Definition& definition_;
  const OnProgress on_progress_;
  std::unique_ptr<sync::DeliveryFinder> finder_;
};

}  // namespace billow::proof
