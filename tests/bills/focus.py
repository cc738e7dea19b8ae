"""AWS's FOCUS 1.0 and 1.2 rows to FOCUS 1.4 charges, after ingest/aws/focus/README.md and the specification."""

from functools import lru_cache, cache

from . import lookups
from .cur2 import pascal
from .values import Unreadable, instant, json_map, number, quotient

COSTS = ("BilledCost", "ContractedCost", "EffectiveCost", "ListCost")
NUMBERS = COSTS + (
    "CommitmentDiscountQuantity", "ConsumedQuantity", "ContractedUnitPrice", "ListUnitPrice",
    "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost", "PricingCurrencyListUnitPrice",
    "PricingQuantity",
)  # fmt: skip
INSTANTS = ("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd")
TEXTS = (
    "AvailabilityZone", "BillingAccountId", "BillingAccountName", "BillingAccountType", "BillingCurrency",
    "CapacityReservationId", "CapacityReservationStatus", "ChargeCategory", "ChargeClass", "ChargeDescription",
    "ChargeFrequency", "CommitmentDiscountCategory", "CommitmentDiscountId", "CommitmentDiscountName",
    "CommitmentDiscountStatus", "CommitmentDiscountType", "CommitmentDiscountUnit", "ConsumedUnit", "InvoiceId",
    "InvoiceIssuerName", "PricingCategory", "PricingCurrency", "PricingUnit", "RegionId", "RegionName",
    "ResourceId", "ResourceName", "ResourceType", "ServiceCategory", "ServiceName", "ServiceSubcategory", "SkuId",
    "SkuMeter", "SkuPriceId", "SubAccountId", "SubAccountName", "SubAccountType",
)  # fmt: skip
ELSEWHERE = {"ProviderName", "Tags", "SkuPriceDetails"}
# What FOCUS 1.3 and later want null where SkuPriceId is.
ON_SKU_PRICE = (
    "SkuPriceId", "ListUnitPrice", "ContractedUnitPrice", "PricingCurrencyListUnitPrice",
    "PricingCurrencyContractedUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit", "ConsumedQuantity",
    "ConsumedUnit", "CommitmentDiscountQuantity", "CommitmentDiscountUnit", "SkuPriceDetails",
)  # fmt: skip


@cache
def services_by_name() -> dict[str, tuple[str, str]]:
    return {name: (category, sub) for name, category, sub in lookups.table("aws", "services").values()}


def charges(row: dict) -> list[dict]:
    out: dict = {name: row.get(name) for name in TEXTS}
    out |= {name: number(row.get(name)) for name in NUMBERS}
    out |= {name: instant(row.get(name)) for name in INSTANTS}
    for name in (*COSTS, *INSTANTS):
        if out[name] is None:
            raise Unreadable(f"no {name}")
    out["@timestamp"] = out["ChargePeriodStart"]
    parties(out, row)
    what(out, row)
    prices(out, row)
    tags(out, row)
    for column, value in row.items():
        if column in out or column in ELSEWHERE or not value or value == "{}":
            continue
        out[column if column.startswith("x_") else pascal(column)] = value
    return [{name: value for name, value in out.items() if value not in (None, "")}]


def parties(out: dict, row: dict) -> None:
    provider = row.get("ProviderName") or "AWS"
    out["ServiceProviderName"] = out["HostProviderName"] = provider
    out["InvoiceIssuerName"] = out["InvoiceIssuerName"] or provider
    out["BillingAccountType"] = out["BillingAccountType"] or "AWS Payer Account"
    if out["SubAccountId"]:
        out["SubAccountName"] = out["SubAccountName"] or out["SubAccountId"]
        out["SubAccountType"] = out["SubAccountType"] or "AWS Account"


def what(out: dict, row: dict) -> None:
    known = services_by_name().get(out["ServiceName"])
    if known:  # one category for each service, whatever the file says
        out["ServiceCategory"], out["ServiceSubcategory"] = known
    elif not out["ServiceSubcategory"]:
        out["ServiceSubcategory"] = f"Other ({out['ServiceCategory']})"
    if out["RegionId"]:
        region = (
            out["RegionName"] or lookups.table("aws", "regions").get(out["RegionId"], (out["RegionId"],))[0]
        )
        out["RegionName"] = region
    if out["ResourceId"]:
        out["ResourceType"] = out["ResourceType"] or "Other"
    if out["ChargeCategory"] == "Tax":
        out["SkuId"] = None
    out["SkuMeter"] = (out["SkuMeter"] or row.get("x_UsageType")) if out["SkuId"] else None


def prices(out: dict, row: dict) -> None:
    out["PricingCurrency"] = out["PricingCurrency"] or out["BillingCurrency"]
    if out["PricingCurrencyEffectiveCost"] is None:
        out["PricingCurrencyEffectiveCost"] = out["EffectiveCost"]
    out["SkuPriceDetails"] = json_map(row.get("SkuPriceDetails")) or None
    quantity = out["PricingQuantity"]
    priced = out["SkuPriceId"] and out["SkuId"] and out["ChargeCategory"] != "Tax" and quantity is not None
    if priced:
        for price, cost in (("ListUnitPrice", "ListCost"), ("ContractedUnitPrice", "ContractedCost")):
            if out[price] is None and quantity != 0:
                out[price] = quotient(out[cost], quantity)
            if out[f"PricingCurrency{price}"] is None:
                out[f"PricingCurrency{price}"] = out[price]
            priced = priced and out[price] is not None and out[price] >= 0
    if not priced:
        out |= dict.fromkeys(ON_SKU_PRICE)
        return
    out["PricingUnit"] = out["PricingUnit"] or "Units"
    if out["ChargeCategory"] != "Usage" or out["CommitmentDiscountStatus"] == "Unused":
        out["ConsumedQuantity"] = out["ConsumedUnit"] = None
    elif out["ConsumedQuantity"] is not None:
        out["ConsumedUnit"] = out["ConsumedUnit"] or out["PricingUnit"]


def tags(out: dict, row: dict) -> None:
    found = {key: True if value in ("", None) else value for key, value in json_map(row.get("Tags")).items()}
    if found:
        out["Tags"] = found
        out["x_Tags"] = [key if value is True else f"{key}={value}" for key, value in found.items()]
