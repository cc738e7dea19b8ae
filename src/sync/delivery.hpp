#pragma once

#include "base/civil_time.hpp"
#include "charge/coverage.hpp"
#include "fetch/object_store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace billow::sync {

/// A period that the provider has.
struct Discovered {
  std::string period;
  std::string manifest_key;  ///< where there are manifests; else a name of what is read
  std::string manifest_etag;
  std::string export_root;  ///< key prefix of the export's own folder: what comes before /metadata/
  /// The provider is not expected to change it any more, and asking is dear: a pass that names no
  /// period takes it for what was published.
  bool settled = false;
};

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
  /// The oldest of the data files that are younger than the manifest: since then the provider has
  /// been writing the next delivery. 0: no file is.
  UnixSeconds pending_since = 0;

  std::uint64_t bytes() const;
};

}  // namespace billow::sync
