#include "charge/charge.hpp"

#include <algorithm>

namespace billow {
namespace {

constexpr std::array<std::string_view, text_columns> text_names = {
    "AllocatedMethodDetails",
    "AllocatedMethodId",
    "AllocatedResourceId",
    "AllocatedResourceName",
    "AllocatedTags",
    "AvailabilityZone",
    "BillingAccountId",
    "BillingAccountName",
    "BillingAccountType",
    "BillingCurrency",
    "CapacityReservationId",
    "CapacityReservationStatus",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "CommitmentDiscountCategory",
    "CommitmentDiscountId",
    "CommitmentDiscountName",
    "CommitmentDiscountStatus",
    "CommitmentDiscountType",
    "CommitmentDiscountUnit",
    "CommitmentProgramEligibilityDetails",
    "ConsumedUnit",
    "ContractApplied",
    "HostProviderName",
    "InvoiceDetailId",
    "InvoiceId",
    "InvoiceIssuerName",
    "PricingCategory",
    "PricingCurrency",
    "PricingUnit",
    "RegionId",
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceName",
    "ServiceProviderName",
    "ServiceSubcategory",
    "SkuId",
    "SkuMeter",
    "SkuPriceDetails",
    "SkuPriceId",
    "SubAccountId",
    "SubAccountName",
    "SubAccountType",
};

constexpr std::array<std::string_view, number_columns> number_names = {
    "BilledCost",
    "CommitmentDiscountQuantity",
    "ConsumedQuantity",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "ListCost",
    "ListUnitPrice",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice",
    "PricingQuantity",
};

// The enumerators are in alphabetical order, so a name that slipped shows here.
static_assert(std::is_sorted(text_names.begin(), text_names.end()));
static_assert(std::is_sorted(number_names.begin(), number_names.end()));
static_assert(text_names[static_cast<std::size_t>(TextColumn::SubAccountType)] == "SubAccountType");
static_assert(text_names[static_cast<std::size_t>(TextColumn::ContractApplied)] ==
              "ContractApplied");
static_assert(number_names[static_cast<std::size_t>(NumberColumn::PricingQuantity)] ==
              "PricingQuantity");

}  // namespace

std::string_view name_of(TextColumn column) noexcept {
  return text_names[static_cast<std::size_t>(column)];
}
std::string_view name_of(NumberColumn column) noexcept {
  return number_names[static_cast<std::size_t>(column)];
}

bool is_owner_text(TextColumn column) noexcept {
  return std::ranges::find(owner_texts, column) != owner_texts.end();
}

bool is_json(TextColumn column) noexcept {
  switch (column) {
    case TextColumn::AllocatedMethodDetails:
    case TextColumn::AllocatedTags:
    case TextColumn::CommitmentProgramEligibilityDetails:
    case TextColumn::ContractApplied:
    case TextColumn::SkuPriceDetails:
      return true;
    default:
      return false;
  }
}

void Charge::clear() noexcept {
  texts.fill({});
  numbers.fill({});
  billing_period_start = billing_period_end = charge_period_start = charge_period_end = 0;
  tags = {};
  extra_texts.clear();
  extra_numbers.clear();
  line_item_id = {};
  wording = nullptr;
  owner = nullptr;
}

}  // namespace billow
