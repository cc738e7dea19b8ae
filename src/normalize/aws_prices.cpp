#include "normalize/aws_prices.hpp"

#include "normalize/aws_cells.hpp"

namespace billow::normalize::aws {

UnitPrices unit_prices(const Number& list_cost, const Number& contracted_cost,
                       const Number& quantity, const Number& list_rate, const Number& rate,
                       Scratch& scratch) {
  UnitPrices prices;
  if (quantity.value.is_zero()) {
    if (!list_cost.value.is_zero() || !contracted_cost.value.is_zero()) return prices;
    prices.list = rate.has_value() ? rate : zero_amount;
    prices.contracted = prices.list;
  } else {
    prices.list = list_rate.has_value() ? list_rate : derived_price(list_cost, quantity, scratch);
    if (!prices.list.has_value()) return prices;
    prices.contracted = same_amount(list_cost.value, contracted_cost.value)
                            ? prices.list
                            : derived_price(contracted_cost, quantity, scratch);
  }
  prices.hold = prices.contracted.has_value() && !prices.list.value.is_negative();
  return prices;
}

}  // namespace billow::normalize::aws
