#pragma once

#include <cstdint>
#include <string_view>

namespace billow::normalize::aws {

/// line_item_line_item_type of CUR, as far as it decides about the charge.
enum class LineType : std::uint8_t {
  usage,
  discounted_usage,  ///< covered by a reservation
  savings_plan_covered_usage,
  savings_plan_negation,
  ri_fee,
  savings_plan_recurring_fee,
  savings_plan_upfront_fee,
  fee,
  credit,
  refund,
  tax,
  discount,  ///< Discount and every type that ends in it: EdpDiscount, BundledDiscount, ...
  unknown,
};

/// Case matters: AWS's names are fixed.
LineType line_type_of(std::string_view name) noexcept;

constexpr bool is_covered(LineType type) noexcept {
  return type == LineType::discounted_usage || type == LineType::savings_plan_covered_usage;
}

}  // namespace billow::normalize::aws
