"""Writes a month of CUR 2.0 of any size, as AWS would deliver it, and says what must come of it.

    python -m bills.generate FOLDER --rows 200000 [--seed 7] [--period 2026-06] ...

(with tests/ on PYTHONPATH) prints the exact expected sums as JSON. Memory stays flat: rows are made, summed up
and compressed as they go. The sums are made from what the generator knows about each row, not by reading rows.

A restated delivery (`--restate 1`) of the same bill has new ids everywhere; on some days rows were withdrawn,
came late or changed, and credits were added. All other days state what they stated before.
"""

import argparse
import json
import random
import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from . import columns as cur_columns
from . import delivery, lookups
from .catalog import ACCOUNTS, MIX, NASTY_TAGS, NASTY_TEXTS, PAYER, SKUS, SPREAD
from .fees import PLAN, Fees
from .month import Entry, Month, Options, Resource, csv_line, exact, from_units, hash_of, ten
from .totals import Totals
from .values import ZERO, add, dump, multiply

POOL = 64  # different amounts of one SKU and day
SERIAL = "-%(serial)"  # stands for what sets the ids of fleeting resources, or all words of a line, apart
NET_SHARE = Decimal("0.93")


class Bill(Fees):
    def __init__(self, options: Options):
        self.o = options
        self.month = Month(options)
        self.columns = list(cur_columns.COMMON if options.columns == "common" else cur_columns.ALL)
        if options.net:
            self.columns = sorted(self.columns + cur_columns.NET)
        self.eol = "\n" if options.eol == "lf" else "\r\n"
        self.totals = Totals()
        self.ids = random.Random(f"ids {options.seed} {options.restate}")
        self.entries: dict[tuple, Entry] = {}
        self.plan_used = [0] * len(self.month.slots)  # in 10^-SCALE, by slot
        self.reserved_used: dict[tuple, Decimal] = {}
        self.touched = self._touched_days()

    # ---- what a delivery says differently ----------------------------------------------------------------
    def _touched_days(self) -> dict[int, int]:
        """Day -> number of the restatement that changed it last."""
        touched: dict[int, int] = {}
        for n in range(1, self.o.restate + 1):
            pick = random.Random(f"touched {self.o.seed} {n}")
            for day in pick.sample(range(self.month.days), max(1, self.month.days // 8)):
                touched[day] = n
        return touched

    def fate(self, resource: int, slot: int, day: int) -> str:
        """same, withdrawn, late (a line more) or changed; only asked for days that were touched."""
        draw = (resource * 2654435761 + slot * 40503 + self.touched[day] * 97 + self.o.seed) % 65536 % 100
        return "withdrawn" if draw < 3 else "late" if draw < 6 else "changed" if draw < 14 else "same"

    # ---- plan --------------------------------------------------------------------------------------------
    def resources(self, wanted: int, negations: bool = True):
        """(resource, slots) until `wanted` rows are planned, negations among them."""
        slots = len(self.month.slots)
        count = max(min(56, wanted), wanted // slots)
        pick = random.Random(f"nasty {self.o.seed}")
        serial = 0
        while wanted > 0:
            name, bought = MIX[serial % len(MIX)]
            account = ACCOUNTS[SPREAD[(serial * 5 + serial // len(MIX)) % len(SPREAD)]]
            rows_a_slot = 2 if bought == "plan" and negations else 1
            share = max(1, min(slots, -(-wanted // (rows_a_slot * max(1, count - serial)))))
            share = min(share, wanted // rows_a_slot)
            if share == 0:  # one row left, but a covered row needs two
                name, bought, share = "s3", "list", 1
                rows_a_slot = 1
            chosen = range(slots) if share == slots else [i * slots // share for i in range(share)]
            yield Resource(serial, name, SKUS[name], bought, account, pick.random() < self.o.nasty), chosen
            wanted -= share * rows_a_slot
            serial += 1

    def entry(self, resource: Resource, index: int, factor: int) -> Entry:
        key = (resource.sku_name, resource.bought, resource.nasty, index, factor)
        found = self.entries.get(key)
        if found is None:
            found = self.entries[key] = self._make_entry(resource, index, factor)
        return found

    def _make_entry(self, resource: Resource, index: int, factor: int) -> Entry:
        sku, nasty = resource.sku, resource.nasty
        pick = random.Random(f"{self.o.seed} {resource.sku_name} {index}")
        amount = (
            Decimal(str(sku.low)) + Decimal(pick.randrange(10**6)) * Decimal(str(sku.high - sku.low)) / 10**6
        )
        amount = ten(amount * factor / 1000 * (24 // self.month.per_day))
        if sku.unit in ("Requests", "WriteRequestUnits"):
            amount = amount.quantize(Decimal(1))
        rate = Decimal(sku.rate)
        if nasty:
            amount += Decimal(pick.randrange(10**18)) * Decimal("1e-18")
        listed = multiply(rate, amount)
        cost = ten(listed)
        if nasty:
            places = pick.randrange(11, 35)
            cost += Decimal(pick.randrange(10 ** (places - 10))).scaleb(-places)
        if resource.bought == "spot":
            cost = ten(cost * Decimal("0.34"))
        # The rate of a reservation is amortised: its usage is billed at zero.
        billed = Decimal("0E-10") if resource.bought == "reserved" else cost
        net = ten(billed * NET_SHARE)
        plan = multiply(Decimal(sku.plan_rate), amount) if resource.bought == "plan" else None
        reserved = multiply(Decimal(sku.reserved_rate), amount) if resource.bought == "reserved" else None
        plan_net = ten(plan * NET_SHARE) if plan is not None else None
        reserved_net = ten(reserved * NET_SHARE) if reserved is not None else None
        if self.o.net:
            money = (
                net if plan is None and reserved is None else plan_net if plan is not None else reserved_net
            )
        else:
            money = billed if plan is None and reserved is None else plan if plan is not None else reserved
        texts = self._texts(billed, net, amount, ten(listed), reserved, reserved_net, plan_net, plan, nasty)
        negation = self._texts(-billed, -net, amount, None, None, None, None, None, nasty)
        return Entry(texts, negation, exact(money), exact(listed))

    def _texts(self, cost, net, amount, on_demand, reserved, reserved_net, plan_net, plan, nasty) -> tuple:
        """In the order of the columns: before the times, and after."""

        def text(value: Decimal | None) -> str:
            if value is None:
                return ""
            if nasty and 0 < abs(value) < Decimal("1e-5"):
                return str(value.normalize())  # 1.2E-7, as some exports write it
            return format(value, "f")

        before = [text(cost)] + ([text(net)] if self.o.net else []) + [text(cost), text(amount)]
        after = [text(on_demand), text(reserved)]
        after += [text(reserved_net), text(plan_net)] if self.o.net else []
        return tuple(before), tuple(after + [text(plan)])

    # ---- rows --------------------------------------------------------------------------------------------
    def statics(self, r: Resource) -> dict[str, str]:
        sku, account = r.sku, r.account
        number = r.serial // len(MIX)
        pattern = {
            "serial": r.serial + 4096,
            "region": account.region,
            "account": account.id,
            "team": account.team,
            "number": number,
        }
        tags = {
            "user_team": account.team,
            "user_environment": account.environment,
            "user_name": f"{account.team}-{r.sku_name}-{number}",
        }
        description = sku.description
        if r.nasty:
            tags = NASTY_TAGS[r.serial % len(NASTY_TAGS)]
            description = NASTY_TEXTS[r.serial % len(NASTY_TEXTS)]
        elif r.serial % 5 == 4:
            tags = {}
        resource = sku.resource.format(**pattern)
        rate_code = f"{r.sku_id}.{'38NPMPTW36' if r.bought == 'reserved' else 'JRTCKXETXF'}.6YS6EN2CT7"
        if self.o.fleeting or self.o.unalike:
            resource += SERIAL
        if self.o.unalike:
            description += SERIAL
            rate_code += SERIAL
            tags = {key: value and value + SERIAL for key, value in tags.items()}
        market = r.sku_name == "market"
        row = self.party(account.id, account.name, market)
        row |= {
            "cost_category": json.dumps({"business_unit": account.unit}),
            "line_item_availability_zone": account.region + "abc"[r.serial % 3] if sku.zone else "",
            "line_item_line_item_description": description,
            "line_item_line_item_type": {
                "plan": "SavingsPlanCoveredUsage",
                "reserved": "DiscountedUsage",
            }.get(r.bought, "Usage"),
            "line_item_operation": sku.operation,
            "line_item_product_code": sku.code,
            "line_item_resource_id": resource,
            "line_item_unblended_rate": "" if r.bought == "spot" else sku.rate,
            "line_item_usage_type": sku.usage_type,
            "line_item_normalization_factor": "4.0" if sku.instance.endswith(".large") else "",
            "pricing_currency": self.o.currency,
            "pricing_public_on_demand_rate": sku.rate,
            "pricing_rate_code": rate_code,
            "pricing_rate_id": str(hash_of(r.sku_id) % 10**8),
            "pricing_term": {"reserved": "Reserved", "spot": "Spot"}.get(r.bought, "OnDemand"),
            "pricing_unit": sku.unit,
            "product": json.dumps(sku.product, ensure_ascii=False) if sku.product else "",
            "product_instance_type": sku.instance,
            "product_product_family": sku.family,
            "product_region_code": "global" if r.sku_name == "cdn" else account.region,
            "product_servicecode": sku.servicecode,
            "product_sku": r.sku_id,
            "product_usagetype": sku.usage_type,
            "product_operation": sku.operation,
            "product_location_type": "AWS Region",
            "product_pricing_unit": sku.unit,
            "resource_tags": json.dumps(tags, ensure_ascii=r.serial % 2 == 0) if tags else "",
        }
        if r.bought == "plan":
            row["savings_plan_savings_plan_a_r_n"] = PLAN
            row["savings_plan_offering_type"] = "ComputeSavingsPlans"
        if r.bought == "reserved":
            row["reservation_reservation_a_r_n"] = self.reservation(r.sku_name, account)
            row["reservation_subscription_id"] = "1234567890"
        return row

    VARIABLE = {
        "identity_line_item_id", "identity_time_interval", "line_item_blended_cost", "line_item_net_unblended_cost",
        "line_item_unblended_cost", "line_item_usage_amount", "line_item_usage_end_date", "line_item_usage_start_date",
        "pricing_public_on_demand_cost", "reservation_effective_cost", "reservation_net_effective_cost",
        "savings_plan_net_savings_plan_effective_cost", "savings_plan_savings_plan_effective_cost",
    }  # fmt: skip

    MARKED_SERIAL = SERIAL.replace("%", "%%")  # in a template

    def template(self, statics: dict[str, str]) -> str:
        mark = "\0"
        values = [mark if c in self.VARIABLE else statics.get(c, "") for c in self.columns]
        return csv_line(values, self.eol).replace("%", "%%").replace(mark, "%s")

    def usage_rows(self, resource: Resource, chosen) -> list[str]:
        """The rows of one resource; also adds them up."""
        statics = self.statics(resource)
        row = self.template(statics)
        covered = resource.bought == "plan"
        negation = ""
        if covered:
            words = f"SavingsPlanNegation used by AccountId : {resource.account.id} and UsageSku : {resource.sku_id}"
            negation = self.template(
                statics
                | {
                    "line_item_line_item_type": "SavingsPlanNegation",
                    "line_item_line_item_description": words,
                    "pricing_public_on_demand_rate": "",
                }
            )
        slots, factors, touched = self.month.slots, self.month.factors, self.touched
        newid = self.ids.getrandbits
        rows: list[str] = []
        lines = [0] * self.month.days
        money = [0] * self.month.days
        listed = [0] * self.month.days
        fixed = not resource.sku.office
        for slot in chosen:
            start, end, interval, day = slots[slot]
            index = (resource.serial * 7919 + slot * 31) % POOL
            repeat = 1
            if day in touched:
                fate = self.fate(resource.serial, slot, day)
                if fate == "withdrawn":
                    continue
                if fate == "changed":
                    index = (index + 1) % POOL
                repeat = 2 if fate == "late" else 1
            e = self.entry(resource, index, 1000 if fixed else factors[day])
            before, after = e.texts
            for _ in range(repeat):
                own = row
                if self.o.unalike:
                    own = row.replace(self.MARKED_SERIAL, f"-{resource.serial:05x}-{len(rows):05x}")
                elif self.o.fleeting:
                    own = row.replace(self.MARKED_SERIAL, f"-{len(rows):05x}")
                rows.append(own % (f"{newid(208):052x}", interval, *before, end, start, *after))
                lines[day] += 1
                money[day] += e.money
                listed[day] += e.listed
                if covered:
                    before_n, after_n = e.negation
                    rows.append(negation % (f"{newid(208):052x}", interval, *before_n, end, start, *after_n))
                    self.plan_used[slot] += e.money
                elif resource.bought == "reserved":
                    key = (resource.sku_name, resource.account)
                    self.reserved_used[key] = add(self.reserved_used.get(key), Decimal(before[-1]))
        self.sum_up(resource, lines, money, listed)
        self.totals.rows += len(rows)
        return rows

    def sum_up(self, resource: Resource, lines: list[int], money: list[int], listed: list[int]) -> None:
        service = lookups.table("aws", "services").get(resource.sku.code, (resource.sku.code,))[0]
        for day, count in enumerate(lines):
            if not count:
                continue
            paid, at_list = from_units(money[day]), from_units(listed[day])
            if resource.bought in ("plan", "reserved"):
                costs = {
                    "BilledCost": ZERO,
                    "EffectiveCost": paid,
                    "ContractedCost": at_list,
                    "ListCost": at_list,
                }
                self.totals.dropped += count if resource.bought == "plan" else 0
            else:
                costs = {
                    "BilledCost": paid,
                    "EffectiveCost": paid,
                    "ContractedCost": paid,
                    "ListCost": at_list,
                }
            self.totals.add(count, self.o.currency, self.month.day(day), service, resource.account.id, costs)

    # ---- the delivery --------------------------------------------------------------------------------------
    def write(self, folder: Path) -> dict:
        o = self.o
        root = Path(folder) / o.prefix / o.export if o.prefix else Path(folder) / o.export
        execution = delivery.execution_id(o.seed, o.restate)
        stamp = f"{self.month.start + timedelta(days=self.month.days, hours=5 + o.restate):%Y%m%dT%H%M%SZ}"
        place = delivery.data_folder(root, o.period, o.layout, stamp, execution)
        header = csv_line(self.columns, self.eol)
        each = -(-o.rows // o.files) + 64
        files = delivery.GzipFiles(
            place, o.export, header, each, -(-each // o.members) if o.members > 1 else 0, o.level
        )
        mixer = random.Random(f"order {o.seed} {o.restate}")
        batch: list[str] = []
        planned = 0
        for resource, chosen in self.resources(max(0, o.rows - self.fee_rows())):
            planned += resource.bought == "plan"
            batch += self.usage_rows(resource, chosen)
            if len(batch) >= 8000:
                mixer.shuffle(batch)
                files.write(batch)
                batch = []
        fees = self.fees(planned)
        # What was set aside for fees and not needed is filled with usage, so that the count is what was asked for.
        missing = min(self.fee_rows() + 2 * o.restate - len(fees), o.rows - self.fee_rows())
        if missing > 0:
            filler = Resource(999_983, "put", SKUS["put"], "list", ACCOUNTS[3], False)
            batch += self.usage_rows(filler, [i % len(self.month.slots) for i in range(missing)])
        batch += fees
        mixer.shuffle(batch)
        files.write(batch)
        names = files.close()
        if o.stale:
            self._leave_stale(root, place, names)
        typed = [(c, cur_columns.type_of(c)) for c in self.columns]
        delivery.write_manifest(root, o.bucket, o.prefix, o.period, o.layout, stamp, execution, typed, names)
        return self.totals.as_json(grouped=True) | {
            "period": o.period,
            "export": o.export,
            "files": names,
            "execution": execution,
        }

    def _leave_stale(self, root: Path, place: Path, names: list[str]) -> None:
        """A chunk of an earlier, longer delivery, or older executions: rows of 999 dollars that nobody may read."""
        o = self.o
        decoy = Totals()
        kept, self.totals = self.totals, decoy
        rows = [
            self.single(
                PAYER,
                "Usage",
                "AmazonEC2",
                self.month.start,
                self.month.start + timedelta(hours=1),
                Decimal(999),
                [(Decimal(999), Decimal(999))],
            )
            for _ in range(100)
        ]
        self.totals = kept
        header = csv_line(self.columns, self.eol)
        if o.layout == "overwrite":
            spare = delivery.GzipFiles(place, o.export, header, 1000)
            spare.names = list(names)
            spare.rows_in_file = 1000
            spare.write(rows)
            spare.close()
            return
        for n in (901, 902):
            old = delivery.execution_id(o.seed, n)
            older = f"{self.month.start + timedelta(days=n - 900):%Y%m%dT%H%M%SZ}"
            spare = delivery.GzipFiles(
                delivery.data_folder(root, o.period, o.layout, older, old), o.export, header, 1000
            )
            spare.write(rows)
            typed = [(c, cur_columns.type_of(c)) for c in self.columns]
            delivery.write_manifest(
                root, o.bucket, o.prefix, o.period, o.layout, older, old, typed, spare.close()
            )


def generate(folder: str | Path, **options) -> dict:
    """Writes one delivery below `folder`; returns the exact sums it must lead to."""
    return Bill(Options(**options)).write(Path(folder))


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="bills.generate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    for name, default in vars(Options()).items():
        flag = "--" + name.replace("_", "-")
        if isinstance(default, bool):
            parser.add_argument(flag, action="store_true")
        else:
            parser.add_argument(flag, type=type(default), default=default)
    args = vars(parser.parse_args())
    print(dump(generate(args.pop("folder"), **args)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
