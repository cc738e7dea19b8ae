"""Bills as folders that are copies of a bucket, and what must come of them."""
import gzip
import json
import pathlib
import shutil
from decimal import Decimal

from bills import oracle
from bills.compare import compare
from bills.totals import Totals
from bills.values import load

COSTS = ("BilledCost", "ContractedCost", "EffectiveCost", "ListCost")


def copy_case(case, folder):
    """A golden case's source in `folder`, its data files gzipped as the manifest names them."""
    shutil.copytree(pathlib.Path(case) / "source", folder, dirs_exist_ok=True)
    for path in sorted(pathlib.Path(folder).rglob("*.csv")):
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        path.unlink()


def expected_of_case(case):
    lines = (pathlib.Path(case) / "expected.ndjson").read_text(encoding="utf-8").splitlines()
    return [load(line) for line in lines]


def expected_of_folder(folder, export="E", kind="aws/cur2", period=None):
    totals = Totals()
    return list(oracle.charges(folder, export, kind, period, totals)), totals


def sums(documents):
    """Exact sums by currency of what was read back."""
    added = {}
    for document in documents:
        of_currency = added.setdefault(document["BillingCurrency"], {"lines": 0, **{c: Decimal(0) for c in COSTS}})
        of_currency["lines"] += 1
        for cost in COSTS:
            of_currency[cost] += Decimal(document[cost])
    return added


def assert_same_charges(expected, documents):
    different = compare(expected, documents)
    assert not different, "\n".join(different[:20])


def write_export(folder, rows, header=None, period="2026-06", prefix="P", export="E", files=1, execution="e1"):
    """A small CUR 2.0 delivery of our own: `rows` are dictionaries; columns that a row lacks are empty."""
    folder = pathlib.Path(folder)
    header = header or sorted({column for row in rows for column in row})
    data = folder / prefix / export / "data" / f"BILLING_PERIOD={period}"
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    keys = []
    for number in range(files):
        part = rows[number::files]
        lines = [",".join(header)] + [",".join(quote(row.get(column, "")) for column in header) for row in part]
        path = data / f"{export}-{number + 1:05d}.csv.gz"
        path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode("utf-8", "surrogateescape"), mtime=0))
        keys.append("s3://B/" + str(path.relative_to(folder)))
    metadata = folder / prefix / export / "metadata" / f"BILLING_PERIOD={period}"
    metadata.mkdir(parents=True, exist_ok=True)
    manifest = {"executionId": execution, "columns": [{"name": c, "type": "string"} for c in header], "dataFiles": keys}
    (metadata / f"{export}-Manifest.json").write_text(json.dumps(manifest))
    return keys


def quote(text):
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n\r') else text


def usage_row(number, day=1, cost="1.0000000001", **columns):
    """One plain usage line."""
    return {
        "identity_line_item_id": f"id{number}", "bill_payer_account_id": "000011112222", "bill_bill_type": "Anniversary",
        "bill_billing_period_start_date": "2026-06-01T00:00:00.000Z", "bill_billing_period_end_date": "2026-07-01T00:00:00.000Z",
        "bill_billing_entity": "AWS", "line_item_usage_account_id": "000011112222", "line_item_line_item_type": "Usage",
        "line_item_usage_start_date": f"2026-06-{day:02d}T01:00:00.000Z", "line_item_usage_end_date": f"2026-06-{day:02d}T02:00:00.000Z",
        "line_item_product_code": "AmazonEC2", "line_item_usage_type": "BoxUsage:t3.micro", "line_item_usage_amount": "1.0",
        "line_item_currency_code": "USD", "line_item_unblended_cost": cost, "line_item_line_item_description": f"line {number}",
        **columns,
    }
