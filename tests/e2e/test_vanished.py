"""What vanishes: periods that the provider no longer lists, whose publications stay while what never was published goes,
and the index of tokens, after which publications are still told apart."""
import json

import pytest

from audit_store import feed_of, month
from bill_folder import assert_same_charges, expected_of_folder, write_export
from fault_proxy import FaultProxy
from test_upgrade import of_may


class KillAfter:
    """Ends the program once a number of its bulk requests for June have been stored."""

    def __init__(self, requests):
        self.left, self.process = requests, None

    def __call__(self, exchange, proxy):
        if not (exchange.is_bulk and "-2026-06" in exchange.path) or self.left == 0:
            return None
        answer = exchange.forward()
        self.left -= 1
        if self.left == 0:
            self.process.kill()
            self.process.wait()
        return answer


def withdraw_june(folder):
    [manifest] = [path for path in folder.rglob("*Manifest.json") if "2026-06" in str(path)]
    manifest.unlink()


def killed_while_loading(store):
    gate = KillAfter(2)
    with FaultProxy(store.engine.url, gate) as proxy:
        small = {"url": proxy.url, "bulk": {"size": "64KiB", "connections": 1}}
        path = store.billow.config([feed_of(store.feed_id, store.folder)], small, name="faulty.yml")
        gate.process = store.billow.start("sync", "-c", path)
        gate.process.communicate(timeout=120)
    assert gate.left == 0 and store.engine.count(store.index) > 0


def attempts(store):
    return [record for record in store.engine.delivery_records(store.feed_id) if record["State"] in ("loading", "verified")]


@pytest.fixture
def may(store):
    """May is published; what June has, it gets beside it."""
    write_export(store.folder, [of_may(row) for row in month([1, 2])], period="2026-05")
    store.billow.sync(store.config)
    return store.engine.charges(store.feed_id)


def test_nothing_is_left_of_a_period_that_vanished_before_it_was_published(store, may):
    write_export(store.folder, [row for n in range(40) for row in month(range(1, 15), f"1.{n:03d}")])
    killed_while_loading(store)
    withdraw_june(store.folder)
    store.billow.sync(store.config)
    assert store.engine.call("GET", f"/{store.index}")[0] == 404
    assert attempts(store) == []
    assert store.engine.charges(store.feed_id) == may
    told = store.billow.sync(store.config)
    assert "2026-06" not in told.stdout
    store.proven()


def test_a_published_period_that_vanished_stays_and_loses_only_what_nobody_sees(store, may):
    store.deliver(month(range(1, 5), "1.10"), "e1")
    expected, _ = expected_of_folder(store.folder)
    write_export(store.folder, [row for n in range(40) for row in month(range(1, 15), f"1.{n:03d}")], execution="e2")
    killed_while_loading(store)
    withdraw_june(store.folder)
    store.billow.sync(store.config)
    assert_same_charges(expected, store.engine.charges(store.feed_id))
    assert store.engine.count(store.index) == 12
    assert attempts(store) == []
    store.proven()


def test_a_record_of_an_attempt_is_all_that_is_left_of_a_period_that_vanished_and_goes(store, may):
    store.deliver(month([1]), "e1")
    [record] = [record for record in store.engine.delivery_records(store.feed_id) if record["BillingPeriod"] == "2026-06"]
    died = json.dumps(record | {"State": "loading", "x_DeliveryId": "died", "Slices": []}, default=float)
    store.engine.ok("PUT", f"/billow-deliveries/_doc/{store.feed_id}:2026-06:died:{record['Token']}?refresh=true", died)
    assert len(attempts(store)) == 1
    withdraw_june(store.folder)
    store.billow.sync(store.config)
    assert attempts(store) == []
    store.proven()


def test_a_pass_asks_once_for_periods_that_vanished(store, may):
    with FaultProxy(store.engine.url) as proxy:
        path = store.billow.config([feed_of(store.feed_id, store.folder)], {"url": proxy.url}, name="watched.yml")
        store.billow.sync(path)
        asked = [request for request in proxy.requests if f"/billow-charges-{store.feed_id}-*?" in request]
        assert len(asked) == 1
        usual = len(proxy.requests)
        store.deliver(month([1]), "e1")
        withdraw_june(store.folder)
        proxy.requests.clear()
        store.billow.sync(path)
        # Two for attempts and lines that nobody sees; of each year the charges and the four rollups that show them.
        assert len(proxy.requests) <= usual + 2 + 5, "vanished periods that are in order cost this, however many of a year there are"


def test_publications_go_on_above_the_tokens_of_an_index_that_was_lost(store):
    for number in range(3):
        store.deliver(month([1], f"{number + 1}"), f"e{number}")
    last = max(record["Token"] for record in store.chain.records())
    store.engine.ok("DELETE", "/billow-state")
    for number in (10, 11):
        store.deliver(month([1], f"{number}"), f"e{number}")
        expected, _ = expected_of_folder(store.folder)
        assert_same_charges(expected, store.engine.charges(store.feed_id))
    tokens = [record["Token"] for record in store.chain.records()]
    assert len(tokens) == 5 and min(tokens[3:]) > last
    store.proven()


def bring_an_older_state_back(store):
    """The token is that of before the second of three publications. Returns its alias, and the token of the second."""
    for number in range(3):
        store.deliver(month([1], f"{number + 1}"), f"e{number}")
    token = next(iter(store.engine.ok("GET", f"/billow-state/_alias/billow-epoch-{store.feed_id}-*").values()))["aliases"]
    [current] = token
    second = store.chain.record(2)["Token"]
    older = f"billow-epoch-{store.feed_id}-{second - 2}"
    store.engine.ok("POST", "/_aliases", {"actions": [
        {"remove": {"index": "billow-state", "alias": current}},
        {"add": {"index": "billow-state", "alias": older, "filter": token[current]["filter"]}}]})
    return older, second


def test_an_older_state_that_was_brought_back_is_noticed(store):
    older, _ = bring_an_older_state_back(store)
    write_export(store.folder, month([1], "9"), execution="e9")
    done = store.billow.sync(store.config, check=1)
    assert f"Remove the alias {older}" in done.stdout + done.stderr, done
    store.engine.ok("POST", "/_aliases", {"actions": [{"remove": {"index": "billow-state", "alias": older}}]})
    store.billow.sync(store.config)
    expected, _ = expected_of_folder(store.folder)
    assert_same_charges(expected, store.engine.charges(store.feed_id))
    store.proven()


def test_a_publication_with_the_token_of_another_is_in_the_chain_all_the_same(store):
    """Of a month that was never published, nothing tells that the state is an older one."""
    _, second = bring_an_older_state_back(store)
    write_export(store.folder, [of_may(row) for row in month([1], "9")], period="2026-05", execution="e5")
    store.billow.sync(store.config, "--period", "2026-05")
    records = store.chain.records()
    assert [record["Token"] for record in records].count(second) == 2
    assert records[-1]["x_DeliveryId"] != records[1]["x_DeliveryId"]
    shown = store.engine.ok("GET", f"/billow-charges-{store.feed_id}-2026-05/_alias/billow-charges")
    [index] = shown.values()
    name = index["aliases"]["billow-charges"]["filter"]["bool"]["_name"]
    assert name == f"{store.feed_id}:2026-05:{records[-1]['x_DeliveryId']}:{second - 1}"
