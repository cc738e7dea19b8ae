"""A CUR 2.0 loader as people write one: csv, a dictionary a row, and elasticsearch-py's parallel_bulk.

    python_loader.py URL INDEX ROOT FILE.csv.gz...     prints {"documents": N} when all are acknowledged

It fills the fields that billow fills for the same row, with floats where billow keeps decimals, and makes no
control totals, no slices and no second pass.
"""

import csv
import gzip
import hashlib
import json
import sys
from functools import lru_cache
from pathlib import Path

from elasticsearch import Elasticsearch
from elasticsearch.helpers import parallel_bulk

ROOT = Path(sys.argv[3])


def table(name):
    with open(ROOT / "ingest" / "aws" / f"{name}.csv", encoding="utf-8") as text:
        return {row[0]: row[1:] for row in csv.reader(text)}


SERVICES, REGIONS, UNITS = table("services"), table("regions"), table("units")
TEXTS = {
    "BillingAccountId": "bill_payer_account_id",
    "BillingAccountName": "bill_payer_account_name",
    "BillingCurrency": "line_item_currency_code",
    "PricingCurrency": "line_item_currency_code",
    "InvoiceId": "bill_invoice_id",
    "ChargeDescription": "line_item_line_item_description",
    "SubAccountId": "line_item_usage_account_id",
    "SubAccountName": "line_item_usage_account_name",
    "AvailabilityZone": "line_item_availability_zone",
    "SkuId": "product_sku",
    "SkuMeter": "line_item_usage_type",
    "InvoiceIssuerName": "bill_invoicing_entity",
    "x_LineItemType": "line_item_line_item_type",
    "x_BillType": "bill_bill_type",
    "x_ServiceCode": "line_item_product_code",
    "x_UsageType": "line_item_usage_type",
    "x_Operation": "line_item_operation",
    "x_LegalEntity": "line_item_legal_entity",
    "x_TaxType": "line_item_tax_type",
    "x_LineItemId": "identity_line_item_id",
    "x_IdentityTimeInterval": "identity_time_interval",
    "x_CostCategories": "cost_category",
    "x_PricingTerm": "pricing_term",
    "x_ProductProductFamily": "product_product_family",
}
COVERED = {
    "SavingsPlanCoveredUsage": "savings_plan_savings_plan_effective_cost",
    "DiscountedUsage": "reservation_effective_cost",
}
FEES = {"RIFee", "SavingsPlanRecurringFee", "SavingsPlanUpfrontFee", "Fee"}


@lru_cache(maxsize=4096)
def tags_of(text):
    tags = {}
    for key, value in json.loads(text).items():
        if key.startswith(("user_", "user:")):
            key = key[5:]
        elif key.startswith("aws_"):
            key = "aws:" + key[4:]
        tags[key] = value or True
    return tags, [f"{key}={value}" for key, value in tags.items()]


@lru_cache(maxsize=4096)
def instant(text):
    return text.replace(".000Z", "Z")


def details_of(row):
    product = json.loads(row["product"]) if row["product"] else {}
    details = {
        "InstanceType": row["product_instance_type"],
        "OperatingSystem": product.get("operating_system"),
        "StorageClass": product.get("storage_class"),
    }
    if product.get("vcpu", "").isdigit():
        details["CoreCount"] = int(product["vcpu"])
    return {key: value for key, value in details.items() if value}


def documents(row):
    kind = row["line_item_line_item_type"]
    if kind == "SavingsPlanNegation":
        return
    cost = float(row["line_item_unblended_cost"])
    quantity = float(row["line_item_usage_amount"] or 0)
    plan, reservation = row["savings_plan_savings_plan_a_r_n"], row["reservation_reservation_a_r_n"]
    arn = plan or reservation
    document = {name: row[column] for name, column in TEXTS.items() if row[column]}
    code = row["line_item_product_code"] or row["product_servicecode"]
    service = SERVICES.get(code, (code, "Other", "Other (Other)"))
    region = row["product_region_code"]
    document.update(
        {
            "@timestamp": instant(row["line_item_usage_start_date"]),
            "ChargePeriodStart": instant(row["line_item_usage_start_date"]),
            "ChargePeriodEnd": instant(row["line_item_usage_end_date"]),
            "BillingPeriodStart": instant(row["bill_billing_period_start_date"]),
            "BillingPeriodEnd": instant(row["bill_billing_period_end_date"]),
            "BillingAccountType": "AWS Payer Account",
            "SubAccountType": "AWS Account",
            "ServiceProviderName": (
                "AWS" if row["bill_billing_entity"] != "AWS Marketplace" else row["line_item_legal_entity"]
            ),
            "HostProviderName": "AWS",
            "ServiceName": service[0],
            "ServiceCategory": service[1],
            "ServiceSubcategory": service[2],
            "BilledCost": cost,
            "EffectiveCost": cost,
            "ContractedCost": cost,
            "ListCost": cost,
            "ChargeCategory": "Usage",
            "ChargeFrequency": "Usage-Based",
            "x_UnblendedCost": cost,
            "x_BlendedCost": float(row["line_item_blended_cost"] or 0),
        }
    )
    if region and region != "global":
        document["RegionId"] = region
        document["RegionName"] = REGIONS.get(region, (region,))[0]
    if row["resource_tags"]:
        document["Tags"], document["x_Tags"] = tags_of(row["resource_tags"])
    resource = row["line_item_resource_id"]
    if resource:
        document["ResourceId"] = resource
        document["ResourceType"] = "ec2 instance" if resource.startswith("i-") else "Other"
        name = document.get("Tags", {}).get("name")
        if name:
            document["ResourceName"] = name
    if kind in ("Credit", "Tax"):
        document["ChargeCategory"] = kind
        document["ChargeFrequency"] = "One-Time"
    elif kind in FEES:
        document["ChargeCategory"] = "Purchase"
        document["ChargeFrequency"] = (
            "Recurring" if kind in ("RIFee", "SavingsPlanRecurringFee") else "One-Time"
        )
        if arn:
            document["EffectiveCost"] = 0
            document["ResourceId"] = arn
    else:
        rate = row["pricing_public_on_demand_rate"]
        if rate:
            document["ListCost"] = float(rate) * quantity
        if kind in COVERED:
            document["BilledCost"] = 0
            document["ContractedCost"] = document["ListCost"]
            document["EffectiveCost"] = float(row[COVERED[kind]] or 0)
            document["CommitmentDiscountStatus"] = "Used"
        if row["pricing_rate_code"] and row["product_sku"] and quantity:
            unit = UNITS.get(row["pricing_unit"], (row["pricing_unit"],))[0]
            document.update(
                {
                    "SkuPriceId": row["pricing_rate_code"],
                    "PricingQuantity": quantity,
                    "ConsumedQuantity": quantity,
                    "PricingUnit": unit,
                    "ConsumedUnit": unit,
                    "ListUnitPrice": document["ListCost"] / quantity,
                    "ContractedUnitPrice": document["ContractedCost"] / quantity,
                    "PricingCurrencyListUnitPrice": document["ListCost"] / quantity,
                    "PricingCurrencyContractedUnitPrice": document["ContractedCost"] / quantity,
                    "PricingCategory": (
                        "Committed"
                        if kind in COVERED
                        else "Dynamic" if "Spot" in row["line_item_usage_type"] else "Standard"
                    ),
                }
            )
            details = details_of(row)
            if details:
                document["SkuPriceDetails"] = details
    document["PricingCurrencyEffectiveCost"] = document["EffectiveCost"]
    if arn:
        document.update(
            {
                "CommitmentDiscountId": arn,
                "CommitmentDiscountName": arn.rsplit("/", 1)[-1],
                "CommitmentDiscountCategory": "Spend" if plan else "Usage",
                "CommitmentDiscountType": "Savings Plan" if plan else "Reserved Instance",
            }
        )
    yield document
    unused = unused_part(row, kind)
    if unused:
        yield document | {
            "ChargeCategory": "Usage",
            "ChargeFrequency": "Usage-Based",
            "BilledCost": 0,
            "ContractedCost": 0,
            "ListCost": 0,
            "EffectiveCost": unused,
            "PricingCurrencyEffectiveCost": unused,
            "CommitmentDiscountStatus": "Unused",
        }


def unused_part(row, kind):
    if kind == "SavingsPlanRecurringFee":
        return float(row["savings_plan_total_commitment_to_date"] or 0) - float(
            row["savings_plan_used_commitment"] or 0
        )
    if kind == "RIFee":
        return float(row["reservation_unused_amortized_upfront_fee_for_billing_period"] or 0) + float(
            row["reservation_unused_recurring_fee"] or 0
        )
    return 0


def actions(index, files):
    for path in files:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
            for number, row in enumerate(csv.DictReader(text)):
                for part, document in enumerate(documents(row)):
                    document["x_FeedId"] = "bench"
                    document["x_SliceId"] = document["@timestamp"][:10]
                    key = hashlib.sha1(f"{path}:{number}:{part}".encode()).hexdigest()
                    yield {"_op_type": "create", "_index": index, "_id": key, "_source": document}


def main():
    url, index, files = sys.argv[1], sys.argv[2], sys.argv[4:]
    client = Elasticsearch(url, request_timeout=120, retry_on_timeout=True, max_retries=5)
    sent = 0
    for ok, item in parallel_bulk(
        client, actions(index, files), thread_count=2, chunk_size=4000, max_chunk_bytes=5 * 1024 * 1024
    ):
        if not ok:
            sys.exit(f"refused: {item}")
        sent += 1
    print(json.dumps({"documents": sent}))


if __name__ == "__main__":
    main()
