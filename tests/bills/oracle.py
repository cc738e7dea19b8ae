"""What Elasticsearch must hold after an export was read, by an implementation of its own.

    python -m bills.oracle charges FOLDER EXPORT [--kind aws/cur2] [--period 2026-06]
    python -m bills.oracle totals  FOLDER EXPORT ...
    python -m bills.oracle check   CASE_FOLDER...      golden cases: hand-made figures against the oracle

(with tests/ on PYTHONPATH)
"""

import argparse
import json
import sys
from decimal import Decimal
from pathlib import Path
from collections.abc import Iterator

from . import bucket, cur2, focus
from .compare import compare
from .totals import Totals
from .values import Unreadable, add, dump, load, number

# What makes charges of a row, by the kind of feed.
KINDS = {"aws/cur2": cur2.charges, "aws/focus": focus.charges}


def charges(
    folder, export: str, kind: str = "aws/cur2", period: str | None = None, totals: Totals | None = None
) -> Iterator[dict]:
    """Every charge of the export (of one period, if named). `totals` fills up as they go by."""
    totals = totals if totals is not None else Totals()
    for name, delivery in sorted(bucket.deliveries(folder, export).items()):
        if period and name != period:
            continue
        for row in bucket.rows(delivery):
            totals.rows += 1
            try:
                made = KINDS[kind](row.fields)
            except Unreadable as why:
                totals.dead_letters.append(f"{row.file}:{row.line}: {why}")
                continue
            if kind == "aws/cur2":
                watch_negations(row.fields, totals)
            if not made:
                totals.dropped += 1
            for charge in made:
                totals.see(charge)
                yield charge


def watch_negations(row: dict, totals: Totals) -> None:
    if cur2.line_type(row) in ("SavingsPlanCoveredUsage", cur2.NEGATION):
        place = cur2.plan_and_hour(row)
        cost = number(row.get("line_item_unblended_cost"))
        totals.plan_hours[place] = add(totals.plan_hours.get(place), cost)


def export_totals(folder, export: str, kind: str = "aws/cur2", period: str | None = None) -> Totals:
    totals = Totals()
    for _ in charges(folder, export, kind, period, totals):
        pass
    return totals


def check_case(case: Path) -> list[str]:
    """Differences between a golden case's hand-made files and the oracle."""
    kind = "/".join(case.resolve().parts[-4:-2])
    totals = Totals()
    found = [load(dump(charge)) for charge in charges(case / "source", "E", kind, totals=totals)]
    expected = [load(line) for line in (case / "expected.ndjson").read_text(encoding="utf-8").splitlines()]
    result = compare(expected, found)
    said = json.loads((case / "totals.json").read_text(), parse_float=Decimal, parse_int=Decimal)
    ours = load(dump(totals.as_json()))
    for name in sorted(said.keys() | ours.keys()):
        if said.get(name) != ours.get(name):
            result.append(
                f"totals.json: {name} is {dump(said.get(name))}, the oracle says {dump(ours.get(name))}"
            )
    return result


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="bills.oracle", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("charges", "totals"):
        command = commands.add_parser(name)
        command.add_argument("folder")
        command.add_argument("export")
        command.add_argument("--kind", default="aws/cur2", choices=sorted(KINDS))
        command.add_argument("--period")
    commands.add_parser("check").add_argument("cases", nargs="+", type=Path)
    args = parser.parse_args()
    if args.command == "charges":
        for charge in charges(args.folder, args.export, args.kind, args.period):
            print(dump(charge))
    elif args.command == "totals":
        print(dump(export_totals(args.folder, args.export, args.kind, args.period).as_json(grouped=True)))
    else:
        failed = 0
        for case in args.cases:
            found = check_case(case)
            print(f"{'differs' if found else 'agrees '} {case}")
            for line in found:
                print("   ", line)
            failed += bool(found)
        return 1 if failed else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
