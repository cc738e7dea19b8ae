#pragma once

#include "base/task.hpp"
#include "feed/data_exports.hpp"
#include "feed/feed_config.hpp"
#include "feed/manifest_choice.hpp"
#include "fetch/object_store.hpp"
#include "sync/feed_sync.hpp"
#include "sync/slice_plan.hpp"

#include <string>
#include <vector>

namespace billow::sync {

/// One statement of a provider about a period, before its lines are read. A full one or a window
/// that is offered is the newest statement of what it speaks for: whoever finds them offers them in
/// the order in which they were made, and none that a later one has replaced. A delta may be
/// offered any number of times. A feed states windows or deltas, not both: a delta that is loaded
/// again does not know of windows after it.
struct Delivery {
  std::string period;
  std::string id;  ///< see delivery_id()
  std::string execution_id;
  fetch::ObjectInfo manifest;
  Coverage coverage;
  std::vector<fetch::ObjectInfo> objects;  ///< the data files in the manifest's order, as listed
  /// Some data file is younger than the manifest: the provider is writing the next delivery.
  bool being_written = false;

  std::uint64_t bytes() const;
};

/// The periods an export has, oldest first.
Task<std::vector<Discovered>> discover_periods(fetch::ObjectStore& store, feed::FeedConfig config);

/// Reads the manifest and looks up its files. `coverage`: what they speak for, which a manifest
/// does not tell; Errc::bad_config for a window without days. Errc::not_found names a file that the
/// manifest lists and the store does not have.
Task<Delivery> read_delivery(fetch::ObjectStore& store, feed::FeedConfig config,
                             Discovered discovered, Coverage coverage);

}  // namespace billow::sync
