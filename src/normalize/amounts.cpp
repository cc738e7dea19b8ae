#include "normalize/amounts.hpp"

#include "base/decimal_divide.hpp"

namespace billow::normalize {

Number derived_price(const Number& cost, const Number& quantity, Scratch& scratch) {
  if (quantity.value.is_zero()) return cost.value.is_zero() ? zero_amount : Number{};
  if (cost.value.is_zero()) return zero_amount;
  const auto price = divide_rounded(cost.value, quantity.value, price_digits);
  if (!price || price->is_negative()) return {};
  return computed(*price, scratch);
}

}  // namespace billow::normalize
