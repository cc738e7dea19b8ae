"""What a generated bill is made of: its options, the hours of its month, resources, and exact amounts."""

import csv
import io
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from .catalog import Account, Sku
from .values import multiply

TEN = Decimal("1e-10")
SCALE = 40  # sums are kept as integers in units of 10^-40
UNITS = Decimal(10) ** SCALE


@dataclass
class Options:
    rows: int = 200_000
    seed: int = 7
    period: str = "2026-06"
    columns: str = "common"  # or all
    files: int = 1
    nasty: float = 0.0  # share of the resources that have nasty texts, tags and numbers
    fleeting: bool = False  # every line of a resource is of another one, with an id of its own
    unalike: bool = False  # that, and no two lines agree in description, price and tags
    layout: str = "overwrite"  # or create-new
    stale: bool = False  # leave files of other executions lying around
    net: bool = False
    restate: int = 0
    days: int = 0  # the month to date: only so many days; 0 is all
    granularity: str = "hourly"  # or daily
    members: int = 1  # gzip members of each file
    eol: str = "lf"
    bucket: str = "acme-billing"
    prefix: str = "P"
    export: str = "E"
    currency: str = "USD"
    level: int = 1  # of gzip


@dataclass
class Entry:
    """One amount of one SKU bought one way, with everything that follows from it, ready to be written."""

    texts: tuple  # what the template of a row takes between the time columns
    negation: tuple  # the same for the negation
    money: int  # BilledCost of plain usage, EffectiveCost of covered usage; in 10^-SCALE
    listed: int


def exact(value: Decimal) -> int:
    return int(multiply(value, UNITS))


def from_units(value: int) -> Decimal:
    return (
        Decimal(value).scaleb(-SCALE)
        if abs(value) < 10**27
        else multiply(Decimal(value), Decimal(1).scaleb(-SCALE))
    )


def ten(value: Decimal) -> Decimal:
    return value.quantize(TEN, ROUND_HALF_UP)


class Month:
    """The hours or days of the delivered part of a billing period."""

    def __init__(self, options: Options):
        self.start = datetime.strptime(options.period, "%Y-%m")
        length = monthrange(self.start.year, self.start.month)[1]
        self.end = self.start + timedelta(days=length)
        self.days = min(options.days or length, length)
        self.per_day = 24 if options.granularity == "hourly" else 1
        step = timedelta(hours=24 // self.per_day)
        self.slots = []
        for i in range(self.days * self.per_day):
            begin, until = self.start + i * step, self.start + (i + 1) * step
            interval = f"{begin:%Y-%m-%dT%H:%M:%SZ}/{until:%Y-%m-%dT%H:%M:%SZ}"
            self.slots.append((self.stamp(begin), self.stamp(until), interval, i // self.per_day))
        # Weekends are quieter, and the company grows by a third of a percent a day. In thousandths.
        self.factors = [
            (1000 if (self.start + timedelta(days=d)).weekday() < 5 else 570) * (1000 + 3 * d) // 1000
            for d in range(length)
        ]

    @staticmethod
    def stamp(moment: datetime) -> str:
        return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"

    def day(self, index: int) -> str:
        return f"{self.start + timedelta(days=index):%Y-%m-%d}"


@dataclass
class Resource:
    serial: int
    sku_name: str
    sku: Sku
    bought: str  # list, plan, reserved, spot
    account: Account
    nasty: bool

    @property
    def sku_id(self) -> str:
        return f"{abs(hash_of(self.sku_name)):016X}"[:16]


def hash_of(text: str) -> int:
    value = 1469598103934665603
    for byte in text.encode():
        value = (value ^ byte) * 1099511628211 % (1 << 64)
    return value


def csv_line(values: list[str], eol: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=eol).writerow(values)
    return out.getvalue()
