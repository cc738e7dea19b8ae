#pragma once

#include "base/decimal.hpp"

#include <optional>

namespace billow {

/// a / b: exact where the quotient ends within 38 digits, else rounded half to even to
/// `significant_digits` (1..38), or to the 38th decimal where that comes first. nullopt when b is
/// zero or the quotient has more than 38 digits before its point. The only division there is: for
/// prices derived from a cost and a quantity, never for money that is added up.
std::optional<Decimal> divide_rounded(const Decimal& a, const Decimal& b,
                                      int significant_digits) noexcept;

}  // namespace billow
