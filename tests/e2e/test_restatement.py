"""Providers restate: what readers see is always the last statement, and only what changed is written."""
import os
import shutil
import threading
import time
from decimal import Decimal

from bill_folder import assert_same_charges, expected_of_folder, sums, usage_row, write_export


def month(days, cost="1.5"):
    return [usage_row(f"{day}-{n}", day, cost) for day in days for n in range(3)]


def feed_of(feed_id, folder):
    return {"id": feed_id, "kind": "aws/cur2", "location": f"file://{folder}", "export": "E"}


def index_writes(engine, feed_id):
    stats = engine.ok("GET", f"/billow-charges-{feed_id}-*/_stats/indexing")
    return stats["_all"]["primaries"]["indexing"]["index_total"]


def test_an_unchanged_delivery_writes_nothing(billow, engine, folder, feed_id):
    write_export(folder, month(range(1, 6)))
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    before = index_writes(engine, feed_id)
    again = billow.sync(config)
    assert "unchanged" in again.stdout
    assert index_writes(engine, feed_id) == before


def test_a_new_delivery_of_the_same_lines_is_read_and_writes_no_charge(billow, engine, folder, feed_id):
    rows = month(range(1, 6))
    write_export(folder, rows)
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    before = index_writes(engine, feed_id)
    for number, row in enumerate(rows):  # AWS mints ids anew, orders and splits as it likes
        row["identity_line_item_id"] = f"minted-{number}"
    write_export(folder, list(reversed(rows)), files=3, execution="e2")
    again = billow.sync(config)
    assert "unchanged" in again.stdout
    assert index_writes(engine, feed_id) == before
    assert len(engine.charges(feed_id)) == len(rows)


def test_a_folder_is_not_read_before_its_manifest_is_renewed(billow, engine, folder, feed_id, tmp_path):
    rows = month(range(1, 4))
    write_export(folder, rows, files=2)
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        os.utime(path, (1_780_000_000, 1_780_000_000))
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    # A copy of a bucket, half way: the files of now beside the manifest of before.
    bucket = tmp_path / "next"
    write_export(bucket, rows[:4], files=2, execution="e2")
    shutil.copytree(bucket / "P/E/data", folder / "P/E/data", dirs_exist_ok=True)
    assert "the next delivery is being written" in billow.sync(config).stderr
    assert len(engine.charges(feed_id)) == 9
    shutil.copytree(bucket, folder, dirs_exist_ok=True)
    billow.sync(config)
    assert len(engine.charges(feed_id)) == 4


def test_an_export_without_any_manifest_is_an_error_whatever_the_first_month(billow, engine, folder, feed_id):
    write_export(folder, [usage_row(1)])
    billow.sync(billow.config([{**feed_of(feed_id, folder), "since": "2027-01"}]))
    missing = billow.sync(billow.config([{**feed_of(feed_id, folder), "export": "Typo", "since": "2026-01"}]), check=1)
    assert "no manifest of export 'Typo'" in missing.stdout + missing.stderr
    assert engine.health(feed_id)["Health"] != "ok"


def test_only_the_days_that_changed_are_written(billow, engine, folder, feed_id):
    rows = month(range(1, 11))
    write_export(folder, rows)
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    before = index_writes(engine, feed_id)
    for row in rows:
        if row["line_item_usage_start_date"].startswith("2026-06-04"):
            row["line_item_unblended_cost"] = "9.000000000000001"
    write_export(folder, rows, execution="e2")
    billow.sync(config)
    assert index_writes(engine, feed_id) - before == 3
    charges = engine.charges(feed_id)
    assert len(charges) == 30
    assert sums(charges)["USD"]["BilledCost"] == Decimal("1.5") * 27 + Decimal("9.000000000000001") * 3


def test_withdrawn_late_and_changed_lines_all_end_right(billow, engine, folder, feed_id):
    write_export(folder, month(range(1, 8)))
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    restated = month([1, 2, 4, 5, 6, 9], cost="2.25")[1:] + [usage_row("credit", 3, "-0.75", line_item_line_item_type="Credit")]
    write_export(folder, restated, execution="e2")
    billow.sync(config)
    expected, _ = expected_of_folder(folder)
    assert_same_charges(expected, engine.charges(feed_id))
    index = f"billow-charges-{feed_id}-2026-06"
    assert engine.count(index) == len(expected), "what was replaced is purged"


def test_readers_see_the_old_or_the_new_month_and_nothing_between(billow, engine, folder, feed_id):
    write_export(folder, [usage_row(n, 1 + n % 28, "1") for n in range(4000)])
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    write_export(folder, [usage_row(n, 1 + n % 28, "3") for n in range(5000)], execution="e2")
    query = {"size": 0, "query": {"term": {"x_FeedId": feed_id}}, "track_total_hits": True,
             "aggs": {"billed": {"sum": {"field": "BilledCost"}}}}
    seen, stop, esql = set(), threading.Event(), engine.has_esql()

    def read():
        while not stop.is_set():
            answer = engine.ok("POST", "/billow-charges/_search", query)
            seen.add((answer["hits"]["total"]["value"], float(answer["aggregations"]["billed"]["value"])))
            if not esql:
                continue
            rows = engine.esql(f'FROM billow-charges | WHERE x_FeedId == "{feed_id}" | STATS n = COUNT(*), b = SUM(BilledCost)')
            seen.add((rows["values"][0][0], float(rows["values"][0][1])))
            time.sleep(0.005)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        billow.sync(config)
    finally:
        stop.set()
        reader.join()
    assert seen <= {(4000, 4000.0), (5000, 15000.0)}, seen
    assert len(engine.charges(feed_id)) == 5000


def test_a_period_can_be_synced_alone(billow, engine, folder, feed_id):
    for period in ("2026-05", "2026-06"):
        rows = [usage_row(1, 2)]
        for column in rows[0]:
            rows[0][column] = rows[0][column].replace("2026-06", period).replace("2026-07", "2026-06" if period == "2026-05" else "2026-07")
        write_export(folder, rows, period=period)
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config, "--period", "2026-05")
    assert [c["BillingPeriodStart"] for c in engine.charges(feed_id)] == ["2026-05-01T00:00:00Z"]
    billow.sync(config)
    assert len(engine.charges(feed_id)) == 2
    billow.sync(config, "--period", "2026-01", check=1)
