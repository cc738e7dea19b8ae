#pragma once

#include "normalize/lookup.hpp"

#include <string_view>

namespace billow::normalize {

/// What a provider calls its units, and what FOCUS calls them: a table below ingest/.
class UnitNames {
 public:
  explicit UnitNames(std::string_view file) : names_(file) {}
  /// A unit in FOCUS's unit format: "Hours" for "hour". An unknown unit stays as it is; what cannot
  /// be a unit (empty, blank at an end, a number) becomes "Units".
  std::string_view find(std::string_view unit) const noexcept;

 private:
  Renaming names_;
};

}  // namespace billow::normalize
