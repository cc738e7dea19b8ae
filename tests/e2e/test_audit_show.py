"""`billow audit show`: when a figure became what it is, from which object, and by how much it moved."""
import csv
import io
import json
from decimal import Decimal

import pytest

from audit_store import feed_of, month


def show(store, *arguments, check=0):
    return store.billow.run("audit", "show", "-c", store.config, "--feed", store.feed_id, *arguments, check=check)


def events(store, *arguments):
    return json.loads(show(store, "--format", "json", *arguments).stdout)


@pytest.fixture
def three(store):
    store.deliver(month([1, 2], "1.10"), "first")
    store.deliver(month([1], "1.10") + month([2], "0.25"), "second")
    store.deliver(month([1], "1.10") + month([2], "0.25") + month([3], "-4"), "third")
    return store


def test_every_publish_is_told_with_its_objects_and_what_it_moved(three):
    first, second, third = events(three, "--period", "2026-06")
    billed = [(e["currencies"][0]["costs"]["BilledCost"], e["currencies"][0]["costs_moved"]["BilledCost"],
               e["currencies"][0]["charges"], e["currencies"][0]["charges_moved"]) for e in (first, second, third)]
    assert billed == [("6.6", "6.6", 6, 6), ("4.05", "-2.55", 6, 0), ("-7.95", "-12", 9, 3)]
    manifest = json.loads((three.folder / third["manifest"]["key"]).read_text())
    assert manifest["executionId"] == third["execution_id"] == "third"
    assert [o["key"] for o in third["objects"]] == [k.removeprefix("s3://B/") for k in manifest["dataFiles"]]
    assert third["objects"][0]["size"] == (three.folder / third["objects"][0]["key"]).stat().st_size
    assert [e["sequence"] for e in (first, second, third)] == [1, 2, 3]
    assert all(e["sound"] and not e["recovered"] for e in (first, second, third))


def test_a_charge_day_has_a_history_of_its_own(three):
    assert [e["execution_id"] for e in events(three, "--day", "2026-06-01")] == ["first"]
    assert [e["execution_id"] for e in events(three, "--day", "2026-06-02")] == ["first", "second"]
    [late] = events(three, "--day", "2026-06-03")
    assert late["execution_id"] == "third" and late["currencies"][0]["costs_moved"]["ListCost"] == "-12"
    assert events(three, "--day", "2026-06-09") == []


def test_the_table_and_csv_say_the_same(three):
    table = show(three, "--period", "2026-06", "--cost", "EffectiveCost").stdout
    assert "History of EffectiveCost" in table and "-2.55" in table and "+6.6" in table and "second" in table
    rows = list(csv.DictReader(io.StringIO(show(three, "--format", "csv").stdout)))
    assert [row["ExecutionId"] for row in rows] == ["first", "second", "third"]
    assert sum(Decimal(row["BilledCostMoved"]) for row in rows) == Decimal(rows[-1]["BilledCost"]) == Decimal("-7.95")


def test_a_record_that_was_altered_is_told_with_a_warning(three):
    three.chain.put(2, {**three.chain.record(2), "RowsRead": 1}, quietly=True)
    told = show(three, "--format", "json", check=1)
    assert [e["sound"] for e in json.loads(told.stdout)] == [True, False, True]
    assert "record 2 is not as it was written" in told.stderr


@pytest.mark.parametrize("words", [["--period", "2026-07"], ["--day", "2026-06-09"]])
def test_a_feed_of_the_chain_that_is_not_configured_is_no_mistake_where_nothing_happened(three, words):
    other = three.billow.config([feed_of("another", three.folder)], name="another.yml")
    told = three.billow.run("audit", "show", "-c", other, "--feed", three.feed_id, *words, check=0)
    assert "nothing was published" in told.stdout


def test_nothing_published_and_wrong_words(store):
    assert "nothing was published" in show(store).stdout
    assert "no charge day" in show(store, "--day", "2026-6-1", check=2).stderr
    done = store.billow.run("audit", "show", "-c", store.config, "--feed", "nobody", check=2)
    assert "there is no feed 'nobody'" in done.stderr
