#include "normalize/aws_focus.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>

namespace billow::normalize::aws {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(FocusCell::count_)> other_names = {
    "BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart",
    "ChargePeriodEnd",    "ProviderName",     "Tags",
    "x_ServiceCode",      "x_UsageType"};

constexpr auto required_columns = std::to_array<std::string_view>(
    {"BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodStart", "ChargeCategory",
     "ContractedCost", "EffectiveCost", "ChargePeriodStart", "ChargePeriodEnd", "ListCost"});

// Columns of FOCUS 1.0 that AWS writes; later ones are no loss where a file does not have them.
constexpr auto expected_columns = std::to_array<std::string_view>({"AvailabilityZone",
                                                                   "BillingAccountName",
                                                                   "BillingPeriodEnd",
                                                                   "ChargeClass",
                                                                   "ChargeDescription",
                                                                   "ChargeFrequency",
                                                                   "CommitmentDiscountId",
                                                                   "CommitmentDiscountCategory",
                                                                   "CommitmentDiscountName",
                                                                   "CommitmentDiscountStatus",
                                                                   "CommitmentDiscountType",
                                                                   "ConsumedQuantity",
                                                                   "ConsumedUnit",
                                                                   "ContractedUnitPrice",
                                                                   "InvoiceIssuerName",
                                                                   "ListUnitPrice",
                                                                   "PricingCategory",
                                                                   "PricingQuantity",
                                                                   "PricingUnit",
                                                                   "ProviderName",
                                                                   "RegionId",
                                                                   "RegionName",
                                                                   "ResourceId",
                                                                   "ResourceName",
                                                                   "ResourceType",
                                                                   "ServiceCategory",
                                                                   "ServiceName",
                                                                   "SkuId",
                                                                   "SkuPriceId",
                                                                   "SubAccountId",
                                                                   "SubAccountName",
                                                                   "Tags"});

// AWS's own columns, and those of FOCUS that 1.4 no longer has.
constexpr auto kept_focus_columns =
    std::to_array<std::string_view>({"x_CostCategories", "x_Discounts", "x_Operation",
                                     "x_ServiceCode", "x_UsageType", "PublisherName"});

bool is_among(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

ColumnSpec spec_of(std::string_view name) {
  if (is_among(required_columns, name)) return {name, Need::required};
  return {name, is_among(expected_columns, name) ? Need::expected : Need::optional};
}

/// An x_ name with nothing in it but letters, digits and underscores; other names get an x_ and
/// PascalCase.
std::string extra_name(const std::string& name) {
  if (!name.starts_with("x_")) return pascal_extra(name);
  std::string clean;
  for (const char c : name) {
    const bool fits =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (fits) clean += c;
  }
  return clean.size() > 2 ? clean : "x_Column";
}

}  // namespace

Result<FocusBinding> bind_focus(std::span<const std::string> header) {
  const std::vector<std::string> names = header_names(header);
  if (auto unique = check_unique(names); !unique) return unique.error();
  std::vector<ColumnSpec> specs;
  specs.reserve(text_columns + number_columns + other_names.size());
  for (std::size_t i = 0; i < text_columns; ++i)
    specs.push_back(spec_of(name_of(static_cast<TextColumn>(i))));
  for (std::size_t i = 0; i < number_columns; ++i)
    specs.push_back(spec_of(name_of(static_cast<NumberColumn>(i))));
  for (const std::string_view name : other_names) specs.push_back(spec_of(name));

  FocusBinding binding;
  const auto places = find_columns(names, specs, binding.findings.missing);
  if (!places) return places.error();
  auto from = places->begin();
  for (std::size_t& place : binding.texts) place = *from++;
  for (std::size_t& place : binding.numbers) place = *from++;
  for (std::size_t& place : binding.others) place = *from++;
  binding.varying.assign(binding.numbers.begin(), binding.numbers.end());
  for (const FocusCell time : {FocusCell::ChargePeriodStart, FocusCell::ChargePeriodEnd})
    binding.varying.push_back(binding.others[static_cast<std::size_t>(time)]);
  binding.owner = {binding.others[static_cast<std::size_t>(FocusCell::Tags)]};
  for (const TextColumn column : owner_texts)
    binding.owner.push_back(binding.texts[static_cast<std::size_t>(column)]);
  binding.varying.insert(binding.varying.end(), binding.owner.begin(), binding.owner.end());

  std::vector<bool> used(names.size(), false);
  for (const std::size_t place : *places) {
    if (place != no_place && !names[place].starts_with("x_")) used[place] = true;
  }
  ExtraNames extra_names({});
  // A column that has its prefix already keeps its name.
  const std::vector<std::size_t> order = places_by_name(names);
  const auto is_prefixed = [&names](std::size_t place) { return names[place].starts_with("x_"); };
  std::vector<std::size_t> extras;
  std::ranges::copy_if(order, std::back_inserter(extras), is_prefixed);
  std::ranges::copy_if(order, std::back_inserter(extras), std::not_fn(is_prefixed));
  for (const std::size_t place : extras) {
    if (used[place]) continue;
    const bool varies = names[place] == "x_Discounts";
    binding.extras.push_back({place, extra_names.claim(extra_name(names[place])), varies});
    if (varies) binding.varying.push_back(place);
    if (!is_among(kept_focus_columns, names[place]))
      binding.findings.unknown.push_back(names[place]);
  }
  for (std::size_t i = 0; i < text_columns; ++i) {
    binding.kept_texts[i] =
        extra_names.claim("x_" + std::string(name_of(static_cast<TextColumn>(i))));
  }
  for (std::size_t i = 0; i < number_columns; ++i) {
    binding.kept_numbers[i] =
        extra_names.claim("x_" + std::string(name_of(static_cast<NumberColumn>(i))));
  }
  return binding;
}

}  // namespace billow::normalize::aws
