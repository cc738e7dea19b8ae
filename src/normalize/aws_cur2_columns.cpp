#include "normalize/aws_cur2_columns.hpp"

#include "normalize/aws_map_cache.hpp"
#include "normalize/lookup.hpp"

#include <algorithm>
#include <array>

namespace billow::normalize::aws {
namespace {

using enum Need;

constexpr std::array<ColumnSpec, static_cast<std::size_t>(Cur2::count_)> specs = {{
    {"bill_bill_type", expected},
    {"bill_billing_entity", expected},
    {"bill_billing_period_end_date", expected},
    {"bill_billing_period_start_date", required},
    {"bill_invoice_id", expected},
    {"bill_invoicing_entity", expected},
    {"bill_payer_account_id", required},
    {"bill_payer_account_name", expected},
    {"capacity_reservation_capacity_reservation_arn", optional},
    {"capacity_reservation_capacity_reservation_status", optional},
    {"capacity_reservation_capacity_reservation_type", optional},
    {"cost_category", expected},
    {"discount", optional},
    {"identity_line_item_id", expected},
    {"identity_time_interval", optional},
    {"line_item_availability_zone", expected},
    {"line_item_blended_cost", expected},
    {"line_item_currency_code", required},
    {"line_item_legal_entity", expected},
    {"line_item_line_item_description", expected},
    {"line_item_line_item_type", required},
    {"line_item_net_unblended_cost", optional},
    {"line_item_operation", expected},
    {"line_item_product_code", expected},
    {"line_item_resource_id", optional},
    {"line_item_tax_type", expected},
    {"line_item_unblended_cost", required},
    {"line_item_usage_account_id", expected},
    {"line_item_usage_account_name", expected},
    {"line_item_usage_amount", expected},
    {"line_item_usage_end_date", expected},
    {"line_item_usage_start_date", required},
    {"line_item_usage_type", expected},
    {"pricing_public_on_demand_cost", expected},
    {"pricing_public_on_demand_rate", expected},
    {"pricing_purchase_option", expected},
    {"pricing_rate_code", expected},
    {"pricing_rate_id", expected},
    {"pricing_unit", expected},
    {"product", expected},
    {"product_instance_family", expected},
    {"product_instance_type", expected},
    {"product_region_code", expected},
    {"product_servicecode", expected},
    {"product_sku", expected},
    {"reservation_effective_cost", expected},
    {"reservation_net_effective_cost", optional},
    {"reservation_reservation_a_r_n", expected},
    {"reservation_total_reserved_units", expected},
    {"reservation_unused_amortized_upfront_fee_for_billing_period", expected},
    {"reservation_net_unused_amortized_upfront_fee_for_billing_period", optional},
    {"reservation_unused_quantity", optional},
    {"reservation_unused_recurring_fee", expected},
    {"reservation_net_unused_recurring_fee", optional},
    {"resource_tags", expected},
    {"savings_plan_savings_plan_a_r_n", expected},
    {"savings_plan_savings_plan_effective_cost", expected},
    {"savings_plan_net_savings_plan_effective_cost", optional},
    {"savings_plan_total_commitment_to_date", expected},
    {"savings_plan_used_commitment", expected},
    {"tags", optional},
}};

// Columns of CUR 2.0 that FOCUS has no place for. They are kept as x_ columns and are nothing to be
// told about.
constexpr std::string_view kept_columns =
    "discount_bundled_discount discount_total_discount line_item_blended_rate "
    "line_item_iam_principal "
    "line_item_net_unblended_rate line_item_normalization_factor line_item_normalized_usage_amount "
    "line_item_unblended_rate line_item_user_identifier pricing_currency "
    "pricing_lease_contract_length "
    "pricing_offering_class pricing_term product_comment product_fee_code product_fee_description "
    "product_from_location product_from_location_type product_from_region_code product_instancesku "
    "product_location product_location_type product_operation product_pricing_unit "
    "product_product_family "
    "product_to_location product_to_location_type product_to_region_code product_usagetype "
    "reservation_amortized_upfront_cost_for_usage "
    "reservation_amortized_upfront_fee_for_billing_period "
    "reservation_availability_zone reservation_end_time reservation_modification_status "
    "reservation_net_amortized_upfront_cost_for_usage "
    "reservation_net_amortized_upfront_fee_for_billing_period "
    "reservation_net_recurring_fee_for_usage reservation_net_upfront_value "
    "reservation_normalized_units_per_reservation reservation_number_of_reservations "
    "reservation_recurring_fee_for_usage reservation_start_time reservation_subscription_id "
    "reservation_total_reserved_normalized_units reservation_units_per_reservation "
    "reservation_unused_normalized_unit_quantity reservation_upfront_value "
    "savings_plan_amortized_upfront_commitment_for_billing_period savings_plan_end_time "
    "savings_plan_instance_type_family "
    "savings_plan_net_amortized_upfront_commitment_for_billing_period "
    "savings_plan_net_recurring_commitment_for_billing_period savings_plan_offering_type "
    "savings_plan_payment_option savings_plan_purchase_term "
    "savings_plan_recurring_commitment_for_billing_period "
    "savings_plan_region savings_plan_savings_plan_rate savings_plan_start_time "
    "split_line_item_actual_usage "
    "split_line_item_net_split_cost split_line_item_net_unused_cost "
    "split_line_item_parent_resource_id "
    "split_line_item_public_on_demand_split_cost split_line_item_public_on_demand_unused_cost "
    "split_line_item_reserved_usage split_line_item_split_cost split_line_item_split_usage "
    "split_line_item_split_usage_ratio split_line_item_unused_cost ";

bool is_kept(std::string_view name) {
  static const TextIndex index = [] {
    std::vector<std::string_view> names;
    for (std::string_view rest = kept_columns; !rest.empty();) {
      const std::size_t blank = rest.find(' ');
      names.push_back(rest.substr(0, blank));
      rest.remove_prefix(blank + 1);
    }
    return TextIndex(std::move(names));
  }();
  return index.find(name) != TextIndex::none;
}

/// Times, amounts and ids: what differs between the lines of one resource. A column that is missing
/// here costs time, not exactness.
constexpr auto varying_columns = std::to_array<Cur2>(
    {Cur2::discount, Cur2::identity_line_item_id, Cur2::identity_time_interval,
     Cur2::line_item_blended_cost, Cur2::line_item_net_unblended_cost,
     Cur2::line_item_unblended_cost, Cur2::line_item_usage_amount, Cur2::line_item_usage_end_date,
     Cur2::line_item_usage_start_date, Cur2::pricing_public_on_demand_cost,
     Cur2::reservation_effective_cost, Cur2::reservation_net_effective_cost,
     Cur2::savings_plan_effective_cost, Cur2::savings_plan_net_effective_cost});

/// Whose charge it is, with the legacy tag columns.
constexpr auto owner_columns =
    std::to_array<Cur2>({Cur2::line_item_resource_id, Cur2::line_item_usage_account_id,
                         Cur2::line_item_usage_account_name, Cur2::resource_tags, Cur2::tags});

/// The same of columns that the rules only keep, by what their names end in.
bool varies(std::string_view name) noexcept {
  constexpr auto ends =
      std::to_array<std::string_view>({"_amount", "_cost", "_discount", "_interval", "_principal",
                                       "_ratio", "_resource_id", "_usage", "_user_identifier"});
  return std::any_of(ends.begin(), ends.end(),
                     [name](std::string_view end) { return name.ends_with(end); });
}

constexpr std::string_view tag_category = "resourceTags/";

TagColumn tag_column(std::size_t place, std::string_view header) {
  const std::string_view key = header.substr(tag_category.size());
  std::string text(key);
  const std::string_view tag = tag_key(text.data(), text.size());
  return {place, std::string(tag), key == "user:Name"};
}

/// Some exports shorten the doubled prefix.
std::string current_name(std::string name) {
  if (name == "capacity_reservation_arn" || name == "capacity_reservation_status" ||
      name == "capacity_reservation_type") {
    name.insert(0, "capacity_reservation_");
  }
  return name;
}

/// Gives every column that the rules do not read its x_ name.
Result<Cur2Binding> claim_extras(Cur2Binding binding, std::span<const std::string> cells,
                                 std::span<const std::string> names) {
  for (const Cur2 column : varying_columns) {
    if (binding.has(column)) binding.varying.push_back(binding[column]);
  }
  std::vector<bool> used(names.size(), false);
  for (const std::size_t place : binding.places) {
    if (place != no_place) used[place] = true;
  }
  ExtraNames extra_names({"x_LineItemType", "x_BillType", "x_ServiceCode", "x_UsageType",
                          "x_Operation", "x_UnblendedCost", "x_NetUnblendedCost", "x_BlendedCost",
                          "x_LegalEntity", "x_TaxType", "x_CostCategories", "x_Discounts",
                          "x_PricingRateCode"});
  for (const TagColumn& column : binding.tags) binding.owner.push_back(column.place);
  for (const Cur2 column : owner_columns) {
    if (binding.has(column)) binding.owner.push_back(binding[column]);
  }
  binding.varying.insert(binding.varying.end(), binding.owner.begin(), binding.owner.end());
  for (const std::size_t place : places_by_name(cells)) {
    const bool is_read = std::any_of(specs.begin(), specs.end(),
                                     [&](const ColumnSpec& s) { return s.name == names[place]; });
    // Two spellings of one column: which of them is right cannot be known.
    if (is_read && !used[place])
      return Error{Errc::malformed, "column '" + names[place] + "' appears twice in the header"};
    // The interval only stands in for a missing end date; it has no FOCUS column of its own.
    const bool keeps_its_text = binding[Cur2::identity_time_interval] == place;
    if ((used[place] && !keeps_its_text) || cells[place].starts_with(tag_category)) continue;
    binding.extras.push_back(
        {place, extra_names.claim(pascal_extra(names[place])), varies(names[place])});
    if (binding.extras.back().varies) {
      binding.varying.push_back(place);
      binding.varying_extras.push_back(place);
    }
    if (!used[place] && !is_kept(names[place])) binding.findings.unknown.push_back(cells[place]);
  }
  return binding;
}

}  // namespace

std::string_view name_of(Cur2 column) noexcept {
  return specs[static_cast<std::size_t>(column)].name;
}

Result<Cur2Binding> bind_cur2(std::span<const std::string> header) {
  const std::vector<std::string> cells = header_names(header);
  if (auto unique = check_unique(cells); !unique) return unique.error();
  Cur2Binding binding;
  std::vector<std::string> names;
  for (std::size_t place = 0; place < cells.size(); ++place) {
    const bool is_tag = cells[place].starts_with(tag_category);
    names.push_back(is_tag ? std::string() : current_name(snake_name(cells[place])));
  }
  for (const std::size_t place : places_by_name(cells)) {
    if (cells[place].starts_with(tag_category))
      binding.tags.push_back(tag_column(place, cells[place]));
  }
  auto places = find_columns(names, specs, binding.findings.missing);
  if (!places) return places.error();
  binding.places = *std::move(places);

  if (!binding.has(Cur2::line_item_usage_end_date) && !binding.has(Cur2::identity_time_interval)) {
    return Error{
        Errc::malformed,
        "no charge can be made without line_item_usage_end_date or identity_time_interval"};
  }
  return claim_extras(std::move(binding), cells, names);
}

}  // namespace billow::normalize::aws
