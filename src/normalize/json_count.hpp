#pragma once

#include "base/decimal.hpp"
#include "charge/charge.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace billow::normalize {

/// Rows and the exact sum of one of their cells, for the totals that a page states.
struct JsonCount {
  DecimalSum sum;
  std::uint64_t rows = 0;
  std::uint64_t unknown = 0;  ///< rows whose cell is no number that can be held exactly

  void add(Text cell);
  /// Compares what was added since `before` with a total, the text of a JSON number: gives the sum
  /// where the total is further away than rounding explains, half a unit of the fourth decimal for
  /// each row and one for itself. nullopt where they agree, where a row is unknown and where the
  /// total is "" or "null".
  std::optional<DecimalSum> contradicts(const JsonCount& before, std::string_view total) const;
};

}  // namespace billow::normalize
