"""Rollups say what the charges say, and become visible with them."""
import json
import threading
import time
from collections import Counter
from decimal import Decimal

import pytest

import rollup_documents
from bill_folder import usage_row, write_export

SERVICES = ["AmazonEC2", "AmazonS3", "AWSLambda"]


def feed_of(feed_id, folder):
    return {"id": feed_id, "kind": "aws/cur2", "location": f"file://{folder}", "export": "E"}


def varied(number, day, cost="0.1000000003", **columns):
    """Lines that differ in what rollups group by, with amounts that have no short double."""
    kind = ["Usage", "Usage", "Credit", "SavingsPlanCoveredUsage"][number % 4]
    return usage_row(number, day, "-" + cost if kind == "Credit" else cost, line_item_line_item_type=kind,
                     line_item_product_code=SERVICES[number % 3], line_item_usage_account_id=f"{number % 5:012d}",
                     line_item_currency_code="USD" if number % 7 else "EUR", product_region_code=["eu-west-1", ""][number % 2],
                     product_sku=f"SKU{number % 4}", pricing_unit="Hrs" if number % 3 else "GB-Mo",
                     savings_plan_savings_plan_a_r_n="arn:aws:savingsplans::1:savingsplan/x" if number % 4 == 3 else "",
                     savings_plan_savings_plan_effective_cost="0.07" if number % 4 == 3 else "",
                     resource_tags=json.dumps({"user_team": f"team{number % 3}"} if number % 6 else {}), **columns)


def assert_rolled_up(engine, feed_id, tags=(), **how):
    charges = engine.charges(feed_id)
    assert charges
    wrong = rollup_documents.differences(engine, feed_id, charges, tags, **how)
    assert not wrong, "\n".join(wrong[:20])


def test_every_rollup_says_what_the_charges_say(billow, engine, folder, feed_id):
    write_export(folder, [varied(n, 1 + n % 9) for n in range(400)])
    billow.sync(billow.config([feed_of(feed_id, folder)]))
    assert_rolled_up(engine, feed_id)
    assert not rollup_documents.hidden(engine, feed_id)


def group_sums(engine, feed_id, tags):
    """Group -> sums, in each rollup."""
    return {alias: {tuple((name, rollup_documents.value_of(hit["_source"], name)) for name in rollup_documents.groups_of(alias, tags)):
                    {name: value for name, value in hit["_source"].items() if isinstance(value, (int, Decimal))}
                    for hit in engine.hits(alias, feed_id)} for alias in rollup_documents.ALIASES}


def test_what_is_counted_while_it_is_read_is_exact_and_what_elasticsearch_adds_up(billow, engine, folder, feed_id):
    rows = [varied(n, 1 + n % 9) for n in range(400)]
    for n, tags in ((7, {"user_team": ""}), (8, {"user_team": "ü \"x\""}), (9, {"user_other": "y"})):
        rows[n]["resource_tags"] = json.dumps(tags)
    # At and beyond "ignore_above" of the mapping, which counts UTF-16.
    for n, letter, size in ((10, "x", 1024), (11, "x", 1025), (12, "y", 1025), (13, "\U0001f600", 512), (14, "\U0001f600", 513)):
        rows[n]["resource_tags"] = json.dumps({"user_team": letter * size})
    for n, letter, size in ((20, "x", 8191), (21, "x", 8192), (22, "\U0001f600", 4095), (23, "\U0001f600", 4096), (24, "ü", 8191)):
        rows[n]["line_item_usage_account_name"] = letter * size
    write_export(folder, rows)
    config = billow.config([feed_of(feed_id, folder)], extra={"rollups": {"tags": ["team"]}})
    billow.sync(config)
    assert_rolled_up(engine, feed_id, ["team"], share=0)
    counted = group_sums(engine, feed_id, ["team"])
    for name in engine.ok("GET", f"/billow-*-{feed_id}-2026-v*"):
        engine.ok("DELETE", f"/{name}")
    billow.sync(config)
    assert_rolled_up(engine, feed_id, ["team"])
    asked = group_sums(engine, feed_id, ["team"])
    for alias, groups in counted.items():
        assert groups.keys() == asked[alias].keys()
        for group, sums in groups.items():
            other = asked[alias][group]
            assert sums.keys() == other.keys() and all(abs(float(sums[name]) - float(other[name])) <= 1e-12 for name in sums), (alias, group)
    assert asked != counted, "Elasticsearch adds up doubles"


def test_a_restatement_changes_the_rollups_of_the_days_that_changed(billow, engine, folder, feed_id):
    rows = [varied(n, 1 + n % 9) for n in range(300)]
    write_export(folder, rows)
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    before = {hit["_id"] for hit in engine.hits("billow-daily", feed_id) if not hit["_source"]["@timestamp"].startswith("2026-06-04")}
    changed = [row for row in rows if not row["line_item_usage_start_date"].startswith("2026-06-04")]
    write_export(folder, changed + [varied(900, 4, "7.77"), varied(901, 12, "0.01")], execution="e2")
    billow.sync(config)
    assert_rolled_up(engine, feed_id)
    assert before <= {hit["_id"] for hit in engine.hits("billow-daily", feed_id)}, "days that are the same were rolled up again"
    assert not rollup_documents.hidden(engine, feed_id), "what was replaced is purged"


def write_two_months(folder):
    for period, following in (("2026-05", "2026-06"), ("2026-06", "2026-07")):
        rows = [{name: value.replace("2026-07", "after").replace("2026-06", period).replace("after", following) for name, value in
                 varied(n, 1 + n % 3).items()} for n in range(60)]
        write_export(folder, rows, period=period)


def test_periods_of_one_year_share_an_index_without_touching_each_other(billow, engine, folder, feed_id):
    write_two_months(folder)
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    assert_rolled_up(engine, feed_id)
    billow.sync(config, "--period", "2026-05", "--force")
    assert_rolled_up(engine, feed_id)
    assert not rollup_documents.hidden(engine, feed_id)


def test_rollups_that_are_missing_are_made_without_writing_a_charge(billow, engine, folder, feed_id):
    write_export(folder, [varied(n, 1 + n % 5) for n in range(100)])
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    charges = sorted(hit["_id"] for hit in engine.hits("billow-charges", feed_id))
    engine.ok("DELETE", f"/billow-daily-{feed_id}-2026-v1")
    billow.sync(config)
    assert_rolled_up(engine, feed_id)
    assert sorted(hit["_id"] for hit in engine.hits("billow-charges", feed_id)) == charges
    assert "unchanged" in billow.sync(config).stdout


def take_alias_away(engine, feed_id):
    engine.ok("POST", "/_aliases", {"actions": [{"remove": {"index": f"billow-charges-{feed_id}-2026-06", "alias": "billow-charges"}}]})


@pytest.mark.parametrize("lose", [lambda engine, feed_id: engine.ok("DELETE", f"/billow-charges-{feed_id}-2026-06"), take_alias_away],
                         ids=["index", "alias"])
def test_charges_that_were_lost_and_are_loaded_again_are_rolled_up_once(billow, engine, folder, feed_id, lose):
    write_export(folder, [varied(n, 1 + n % 5) for n in range(100)])
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    lose(engine, feed_id)
    billow.sync(config)
    assert_rolled_up(engine, feed_id)
    billow.sync(config)
    assert not rollup_documents.hidden(engine, feed_id), "what was made of the lost charges is purged"


def test_rollups_of_charges_that_readers_do_not_see_are_hidden_by_the_next_pass(billow, engine, folder, feed_id):
    write_export(folder, [varied(n, 1 + n % 5) for n in range(100)])
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    index = f"billow-daily-{feed_id}-2026-v1"
    shown = engine.ok("GET", f"/{index}/_alias/billow-daily")[index]["aliases"]["billow-daily"]["filter"]
    document = engine.hits("billow-daily", feed_id)[0]["_source"]
    stray = {name: float(value) if isinstance(value, Decimal) else value for name, value in document.items()}
    engine.ok("PUT", f"/{index}/_doc/stray?refresh=true", stray | {"x_SliceId": "stray"})
    shown["bool"]["filter"][0]["terms"]["x_SliceId"].append("stray")
    engine.ok("POST", "/_aliases", {"actions": [{"add": {"index": index, "alias": "billow-daily", "filter": shown}}]})
    assert rollup_documents.differences(engine, feed_id, engine.charges(feed_id)), "the stray document is seen"
    charges = sorted(hit["_id"] for hit in engine.hits("billow-charges", feed_id))
    billow.sync(config)
    assert_rolled_up(engine, feed_id)
    assert sorted(hit["_id"] for hit in engine.hits("billow-charges", feed_id)) == charges
    assert "unchanged" in billow.sync(config).stdout
    assert not rollup_documents.hidden(engine, feed_id)


def test_promoted_tags_become_groups_and_other_tags_later_replace_them(billow, engine, folder, feed_id):
    write_export(folder, [varied(n, 1 + n % 5) for n in range(100)])
    billow.sync(billow.config([feed_of(feed_id, folder)]))
    tag = next(name for charge in engine.charges(feed_id) for name in charge.get("Tags") or {} if "team" in name)
    config = billow.config([feed_of(feed_id, folder)], extra={"rollups": {"tags": [tag]}})
    billow.sync(config)
    assert_rolled_up(engine, feed_id, [tag])
    assert f"billow-daily-{feed_id}-2026-v1" not in engine.ok("GET", "/_alias/billow-daily")
    billow.sync(config)
    status, answer = engine.call("GET", f"/billow-daily-{feed_id}-2026-v1")
    assert status == 404, f"the index of the rollup before shows nothing any more: {answer}"
    found = engine.ok("POST", "/billow-daily/_search", {"size": 0, "query": {"bool": {"filter": [
        {"term": {"x_FeedId": feed_id}}, {"term": {f"Tags.{tag}": "team1"}}]}}, "track_total_hits": True})
    assert found["hits"]["total"]["value"] > 0


def test_an_older_index_shows_a_month_until_that_is_published_again(billow, engine, folder, feed_id):
    write_two_months(folder)
    billow.sync(billow.config([feed_of(feed_id, folder)]))

    def counted():
        months = Counter()
        for hit in engine.hits("billow-daily", feed_id):
            months[hit["_source"]["BillingPeriodStart"][:7]] += hit["_source"]["x_ChargeCount"]
        return months

    before = counted()
    config = billow.config([feed_of(feed_id, folder)], extra={"rollups": {"tags": ["team"]}})
    for _ in range(2):
        billow.sync(config, "--period", "2026-05")
        assert counted() == before
    billow.sync(config)
    assert_rolled_up(engine, feed_id, ["team"])


def test_what_disagrees_with_its_charges_is_not_published(billow, engine, folder, feed_id):
    rows = [varied(n, 1 + n % 5) for n in range(100)]
    write_export(folder, rows)
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    index = f"billow-usage-{feed_id}-2026-v1"
    hit = next(h for h in engine.hits("billow-usage", feed_id) if h["_source"]["@timestamp"].startswith("2026-06-02"))
    engine.ok("POST", f"/{index}/_update/{hit['_id']}?refresh=true", {"doc": {"BilledCost": 99.5}})
    assert rollup_documents.differences(engine, feed_id, engine.charges(feed_id)), "the oracle sees it too"
    before = sorted(hit["_id"] for hit in engine.hits("billow-charges", feed_id))
    write_export(folder, rows + [varied(500, 3, "5")], execution="e2")
    failed = billow.sync(config, check=1)
    assert "billow-usage" in failed.stdout + failed.stderr and "differs by" in failed.stdout + failed.stderr
    assert sorted(hit["_id"] for hit in engine.hits("billow-charges", feed_id)) == before
    engine.ok("DELETE", f"/{index}")
    billow.sync(config)
    assert_rolled_up(engine, feed_id)


def test_readers_see_charges_and_rollups_of_one_statement(billow, engine, folder, feed_id):
    write_export(folder, [varied(n, 1 + n % 28, "1") for n in range(1500)])
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    write_export(folder, [varied(n, 1 + n % 28, "3") for n in range(1800)], execution="e2")
    query = {"size": 0, "query": {"term": {"x_FeedId": feed_id}},
             "aggs": {"lines": {"filter": {"prefix": {"_index": "billow-charges-"}}},
                      "daily": {"filter": {"prefix": {"_index": "billow-daily-"}}, "aggs": {"n": {"sum": {"field": "x_ChargeCount"}}}},
                      "usage": {"filter": {"prefix": {"_index": "billow-usage-"}}, "aggs": {"n": {"sum": {"field": "x_ChargeCount"}}}}}}
    seen, stop = set(), threading.Event()

    def read():
        while not stop.is_set():
            found = engine.ok("POST", "/billow-charges,billow-daily,billow-usage/_search", query)["aggregations"]
            seen.add((found["lines"]["doc_count"], float(found["daily"]["n"]["value"]), float(found["usage"]["n"]["value"])))
            time.sleep(0.002)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        billow.sync(config)
    finally:
        stop.set()
        reader.join()
    assert all(lines == daily == usage for lines, daily, usage in seen), seen
    assert len(seen) == 2, "the reader was to see both statements"


@pytest.mark.parametrize("tags, problem", [(["a", "a"], "twice"), ("team", "list"), ([str(n) for n in range(11)], "more than 10")])
def test_odd_tags_are_refused(billow, folder, feed_id, tags, problem):
    config = billow.config([feed_of(feed_id, folder)], extra={"rollups": {"tags": tags}})
    refused = billow.run("check", "-c", config, check=2)
    assert "rollups.tags" in refused.stderr and problem in refused.stderr
