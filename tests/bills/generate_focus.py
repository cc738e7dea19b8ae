"""Writes a month of AWS's FOCUS 1.0 or 1.2 export of any size, and says what must come of it.

    python -m bills.generate_focus FOLDER --version 1.2 --rows 20000 [--seed 7] ...

The same invented company as in `generate`, the same restatements; costs are exact decimals.
"""

import argparse
import json
import random
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from . import delivery, lookups
from .catalog import ACCOUNTS, PAYER
from .fees import PLAN
from .generate import POOL, Bill
from .month import Entry, Month, Options, Resource, csv_line, from_units, ten
from .totals import slice_key
from .values import ZERO, add, dump, plain

BOTH = """AvailabilityZone BilledCost BillingAccountId BillingAccountName BillingCurrency BillingPeriodEnd
BillingPeriodStart ChargeCategory ChargeClass ChargeDescription ChargeFrequency ChargePeriodEnd ChargePeriodStart
CommitmentDiscountCategory CommitmentDiscountId CommitmentDiscountName CommitmentDiscountStatus CommitmentDiscountType
ConsumedQuantity ConsumedUnit ContractedCost ContractedUnitPrice EffectiveCost InvoiceIssuerName ListCost ListUnitPrice
PricingCategory PricingQuantity PricingUnit ProviderName PublisherName RegionId RegionName ResourceId ResourceName
ResourceType ServiceCategory ServiceName SkuId SkuPriceId SubAccountId SubAccountName Tags""".split()
ONLY_12 = """BillingAccountType SubAccountType InvoiceId CapacityReservationId CapacityReservationStatus
CommitmentDiscountQuantity CommitmentDiscountUnit ServiceSubcategory SkuMeter SkuPriceDetails PricingCurrency
PricingCurrencyContractedUnitPrice PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice""".split()
COLUMNS = {
    "1.0": BOTH + ["x_CostCategories", "x_Discounts", "x_Operation", "x_ServiceCode", "x_UsageType"],
    "1.2": sorted(BOTH + ONLY_12) + ["x_Discounts", "x_Operation", "x_ServiceCode"],
}
MAPS = {"Tags", "SkuPriceDetails", "x_Discounts", "x_CostCategories"}


def type_of(column: str) -> str:
    if column in MAPS:
        return "map"
    if column.endswith(("PeriodStart", "PeriodEnd")):
        return "timestamp_milliseconds"
    return "double" if column.endswith(("Cost", "Price", "Quantity")) else "string"


class FocusBill(Bill):
    def __init__(self, options: Options, version: str):
        super().__init__(options)
        self.version = version
        self.columns = COLUMNS[version]
        self.figures: dict[int, tuple] = {}

    def party(self, account_id: str, account_name: str, market: bool = False) -> dict[str, str]:
        return {
            "BillingAccountId": PAYER[0],
            "BillingAccountName": PAYER[1],
            "BillingAccountType": "AWS Payer Account",
            "BillingCurrency": self.o.currency,
            "BillingPeriodStart": Month.stamp(self.month.start),
            "BillingPeriodEnd": Month.stamp(self.month.end),
            "InvoiceIssuerName": "Amazon Web Services, Inc.",
            "ProviderName": "AWS",
            "PublisherName": "AWS",
            "PricingCurrency": self.o.currency,
            "SubAccountId": account_id,
            "SubAccountName": account_name,
            "SubAccountType": "AWS Account",
        }

    def service(self, code: str) -> dict[str, str]:
        name, category, sub = lookups.table("aws", "services").get(code, (code, "Other", "Other (Other)"))
        return {
            "ServiceName": name,
            "ServiceCategory": category,
            "ServiceSubcategory": sub,
            "x_ServiceCode": code,
        }

    def row(self, fields: dict[str, str]) -> str:
        self.totals.rows += 1
        return csv_line([fields.get(c, "") for c in self.columns], self.eol)

    def focus_statics(self, r: Resource) -> dict[str, str]:
        cur = Bill.statics(self, r)  # what the same resource says in CUR 2.0
        unit = lookups.table("aws", "units").get(r.sku.unit, (r.sku.unit,))[0]
        region = r.account.region if cur["product_region_code"] != "global" else ""
        tags = json.loads(cur["resource_tags"] or "{}")
        tags = {key.removeprefix("user_").removeprefix("user:"): value for key, value in tags.items()}
        fields = self.party(r.account.id, r.account.name) | self.service(r.sku.code)
        fields |= {
            "AvailabilityZone": cur["line_item_availability_zone"],
            "ChargeCategory": "Usage",
            "ChargeFrequency": "Usage-Based",
            "ChargeDescription": cur["line_item_line_item_description"],
            "ConsumedUnit": unit,
            "PricingUnit": unit,
            "PricingCategory": {"plan": "Committed", "reserved": "Committed", "spot": "Dynamic"}.get(
                r.bought, "Standard"
            ),
            "RegionId": region,
            "RegionName": lookups.table("aws", "regions").get(region, (region,))[0],
            "ResourceId": cur["line_item_resource_id"],
            "ResourceName": tags.get("name") or "",
            "ResourceType": cur["product_product_family"],
            "SkuId": r.sku_id,
            "SkuPriceId": cur["pricing_rate_code"],
            "SkuMeter": r.sku.usage_type,
            "SkuPriceDetails": json.dumps({"InstanceType": r.sku.instance}) if r.sku.instance else "",
            "Tags": json.dumps(tags, ensure_ascii=False) if tags else "",
            "x_CostCategories": cur["cost_category"],
            "x_Operation": r.sku.operation,
            "x_UsageType": r.sku.usage_type,
        }
        if r.bought in ("plan", "reserved"):
            plan = r.bought == "plan"
            arn = PLAN if plan else self.reservation(r.sku_name, r.account)
            fields |= {
                "CommitmentDiscountId": arn,
                "CommitmentDiscountName": arn.rsplit("/", 1)[-1],
                "CommitmentDiscountStatus": "Used",
                "CommitmentDiscountCategory": "Spend" if plan else "Usage",
                "CommitmentDiscountType": "Savings Plan" if plan else "Reserved Instances (RI)",
            }
        return fields

    def amounts(self, r: Resource, e: Entry) -> dict[str, str]:
        """The columns that follow from an entry; AWS leaves the contracted price out."""
        money, listed, amount = plain(from_units(e.money)), plain(from_units(e.listed)), e.texts[0][-1]
        covered = r.bought in ("plan", "reserved")
        found = {
            "BilledCost": "0" if covered else money,
            "EffectiveCost": money,
            "ContractedCost": listed if covered else money,
            "ListCost": listed,
            "ListUnitPrice": r.sku.rate,
            "PricingQuantity": amount,
            "ConsumedQuantity": amount,
            "PricingCurrencyEffectiveCost": money,
            "PricingCurrencyListUnitPrice": r.sku.rate,
        }
        if covered:
            plan = r.bought == "plan"
            found |= {
                "CommitmentDiscountQuantity": money if plan else amount,
                "CommitmentDiscountUnit": self.o.currency if plan else "Hours",
            }
        return found

    def usage_rows(self, resource: Resource, chosen) -> list[str]:
        fields = self.focus_statics(resource)
        m, rows = self.month, []
        lines, money, listed = [0] * m.days, [0] * m.days, [0] * m.days
        for slot in chosen:
            start, end, _, day = m.slots[slot]
            index, repeat = (resource.serial * 7919 + slot * 31) % POOL, 1
            if day in self.touched:
                fate = self.fate(resource.serial, slot, day)
                if fate == "withdrawn":
                    continue
                index = (index + 1) % POOL if fate == "changed" else index
                repeat = 2 if fate == "late" else 1
            e = self.entry(resource, index, m.factors[day] if resource.sku.office else 1000)
            row = fields | self.amounts(resource, e) | {"ChargePeriodStart": start, "ChargePeriodEnd": end}
            for _ in range(repeat):
                rows.append(self.row(row))
                lines[day] += 1
                money[day] += e.money
                listed[day] += e.listed
                if resource.bought == "plan":
                    self.plan_used[slot] += e.money
        dropped = self.totals.dropped
        self.sum_up(resource, lines, money, listed)
        self.totals.dropped = dropped  # FOCUS exports have no negations
        return rows

    def focus_single(
        self,
        account,
        category: str,
        frequency: str,
        code: str,
        start: datetime,
        end: datetime,
        billed: Decimal,
        effective: Decimal,
        **more,
    ) -> str:
        fields = self.party(*account) | self.service(code)
        fields |= {
            "ChargeCategory": category,
            "ChargeFrequency": frequency,
            "ChargePeriodStart": Month.stamp(start),
            "ChargePeriodEnd": Month.stamp(end),
            "BilledCost": plain(billed),
            "EffectiveCost": plain(effective),
            "ContractedCost": plain(billed),
            "ListCost": plain(billed),
            "PricingCurrencyEffectiveCost": plain(effective),
            "ChargeDescription": f"{category} for {code}",
        } | more
        self.totals.add(
            1,
            self.o.currency,
            slice_key(Month.stamp(start), Month.stamp(end)),
            fields["ServiceName"],
            account[0],
            {"BilledCost": billed, "EffectiveCost": effective, "ContractedCost": billed, "ListCost": billed},
        )
        return self.row(fields)

    def fees(self, planned_plan: int) -> list[str]:
        m, rows = self.month, []
        hours = 24 // m.per_day
        commitment = ten(Decimal("0.1250000000") * hours * max(1, planned_plan))
        plan = {
            "CommitmentDiscountId": PLAN,
            "CommitmentDiscountName": PLAN.rsplit("/", 1)[-1],
            "CommitmentDiscountCategory": "Spend",
            "CommitmentDiscountType": "Savings Plan",
            "ResourceId": PLAN,
            "ResourceType": "Savings Plan",
        }
        for slot, used in enumerate(self.plan_used):
            start = m.start + timedelta(hours=slot * hours)
            end = start + timedelta(hours=hours)
            rows.append(
                self.focus_single(
                    PAYER,
                    "Purchase",
                    "Recurring",
                    "ComputeSavingsPlans",
                    start,
                    end,
                    commitment,
                    ZERO,
                    **plan,
                )
            )
            unused = add(commitment, -from_units(used))
            rows.append(
                self.focus_single(
                    PAYER,
                    "Usage",
                    "Usage-Based",
                    "ComputeSavingsPlans",
                    start,
                    end,
                    ZERO,
                    unused,
                    **plan,
                    CommitmentDiscountStatus="Unused",
                )
            )
        support = Decimal("1250")
        rows.append(
            self.focus_single(
                PAYER, "Purchase", "One-Time", "AWSSupportBusiness", m.start, m.end, support, support
            )
        )
        for n in range(1 + 2 * self.o.restate):
            credit = -ten(Decimal("75.1234567891") + n)
            rows.append(
                self.focus_single(
                    (ACCOUNTS[n % 8].id, ACCOUNTS[n % 8].name),
                    "Credit",
                    "One-Time",
                    "AmazonEC2",
                    m.start,
                    m.end,
                    credit,
                    credit,
                )
            )
        refund = -Decimal("3.25")
        rows.append(
            self.focus_single(
                PAYER,
                "Usage",
                "One-Time",
                "AmazonS3",
                m.start,
                m.end,
                refund,
                refund,
                ChargeClass="Correction",
            )
        )
        for account in ACCOUNTS[:5]:
            tax = Decimal("19.0000000001")
            rows.append(
                self.focus_single(
                    (account.id, account.name),
                    "Tax",
                    "One-Time",
                    "AmazonEC2",
                    m.start,
                    m.end,
                    tax,
                    tax,
                    InvoiceId="EUINDE-77",
                )
            )
        return rows

    def fee_rows(self) -> int:
        return 2 * len(self.month.slots) + 1 + 1 + 1 + 5

    def write(self, folder: Path) -> dict:
        o = self.o
        root = Path(folder) / o.prefix / o.export if o.prefix else Path(folder) / o.export
        execution = delivery.execution_id(o.seed, o.restate)
        stamp = f"{self.month.start + timedelta(days=self.month.days, hours=5 + o.restate):%Y%m%dT%H%M%SZ}"
        place = delivery.data_folder(root, o.period, o.layout, stamp, execution)
        files = delivery.GzipFiles(
            place, o.export, csv_line(self.columns, self.eol), -(-o.rows // o.files) + 64, 0, o.level
        )
        mixer, batch, planned = random.Random(f"order {o.seed} {o.restate}"), [], 0
        for resource, chosen in self.resources(max(0, o.rows - self.fee_rows()), negations=False):
            planned += resource.bought == "plan"
            batch += self.usage_rows(resource, chosen)
            if len(batch) >= 8000:
                mixer.shuffle(batch)
                files.write(batch)
                batch = []
        batch += self.fees(planned)
        mixer.shuffle(batch)
        files.write(batch)
        names = files.close()
        delivery.write_manifest(
            root,
            o.bucket,
            o.prefix,
            o.period,
            o.layout,
            stamp,
            execution,
            [(c, type_of(c)) for c in self.columns],
            names,
        )
        return self.totals.as_json(grouped=True) | {
            "period": o.period,
            "export": o.export,
            "files": names,
            "execution": execution,
        }


def generate_focus(folder: str | Path, version: str = "1.2", **options) -> dict:
    """Writes one delivery below `folder`; returns the exact sums it must lead to. Takes the options of
    `generate` except columns, net, stale and members."""
    return FocusBill(Options(**options), version).write(Path(folder))


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="bills.generate_focus", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--version", choices=sorted(COLUMNS), default="1.2")
    for name in (
        "rows",
        "seed",
        "period",
        "files",
        "nasty",
        "layout",
        "restate",
        "days",
        "granularity",
        "eol",
        "prefix",
        "export",
        "currency",
    ):
        default = getattr(Options(), name)
        parser.add_argument("--" + name, type=type(default), default=default)
    args = vars(parser.parse_args())
    print(dump(generate_focus(args.pop("folder"), **args)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
