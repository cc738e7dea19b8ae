#include "normalize/aws_focus.hpp"
#include "normalize/aws_tables.hpp"

namespace billow::normalize::aws {

using enum TextColumn;
using N = NumberColumn;

namespace {

void fill(Text& column, Text value) {
  if (column.empty()) column = value;
}

}  // namespace

void FocusRules::lift_parties(const Row& row) {
  const Text provider = cell(row, FocusCell::ProviderName);
  fill(charge_[ServiceProviderName], provider.empty() ? "AWS" : provider);
  fill(charge_[HostProviderName], charge_[ServiceProviderName]);
  fill(charge_[InvoiceIssuerName], charge_[ServiceProviderName]);
  fill(charge_[BillingAccountType], "AWS Payer Account");
  if (!charge_[ChargeClass].empty() && !is_allowed(ChargeClass, charge_[ChargeClass]))
    replace(ChargeClass, {});
  const Text category = charge_[ChargeCategory];
  const Text frequency = charge_[ChargeFrequency];
  const bool fits = is_allowed(ChargeFrequency, frequency) &&
                    !(category == "Purchase" && frequency == "Usage-Based");
  if (!fits) replace(ChargeFrequency, category == "Usage" ? "Usage-Based" : "One-Time");
}

void FocusRules::lift_service(const Row& row) {
  const Text code = cell(row, FocusCell::x_ServiceCode);
  const Service* const by_code = find_service(code);
  fill(charge_[ServiceName], by_code != nullptr ? by_code->name : code);
  fill(charge_[ServiceName], charge_[ServiceProviderName]);
  fill(charge_[SkuMeter], cell(row, FocusCell::x_UsageType));  // where FOCUS 1.0 had it
  if (const Service* const known = find_service_by_name(charge_[ServiceName])) {
    // AWS lists EC2 under Compute and, for its volumes, under Storage; FOCUS wants one category for
    // a service.
    charge_[ServiceCategory] = known->category;
    charge_[ServiceSubcategory] = known->subcategory;
    return;
  }
  if (!is_service_category(charge_[ServiceCategory])) replace(ServiceCategory, "Other");
  const Text category = charge_[ServiceCategory];
  if (category_of(charge_[ServiceSubcategory]) == category) return;
  const bool code_tells =
      charge_[ServiceSubcategory].empty() && by_code != nullptr && by_code->category == category;
  replace(ServiceSubcategory, code_tells ? by_code->subcategory : other_of(category));
}

void FocusRules::put_owner(Charge& charge, const Row& row, const Owner& owner) {
  if (owner.kept != nullptr) return owner.kept->put(charge);
  charge.owner = nullptr;
  for (const TextColumn column : owner_texts)
    charge[column] = without_null(row.field(binding_.texts[static_cast<std::size_t>(column)]));
  if (charge[SubAccountId].empty()) {
    charge[SubAccountName] = charge[SubAccountType] = Text();
  } else {
    fill(charge[SubAccountName], charge[SubAccountId]);
    fill(charge[SubAccountType], "AWS Account");
  }
  if (charge[ResourceId].empty()) {
    charge[ResourceName] = charge[ResourceType] = Text();
  } else {
    fill(charge[ResourceType], "Other");
  }
  charge.tags = owner.tags->tags;
  if (KeptOwner* const place = owners_.claim()) place->keep(charge);
}

void FocusRules::lift_place() {
  if (charge_[RegionId] == "global") charge_[RegionId] = Text();
  if (charge_[RegionId].empty()) {
    charge_[RegionName] = Text();
  } else {
    fill(charge_[RegionName], region_name(charge_[RegionId]));
  }
}

void FocusRules::lift_capacity_reservation() {
  if (charge_[CapacityReservationId].empty()) {
    charge_[CapacityReservationStatus] = Text();
  } else if (!is_allowed(CapacityReservationStatus, charge_[CapacityReservationStatus])) {
    replace(CapacityReservationStatus, charge_[ChargeCategory] == "Usage" ? "Used" : Text());
  }
}

void FocusRules::lift_commitment() {
  const Text id = charge_[CommitmentDiscountId];
  if (id.empty()) {
    for (const TextColumn column :
         {CommitmentDiscountCategory, CommitmentDiscountName, CommitmentDiscountStatus,
          CommitmentDiscountType, CommitmentDiscountUnit}) {
      charge_[column] = Text();
    }
    return;
  }
  if (!is_allowed(CommitmentDiscountCategory, charge_[CommitmentDiscountCategory])) {
    replace(CommitmentDiscountCategory,
            id.find(":savingsplans:") != Text::npos ? "Spend" : "Usage");
  }
  const bool is_plan = charge_[CommitmentDiscountCategory] == "Spend";
  fill(charge_[CommitmentDiscountType], is_plan ? "Savings Plan" : "Reserved Instance");
  const std::size_t separator = id.find_last_of(":/");
  fill(charge_[CommitmentDiscountName], separator == Text::npos ? id : id.substr(separator + 1));
  // What is bought is neither used nor unused yet.
  if (!is_allowed(CommitmentDiscountStatus, charge_[CommitmentDiscountStatus]) ||
      charge_[ChargeCategory] == "Purchase") {
    replace(CommitmentDiscountStatus, {});
  }
}

void FocusRules::lift_currency(const Figures& figures) {
  if (figures.currency_given_up) replace(PricingCurrency, {});
  fill(charge_[PricingCurrency], charge_[BillingCurrency]);
}

void FocusRules::lift_prices(const Figures& figures) {
  if (charge_[ChargeCategory] == "Tax") charge_[SkuId] = Text();
  if (charge_[SkuId].empty()) charge_[SkuMeter] = Text();
  if (!figures.prices_hold) {
    for (const TextColumn column : {SkuPriceId, PricingCategory, PricingUnit, ConsumedUnit,
                                    CommitmentDiscountUnit, SkuPriceDetails}) {
      charge_[column] = Text();
    }
    return;
  }
  const bool buys_commitment =
      !charge_[CommitmentDiscountId].empty() && charge_[ChargeCategory] == "Purchase";
  if (!is_allowed(PricingCategory, charge_[PricingCategory]) ||
      (buys_commitment && charge_[PricingCategory] == "Committed")) {
    const bool is_covered =
        charge_[CommitmentDiscountStatus] == "Used" && charge_[ChargeCategory] == "Usage";
    replace(PricingCategory, is_covered ? "Committed" : "Standard");
  }
  lift_units(figures);
}

void FocusRules::lift_units(const Figures& figures) {
  charge_[PricingUnit] = unit_name(charge_[PricingUnit]);
  if (!figures[N::ConsumedQuantity].has_value()) {
    charge_[ConsumedUnit] = Text();
  } else {
    charge_[ConsumedUnit] =
        charge_[ConsumedUnit].empty() ? charge_[PricingUnit] : unit_name(charge_[ConsumedUnit]);
  }
  if (!figures[N::CommitmentDiscountQuantity].has_value()) {
    charge_[CommitmentDiscountUnit] = Text();
  } else {
    const bool is_plan = charge_[CommitmentDiscountCategory] == "Spend";
    fill(charge_[CommitmentDiscountUnit],
         is_plan ? charge_[BillingCurrency] : charge_[PricingUnit]);
  }
}

}  // namespace billow::normalize::aws
