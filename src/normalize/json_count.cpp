#include "normalize/json_count.hpp"

#include <cmath>

namespace billow::normalize {

void JsonCount::add(Text cell) {
  ++rows;
  Decimal value;
  if (Decimal::parse_plain(cell, value)) {
    sum.add(value);
  } else if (const auto parsed = Decimal::parse(cell)) {
    sum.add(*parsed);
  } else {
    ++unknown;
  }
}

std::optional<DecimalSum> JsonCount::contradicts(const JsonCount& before,
                                                 std::string_view total) const {
  constexpr double rounding = 0.00005;
  if (unknown != before.unknown || total.empty() || total == "null") return std::nullopt;
  DecimalSum since = sum;
  since.subtract(before.sum);
  const auto stated = Decimal::parse(total);
  if (!stated) return since;
  DecimalSum difference = since;
  difference.add(-*stated);
  const double allowed = rounding * static_cast<double>(rows - before.rows + 1);
  if (std::abs(difference.to_double()) <= allowed * (1 + 1e-9)) return std::nullopt;
  return since;
}

}  // namespace billow::normalize
