#include "normalize/amounts.hpp"

#include "base/decimal_divide.hpp"

namespace billow::normalize {

Number derived_price(const Number& cost, const Number& quantity, Scratch& scratch) {
  if (quantity.value.is_zero()) return cost.value.is_zero() ? zero_amount : Number{};
  if (cost.value.is_zero()) return zero_amount;
  const auto price = divide_rounded(cost.value, quantity.value, price_digits);
  if (!price || price->is_negative()) return {};
  // Little for a lot: what was cut off behind the last decimal may be most of the price.
  const bool is_cut = price->is_zero() || price->scale == Decimal::scale_max;
  if (is_cut && !agrees(*price, quantity.value, cost.value)) return {};
  return computed(*price, scratch);
}

}  // namespace billow::normalize
