#pragma once

#include "charge/number.hpp"
#include "normalize/scratch.hpp"

#include <optional>

namespace billow::normalize {

/// Amounts that rules state themselves.
inline constexpr Number zero_amount{"0", Decimal{0, 0}};

/// Writes a computed amount without the zeros that a product has at its end.
inline Number computed(const Decimal& value, Scratch& scratch) {
  Number number = make_number(value, scratch);
  if (value.scale == 0) return number;
  while (number.text.ends_with('0')) number.text.remove_suffix(1);
  if (number.text.ends_with('.')) number.text.remove_suffix(1);
  if (number.text == "-0") number.text = "0";
  return number;
}

/// Equal in value, without the divisions that comparing decimals of different scale may need.
inline bool same_amount(const Decimal& a, const Decimal& b) noexcept {
  const auto difference = subtract(a, b);
  return difference ? difference->is_zero() : a == b;
}

/// Digits of a price that is derived from a cost and a quantity. FOCUS compares at 1e-9 of the
/// cost.
inline constexpr int price_digits = 20;

/// cost / quantity, null where there is none, where it would be negative, and where so few digits
/// of it can be held that it does not make the cost.
Number derived_price(const Number& cost, const Number& quantity, Scratch& scratch);

/// |price x quantity - cost| <= 1e-9 x max(|cost|, 1): what FOCUS's own validators allow.
inline bool agrees(const Decimal& price, const Decimal& quantity, const Decimal& cost) {
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
