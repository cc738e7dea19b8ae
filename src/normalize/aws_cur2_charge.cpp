#include "charge/json_text.hpp"
#include "normalize/aws_cur2.hpp"
#include "normalize/aws_prices.hpp"
#include "normalize/aws_tables.hpp"

namespace billow::normalize::aws {

using enum TextColumn;
using N = NumberColumn;

namespace {

constexpr std::string_view used = "Used";
constexpr std::string_view unused = "Unused";

}  // namespace

bool Cur2Rules::make_charge(const Cells& cells, const Line& line, Scratch& scratch) {
  const bool committed = !line.commitment.empty();
  std::string_view category = "Usage";
  std::string_view frequency = "One-Time";
  std::string_view status;
  Number billed = line.cost;
  Number effective = line.cost;
  bool names_commitment = false;
  switch (line.type) {
    case LineType::discounted_usage:
    case LineType::savings_plan_covered_usage:
      frequency = "Usage-Based";
      status = used;
      billed = zero_amount;
      effective = line.effective;
      names_commitment = committed;
      break;
    case LineType::ri_fee:
    case LineType::savings_plan_recurring_fee:
      category = "Purchase";
      frequency = "Recurring";
      effective = zero_amount;
      names_commitment = committed;
      break;
    case LineType::savings_plan_upfront_fee:
      category = "Purchase";
      effective = zero_amount;
      names_commitment = committed;
      break;
    case LineType::fee:
      category = "Purchase";
      if (committed) effective = zero_amount;
      names_commitment = committed;
      break;
    case LineType::refund:
      // The refund of a commitment's fee is a negative purchase, so that purchases and shares still
      // balance.
      if (committed) {
        category = "Purchase";
        effective = zero_amount;
      }
      names_commitment = committed;
      if (cells[Cur2::bill_bill_type] == "Refund") charge_[ChargeClass] = "Correction";
      break;
    case LineType::credit:
      category = "Credit";
      break;
    case LineType::tax:
      category = "Tax";
      break;
    default:
      frequency = "Usage-Based";
      break;  // Usage and discounts
  }
  charge_[ChargeCategory] = category;
  charge_[ChargeFrequency] = frequency;
  set_costs(billed, effective, line.list_cost, is_covered(line.type) ? line.list_cost : billed);
  if (category == "Usage" || category == "Purchase") {
    charge_[SkuId] = cells[Cur2::product_sku];
    if (!charge_[SkuId].empty()) charge_[SkuMeter] = line.usage_type;
  }
  set_prices(cells, line, status, scratch);
  set_resource(cells, line, names_commitment && status != used, scratch);
  set_capacity_reservation(cells);
  if (!names_commitment) return true;
  set_commitment(line, status);
  return set_commitment_quantity(cells, line, status, scratch);
}

void Cur2Rules::set_costs(const Number& billed, const Number& effective, const Number& list,
                          const Number& contracted) {
  charge_[N::BilledCost] = billed;
  charge_[N::EffectiveCost] = effective;
  charge_[N::ListCost] = list;
  charge_[N::ContractedCost] = contracted;
  // AWS bills in the currency it prices in.
  charge_[PricingCurrency] = charge_[BillingCurrency];
  charge_[N::PricingCurrencyEffectiveCost] = effective;
}

void Cur2Rules::set_prices(const Cells& cells, const Line& line, std::string_view status,
                           Scratch& scratch) {
  Text code = cells[Cur2::pricing_rate_code];
  if (code.empty()) code = cells[Cur2::pricing_rate_id];
  if (code.empty()) return;
  UnitPrices prices;
  if (!charge_[SkuId].empty() && line.quantity.has_value()) {
    prices = unit_prices(charge_[N::ListCost], charge_[N::ContractedCost], line.quantity,
                         line.list_from_rate ? line.rate : Number{}, line.rate, scratch);
  }
  if (!prices.hold) {
    charge_.extra_texts.push_back({"x_PricingRateCode", code});
    return;
  }
  charge_[SkuPriceId] = code;
  charge_[N::ListUnitPrice] = prices.list;
  charge_[N::PricingCurrencyListUnitPrice] = prices.list;
  charge_[N::ContractedUnitPrice] = prices.contracted;
  charge_[N::PricingCurrencyContractedUnitPrice] = prices.contracted;
  charge_[N::PricingQuantity] = line.quantity;
  charge_[PricingUnit] = unit_name(cells[Cur2::pricing_unit]);
  const bool is_spot = cells[Cur2::pricing_purchase_option].find("Spot") != Text::npos ||
                       line.usage_type.find("Spot") != Text::npos;
  charge_[PricingCategory] = status == used ? "Committed" : is_spot ? "Dynamic" : "Standard";
  if (charge_[ChargeCategory] == "Usage") {
    charge_[N::ConsumedQuantity] = charge_[N::PricingQuantity];
    charge_[ConsumedUnit] = charge_[PricingUnit];
  }
  set_details(cells, line, scratch);
}

void Cur2Rules::set_details(const Cells& cells, const Line& line, Scratch& scratch) {
  const Text type = cells[Cur2::product_instance_type];
  const Text series = cells[Cur2::product_instance_family];
  const std::string& more = line.product->details;
  if (type.empty() && series.empty() && more.empty()) return;
  constexpr std::size_t names_bytes_max = 64;
  char* const start = scratch.take(names_bytes_max +
                                   escaped_bytes_max * (type.size() + series.size()) + more.size());
  char* at = start;
  const auto put = [&at](std::string_view name, Text value) {
    if (value.empty()) return;
    at = copy_to(at, "\"");
    at = copy_to(at, name);
    at = copy_to(at, "\":\"");
    at = escape_to(at, value);
    at = copy_to(at, "\",");
  };
  *at++ = '{';
  put("InstanceType", type);
  put("InstanceSeries", series);
  at = copy_to(at, more);
  at[-1] = '}';  // every member ends with a comma
  charge_[SkuPriceDetails] = {start, static_cast<std::size_t>(at - start)};
}

void Cur2Rules::set_commitment(const Line& line, std::string_view status) {
  charge_[CommitmentDiscountId] = line.commitment;
  charge_[CommitmentDiscountName] = last_segment(line.commitment);
  charge_[CommitmentDiscountCategory] = line.is_plan ? "Spend" : "Usage";
  charge_[CommitmentDiscountType] = line.is_plan ? "Savings Plan" : "Reserved Instance";
  charge_[CommitmentDiscountStatus] = status;
}

bool Cur2Rules::set_commitment_quantity(const Cells& cells, const Line& line,
                                        std::string_view status, Scratch& scratch) {
  if (charge_[SkuPriceId].empty()) return true;
  Number quantity;
  if (status == used) {
    quantity = line.is_plan ? line.effective : line.quantity;
  } else if (line.is_plan) {
    if (!amount(cells, Cur2::savings_plan_total_commitment_to_date, scratch, quantity))
      return false;
  } else {
    if (!amount(cells, Cur2::reservation_total_reserved_units, scratch, quantity)) return false;
  }
  if (quantity.has_value()) {
    charge_[N::CommitmentDiscountQuantity] = quantity;
    charge_[CommitmentDiscountUnit] =
        line.is_plan ? charge_[BillingCurrency] : charge_[PricingUnit];
  }
  return true;
}

void Cur2Rules::make_unused(const Line& line) {
  charge_[ChargeCategory] = "Usage";
  charge_[ChargeFrequency] = "Usage-Based";
  charge_[CommitmentDiscountStatus] = charge_[CommitmentDiscountId].empty() ? Text() : unused;
  set_costs(zero_amount, line.unused, zero_amount, zero_amount);
  if (charge_[SkuPriceId].empty()) return;
  charge_.extra_texts.push_back({"x_PricingRateCode", charge_[SkuPriceId]});
  for (const TextColumn column :
       {SkuPriceId, SkuPriceDetails, PricingCategory, PricingUnit, CommitmentDiscountUnit}) {
    charge_[column] = Text();
  }
  for (const N column :
       {N::ListUnitPrice, N::ContractedUnitPrice, N::PricingCurrencyListUnitPrice,
        N::PricingCurrencyContractedUnitPrice, N::PricingQuantity, N::CommitmentDiscountQuantity}) {
    charge_[column] = Number{};
  }
}

}  // namespace billow::normalize::aws
