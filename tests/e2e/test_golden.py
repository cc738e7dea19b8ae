"""The golden bills under ingest/, through the whole program into a real Elasticsearch and back."""
import csv
import json
import pathlib
import subprocess
import sys

import pytest

from bill_folder import assert_same_charges, copy_case, expected_of_case, sums
from bills.values import load

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = sorted((ROOT / "ingest").glob("*/*/testdata/*/totals.json"))
FOCUS_DATES = ("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd")


def case_name(path):
    return "/".join(path.parent.parts[-4:-2]) + ":" + path.parent.name


@pytest.fixture
def deliver(billow, folder, feed_id, cloud):
    """Puts a case where its kind is read from: the feed, and what `billow sync` needs besides."""
    def delivered(kind, case):
        copy_case(case, folder)
        if kind != "elastic-cloud/costs":
            return {"id": feed_id, "kind": kind, "location": f"file://{folder}", "export": "E"}, ()
        pages = {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("instances/*.json")}
        [period] = {day[:7] for day in pages}
        cloud.pages = pages
        billow.environment["EC_API_KEY"] = cloud.api_key
        return cloud.feed(feed_id, period), ("--period", period)
    return delivered


@pytest.mark.parametrize("totals_path", CASES, ids=case_name)
def test_a_golden_bill_becomes_exactly_its_charges(billow, engine, folder, feed_id, deliver, totals_path):
    case = totals_path.parent
    totals = load(totals_path.read_text())
    kind = "/".join(case.parts[-4:-2])
    feed, words = deliver(kind, case)
    if totals["dead_letters"]:
        withheld = billow.sync(billow.config([feed]), *words, check=1)
        assert "withheld" in withheld.stdout + withheld.stderr
        assert engine.charges(feed_id) == []
        feed["dead_letters"] = "publish"
    billow.sync(billow.config([feed]), *words)

    charges = engine.charges(feed_id)
    assert_same_charges(expected_of_case(case), charges)
    found = sums(charges)
    for currency, expected in totals["currencies"].items():
        assert found[currency] == expected
    assert found.keys() == totals["currencies"].keys()

    [record] = [r for r in engine.delivery_records(feed_id) if r["State"] == "published"]
    assert record["RowsRead"] == totals["rows"]
    assert record["RowsDropped"] == totals["dropped"]
    assert record["RowsDead"] == totals["dead_letters"]
    assert len(record["NegationResidues"]) == len(totals["negation_residues"])
    assert {s["x_SliceId"].rsplit("-", 1)[1]: s["Lines"] for s in record["Slices"]} == {
        key.replace("-long", "L").replace("-", ""): lines for key, lines in totals["slices"].items()}
    letters = engine.hits("billow-dead-letters", feed_id) if totals["dead_letters"] else []
    assert len(letters) == totals["dead_letters"]
    validate_focus(charges, folder)


def validate_focus(charges, folder):
    """The FOCUS linter accepts what was indexed, written as CSV with every FOCUS column."""
    from focus_data_toolkit.model.validator import load_model

    columns = sorted(load_model()["datasets"]["Cost and Usage"]["columns"])
    extra = sorted({name for charge in charges for name in charge if name.startswith("x_") and name != "x_Tags"})
    path = pathlib.Path(folder) / "charges.csv"
    with open(path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(columns + extra)
        for charge in charges:
            writer.writerow([text_of(charge.get(name)) for name in columns + extra])
    done = subprocess.run([pathlib.Path(sys.executable).parent / "focus-toolkit", "validate", path, "--dataset", "cost-and-usage"],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def text_of(value):
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return json.dumps(value, default=str)
    if isinstance(value, bool):
        return str(value).lower()
    return format(value, "f") if hasattr(value, "as_tuple") else str(value)
