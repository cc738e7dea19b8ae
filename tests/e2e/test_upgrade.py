"""Templates of another version in a cluster that is in use: a daemon runs, readers poll, and nobody notices."""
import json
import threading
import time
from decimal import Decimal

import pytest

import rollup_documents
from audit_store import feed_of, month
from bill_folder import assert_same_charges, expected_of_folder, write_export
from billow_process import Daemon
from conftest import ROOT
from engine import Engine
from fault_proxy import FaultProxy
from s3_emulator import free_port
from test_reconcile import reconcile
from test_serve import until

POLL_SECONDS = 0.02
FOLDERS = {"component": "_component_template", "index": "_index_template"}
ROLLUPS = ["billow-daily", "billow-usage", "billow-monthly", "billow-commitments"]


def shipped(kind, name):
    return json.loads((ROOT / "es-templates" / kind / f"{name}.json").read_text())


def put(engine, kind, name, body):
    engine.ok("PUT", f"/{FOLDERS[kind]}/{name}", body)


def installed(engine, kind, name):
    [entry] = engine.ok("GET", f"/{FOLDERS[kind]}/{name}")[FOLDERS[kind][1:] + "s"]
    return entry[FOLDERS[kind][1:]]


def of_another_version(version, properties):
    """The mapping of charges as another version had or will have it; a field that is None is not mapped."""
    body = shipped("component", "billow-charges-mappings")
    body["version"] = version
    mapped = {**body["template"]["mappings"]["properties"], **properties}
    body["template"]["mappings"]["properties"] = {name: field for name, field in mapped.items() if field}
    return body


OLDER = {"ChargeDescription": {"type": "text"}, "BilledCost": {"type": "double"}, "AllocatedMethodId": None}
LATER = {"ChargeDescription": {"type": "keyword", "doc_values": False}}


@pytest.fixture
def templates(store):
    """Puts our own templates back."""
    yield store
    for kind, path in FOLDERS.items():
        for file in (ROOT / "es-templates" / kind).glob("*.json"):
            if file.stem != "billow-lifecycle":
                put(store.engine, kind, file.stem, shipped(kind, file.stem))
    store.billow.run("setup", "-c", store.config, check=0)


class Reader:
    """A dashboard that asks every 20 ms, by search and by ES|QL in turn: what it sees of charges and rollups. ES|QL
    looks up the names of indices first and their aliases later, so that a query under way while charges move to
    another index can find nothing: an empty answer of its is asked for once more."""

    def __init__(self, engine, feed):
        self.engine, self.feed = Engine(engine.url), feed
        self.seen, self.problems, self.polls = [], [], 0
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self.run)
        cost = {"cost": {"sum": {"field": "BilledCost"}}}
        places = {alias: {"filter": {"prefix": {"_index": alias + "-"}},
                          "aggs": {**cost, "charges": {"sum": {"field": "x_ChargeCount"}}}} for alias in ROLLUPS}
        self.body = {"size": 0, "track_total_hits": True, "query": {"term": {"x_FeedId": feed}},
                     "aggs": {"billow-charges": {"filter": {"prefix": {"_index": "billow-charges-"}}, "aggs": cost}, **places}}

    def search(self):
        path = "/" + ",".join(["billow-charges", *ROLLUPS]) + "/_search?allow_partial_search_results=false"
        found = self.engine.ok("POST", path, self.body)
        assert found["_shards"]["failed"] == 0, found
        places = found["aggregations"]
        seen = {(round(Decimal(place["cost"]["value"]), 6), int(place.get("charges", {}).get("value", place["doc_count"])))
                for place in places.values()}
        assert len(seen) == 1, f"charges and rollups differ: {places}"
        return seen.pop()

    def esql(self):
        where = f'WHERE x_FeedId == "{self.feed}"'
        for _ in range(2):
            [[cost, count]] = self.engine.esql(f"FROM billow-charges | {where} | STATS c = SUM(BilledCost), n = COUNT(*)")["values"]
            if count:
                break
        return round(Decimal(cost or 0), 6), count

    def run(self):
        while not self.stopping.is_set():
            try:
                see = self.esql if self.polls % 2 and self.engine.has_esql() else self.search
                seen = see()
                if not self.seen or self.seen[-1] != seen:
                    self.seen.append(seen)
            except Exception as problem:  # noqa: BLE001 - whatever goes wrong, readers were not to notice
                self.problems.append(f"poll {self.polls}: {problem}")
            self.polls += 1
            time.sleep(POLL_SECONDS)

    def polls_on(self):
        """Waits for some more polls."""
        enough = self.polls + 6
        until(lambda: self.polls >= enough, "the reader polls on")

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        self.thread.join()


@pytest.fixture
def site(templates):
    """Something that the site puts into the cluster, for as long as the test runs: call it with path and body."""
    made = set()

    def install(path, body):
        made.add(path)
        templates.engine.ok("PUT", path, body)
    yield install
    for path in ("/_component_template/billow@custom",) if "/_component_template/billow@custom" in made else ():
        templates.engine.ok("PUT", path, {"template": {}})
        made.remove(path)
    for path in made:
        templates.engine.call("DELETE", path)


def of_may(row):
    """A line of June as one of May."""
    moved = {"2026-06": "2026-05", "2026-07": "2026-06"}
    return {name: moved.get(value[:7], value[:7]) + value[7:] for name, value in row.items()}


def statement(rows):
    return round(sum(Decimal(row["line_item_unblended_cost"]) for row in rows), 6), len(rows)


def shown_in(engine, feed, alias="billow-charges"):
    """The indices of the feed behind an alias."""
    return sorted(index for index in engine.ok("GET", f"/_alias/{alias}") if index.startswith(f"{alias}-{feed}-"))


def stored(engine, feed):
    return sorted(index for index in engine.ok("GET", "/billow-*?features=aliases") if f"-{feed}-" in index)


def mapping_of(engine, index, field):
    return engine.ok("GET", f"/{index}/_mapping")[index]["mappings"]["properties"].get(field)


def manual(store, **more):
    """The configuration of a daemon that leaves templates to `billow setup`."""
    extra = {"http": {"listen": f"127.0.0.1:{free_port()}"}} if more else None
    return store.billow.config([feed_of(store.feed_id, store.folder, **more)], {"setup": "manual"}, extra, name="manual.yml")


def all_followed(engine, feed, number):
    """Charges and rollups are shown by the n-th index after the first, and nothing of the ones before is left."""
    names = [shown_in(engine, feed, alias) for alias in ["billow-charges", *ROLLUPS]]
    return all(len(n) == 1 and n[0].endswith(f"-r{number}") for n in names) and stored(engine, feed) == sorted(sum(names, []))


def assert_proven(store, rows):
    expected, _ = expected_of_folder(store.folder)
    charges = store.engine.charges(store.feed_id)
    assert_same_charges(expected, charges)
    assert len(charges) == len(rows)
    assert not rollup_documents.differences(store.engine, store.feed_id, charges)
    assert not rollup_documents.hidden(store.engine, store.feed_id)
    store.proven("--deep")
    reconcile(store)


def test_an_upgrade_and_a_downgrade_pass_unnoticed_while_a_daemon_runs(templates):
    store, engine, feed = templates, templates.engine, templates.feed_id
    put(engine, "component", "billow-charges-mappings", of_another_version(0, OLDER))
    first, second = month(range(1, 20), "1.10"), month(range(1, 15), "1.10") + month(range(15, 22), "3.7")
    write_export(store.folder, first, execution="e1")
    store.billow.sync(manual(store))
    assert mapping_of(engine, store.index, "ChargeDescription")["type"] == "text"
    with Reader(engine, feed) as reader, Daemon(store.billow, manual(store, every="1s")) as daemon:
        daemon.wait_for(f"{feed}.*unchanged|serving")
        reader.polls_on()
        planned = store.billow.run("setup", "-c", store.config, "--dry-run", check=0).stdout
        assert f"/{store.index}/_mapping" in planned and "~ ChargeDescription.type: text -> keyword" in planned
        assert mapping_of(engine, store.index, "AllocatedMethodId") is None, "a dry run changes nothing"

        store.billow.run("setup", "-c", store.config, check=0)
        assert installed(engine, "component", "billow-charges-mappings")["version"] == 1
        until(lambda: all_followed(engine, feed, 1), "charges and rollups have moved to new indices")
        assert mapping_of(engine, store.index + "-r1", "ChargeDescription")["type"] == "keyword"
        assert mapping_of(engine, store.index + "-r1", "BilledCost") == {"type": "double", "index": False}
        reader.polls_on()
        assert set(reader.seen) == {statement(first)}

        write_export(store.folder, second, execution="e2")
        until(lambda: statement(second) in reader.seen, "the restatement is published")

        put(engine, "component", "billow-charges-mappings", of_another_version(900, LATER))
        assert "newer" in store.billow.run("setup", "-c", store.config, check=0).stdout
        until(lambda: all_followed(engine, feed, 2), "a later version's mapping is followed as well")
        store.billow.run("setup", "-c", store.config, "--downgrade", check=0)
        assert installed(engine, "component", "billow-charges-mappings")["version"] == 1
        until(lambda: all_followed(engine, feed, 3), "and given up again")
        assert "doc_values" not in mapping_of(engine, store.index + "-r3", "ChargeDescription")
        reader.polls_on()
        assert daemon.stop() == 0
    assert not reader.problems, reader.problems[:5]
    assert reader.seen == [statement(first), statement(second)], "the old statement, then the new, and nothing else"
    assert "create" not in (clean := store.billow.run("setup", "-c", store.config, "--dry-run", check=0).stdout)
    assert "move" not in clean and "upgrade" not in clean
    assert_proven(store, second)


def test_a_restatement_moves_what_it_keeps_along_with_what_it_changes(templates):
    store, engine = templates, templates.engine
    put(engine, "component", "billow-charges-mappings", of_another_version(0, OLDER))
    write_export(store.folder, month(range(1, 6), "1.10"), execution="e1")
    store.billow.sync(manual(store))
    rows = month(range(1, 5), "1.10") + month([5], "2.20")
    told = store.deliver(rows, "e2")  # installs what is newer, marks the index, and moves it in one pass
    assert "published" in told.stdout
    assert shown_in(engine, store.feed_id) == [store.index + "-r1"]
    assert store.index in stored(engine, store.feed_id), "searches may be at work on it still"
    store.billow.sync(store.config)
    assert_proven(store, rows)


@pytest.mark.parametrize("execution, days", [("e1", 5), ("e2", 5), ("e2", 4)], ids=["nothing new", "the same again", "a day less"])
def test_a_move_that_loses_a_charge_is_not_published(templates, execution, days):
    store, engine = templates, templates.engine
    put(engine, "component", "billow-charges-mappings", of_another_version(0, OLDER))
    before, after = month(range(1, 6), "1.10"), month(range(1, days + 1), "1.10")
    write_export(store.folder, before, execution="e1")
    store.billow.sync(manual(store))
    if execution == "e2":
        write_export(store.folder, after, execution="e2")

    def lose_one(exchange, proxy):
        lines = exchange.body.splitlines(keepends=True)
        if not (exchange.is_bulk and f"/{store.index}-r1" in exchange.path and lines[0].startswith(b'{"create"')):
            return None
        status, headers, body = exchange.forward(b"".join(lines[2:]))
        answer = json.loads(body)
        answer["items"].insert(0, {"create": {"status": 201}})
        return status, headers, json.dumps(answer).encode()

    with FaultProxy(engine.url, lose_one) as proxy:
        path = store.billow.config([feed_of(store.feed_id, store.folder)], {"url": proxy.url}, name="faulty.yml")
        failed = store.billow.sync(path, check=1)
    assert "slices differ from what was sent" in failed.stdout + failed.stderr
    assert len(engine.charges(store.feed_id)) == len(before)
    store.billow.sync(store.config)
    store.billow.sync(store.config)
    assert_proven(store, after)


def test_a_period_that_the_provider_no_longer_lists_moves_too(templates):
    store, engine = templates, templates.engine
    put(engine, "component", "billow-charges-mappings", of_another_version(0, OLDER))
    rows = month(range(1, 6), "1.10")
    write_export(store.folder, rows, execution="e1")
    store.billow.sync(manual(store))
    for manifest in store.folder.rglob("*Manifest.json"):
        manifest.unlink()
    write_export(store.folder, [of_may(row) for row in month([1, 2])], period="2026-05")
    store.billow.sync(store.config)
    assert shown_in(engine, store.feed_id) == [store.index.replace("-06", "-05"), store.index + "-r1"]
    store.billow.sync(store.config)
    assert store.index not in stored(engine, store.feed_id)
    assert all(shown_in(engine, store.feed_id, alias)[0].endswith("-r1") for alias in ROLLUPS)
    assert len(engine.charges(store.feed_id)) == len(rows) + 6
    assert not rollup_documents.differences(engine, store.feed_id, engine.charges(store.feed_id))
    store.proven()


def test_a_move_that_is_killed_at_any_request_is_finished_by_the_next_pass(templates):
    """kill -9 right before each request that the move adds to a pass, in turn, each time from the start."""
    store, engine = templates, templates.engine
    rows = month(range(1, 6), "1.10")
    for moment in [lambda r: "_bulk" in r.path and "-r1" in r.path, lambda r: r.method == "PUT" and r.path.endswith("-r1"),
                   lambda r: r.path.startswith("/_aliases") and b"-r1" in r.body]:
        put(engine, "component", "billow-charges-mappings", of_another_version(0, OLDER))
        engine.call("DELETE", "/" + ",".join(stored(engine, store.feed_id)) if stored(engine, store.feed_id) else "/none")
        write_export(store.folder, rows, execution="e1")
        store.billow.sync(manual(store))
        store.billow.run("setup", "-c", store.config, check=0)
        gate = Kill(moment)
        with FaultProxy(engine.url, gate) as proxy:
            path = store.billow.config([feed_of(store.feed_id, store.folder)], {"url": proxy.url}, name="faulty.yml")
            gate.process = store.billow.start("sync", "-c", path)
            gate.process.communicate(timeout=120)
        assert gate.fired, "the pass came so far"
        assert len(engine.charges(store.feed_id)) == len(rows)
        store.billow.sync(store.config)
        store.billow.sync(store.config)
        assert all_followed(engine, store.feed_id, 1)
        assert_same_charges(expected_of_folder(store.folder)[0], engine.charges(store.feed_id))
        assert not rollup_documents.hidden(engine, store.feed_id)


class Kill:
    """A fault for the proxy: ends the program instead of answering the first request that is meant."""

    def __init__(self, meant):
        self.meant, self.fired, self.process = meant, False, None

    def __call__(self, exchange, proxy):
        if self.fired or not self.meant(exchange):
            return None
        exchange.whole()
        self.fired = True
        self.process.kill()
        self.process.wait()
        return 503, {"Content-Type": "application/json"}, b"{}"


def setup_is_clean(store):
    told = store.billow.run("setup", "-c", store.config, "--dry-run", check=0).stdout
    return not any(word in told for word in ("create", "upgrade", "foreign", "newer", "move"))


@pytest.mark.parametrize("moment", ["/_component_template/billow-charges-x", "/_index_template/billow-charges", "/_index_template/billow-state"])
def test_a_setup_that_is_killed_is_completed_by_the_next(templates, moment):
    store, engine = templates, templates.engine
    for kind in FOLDERS:
        for file in (ROOT / "es-templates" / kind).glob("*.json"):
            if file.stem != "billow-lifecycle":
                put(engine, kind, file.stem, {**shipped(kind, file.stem), "version": 0})
    gate = Kill(lambda exchange: exchange.method == "PUT" and exchange.path == moment)
    with FaultProxy(engine.url, gate) as proxy:
        path = store.billow.config([feed_of(store.feed_id, store.folder)], {"url": proxy.url}, name="faulty.yml")
        gate.process = store.billow.start("setup", "-c", path)
        gate.process.communicate(timeout=60)
    assert gate.fired and not setup_is_clean(store)
    store.billow.run("setup", "-c", store.config, check=0)
    assert setup_is_clean(store)


def test_two_setups_at_once_both_end_well(templates):
    store, engine = templates, templates.engine
    for name in ("billow-charges-mappings", "billow-charges-x", "billow-records"):
        put(engine, "component", name, {**shipped("component", name), "version": 0})
    both = [store.billow.start("setup", "-c", store.config) for _ in range(2)]
    for running in both:
        told, _ = running.communicate(timeout=120)
        assert running.returncode == 0, told
    assert setup_is_clean(store)


def test_a_later_major_version_is_refused_and_stays(templates):
    store, engine = templates, templates.engine
    put(engine, "component", "billow-records", {**shipped("component", "billow-records"), "version": 1002})
    put(engine, "component", "billow-charges-x", {**shipped("component", "billow-charges-x"), "version": 0})
    write_export(store.folder, month([1]))
    for arguments in (["setup"], ["setup", "--dry-run"], ["setup", "--downgrade"], ["sync"]):
        told = store.billow.run(*arguments, "-c", store.config, check=1)
        assert "/_component_template/billow-records is of version 1002" in told.stderr
        assert "later major version" in told.stderr
    assert installed(engine, "component", "billow-records")["version"] == 1002
    assert installed(engine, "component", "billow-charges-x")["version"] == 0, "all or nothing"


def test_a_later_version_of_this_major_is_told_and_stays(templates):
    store = templates
    write_export(store.folder, month([1]))
    put(store.engine, "component", "billow-records", {**shipped("component", "billow-records"), "version": 500})
    told = store.billow.run("check", "-c", store.config, check=0).stdout
    assert "setup: everything is installed; what is of a later version stays (1)" in told
    store.billow.run("setup", "-c", store.config, check=0)
    assert installed(store.engine, "component", "billow-records")["version"] == 500


def test_what_billow_did_not_make_is_replaced_on_request_only(templates):
    store, engine = templates, templates.engine
    theirs = {"index_patterns": ["billow-dead-letters"], "priority": 500, "version": 7, "_meta": {"managed_by": "the site"}, "template": {"settings": {"number_of_shards": 3}}}
    put(engine, "index", "billow-dead-letters", theirs)
    write_export(store.folder, month([1]))
    for arguments in (["setup"], ["setup", "--dry-run"], ["sync"]):
        told = store.billow.run(*arguments, "-c", store.config, check=1)
        assert "/_index_template/billow-dead-letters is there and was not made by Billow" in told.stderr
        assert "--take-over" in told.stderr
    assert "FAILED" in store.billow.run("check", "-c", store.config, check=1).stdout
    assert "unchanged  /_index_template/billow-dead-letters" in store.billow.run("setup", "-c", store.config, "--remove", "--dry-run", check=0).stdout
    assert installed(engine, "index", "billow-dead-letters")["version"] == 7
    store.billow.run("setup", "-c", store.config, "--take-over", check=0)
    assert installed(engine, "index", "billow-dead-letters")["_meta"]["managed_by"] == "billow"
    assert setup_is_clean(store)


def refused_by_all(store):
    """What `setup` and `sync` say, neither of which changes anything; `check` says the same."""
    before = store.engine.ok("GET", "/_component_template/billow-charges-x")
    said = [store.billow.run(*arguments, "-c", store.config, check=1) for arguments in (["setup", "--dry-run"], ["setup"], ["sync"])]
    assert not any("  move  " in done.stdout for done in said)
    assert store.engine.ok("GET", "/_component_template/billow-charges-x") == before
    checked = store.billow.run("check", "-c", store.config, check=1).stdout
    assert "FAILED (bad_config): setup: " in checked and "everything is installed" not in checked
    return [done.stderr for done in said] + [checked]


def test_a_template_of_the_site_that_comes_before_ours_is_named(templates, site):
    store = templates
    put(store.engine, "component", "billow-charges-x", {**shipped("component", "billow-charges-x"), "version": 0})
    write_export(store.folder, month([1]))
    site("/_index_template/t-site", {"index_patterns": ["billow-*"], "priority": 900})
    for told in refused_by_all(store):
        assert "the index template t-site (billow-*, priority 900) comes before Billow's billow-charges (priority 500)" in told
    site("/_index_template/t-site", {"index_patterns": [f"billow-charges-{store.feed_id}-*"], "priority": 900})
    store.billow.run("setup", "-c", store.config, check=0)
    done = store.billow.run("sync", "-c", store.config, check=1)
    assert f"t-site (billow-charges-{store.feed_id}-*, priority 900) comes before" in done.stdout + done.stderr
    site("/_index_template/t-site", {"index_patterns": ["billow-*"], "priority": 100})
    store.engine.ok("DELETE", f"/billow-charges-{store.feed_id}-2026-06")
    store.billow.run("sync", "-c", store.config, check=0)


def test_a_removal_stops_before_it_begins_where_the_site_uses_what_would_go(templates, site):
    store = templates
    store.billow.run("setup", "-c", store.config, check=0)
    site("/_index_template/t-site", {"index_patterns": ["t-own-*"], "composed_of": ["billow-records", "billow@custom"],
                                     "ignore_missing_component_templates": ["billow@custom"]})
    told = store.billow.run("setup", "--remove", "-c", store.config, check=1)
    assert "the index template t-site is composed of Billow's billow-records: take that out of it first" in told.stderr
    assert setup_is_clean(store), "nothing was removed"
    site("/_index_template/t-site", {"index_patterns": ["t-own-*"]})
    store.billow.run("setup", "--remove", "-c", store.config, check=0)
    assert store.engine.call("GET", "/_component_template/billow*")[1].get("component_templates", []) == []


def test_a_setup_that_is_refused_halfway_says_how_far_it_came(templates):
    store = templates
    store.billow.run("setup", "-c", store.config, check=0)
    for name in ("billow-records", "billow-charges-x"):
        put(store.engine, "component", name, {**shipped("component", name), "version": 0})
    refused = {"error": {"type": "security_exception", "reason": "not you"}, "status": 403}

    def refuse(exchange, _):
        meant = (exchange.method, exchange.path) == ("PUT", "/_component_template/billow-records")
        return (403, {"Content-Type": "application/json"}, json.dumps(refused).encode()) if meant else None
    with FaultProxy(store.engine.url, refuse) as proxy:
        faulty = store.billow.config([feed_of(store.feed_id, store.folder)], {"url": proxy.url}, name="faulty.yml")
        told = store.billow.run("setup", "-c", faulty, check=1)
    assert "PUT /_component_template/billow-records: 403 security_exception: not you; 1 of 2 changes were made before it" in told.stderr
    assert installed(store.engine, "component", "billow-charges-x")["version"] > 0
    store.billow.run("setup", "-c", store.config, check=0)
    assert setup_is_clean(store)


def test_a_site_cannot_change_the_type_of_a_field_of_ours(templates, site):
    store = templates
    write_export(store.folder, month([1]))
    store.billow.run("sync", "-c", store.config, check=0)
    site("/_component_template/billow@custom", {"template": {"mappings": {"properties": {"BilledCost": {"type": "float"}, "x_Mine": {"type": "text"}}}}})
    for told in refused_by_all(store):
        assert "billow@custom maps BilledCost as float, not double: Billow's own fields cannot be changed there" in told
    site("/_component_template/billow@custom", {"template": {"mappings": {"properties": {"x_Mine": {"type": "text"}}}}})
    store.billow.run("setup", "-c", store.config, check=0)
    assert mapping_of(store.engine, shown_in(store.engine, store.feed_id)[0], "x_Mine") == {"type": "text"}


def test_a_site_cannot_put_new_indices_before_readers(templates, site):
    store = templates
    write_export(store.folder, month([1]))
    site("/_component_template/billow@custom", {"template": {"aliases": {"billow-charges": {}}}})
    for told in refused_by_all(store):
        assert "billow@custom gives new indices the alias billow-charges: readers would see what is not published" in told
    site("/_component_template/billow@custom", {"template": {"aliases": {"t-finance": {}}}})
    store.billow.run("sync", "-c", store.config, check=0)
