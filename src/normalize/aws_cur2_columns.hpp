#pragma once

#include "normalize/aws_columns.hpp"

#include <span>
#include <string>
#include <vector>

namespace billow::normalize::aws {

/// The columns of CUR 2.0 that the rules read; the names are those of the file.
enum class Cur2 : std::size_t {
  bill_bill_type,
  bill_billing_entity,
  bill_billing_period_end_date,
  bill_billing_period_start_date,
  bill_invoice_id,
  bill_invoicing_entity,
  bill_payer_account_id,
  bill_payer_account_name,
  capacity_reservation_arn,
  capacity_reservation_status,
  capacity_reservation_type,
  cost_category,
  discount,
  identity_line_item_id,
  identity_time_interval,
  line_item_availability_zone,
  line_item_blended_cost,
  line_item_currency_code,
  line_item_legal_entity,
  line_item_line_item_description,
  line_item_line_item_type,
  line_item_net_unblended_cost,
  line_item_operation,
  line_item_product_code,
  line_item_resource_id,
  line_item_tax_type,
  line_item_unblended_cost,
  line_item_usage_account_id,
  line_item_usage_account_name,
  line_item_usage_amount,
  line_item_usage_end_date,
  line_item_usage_start_date,
  line_item_usage_type,
  pricing_public_on_demand_cost,
  pricing_public_on_demand_rate,
  pricing_purchase_option,
  pricing_rate_code,
  pricing_rate_id,
  pricing_unit,
  product,
  product_instance_family,
  product_instance_type,
  product_region_code,
  product_servicecode,
  product_sku,
  reservation_effective_cost,
  reservation_net_effective_cost,
  reservation_reservation_a_r_n,
  reservation_total_reserved_units,
  reservation_unused_amortized_upfront_fee,
  reservation_net_unused_amortized_upfront_fee,
  reservation_unused_quantity,
  reservation_unused_recurring_fee,
  reservation_net_unused_recurring_fee,
  resource_tags,
  savings_plan_a_r_n,
  savings_plan_effective_cost,
  savings_plan_net_effective_cost,
  savings_plan_total_commitment_to_date,
  savings_plan_used_commitment,
  tags,
  count_
};

/// The column's name in the file, e.g. "line_item_unblended_cost".
std::string_view name_of(Cur2 column) noexcept;

/// A legacy `resourceTags/<key>` column.
struct TagColumn {
  std::size_t place;
  std::string key;       ///< without `user:`
  bool is_name = false;  ///< `user:Name`
};

/// Where everything is in one file.
struct Cur2Binding {
  std::vector<std::size_t> places;  ///< by Cur2; no_place where the file lacks the column
  std::vector<ExtraColumn> extras;
  std::vector<TagColumn> tags;
  /// Columns that differ between lines that are else alike; those of them that tell whose charge it
  /// is, and those among the extras.
  std::vector<std::size_t> varying;
  std::vector<std::size_t> owner;
  std::vector<std::size_t> varying_extras;
  HeaderFindings findings;

  std::size_t operator[](Cur2 column) const noexcept {
    return places[static_cast<std::size_t>(column)];
  }
  bool has(Cur2 column) const noexcept { return (*this)[column] != no_place; }
};

/// Binds a header of CUR 2.0, or of the legacy CUR with its `category/Name` cells. Errc::malformed
/// names every column without which no charge can be made, or one that appears twice.
Result<Cur2Binding> bind_cur2(std::span<const std::string> header);

}  // namespace billow::normalize::aws
