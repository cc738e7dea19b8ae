#include "charge/copies.hpp"
#include "charge/json_text.hpp"
#include "normalize/aws_cur2.hpp"
#include "normalize/aws_prices.hpp"
#include "normalize/aws_tables.hpp"

namespace billow::normalize::aws {

using enum TextColumn;
using N = NumberColumn;

void Cur2Rules::describe_charge(const Cells& cells, const Line& line, const Figures& figures,
                                Scratch& scratch) {
  const ChargeKind& kind = line.kind;
  charge_[ChargeCategory] = kind.category;
  charge_[ChargeFrequency] = kind.frequency;
  if (line.type == LineType::refund && cells[Cur2::bill_bill_type] == "Refund")
    charge_[ChargeClass] = "Correction";
  if (kind.category == "Usage" || kind.category == "Purchase") {
    charge_[SkuId] = cells[Cur2::product_sku];
    if (!charge_[SkuId].empty()) charge_[SkuMeter] = line.usage_type;
  }
  set_price_texts(cells, line, figures, scratch);
  set_capacity_reservation(cells);
  if (kind.names_commitment) set_commitment(line, figures);
}

void Cur2Rules::put_figures(Charge& charge, const Cells& cells, const Line& line,
                            const Figures& figures) {
  charge.charge_period_start = figures.start;
  charge.charge_period_end = figures.end;
  charge.line_item_id = cells[Cur2::identity_line_item_id];
  charge[N::BilledCost] = figures.billed;
  charge[N::EffectiveCost] = figures.effective;
  charge[N::ListCost] = figures.list_cost;
  charge[N::ContractedCost] = is_covered(line.type) ? figures.list_cost : figures.billed;
  // AWS bills in the currency it prices in.
  charge[N::PricingCurrencyEffectiveCost] = figures.effective;
  if (figures.prices.hold) {
    charge[N::ListUnitPrice] = figures.prices.list;
    charge[N::PricingCurrencyListUnitPrice] = figures.prices.list;
    charge[N::ContractedUnitPrice] = figures.prices.contracted;
    charge[N::PricingCurrencyContractedUnitPrice] = figures.prices.contracted;
    charge[N::PricingQuantity] = figures.quantity;
    if (line.kind.category == "Usage") charge[N::ConsumedQuantity] = figures.quantity;
    charge[N::CommitmentDiscountQuantity] = figures.commitment_quantity;
  }
  charge.extra_numbers[0].value = figures.unblended;
  charge.extra_numbers[1].value = figures.net_unblended;
  charge.extra_numbers[2].value = figures.blended;
}

void Cur2Rules::set_price_texts(const Cells& cells, const Line& line, const Figures& figures,
                                Scratch& scratch) {
  Text code = cells[Cur2::pricing_rate_code];
  if (code.empty()) code = cells[Cur2::pricing_rate_id];
  if (code.empty()) return;
  if (!figures.prices.hold) {
    charge_.extra_texts.push_back({"x_PricingRateCode", code});
    return;
  }
  charge_[SkuPriceId] = code;
  charge_[PricingUnit] = unit_name(cells[Cur2::pricing_unit]);
  const bool is_spot = cells[Cur2::pricing_purchase_option].find("Spot") != Text::npos ||
                       line.usage_type.find("Spot") != Text::npos;
  charge_[PricingCategory] = is_covered(line.type) ? "Committed" : is_spot ? "Dynamic" : "Standard";
  if (charge_[ChargeCategory] == "Usage") charge_[ConsumedUnit] = charge_[PricingUnit];
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

void Cur2Rules::set_commitment(const Line& line, const Figures& figures) {
  charge_[CommitmentDiscountId] = line.commitment;
  charge_[CommitmentDiscountName] = last_segment(line.commitment);
  charge_[CommitmentDiscountCategory] = line.is_plan ? "Spend" : "Usage";
  charge_[CommitmentDiscountType] = line.is_plan ? "Savings Plan" : "Reserved Instance";
  charge_[CommitmentDiscountStatus] = line.kind.status;
  if (figures.commitment_quantity.has_value()) {
    charge_[CommitmentDiscountUnit] =
        line.is_plan ? charge_[BillingCurrency] : charge_[PricingUnit];
  }
}

void Cur2Rules::make_unused(const Figures& figures) {
  charge_[ChargeCategory] = "Usage";
  charge_[ChargeFrequency] = "Usage-Based";
  charge_[CommitmentDiscountStatus] = charge_[CommitmentDiscountId].empty() ? Text() : "Unused";
  charge_[N::BilledCost] = zero_amount;
  charge_[N::EffectiveCost] = figures.unused;
  charge_[N::ListCost] = zero_amount;
  charge_[N::ContractedCost] = zero_amount;
  charge_[N::PricingCurrencyEffectiveCost] = figures.unused;
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
