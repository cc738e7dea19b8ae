#pragma once

#include "charge/charge.hpp"
#include "normalize/scratch.hpp"

namespace billow::normalize::aws {

/// Unit prices for which cost = price x quantity holds.
struct UnitPrices {
  bool hold = false;  ///< false: there are no such prices, or they would be negative
  Number list;
  Number contracted;
};

/// Derives both prices. `list_rate` is the price the list cost was made from, null if it was not;
/// `rate` is what stands in when nothing was used. With quantity 0 prices hold only where both
/// costs are 0.
UnitPrices unit_prices(const Number& list_cost, const Number& contracted_cost,
                       const Number& quantity, const Number& list_rate, const Number& rate,
                       Scratch& scratch);

}  // namespace billow::normalize::aws
