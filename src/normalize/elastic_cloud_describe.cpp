#include "normalize/elastic_cloud.hpp"
#include "normalize/elastic_cloud_tables.hpp"

namespace billow::normalize::elastic_cloud {

using enum TextColumn;
using N = NumberColumn;

namespace {

/// Null for an empty text.
Number whole_number(Text digits) noexcept {
  Decimal value;
  return Decimal::parse_plain(digits, value) ? Number{digits, value} : Number{};
}

}  // namespace

void CostRules::describe_parties() {
  constexpr Text provider = "Elastic";
  charge_[BillingAccountId] = account_;
  charge_[BillingAccountType] = "Elastic Cloud Organization";
  charge_[BillingCurrency] = currency_;
  charge_[ChargeCategory] = "Usage";
  charge_[ChargeFrequency] = "Usage-Based";
  charge_[InvoiceIssuerName] = provider;
  // FOCUS 1.4 wants a currency of ISO 4217 here, which ECU is not.
  charge_[PricingCurrency] = currency_;
  charge_[ServiceProviderName] = provider;
  keep("x_PricingCurrency", "ECU");
}

void CostRules::describe_instance(const Row& row) {
  const Text type = cell(row, Cell::instance_type);
  const Service& service = service_of(type);
  charge_[ServiceCategory] = service.category;
  charge_[ServiceName] = service.name;
  charge_[ServiceSubcategory] = service.subcategory;
  keep("x_InstanceType", type);
  const Text id = cell(row, Cell::instance_id);
  if (id.empty()) return;
  const Text name = cell(row, Cell::instance_name);
  charge_[ResourceId] = id;
  if (name != id) charge_[ResourceName] = name;
  charge_[ResourceType] = service.resource.empty() ? Text("Other") : service.resource;
}

void CostRules::describe_sku(const Row& row) {
  const Text text = cell(row, Cell::sku);
  const Text name = cell(row, Cell::name);
  const bool is_deployment = cell(row, Cell::instance_type) == "deployment";
  const Sku sku = is_deployment ? read_deployment_sku(text) : read_project_sku(text);
  charge_[ChargeDescription] = name.empty() ? text : name;
  charge_[HostProviderName] = sku.host;
  charge_[RegionId] = sku.region;
  charge_[RegionName] = sku.region;
  charge_[SkuId] = text;
  if (!text.empty()) charge_[SkuMeter] = cell(row, Cell::type);
  keep("x_InstanceConfiguration", sku.configuration);
  keep("x_Kind", cell(row, Cell::kind));
  keep("x_LineItemType", cell(row, Cell::type));
  keep("x_MemoryPerZoneMB", whole_number(sku.memory_mb));
  keep("x_ZoneCount", whole_number(sku.zones));
}

void CostRules::put_costs(const Amounts& amounts) {
  // The page knows neither a list price in the billing currency nor a discount.
  for (const N cost : {N::BilledCost, N::ContractedCost, N::EffectiveCost, N::ListCost,
                       N::PricingCurrencyEffectiveCost}) {
    charge_[cost] = amounts.cost;
  }
  keep("x_PricingCurrencyEffectiveCost", amounts.ecu);
  keep("x_PricingCurrencyListUnitPrice", amounts.rate);
}

void CostRules::put_prices(const Row& row, const Amounts& amounts, Scratch& scratch) {
  const Number price = charge_[SkuId].empty() ? Number{} : unit_price(amounts, scratch);
  const Text unit = cell(row, Cell::unit);
  if (!price.has_value()) {
    // FOCUS has no quantity without a price.
    keep("x_PricingQuantity", amounts.quantity);
    keep("x_PricingUnit", unit);
    return;
  }
  for (const N column : {N::ContractedUnitPrice, N::ListUnitPrice,
                         N::PricingCurrencyContractedUnitPrice, N::PricingCurrencyListUnitPrice}) {
    charge_[column] = price;
  }
  charge_[N::PricingQuantity] = amounts.quantity;
  charge_[N::ConsumedQuantity] = amounts.quantity;
  charge_[PricingUnit] = unit_name(unit);
  charge_[ConsumedUnit] = charge_[PricingUnit];
  charge_[PricingCategory] = "Standard";
  charge_[SkuPriceId] = charge_[SkuId];
}

void CostRules::keep(Text name, Text value) {
  if (!value.empty()) charge_.extra_texts.push_back({name, value});
}

void CostRules::keep(Text name, const Number& value) {
  if (value.has_value()) charge_.extra_numbers.push_back({name, value});
}

}  // namespace billow::normalize::elastic_cloud
