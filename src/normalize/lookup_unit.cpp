#include "normalize/lookup_unit.hpp"

#include "base/decimal.hpp"

namespace billow::normalize {

std::string_view UnitNames::find(std::string_view unit) const noexcept {
  const std::string_view name = names_.find(unit);
  if (!name.empty()) return name;
  const bool fits =
      !unit.empty() && unit.front() != ' ' && unit.back() != ' ' && !Decimal::parse(unit);
  return fits ? unit : "Units";
}

}  // namespace billow::normalize
