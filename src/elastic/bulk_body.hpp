#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace billow::elastic {

/// One _bulk request: NDJSON of `create`, `index` or `delete` actions, encoded once. A retry of
/// some items gathers their bytes by `offsets`; nothing is ever encoded again.
struct BulkBody {
  std::string index;                   ///< goes into the URL: /<index>/_bulk
  std::string bytes;                   ///< every line ends in \n
  std::vector<std::uint32_t> offsets;  ///< where each item's action line starts in `bytes`

  std::size_t items() const noexcept { return offsets.size(); }
  /// The action line and the document line of item `i`, both with their \n.
  std::string_view item(std::size_t i) const noexcept {
    const std::size_t end = i + 1 < offsets.size() ? offsets[i + 1] : bytes.size();
    return std::string_view(bytes).substr(offsets[i], end - offsets[i]);
  }
};

}  // namespace billow::elastic
