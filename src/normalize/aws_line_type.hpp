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

/// What FOCUS calls a line.
struct ChargeKind {
  std::string_view category = "Usage";
  std::string_view frequency = "One-Time";
  std::string_view status;        ///< CommitmentDiscountStatus of a line that a commitment covers
  bool is_prepaid = false;        ///< its effective cost is 0: the usage it pays for bears it
  bool names_commitment = false;  ///< CommitmentDiscountId says which commitment it belongs to
};

/// `committed`: the line names a savings plan or a reservation.
ChargeKind kind_of(LineType type, bool committed) noexcept;

constexpr bool is_covered(LineType type) noexcept {
  return type == LineType::discounted_usage || type == LineType::savings_plan_covered_usage;
}

/// Fees that state how much of a commitment nothing used: their lines become two charges.
constexpr bool has_unused_part(LineType type) noexcept {
  return type == LineType::ri_fee || type == LineType::savings_plan_recurring_fee;
}

}  // namespace billow::normalize::aws
