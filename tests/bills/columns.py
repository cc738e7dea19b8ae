"""The columns of a CUR 2.0 export, in the alphabetical order in which AWS delivers them."""


def names(prefix: str, text: str) -> list[str]:
    return [f"{prefix}_{name}" for name in text.split()]


ALL = sorted(
    ["cost_category", "discount", "product", "resource_tags"]
    + names(
        "bill",
        """bill_type billing_entity billing_period_end_date billing_period_start_date invoice_id invoicing_entity
        payer_account_id payer_account_name""",
    )
    + names("identity", "line_item_id time_interval")
    + names("discount", "bundled_discount total_discount")
    + names(
        "line_item",
        """availability_zone blended_cost blended_rate currency_code legal_entity line_item_description
        line_item_type normalization_factor normalized_usage_amount operation product_code resource_id tax_type
        unblended_cost unblended_rate usage_account_id usage_account_name usage_amount usage_end_date
        usage_start_date usage_type""",
    )
    + names(
        "pricing",
        """currency lease_contract_length offering_class public_on_demand_cost public_on_demand_rate
        purchase_option rate_code rate_id term unit""",
    )
    + names(
        "product",
        """comment fee_code fee_description from_location from_location_type from_region_code instance_family
        instance_type instancesku location location_type operation pricing_unit product_family region_code
        servicecode sku to_location to_location_type to_region_code usagetype""",
    )
    + names(
        "reservation",
        """amortized_upfront_cost_for_usage amortized_upfront_fee_for_billing_period availability_zone
        effective_cost end_time modification_status normalized_units_per_reservation number_of_reservations
        recurring_fee_for_usage reservation_a_r_n start_time subscription_id total_reserved_normalized_units
        total_reserved_units units_per_reservation unused_amortized_upfront_fee_for_billing_period
        unused_normalized_unit_quantity unused_quantity unused_recurring_fee upfront_value""",
    )
    + names(
        "savings_plan",
        """amortized_upfront_commitment_for_billing_period end_time instance_type_family offering_type
        payment_option purchase_term recurring_commitment_for_billing_period region savings_plan_a_r_n
        savings_plan_effective_cost savings_plan_rate start_time total_commitment_to_date used_commitment""",
    )
)

# What a payer with a negotiated discount has in addition.
NET = [
    "line_item_net_unblended_cost",
    "line_item_net_unblended_rate",
    "reservation_net_effective_cost",
    "reservation_net_unused_amortized_upfront_fee_for_billing_period",
    "reservation_net_unused_recurring_fee",
    "savings_plan_net_savings_plan_effective_cost",
]

# The fifty that a cost export usually selects.
COMMON = sorted(
    """bill_bill_type bill_billing_entity bill_billing_period_end_date bill_billing_period_start_date
    bill_invoice_id bill_invoicing_entity bill_payer_account_id bill_payer_account_name cost_category
    identity_line_item_id identity_time_interval line_item_availability_zone line_item_blended_cost
    line_item_currency_code line_item_legal_entity line_item_line_item_description line_item_line_item_type
    line_item_operation line_item_product_code line_item_resource_id line_item_tax_type line_item_unblended_cost
    line_item_usage_account_id line_item_usage_account_name line_item_usage_amount line_item_usage_end_date
    line_item_usage_start_date line_item_usage_type pricing_public_on_demand_cost pricing_public_on_demand_rate
    pricing_rate_code pricing_rate_id pricing_term pricing_unit product product_instance_type
    product_region_code product_servicecode product_sku reservation_effective_cost
    reservation_reservation_a_r_n reservation_total_reserved_units
    reservation_unused_amortized_upfront_fee_for_billing_period reservation_unused_recurring_fee resource_tags
    savings_plan_savings_plan_a_r_n savings_plan_savings_plan_effective_cost
    savings_plan_total_commitment_to_date savings_plan_used_commitment product_product_family""".split()
)

MAPS = {"cost_category", "discount", "product", "resource_tags"}
DOUBLE_ENDS = ("_cost", "_factor", "_quantity", "_fee", "_amount", "_discount", "_usage")


def type_of(column: str) -> str:
    if column in MAPS:
        return "map"
    if column.endswith("_date"):
        return "timestamp"
    if column.endswith(DOUBLE_ENDS) or "commitment" in column or "unused_" in column:
        return "double"
    return "string"
