#include "normalize/aws_line_type.hpp"

namespace billow::normalize::aws {

LineType line_type_of(std::string_view name) noexcept {
  const auto when = [name](std::string_view expected, LineType type) {
    return name == expected ? type : LineType::unknown;
  };
  // Hardly two names are of one length, so that one comparison decides nearly always.
  switch (name.size()) {
    case 3:
      return name == "Tax" ? LineType::tax : when("Fee", LineType::fee);
    case 5:
      return name == "Usage" ? LineType::usage : when("RIFee", LineType::ri_fee);
    case 6:
      return name == "Credit" ? LineType::credit : when("Refund", LineType::refund);
    case 15:
      if (name == "DiscountedUsage") return LineType::discounted_usage;
      break;  // BundledDiscount
    case 19:
      if (name == "SavingsPlanNegation") return LineType::savings_plan_negation;
      break;  // PrivateRateDiscount, DistributorDiscount
    case 21:
      if (name == "SavingsPlanUpfrontFee") return LineType::savings_plan_upfront_fee;
      break;
    case 23:
      if (name == "SavingsPlanCoveredUsage") return LineType::savings_plan_covered_usage;
      if (name == "SavingsPlanRecurringFee") return LineType::savings_plan_recurring_fee;
      break;
    default:
      break;
  }
  return name.ends_with("Discount") ? LineType::discount : LineType::unknown;
}

ChargeKind kind_of(LineType type, bool committed) noexcept {
  ChargeKind kind;
  switch (type) {
    case LineType::discounted_usage:
    case LineType::savings_plan_covered_usage:
      kind.frequency = "Usage-Based";
      kind.status = "Used";
      kind.names_commitment = committed;
      break;
    case LineType::ri_fee:
    case LineType::savings_plan_recurring_fee:
      kind.category = "Purchase";
      kind.frequency = "Recurring";
      kind.is_prepaid = true;
      kind.names_commitment = committed;
      break;
    case LineType::savings_plan_upfront_fee:
      kind.category = "Purchase";
      kind.is_prepaid = true;
      kind.names_commitment = committed;
      break;
    case LineType::fee:
      kind.category = "Purchase";
      kind.is_prepaid = committed;
      kind.names_commitment = committed;
      break;
    case LineType::refund:
      // The refund of a commitment's fee is a negative purchase, so that purchases and shares still
      // balance.
      if (committed) kind.category = "Purchase";
      kind.is_prepaid = committed;
      kind.names_commitment = committed;
      break;
    case LineType::credit:
      kind.category = "Credit";
      break;
    case LineType::tax:
      kind.category = "Tax";
      break;
    default:
      kind.frequency = "Usage-Based";
      break;  // Usage and discounts
  }
  return kind;
}

}  // namespace billow::normalize::aws
