#include "normalize/aws_focus.hpp"
#include "normalize/aws_prices.hpp"
#include "normalize/aws_tables.hpp"
#include "normalize/lookup_currency.hpp"

namespace billow::normalize::aws {

using enum TextColumn;
using N = NumberColumn;

namespace {

void fill(Text& column, Text value) {
  if (column.empty()) column = value;
}

/// |price x quantity - cost| <= 1e-9 x max(|cost|, 1): what FOCUS's own validators allow.
bool agrees(const Decimal& price, const Decimal& quantity, const Decimal& cost) {
  constexpr Decimal tolerance{1, 9};
  const auto product = multiply(price, quantity);
  auto difference = product ? subtract(*product, cost) : std::nullopt;
  if (!difference) return false;
  if (difference->is_zero()) return true;
  if (difference->is_negative()) difference = -*difference;
  const auto relative = multiply(cost.is_negative() ? -cost : cost, tolerance);
  const auto below_absolute = subtract(*difference, tolerance);
  const auto below_relative = relative ? subtract(*difference, *relative) : std::nullopt;
  const auto is_within = [](const std::optional<Decimal>& rest) {
    return rest && (rest->is_negative() || rest->is_zero());
  };
  return is_within(below_absolute) || is_within(below_relative);
}

}  // namespace

void FocusRules::lift_parties(const Row& row) {
  const Text provider = cell(row, FocusCell::ProviderName);
  fill(charge_[ServiceProviderName], provider.empty() ? "AWS" : provider);
  fill(charge_[HostProviderName], charge_[ServiceProviderName]);
  fill(charge_[InvoiceIssuerName], charge_[ServiceProviderName]);
  fill(charge_[BillingAccountType], "AWS Payer Account");
  if (charge_[SubAccountId].empty()) {
    charge_[SubAccountName] = charge_[SubAccountType] = Text();
  } else {
    fill(charge_[SubAccountName], charge_[SubAccountId]);
    fill(charge_[SubAccountType], "AWS Account");
  }
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

void FocusRules::lift_place_and_resource() {
  if (charge_[RegionId] == "global") charge_[RegionId] = Text();
  if (charge_[RegionId].empty()) {
    charge_[RegionName] = Text();
  } else {
    fill(charge_[RegionName], region_name(charge_[RegionId]));
  }
  if (charge_[ResourceId].empty()) {
    charge_[ResourceName] = charge_[ResourceType] = Text();
  } else {
    fill(charge_[ResourceType], "Other");
  }
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
    charge_[N::CommitmentDiscountQuantity] = Number{};
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
  if (!is_allowed(CommitmentDiscountStatus, charge_[CommitmentDiscountStatus]))
    replace(CommitmentDiscountStatus, {});
}

void FocusRules::lift_currency() {
  const Text billing = charge_[BillingCurrency];
  const bool is_other = !charge_[PricingCurrency].empty() && charge_[PricingCurrency] != billing;
  // A cost in another currency cannot be made up: without it the billing currency stands.
  if (is_other && (!is_currency(charge_[PricingCurrency]) ||
                   !charge_[N::PricingCurrencyEffectiveCost].has_value())) {
    replace(PricingCurrency, {});
    // Figures in the currency that was given up say nothing in the one that stands instead.
    for (const N figure : {N::PricingCurrencyEffectiveCost, N::PricingCurrencyListUnitPrice,
                           N::PricingCurrencyContractedUnitPrice}) {
      replace(figure, {});
    }
  }
  fill(charge_[PricingCurrency], billing);
  if (!charge_[N::PricingCurrencyEffectiveCost].has_value()) {
    charge_[N::PricingCurrencyEffectiveCost] = charge_[N::EffectiveCost];
  }
}

void FocusRules::lift_prices(Scratch& scratch) {
  if (charge_[ChargeCategory] == "Tax") charge_[SkuId] = Text();
  if (charge_[SkuId].empty()) charge_[SkuMeter] = Text();
  if (!set_unit_prices(scratch)) {
    drop_prices();
    return;
  }
  if (!is_allowed(PricingCategory, charge_[PricingCategory])) {
    const bool is_covered =
        charge_[CommitmentDiscountStatus] == "Used" && charge_[ChargeCategory] == "Usage";
    replace(PricingCategory, is_covered ? "Committed" : "Standard");
  }
  charge_[PricingUnit] = unit_name(charge_[PricingUnit]);
  if (charge_[ChargeCategory] != "Usage" || charge_[CommitmentDiscountStatus] == "Unused") {
    charge_[N::ConsumedQuantity] = Number{};
  }
  if (!charge_[N::ConsumedQuantity].has_value()) {
    charge_[ConsumedUnit] = Text();
  } else {
    charge_[ConsumedUnit] =
        charge_[ConsumedUnit].empty() ? charge_[PricingUnit] : unit_name(charge_[ConsumedUnit]);
  }
  if (!charge_[N::CommitmentDiscountQuantity].has_value()) {
    charge_[CommitmentDiscountUnit] = Text();
  } else {
    const bool is_plan = charge_[CommitmentDiscountCategory] == "Spend";
    fill(charge_[CommitmentDiscountUnit],
         is_plan ? charge_[BillingCurrency] : charge_[PricingUnit]);
  }
}

bool FocusRules::set_unit_prices(Scratch& scratch) {
  return !charge_[SkuPriceId].empty() && !charge_[SkuId].empty() &&
         charge_[N::PricingQuantity].has_value() &&
         set_unit_price(N::ListUnitPrice, N::PricingCurrencyListUnitPrice, N::ListCost, scratch) &&
         set_unit_price(N::ContractedUnitPrice, N::PricingCurrencyContractedUnitPrice,
                        N::ContractedCost, scratch);
}

bool FocusRules::set_unit_price(NumberColumn price, NumberColumn in_pricing_currency,
                                NumberColumn cost, Scratch& scratch) {
  const Number& quantity = charge_[N::PricingQuantity];
  const Number stated = charge_[price];
  if (stated.has_value() && stated.value.is_negative()) return false;
  if (!stated.has_value() || !agrees(stated.value, quantity.value, charge_[cost].value)) {
    if (quantity.value.is_zero()) return false;
    const Number derived = derived_price(charge_[cost], quantity, scratch);
    if (!derived.has_value()) return false;
    replace(price, derived);
  }
  const bool fits =
      charge_[in_pricing_currency].has_value() && !charge_[in_pricing_currency].value.is_negative();
  if (!fits && charge_[PricingCurrency] == charge_[BillingCurrency])
    charge_[in_pricing_currency] = charge_[price];
  return true;
}

void FocusRules::drop_prices() {
  for (const TextColumn column : {SkuPriceId, PricingCategory, PricingUnit, ConsumedUnit,
                                  CommitmentDiscountUnit, SkuPriceDetails}) {
    charge_[column] = Text();
  }
  for (const NumberColumn column :
       {N::ListUnitPrice, N::ContractedUnitPrice, N::PricingCurrencyListUnitPrice,
        N::PricingCurrencyContractedUnitPrice, N::PricingQuantity, N::ConsumedQuantity,
        N::CommitmentDiscountQuantity}) {
    charge_[column] = Number{};
  }
}

}  // namespace billow::normalize::aws
