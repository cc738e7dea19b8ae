"""`billow reconcile`: provider, chain, charges, rollups and invoice, and by how much each differs."""
import csv
import io
import json
import threading
from decimal import Decimal

import pytest

from audit_store import feed_of, month
from bill_folder import usage_row, write_export
from fault_proxy import FaultProxy

ROLLUPS = {"billow-daily", "billow-monthly", "billow-usage", "billow-commitments"}


def reconcile(store, *arguments, check=0):
    done = store.billow.run("reconcile", "-c", store.config, "--feed", store.feed_id, "--format", "json", *arguments, check=check)
    made = json.loads(done.stdout)
    assert made["agrees"] == (done.returncode == 0)
    return made


def by_place(made, currency="USD"):
    return {row["place"]: row for row in made["rows"] if row["BillingCurrency"] == currency}


@pytest.fixture
def delivered(store):
    store.deliver(month([1, 2], "1.10"), "e1")
    rows = month([1], "1.10") + month([2], "0.255") + \
        [usage_row("euro", 4, "7.000000000000000001", line_item_currency_code="EUR")]
    store.deliver(rows, "e2")
    return store


def test_everything_agrees_after_a_restatement(delivered):
    made = reconcile(delivered, "--period", "2026-06", "--invoice", "4.07", "USD", "--invoice", "7", "EUR")
    assert set(by_place(made)) == {"provider", "audit chain", "charges"} | ROLLUPS
    for currency, billed, charges in (("USD", "4.065", 6), ("EUR", "7.000000000000000001", 1)):
        places = by_place(made, currency)
        for place in ("provider", "audit chain", "charges"):
            assert (places[place]["BilledCost"], places[place]["charges"]) == (billed, charges)
        for place in ROLLUPS:
            assert abs(Decimal(places[place]["BilledCost"]) - Decimal(billed)) < Decimal("1e-9")
            assert places[place]["charges"] == charges
    assert made["notes"] == made["failures"] == []
    assert [i["differs"] for i in made["invoices"]] == [False, False]


def test_an_invoice_is_compared_to_its_own_places(delivered):
    for amounts, currency, apart in ((["4.065"], "USD", "0"), (["4"], "USD", "0"), (["5.07", "-1"], "USD", "0"), (["4.08"], "USD", "0.015"),
                                     (["4.06"], "USD", "-0.005"), (["4.0650000001"], "USD", "0.0000000001"), (["4.07"], "GBP", "4.07")):
        words = [word for amount in amounts for word in ("--invoice", amount, currency)]
        [invoice] = reconcile(delivered, "--no-source", *words, check=0 if apart == "0" else 1)["invoices"]
        assert (invoice["BillingCurrency"], invoice["BilledCost_apart"]) == (currency, apart)


def test_a_provider_that_has_restated_differs_until_the_next_sync(delivered):
    write_export(delivered.folder, month([1], "2") + month([2], "0.255"), execution="e3")
    made = reconcile(delivered, check=1)
    places = by_place(made)
    assert places["provider"]["BilledCost"] == "6.765"
    assert places["charges"]["BilledCost_apart"] == "-2.7"
    assert abs(Decimal(places["billow-daily"]["BilledCost_apart"]) + Decimal("2.7")) < Decimal("1e-14")
    assert "BilledCost -2.7," in delivered.billow.run("reconcile", "-c", delivered.config, "--feed", delivered.feed_id, check=1).stdout
    assert by_place(made, "EUR")["charges"]["charges_apart"] == 1
    assert "e3" in made["notes"][0]
    assert reconcile(delivered, "--no-source")["agrees"]
    delivered.billow.sync(delivered.config)
    assert reconcile(delivered)["agrees"]


def test_a_charge_that_was_altered_differs_from_the_chain(delivered):
    hit = delivered.engine.hits(delivered.index)[0]
    delivered.engine.ok("POST", f"/{delivered.index}/_update/{hit['_id']}?refresh=true", {"doc": {"ListCost": 5}})
    places = by_place(reconcile(delivered, check=1))
    assert Decimal(places["charges"]["ListCost_apart"]) == 5 - hit["_source"]["ListCost"]
    assert not places["audit chain"]["differs"] and not places["billow-daily"]["differs"]
    assert places["charges"]["BilledCost_apart"] == "0"


def rollup_index(store, alias):
    [index] = store.engine.ok("GET", f"/{alias}-{store.feed_id}-2026-*/_alias")
    return index


def test_a_rollup_that_was_altered_differs_by_exactly_that(delivered):
    for alias in sorted(ROLLUPS):
        index = rollup_index(delivered, alias)
        [hit] = [h for h in delivered.engine.hits(index) if h["_source"]["BillingCurrency"] == "EUR"]
        document = f"/{index}/_update/{hit['_id']}?refresh=true"
        assert (hit["_source"]["EffectiveCost"], hit["_source"]["x_ChargeCount"]) == (Decimal("7.000000000000000001"), 1)
        delivered.engine.ok("POST", document, {"doc": {"EffectiveCost": 7.01, "x_ChargeCount": 3}})
        made = reconcile(delivered, "--no-source", check=1)
        different = [row for row in made["rows"] if row["differs"]]
        assert [(row["place"], row["BillingCurrency"]) for row in different] == [(alias, "EUR")]
        exact = by_place(made, "EUR")["charges"]["EffectiveCost"]
        assert Decimal(different[0]["EffectiveCost_apart"]) == Decimal("7.01") - Decimal(exact)
        assert different[0]["charges_apart"] == 2 and different[0]["BilledCost_apart"] == "0"
        delivered.engine.ok("POST", document, {"doc": {"EffectiveCost": 7.0, "x_ChargeCount": 1}})
    assert reconcile(delivered)["agrees"]


def test_a_rollup_is_what_readers_see_of_it(delivered):
    index = rollup_index(delivered, "billow-daily")
    delivered.engine.ok("POST", "/_aliases", {"actions": [{"add": {"index": index, "alias": "billow-daily"}}]})
    assert reconcile(delivered, check=0)["agrees"]
    [copy] = [h["_source"] for h in delivered.engine.hits(index) if h["_source"]["BillingCurrency"] == "EUR"]
    copy = {name: float(value) if isinstance(value, Decimal) else value for name, value in copy.items()}
    delivered.engine.ok("POST", f"/{index}/_doc?refresh=true", copy | {"x_SliceId": "mine"})
    assert by_place(reconcile(delivered, check=1), "EUR")["billow-daily"]["charges_apart"] == 1
    delivered.engine.ok("POST", "/_aliases", {"actions": [{"remove": {"index": index, "alias": "billow-daily"}}]})
    assert by_place(reconcile(delivered, check=1))["billow-daily"]["charges"] == 0


@pytest.mark.parametrize("seen", ["while the alias is opened", "between opening and reading"])
def test_an_index_of_others_that_is_deleted_meanwhile_makes_no_difference(delivered, seen):
    engine = delivered.engine
    other = f"other-{delivered.feed_id}"
    engine.ok("PUT", f"/{other}", {"aliases": {alias: {} for alias in sorted(ROLLUPS)}})
    named = {"type": "index_not_found_exception", "reason": f"no such index [{other}]", "index": other}
    deleted = []

    def delete_it(exchange, proxy):
        if "/billow-daily/_pit" not in exchange.path or deleted:
            return None
        opened = exchange.forward()
        deleted.append(engine.ok("DELETE", f"/{other}"))
        if seen == "between opening and reading":
            return opened
        return 404, {"Content-Type": "application/json"}, json.dumps({"error": {"root_cause": [named], **named}, "status": 404}).encode()

    with FaultProxy(engine.url, delete_it) as proxy:
        config = delivered.billow.config([feed_of(delivered.feed_id, delivered.folder)], {"url": proxy.url}, name="through.yml")
        delivered.billow.run("reconcile", "-c", config, "--feed", delivered.feed_id, check=0)
        assert deleted and proxy.requests.count("POST /billow-daily/_pit?keep_alive=5m") == 2


def through(store, proxy, name="through.yml"):
    return store.billow.config([feed_of(store.feed_id, store.folder)], {"url": proxy.url}, name=name)


def before_the_lines(store, seen):
    return f"/{store.index}/_pit" in seen[-1]


def before_the_chain(store, seen):
    """Of the period alone, when it is known already what readers see of it."""
    return "POST /billow-audit/_refresh" in seen[-1] and f"GET /{store.index}/_alias/billow-charges" in seen


@pytest.mark.parametrize("command, moment", [("reconcile", before_the_lines), ("reconcile", before_the_chain),
                                             ("audit verify --deep", before_the_lines)])
def test_a_publication_in_the_middle_makes_no_difference(delivered, command, moment):
    """What it replaces is purged before it is read."""
    seen, published = [], []

    def publish(exchange, proxy):
        seen.append(f"{exchange.method} {exchange.path.split('?')[0]}")
        if published or not moment(delivered, seen):
            return None
        published.append(delivered.deliver(month([1, 2, 3], "7"), "e3"))
        return exchange.forward()

    with FaultProxy(delivered.engine.url, publish) as proxy:
        delivered.billow.run(*command.split(), "-c", through(delivered, proxy), "--feed", delivered.feed_id, check=0)
    assert published, seen


def test_a_publication_that_is_not_in_the_chain_yet_is_waited_for(delivered):
    held, opened, looks = threading.Event(), threading.Event(), []

    def hold(exchange, proxy):
        if "/billow-audit/_create" in exchange.path:
            exchange.whole()
            held.set()
            opened.wait(120)
        return None

    def look(exchange, proxy):
        if exchange.method == "GET" and exchange.path == f"/{delivered.index}/_alias/billow-charges":
            looks.append(exchange.path)
            if len(looks) == 3:  # twice in a round
                opened.set()
                publisher.join(120)
        return None

    with FaultProxy(delivered.engine.url, hold) as slow, FaultProxy(delivered.engine.url, look) as proxy:
        write_export(delivered.folder, month([1, 2, 3], "7"), execution="e3")
        slowly = through(delivered, slow, "slow.yml")
        publisher = threading.Thread(target=delivered.billow.sync, args=(slowly,))
        publisher.start()
        assert held.wait(120), "readers see it, and the chain does not tell of it yet"
        try:
            delivered.billow.run("reconcile", "-c", through(delivered, proxy), "--feed", delivered.feed_id, check=0)
        finally:
            opened.set()
            publisher.join(120)
    assert len(looks) >= 4


def test_a_rollup_without_an_amount_is_a_problem(delivered):
    index = rollup_index(delivered, "billow-usage")
    hit = delivered.engine.hits(index)[0]
    delivered.engine.ok("POST", f"/{index}/_update/{hit['_id']}?refresh=true", {"doc": {"BilledCost": None}})
    made = reconcile(delivered, check=1)
    assert hit["_id"] in made["failures"][0] and by_place(made)["billow-usage"]["compared"] is False


def test_an_alias_of_somebody_else_is_a_problem(delivered):
    delivered.engine.ok("POST", "/_aliases", {"actions": [{"add": {"index": delivered.index, "alias": "billow-charges"}}]})
    made = reconcile(delivered, check=1)
    assert "charges not compared: the alias has no filter" in made["failures"][0]
    assert by_place(made)["charges"]["compared"] is False and not by_place(made)["billow-daily"]["differs"]


def test_an_invoice_that_cannot_be_compared_says_so_in_every_format(delivered):
    delivered.engine.ok("POST", "/_aliases", {"actions": [{"add": {"index": delivered.index, "alias": "billow-charges"}}]})
    words = ["--no-source", "--invoice", "999", "USD"]
    [invoice] = reconcile(delivered, *words, check=1)["invoices"]
    assert invoice == {"compared": False, "BillingCurrency": "USD", "BilledCost": "999", "differs": None}
    told = delivered.billow.run("reconcile", "-c", delivered.config, "--feed", delivered.feed_id, "--format", "csv", *words, check=1)
    [row] = [row for row in csv.DictReader(io.StringIO(told.stdout)) if row["AccordingTo"] == "invoice"]
    assert (row["BilledCost"], row["BilledCostApart"], row["Compared"]) == ("999", "", "false")
    assert "charges not compared: the alias has no filter" in told.stderr


def test_a_period_that_nobody_has_is_a_problem(delivered):
    [failure] = reconcile(delivered, "--period", "2020-01", check=1)["failures"]
    assert failure == f"{delivered.feed_id} 2020-01: nothing to compare: it was never published, and no provider shows it"
    told = delivered.billow.run("reconcile", "-c", delivered.config, "--period", "2020-01", "--no-source", check=1).stdout
    assert "every feed 2020-01: nothing to compare: it was never published (no provider was asked)" in told
    assert "agrees" not in told


def test_a_statement_that_was_not_published_yet_differs_and_nothing_is_a_problem(store):
    told = store.billow.run("reconcile", "-c", store.config, "--feed", store.feed_id, "--no-source", check=1).stdout
    assert f"PROBLEM: {store.feed_id}: nothing to compare" in told
    write_export(store.folder, month([1], "2"), execution="e1")
    places = by_place(reconcile(store, check=1))
    assert places["provider"]["BilledCost"] == "6" and places["charges"]["BilledCost_apart"] == "-6"


def test_an_altered_record_is_a_failure(delivered):
    delivered.chain.put(2, {**delivered.chain.record(2), "RowsRead": 1}, quietly=True)
    assert "record 2 is not as it was written" in reconcile(delivered, check=1)["failures"][0]


def test_an_altered_record_is_a_failure_whatever_place_it_claims(store):
    store.deliver(month([1, 2], "1.10"), "e1")
    altered = {**store.chain.record(1), "Sequence": 0}
    for put in store.chain.put, store.chain.forge:
        put(1, {**altered, "RowsRead": 1}, quietly=True)
        [failure] = reconcile(store, check=1)["failures"]
        assert "record 0 is not as it was written" in failure


def test_a_provider_that_cannot_be_asked_is_a_problem_and_the_rest_is_compared(delivered):
    def said():
        made = reconcile(delivered, check=1)
        assert by_place(made)["provider"]["compared"] is False and "BilledCost" not in by_place(made)["provider"]
        assert not any(row["differs"] for row in made["rows"]) and by_place(made)["charges"]["BilledCost"] == "4.065"
        assert reconcile(delivered, "--no-source", check=0)["agrees"]
        [failure] = made["failures"]
        return failure
    for part in delivered.folder.rglob("*.csv.gz"):
        part.rename(part.with_suffix(".gone"))
    assert "E-00001.csv.gz" in said()
    for manifest in delivered.folder.rglob("*Manifest.json"):
        manifest.unlink()
    assert "no longer has the period" in said()
    config = delivered.config
    delivered.config = delivered.billow.config([{**feed_of(delivered.feed_id, delivered.folder), "location": "file:///nowhere"}])
    assert "no such folder" in said()
    delivered.config = config


def test_a_period_that_the_configuration_leaves_out_is_told_from_one_that_is_gone(delivered):
    delivered.config = delivered.billow.config([feed_of(delivered.feed_id, delivered.folder, since="2026-07")], name="since.yml")
    [failure] = reconcile(delivered, "--period", "2026-06", check=1)["failures"]
    assert failure == f"{delivered.feed_id} 2026-06: provider not compared: the configuration leaves the period out (since: 2026-07)"


def test_a_feed_that_is_not_configured_has_no_provider_to_ask(delivered):
    told = delivered.billow.run("reconcile", "-c", delivered.billow.config([feed_of("another", delivered.folder)]),
                                "--feed", delivered.feed_id, check=1).stdout
    assert "provider not compared: the configuration has no such feed" in told and "not compared, see below" in told


def test_table_and_csv_say_the_same(delivered):
    run = delivered.billow.run
    table = run("reconcile", "-c", delivered.config, "--feed", delivered.feed_id, "--invoice", "4.10", "USD", check=1).stdout
    assert "audit chain" in table and "BilledCost +0.035" in table and "1 difference, 0 problems." in table
    rows = list(csv.DictReader(io.StringIO(run("reconcile", "-c", delivered.config, "--feed", delivered.feed_id,
                                               "--format", "csv", check=0).stdout)))
    assert {row["BilledCost"] for row in rows if row["BillingCurrency"] == "USD" and row["AccordingTo"] not in ROLLUPS} == {"4.065"}
    assert {Decimal(row["BilledCostApart"]) for row in rows} == {0}


@pytest.mark.parametrize("words, said", [(["--invoice", "4,10", "USD"], "is no amount"), (["--invoice", "4.10", "usd"], "is no currency"),
                                         (["--feed", "nobody"], "there is no feed 'nobody'")])
def test_a_wrong_command_line_ends_with_2(store, words, said):
    assert said in store.billow.run("reconcile", "-c", store.config, *words, check=2).stderr
