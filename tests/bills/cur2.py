"""CUR 2.0 rows to FOCUS 1.4 charges, after ingest/aws/cur2/README.md and nothing else."""

from decimal import Decimal

from . import lookups
from .values import ZERO, Unreadable, add, instant, json_map, multiply, number, quotient

NEGATION = "SavingsPlanNegation"
COVERED = {"DiscountedUsage", "SavingsPlanCoveredUsage"}
RECURRING_FEES = {"RIFee", "SavingsPlanRecurringFee"}
FEES = RECURRING_FEES | {"SavingsPlanUpfrontFee", "Fee"}
MAPS = {"cost_category", "discount", "product", "resource_tags"}

# Columns that have a place in the contract's table; every other filled column becomes x_PascalCase.
USED = MAPS | set(
    """bill_bill_type bill_billing_entity bill_billing_period_end_date bill_billing_period_start_date
    bill_invoice_id bill_invoicing_entity bill_payer_account_id bill_payer_account_name identity_line_item_id
    line_item_availability_zone line_item_blended_cost line_item_currency_code line_item_legal_entity
    line_item_line_item_description line_item_line_item_type line_item_net_unblended_cost line_item_operation
    line_item_product_code line_item_resource_id line_item_tax_type line_item_unblended_cost
    line_item_usage_account_id line_item_usage_account_name line_item_usage_amount line_item_usage_end_date
    line_item_usage_start_date line_item_usage_type pricing_public_on_demand_cost
    pricing_public_on_demand_rate pricing_purchase_option pricing_rate_code pricing_rate_id pricing_unit
    product_instance_family product_instance_type product_region_code product_servicecode product_sku
    reservation_effective_cost reservation_net_effective_cost reservation_reservation_a_r_n
    reservation_total_reserved_units reservation_unused_amortized_upfront_fee_for_billing_period
    reservation_net_unused_amortized_upfront_fee_for_billing_period reservation_unused_quantity
    reservation_unused_recurring_fee reservation_net_unused_recurring_fee savings_plan_savings_plan_a_r_n
    savings_plan_savings_plan_effective_cost savings_plan_net_savings_plan_effective_cost
    savings_plan_total_commitment_to_date savings_plan_used_commitment
    capacity_reservation_capacity_reservation_arn capacity_reservation_capacity_reservation_status
    capacity_reservation_capacity_reservation_type capacity_reservation_arn capacity_reservation_status
    capacity_reservation_type""".split()
)


def pascal(column: str) -> str:
    return "x_" + "".join(part[:1].upper() + part[1:] for part in column.split("_"))


def first(row: dict, *columns: str) -> str | None:
    """The first of the columns that is there and filled."""
    for column in columns:
        if row.get(column):
            return row[column]
    return None


def amount(row: dict, *columns: str) -> Decimal | None:
    return number(first(row, *columns))


def line_type(row: dict) -> str:
    return row.get("line_item_line_item_type", "")


def plan_and_hour(row: dict) -> tuple[str, str]:
    return row.get("savings_plan_savings_plan_a_r_n", ""), instant(row["line_item_usage_start_date"]) or ""


def charges(row: dict) -> list[dict]:
    """The charges of one row, or Unreadable. Null columns are left out."""
    kind = line_type(row)
    if kind == NEGATION:
        return []
    cost = amount(row, "line_item_net_unblended_cost", "line_item_unblended_cost")
    if cost is None:
        raise Unreadable("no cost")
    arn = first(row, "savings_plan_savings_plan_a_r_n", "reservation_reservation_a_r_n")
    if kind == "Usage":
        return [charge(row, "Usage", "Usage-Based", cost, cost)]
    if kind == "DiscountedUsage":
        effective = amount(row, "reservation_net_effective_cost", "reservation_effective_cost")
        return [charge(row, "Usage", "Usage-Based", ZERO, add(effective), arn, "Used")]
    if kind == "SavingsPlanCoveredUsage":
        effective = amount(
            row, "savings_plan_net_savings_plan_effective_cost", "savings_plan_savings_plan_effective_cost"
        )
        return [charge(row, "Usage", "Usage-Based", ZERO, add(effective), arn, "Used")]
    if kind in RECURRING_FEES:
        made = [charge(row, "Purchase", "Recurring", cost, ZERO, arn)]
        unused = unused_share(row, kind)
        if unused != 0:
            made.append(charge(row, "Usage", "Usage-Based", ZERO, unused, arn, "Unused"))
        return made
    if kind == "SavingsPlanUpfrontFee":
        return [charge(row, "Purchase", "One-Time", cost, ZERO, arn)]
    if kind == "Fee":
        return [charge(row, "Purchase", "One-Time", cost, ZERO if arn else cost, arn)]
    if kind in ("Credit", "Tax"):
        return [charge(row, kind, "One-Time", cost, cost)]
    if kind == "Refund":
        if arn:
            return [charge(row, "Purchase", "One-Time", cost, ZERO, arn)]
        return [charge(row, "Usage", "One-Time", cost, cost)]
    if kind.endswith("Discount"):
        return [charge(row, "Usage", "Usage-Based", cost, cost)]
    raise Unreadable(f"unknown line item type {kind!r}")


def unused_share(row: dict, kind: str) -> Decimal:
    if kind == "RIFee":
        upfront = "unused_amortized_upfront_fee_for_billing_period"
        recurring = "unused_recurring_fee"
        return add(
            amount(row, f"reservation_net_{upfront}", f"reservation_{upfront}"),
            amount(row, f"reservation_net_{recurring}", f"reservation_{recurring}"),
        )
    total = add(amount(row, "savings_plan_total_commitment_to_date"))
    return add(total, -add(amount(row, "savings_plan_used_commitment")))


def charge(
    row: dict,
    category: str,
    frequency: str,
    billed: Decimal,
    effective: Decimal,
    commitment: str | None = None,
    status: str | None = None,
) -> dict:
    kind = line_type(row)
    out: dict = {"ChargeCategory": category, "ChargeFrequency": frequency}
    if kind == "Refund" and row.get("bill_bill_type") == "Refund":
        out["ChargeClass"] = "Correction"
    rate = number(row.get("pricing_public_on_demand_rate"))
    quantity = number(row.get("line_item_usage_amount"))
    listed, from_rate = list_cost(row, kind, billed, rate, quantity)
    contracted = listed if kind in COVERED else billed
    currency = row.get("line_item_currency_code")
    if status == "Unused":
        listed, contracted, from_rate = ZERO, ZERO, False
    out |= {
        "BilledCost": billed,
        "EffectiveCost": effective,
        "ListCost": listed,
        "ContractedCost": contracted,
        "BillingCurrency": currency,
        "PricingCurrency": currency,
        "PricingCurrencyEffectiveCost": effective,
    }
    periods_and_parties(out, row)
    where_and_what(out, row, category, commitment, status)
    prices(out, row, status, listed, contracted, quantity, rate if from_rate else None, rate)
    commitments(out, row, commitment, status, effective)
    extras(out, row)
    return {k: v for k, v in out.items() if v not in (None, "")}


def list_cost(row, kind, billed, rate, quantity) -> tuple[Decimal, bool]:
    if kind == "Usage" or kind in COVERED:
        if rate is not None and quantity is not None:
            return multiply(rate, quantity), True
        on_demand = number(row.get("pricing_public_on_demand_cost"))
        if on_demand is not None:
            return on_demand, False
    return billed, False


def periods_and_parties(out: dict, row: dict) -> None:
    start = instant(row.get("line_item_usage_start_date"))
    marketplace = row.get("bill_billing_entity") == "AWS Marketplace"
    seller = json_map(row.get("product")).get("vendor") or row.get("line_item_legal_entity")
    account = row.get("line_item_usage_account_id")
    out |= {
        "@timestamp": start,
        "ChargePeriodStart": start,
        "ChargePeriodEnd": instant(row.get("line_item_usage_end_date")),
        "BillingPeriodStart": instant(row.get("bill_billing_period_start_date")),
        "BillingPeriodEnd": instant(row.get("bill_billing_period_end_date")),
        "ChargeDescription": row.get("line_item_line_item_description"),
        "BillingAccountId": row.get("bill_payer_account_id"),
        "BillingAccountName": row.get("bill_payer_account_name"),
        "BillingAccountType": "AWS Payer Account",
        "SubAccountId": account,
        "SubAccountName": (row.get("line_item_usage_account_name") or account) if account else None,
        "SubAccountType": "AWS Account" if account else None,
        "ServiceProviderName": (seller if marketplace else None) or "AWS",
        "HostProviderName": "AWS",
        "InvoiceIssuerName": row.get("bill_invoicing_entity") or "AWS",
        "InvoiceId": row.get("bill_invoice_id"),
    }
    for needed in ("ChargePeriodStart", "ChargePeriodEnd", "BillingPeriodStart", "BillingPeriodEnd"):
        if not out[needed]:
            raise Unreadable(f"no {needed}")


def tags_of(row: dict) -> dict:
    tags = {}
    for key, value in json_map(row.get("resource_tags")).items():
        if key.startswith(("user_", "user:")):
            key = key[5:]
        elif key.startswith("aws_"):
            key = "aws:" + key[4:]
        tags[key] = True if value in ("", None) else value
    return tags


def resource_type(resource: str) -> str:
    if resource.startswith("i-"):
        return "ec2 instance"
    if resource.startswith("arn:"):
        parts = resource.split(":", 5)
        if len(parts) == 6 and parts[2]:
            kind = parts[5].replace(":", "/").split("/")
            if len(kind) > 1 and kind[0]:
                return f"{parts[2]} {kind[0]}"
    return "Other"


def where_and_what(out: dict, row: dict, category: str, commitment: str | None, status: str | None) -> None:
    code = first(row, "line_item_product_code", "product_servicecode")
    service = lookups.table("aws", "services").get(code or "", (code, "Other", "Other (Other)"))
    region = row.get("product_region_code")
    region = None if region in (None, "", "global") else region
    resource = row.get("line_item_resource_id")
    if commitment and status != "Used":
        resource = commitment
    tags = tags_of(row)
    named = json_map(row.get("resource_tags"))
    sku = None if category in ("Tax", "Credit") else row.get("product_sku")
    zone = row.get("line_item_availability_zone")
    out |= {
        "ServiceName": service[0],
        "ServiceCategory": service[1],
        "ServiceSubcategory": service[2],
        "RegionId": region,
        "RegionName": lookups.table("aws", "regions").get(region, (region,))[0] if region else None,
        "AvailabilityZone": zone,
        "ResourceId": resource,
        "ResourceName": (named.get("user_name") or named.get("user:Name")) if resource else None,
        "ResourceType": resource_type(resource) if resource else None,
        "SkuId": sku,
        "SkuMeter": row.get("line_item_usage_type") if sku else None,
        "x_ServiceCode": code,
    }
    if tags:
        out["Tags"] = tags
        out["x_Tags"] = [k if v is True else f"{k}={v}" for k, v in tags.items()]
    reserved = first(row, "capacity_reservation_capacity_reservation_arn", "capacity_reservation_arn")
    if reserved:
        out["CapacityReservationId"] = reserved
        said = first(row, "capacity_reservation_capacity_reservation_type", "capacity_reservation_type") or ""
        if "unused" in said.lower():
            out["CapacityReservationStatus"] = "Unused"
        elif category == "Usage":
            out["CapacityReservationStatus"] = "Used"


def prices(out, row, status, listed, contracted, quantity, list_rate, rate) -> None:
    """Everything that hangs on SkuPriceId: unit prices, quantities, units, category."""
    code = first(row, "pricing_rate_code", "pricing_rate_id")
    allowed = out["ChargeCategory"] in ("Usage", "Purchase") and status != "Unused" and out.get("SkuId")
    list_price = contracted_price = None
    if allowed and code and quantity is not None:
        if quantity != 0:
            list_price = list_rate if list_rate is not None else quotient(listed, quantity)
            contracted_price = list_price if listed == contracted else quotient(contracted, quantity)
        elif listed == 0 and contracted == 0:
            list_price = contracted_price = rate if rate is not None else ZERO
    if list_price is None or list_price < 0 or contracted_price < 0:
        out["x_PricingRateCode"] = code
        return
    unit = row.get("pricing_unit")
    unit = lookups.table("aws", "units").get(unit, (unit,))[0] if unit else "Units"
    option, meter = row.get("pricing_purchase_option", ""), row.get("line_item_usage_type", "")
    category = "Dynamic" if "Spot" in option or "Spot" in meter else "Standard"
    out |= {
        "SkuPriceId": code,
        "PricingCategory": "Committed" if status == "Used" else category,
        "PricingQuantity": quantity,
        "PricingUnit": unit,
        "ListUnitPrice": list_price,
        "ContractedUnitPrice": contracted_price,
        "PricingCurrencyListUnitPrice": list_price,
        "PricingCurrencyContractedUnitPrice": contracted_price,
    }
    if out["ChargeCategory"] == "Usage":
        out["ConsumedQuantity"], out["ConsumedUnit"] = quantity, unit
    details = sku_price_details(row)
    if details:
        out["SkuPriceDetails"] = details


def sku_price_details(row: dict) -> dict:
    product = json_map(row.get("product"))
    details = {
        "InstanceType": row.get("product_instance_type"),
        "InstanceSeries": row.get("product_instance_family"),
        "OperatingSystem": product.get("operating_system"),
        "StorageClass": product.get("storage_class"),
    }
    try:
        details["CoreCount"] = number(str(product.get("vcpu") or ""))
    except Unreadable:
        pass  # AWS writes N/A and the like
    return {k: v for k, v in details.items() if v not in (None, "")}


def commitments(out: dict, row: dict, arn: str | None, status: str | None, effective: Decimal) -> None:
    if not arn:
        return
    plan = bool(row.get("savings_plan_savings_plan_a_r_n"))
    out |= {
        "CommitmentDiscountId": arn,
        "CommitmentDiscountName": arn.replace(":", "/").rsplit("/", 1)[-1],
        "CommitmentDiscountCategory": "Spend" if plan else "Usage",
        "CommitmentDiscountType": "Savings Plan" if plan else "Reserved Instance",
        "CommitmentDiscountStatus": status,
    }
    if "SkuPriceId" not in out:
        return
    if status == "Used":
        quantity = effective if plan else out["PricingQuantity"]
    elif plan:
        quantity = amount(row, "savings_plan_total_commitment_to_date")
    else:
        quantity = amount(row, "reservation_total_reserved_units")
    if quantity is not None:
        out["CommitmentDiscountQuantity"] = quantity
        out["CommitmentDiscountUnit"] = out["BillingCurrency"] if plan else out["PricingUnit"]


def extras(out: dict, row: dict) -> None:
    out |= {
        "x_LineItemType": row.get("line_item_line_item_type"),
        "x_BillType": row.get("bill_bill_type"),
        "x_UsageType": row.get("line_item_usage_type"),
        "x_Operation": row.get("line_item_operation"),
        "x_UnblendedCost": number(row.get("line_item_unblended_cost")),
        "x_NetUnblendedCost": number(row.get("line_item_net_unblended_cost")),
        "x_BlendedCost": number(row.get("line_item_blended_cost")),
        "x_LegalEntity": row.get("line_item_legal_entity"),
        "x_TaxType": row.get("line_item_tax_type"),
        "x_LineItemId": row.get("identity_line_item_id"),
    }
    for column, name in (("cost_category", "x_CostCategories"), ("discount", "x_Discounts")):
        if json_map(row.get(column)):
            out[name] = row[column]
    for column, value in row.items():
        if value and column not in USED:
            out[pascal(column)] = value
