"""What a provider says about a month, and how it says something else later. Everything follows from a random source,
so that a seed makes the same bills again."""
import dataclasses
import re
from dataclasses import dataclass, field
from decimal import Decimal

import paths  # noqa: F401
from bill_folder import usage_row

CURRENCIES = ("USD", "EUR")
POISON = "about 3"


@dataclass
class Statement:
    """The lines of one period as the provider states them once."""

    period: str
    rows: list[dict]
    files: int = 1
    layout: str = "overwrite"
    minted: bool = False  # ids differ from those of an earlier statement, also where nothing else does
    number: int = 0  # in the order in which they were stated
    charges: list[dict] = field(default_factory=list)  # what the oracle makes of it
    dead: int = 0

    @property
    def signature(self):
        """Lines, sum of the marks and billed cost: what a reader's aggregation tells of a statement. The mark of a line
        is a random whole number of 40 bits, so the sum of a few hundred is exact as a double and names its set."""
        mark = sum(int(charge.get("ConsumedQuantity", 0)) for charge in self.charges)
        return len(self.charges), mark, sum((charge["BilledCost"] for charge in self.charges), Decimal(0))


class Author:
    """Writes statements about one period out of one random source."""

    def __init__(self, rng, period="2026-06"):
        self.rng, self.period, self.serial = rng, period, 0

    # ---- lines -------------------------------------------------------------------------------------------
    def cost(self):
        sign = "-" if self.rng.random() < 0.05 else ""
        return f"{sign}{self.rng.randrange(900)}.{self.rng.randrange(10 ** 12):012d}"

    def mark(self):
        return str(self.rng.getrandbits(40))

    def line(self, day):
        self.serial += 1
        row = usage_row(f"{self.period}-{self.serial}", day, self.cost(), line_item_usage_amount=self.mark(), pricing_unit="Hrs",
                        line_item_currency_code=self.rng.choice(CURRENCIES if self.rng.random() < 0.2 else CURRENCIES[:1]),
                        line_item_line_item_description=f"line {self.serial}")
        return self.dated(row)

    def tax(self):
        """A line over the whole month: a slice of its own."""
        self.serial += 1
        return self.dated(usage_row(
            f"tax-{self.serial}", 1, self.cost(), line_item_line_item_type="Tax", line_item_usage_amount="1", pricing_unit="",
            line_item_usage_start_date="2026-06-01T00:00:00.000Z", line_item_usage_end_date="2026-07-01T00:00:00.000Z",
            line_item_line_item_description=f"tax {self.serial}"))

    def dated(self, row):
        if self.period == "2026-06":
            return row
        year, month = map(int, self.period.split("-"))
        after = f"{year + month // 12}-{month % 12 + 1:02d}"
        months = {"2026-06-": f"{self.period}-", "2026-07-": f"{after}-"}
        return {name: re.sub(r"2026-0[67]-", lambda found: months[found[0]], value) for name, value in row.items()}

    # ---- statements ----------------------------------------------------------------------------------------
    def first(self, lines, days, files=1, layout="overwrite", taxes=3):
        rows = [self.line(1 + n % days) for n in range(lines)] + [self.tax() for _ in range(taxes)]
        return Statement(self.period, rows, files, layout)

    def restated(self, before, changes):
        """The next statement: every one of `changes` is made to the lines of the one before."""
        after = dataclasses.replace(before, rows=[dict(row) for row in before.rows], charges=[], dead=0)
        for change in changes:
            getattr(self, change)(after)
        self.rng.shuffle(after.rows)
        return after

    def pick_days(self, statement, share=0.3):
        days = sorted({day_of(row) for row in statement.rows if not is_long(row)})
        return set(self.rng.sample(days, max(1, int(len(days) * share)))) if days else set()

    def change_amounts(self, statement):
        days = self.pick_days(statement)
        for row in statement.rows:
            if not is_long(row) and day_of(row) in days and self.rng.random() < 0.6:
                row["line_item_unblended_cost"] = self.cost()
                row["line_item_usage_amount"] = self.mark()

    def change_cost_only(self, statement):
        row = self.rng.choice(statement.rows)
        row["line_item_unblended_cost"] = self.cost()

    def change_text(self, statement):
        for row in self.rng.sample(statement.rows, max(1, len(statement.rows) // 50)):
            row["line_item_line_item_description"] += " (corrected)"

    def withdraw_lines(self, statement):
        days = self.pick_days(statement)
        statement.rows = [row for row in statement.rows if is_long(row) or day_of(row) not in days or self.rng.random() < 0.7]

    def withdraw_day(self, statement):
        days = sorted({day_of(row) for row in statement.rows if not is_long(row)})
        if len(days) > 1:
            gone = self.rng.choice(days)
            statement.rows = [row for row in statement.rows if is_long(row) or day_of(row) != gone]

    def late_lines(self, statement):
        days = self.pick_days(statement)
        statement.rows += [self.line(day) for day in sorted(days) for _ in range(self.rng.randrange(1, 6))]

    def new_day(self, statement):
        last = max([day_of(row) for row in statement.rows if not is_long(row)], default=0)
        if last < 28:
            statement.rows += [self.line(last + 1) for _ in range(self.rng.randrange(5, 40))]

    def change_taxes(self, statement):
        statement.rows = [row for row in statement.rows if not is_long(row)] + [self.tax() for _ in range(self.rng.randrange(4))]

    def mint_ids(self, statement):
        for row in statement.rows:
            row["identity_line_item_id"] = f"minted-{self.rng.getrandbits(60):x}"
        statement.minted = True

    def move_lines(self, statement):
        statement.files = self.rng.randrange(1, 5)

    def poison(self, statement):
        for row in self.rng.sample(statement.rows, min(3, len(statement.rows))):
            row["line_item_unblended_cost"] = POISON

    def repair(self, statement):
        for row in statement.rows:
            if row["line_item_unblended_cost"] == POISON:
                row["line_item_unblended_cost"] = self.cost()


CHANGES = ("change_amounts", "change_cost_only", "change_text", "withdraw_lines", "withdraw_day", "late_lines", "new_day", "change_taxes",
           "mint_ids", "move_lines")


def is_long(row):
    return row["line_item_line_item_type"] == "Tax"


def day_of(row):
    return int(row["line_item_usage_start_date"][8:10])
