#pragma once

#include "base/task.hpp"
#include "feed/feed_config.hpp"
#include "fetch/object_store.hpp"
#include "sync/delivery.hpp"

#include <vector>

/// The deliveries of a data export.
namespace billow::sync {

/// The periods an export has, oldest first.
Task<std::vector<Discovered>> discover_periods(fetch::ObjectStore& store, feed::FeedConfig config);

/// Reads the manifest and looks up its files. `coverage`: what they speak for, which a manifest
/// does not tell; Errc::bad_config for a window without days. Errc::not_found names a file that the
/// manifest lists and the store does not have.
Task<Delivery> read_delivery(fetch::ObjectStore& store, feed::FeedConfig config,
                             Discovered discovered, Coverage coverage);

}  // namespace billow::sync
