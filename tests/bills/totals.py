"""Exact sums over charges: by currency, slice, day, service and account."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from .values import ZERO, add, plain

COSTS = ("BilledCost", "ContractedCost", "EffectiveCost", "ListCost")


def slice_key(start: str, end: str) -> str:
    """The charge day; lines whose charge period is longer than a day are kept apart."""
    began, ended = datetime.fromisoformat(start[:19]), datetime.fromisoformat(end[:19])
    return start[:10] + ("-long" if (ended - began).total_seconds() > 86400 else "")


@dataclass
class Totals:
    rows: int = 0
    charges: int = 0
    dropped: int = 0
    dead_letters: list[str] = field(default_factory=list)
    currencies: dict[str, dict] = field(default_factory=dict)
    slices: Counter = field(default_factory=Counter)
    by_day: dict[tuple, Decimal] = field(default_factory=dict)
    by_service: dict[tuple, Decimal] = field(default_factory=dict)
    by_account: dict[tuple, Decimal] = field(default_factory=dict)
    plan_hours: dict[tuple, Decimal] = field(default_factory=dict)

    def see(self, charge: dict) -> None:
        key = slice_key(charge["ChargePeriodStart"], charge["ChargePeriodEnd"])
        self.add(
            1,
            charge["BillingCurrency"],
            key,
            charge["ServiceName"],
            charge.get("SubAccountId", ""),
            {name: charge[name] for name in COSTS},
        )

    def add(self, lines: int, currency: str, key: str, service: str, account: str, costs: dict) -> None:
        """`lines` charges of one slice, service and account, with the sums of their costs."""
        self.charges += lines
        sums = self.currencies.setdefault(currency, {"lines": 0} | {name: ZERO for name in COSTS})
        sums["lines"] += lines
        for name in COSTS:
            sums[name] = add(sums[name], costs[name])
        self.slices[key] += lines
        for table, group in ((self.by_day, key[:10]), (self.by_service, service), (self.by_account, account)):
            for name in ("BilledCost", "EffectiveCost"):
                place = (currency, group, name)
                table[place] = add(table.get(place), costs[name])

    def residues(self) -> list[dict]:
        """Plan hours whose negations do not cancel the covered usage."""
        return [
            {"plan": plan, "hour": hour, "amount": plain(left)}
            for (plan, hour), left in sorted(self.plan_hours.items())
            if left != 0
        ]

    def as_json(self, grouped: bool = False) -> dict:
        out = {
            "rows": self.rows,
            "charges": self.charges,
            "dropped": self.dropped,
            "dead_letters": len(self.dead_letters),
            "currencies": self.currencies,
            "slices": dict(sorted(self.slices.items())),
            "negation_residues": self.residues(),
        }
        if grouped:
            for name in ("by_day", "by_service", "by_account"):
                nested: dict = {}
                for (currency, key, cost), value in sorted(getattr(self, name).items()):
                    nested.setdefault(currency, {}).setdefault(key, {})[cost] = value
                out[name] = nested
        return out
