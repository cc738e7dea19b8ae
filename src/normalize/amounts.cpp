#include "normalize/amounts.hpp"

#include "base/decimal_divide.hpp"

#include <optional>

namespace billow::normalize {

Number derived_price(const Number& cost, const Number& quantity, Scratch& scratch) {
  if (quantity.value.is_zero()) return cost.value.is_zero() ? zero_amount : Number{};
  if (cost.value.is_zero()) return zero_amount;
  const auto price = divide_rounded(cost.value, quantity.value, price_digits);
  if (!price || price->is_negative()) return {};
  return computed(*price, scratch);
}

bool agrees(const Decimal& price, const Decimal& quantity, const Decimal& cost) {
  constexpr Decimal tolerance{1, 9};
  const auto product = multiply(price, quantity);
  auto difference = product ? subtract(*product, cost) : std::nullopt;
  if (!difference) return false;
  if (difference->is_zero()) return true;
  if (difference->is_negative()) difference = -*difference;
  const auto relative = multiply(cost.is_negative() ? -cost : cost, tolerance);
  const auto below_absolute = subtract(*difference, tolerance);
  const auto below_relative = relative ? subtract(*difference, *relative) : std::nullopt;
  const auto is_within = [](const std::optional<Decimal>& rest) {
    return rest && (rest->is_negative() || rest->is_zero());
  };
  return is_within(below_absolute) || is_within(below_relative);
}

}  // namespace billow::normalize
