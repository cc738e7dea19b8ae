"""Elasticsearch 9 beside 8.19, on which the other tests run: a cluster that was upgraded with a bill in it. All of the
end-to-end tests run on 9 by `BILLOW_ES_VERSION=9 ./run test e2e`; those here are what may differ between the two."""
import json
import os
import pathlib

import pytest

import rollup_documents
from audit_chain import Chain
from audit_store import Store
from bill_folder import assert_same_charges, expected_of_folder, usage_row, write_export
from billow_process import Billow, Daemon
from conftest import ROOT
from engine import LocalEngine, NoJava
from test_golden_templates import GOLDEN, INDICES, merged
from test_serve import until

OLD_FEED = "before-the-upgrade"
DAEMON_FEED = "through-the-upgrade"
LEGACY = "deprecated_route_PUT_/_template/{name}"


def varied(number, day, cost="0.1000000003"):
    kind = ["Usage", "Credit", "Tax"][number % 3]
    return usage_row(number, day, "-" + cost if kind == "Credit" else cost, line_item_line_item_type=kind,
                     line_item_product_code=["AmazonEC2", "AmazonS3"][number % 2], line_item_currency_code="USD" if number % 7 else "EUR")


def program_for(engine, folder):
    return Billow(os.environ.get("BILLOW_BIN", ROOT / "build" / "asan" / "billow"), engine.url, folder)


class Loaded(Store):
    """A feed that was loaded by 8.19, and the chain as it is."""

    def __init__(self, engine, folder, program, feed_id):
        self.billow, self.engine, self.folder, self.feed_id = program, engine, folder, feed_id
        self.index, self.chain = f"billow-charges-{feed_id}-2026-06", Chain(engine)
        feed = {"id": feed_id, "kind": "aws/cur2", "location": f"file://{folder}", "export": "E", "every": "1s"}
        self.config = program.config([feed], extra={"http": {"listen": "127.0.0.1:0"}}, name=f"{feed_id}.yml")


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
    """The engine, the folders of the bills that it had loaded as 8.19, and a daemon that has been running since."""
    folders = {feed: tmp_path_factory.mktemp(feed) for feed in (OLD_FEED, DAEMON_FEED)}
    local = LocalEngine(ROOT, BILLOW_ES_VERSION="8", BILLOW_ES_HEAP="512m")
    try:
        program = program_for(local.start(), tmp_path_factory.mktemp("before"))
        for folder in folders.values():
            write_export(folder, [varied(n, 1 + n % 9) for n in range(200)])
        program.sync(Loaded(local, folders[OLD_FEED], program, OLD_FEED).config)
        with Daemon(program, Loaded(local, folders[DAEMON_FEED], program, DAEMON_FEED).config) as daemon:
            until(lambda: local.call("GET", "/_alias/billow-charges")[0] == 200 and len(local.charges(DAEMON_FEED)) == 200, "the daemon's bill")
            local.stop()
            local.variables["BILLOW_ES_VERSION"] = "9"
            try:
                local.start()
            except NoJava as why:
                pytest.skip(str(why))
            yield local, folders, daemon
    finally:
        local.stop(remove=True)


@pytest.fixture
def engine(upgraded):
    return upgraded[0]


@pytest.fixture
def old(upgraded, billow):
    return Loaded(upgraded[0], upgraded[1][OLD_FEED], billow, OLD_FEED)


def assert_all_is_right(store):
    expected, _ = expected_of_folder(store.folder)
    assert_same_charges(expected, store.engine.charges(store.feed_id))
    wrong = rollup_documents.differences(store.engine, store.feed_id, store.engine.charges(store.feed_id))
    assert not wrong, "\n".join(wrong[:20])
    assert not rollup_documents.hidden(store.engine, store.feed_id), "what was replaced is purged"
    assert store.engine.count(store.index) == len(expected), "what was replaced is purged"
    store.billow.run("reconcile", "-c", store.config, "--feed", store.feed_id, check=0)
    store.billow.run("report", "-c", store.config, "--by", "service", check=0)


def test_it_is_the_version_and_has_the_licence_that_it_says(old):
    version, licence = old.engine.version(), old.engine.ok("GET", "/_license")["license"]["type"]
    assert version.startswith("9.")
    checked = old.billow.run("check", "-c", old.config, check=0).stdout
    assert f"version {version}, licence {licence}, without index lifecycle management and transforms" in checked
    planned = old.billow.run("setup", "--dry-run", "-c", old.config, check=0).stdout
    assert f"this cluster has version {version} and is without" in planned and f"\nits licence: {licence}\n" in planned


def test_a_bill_that_was_loaded_before_the_upgrade_is_right_and_goes_on(old):
    """The tests further on begin the chain anew, so that it holds no more than theirs."""
    assert "unchanged" in old.billow.sync(old.config).stdout
    assert_all_is_right(old)
    old.proven("--deep")
    rows = [varied(n, 1 + n % 9) for n in range(200) if n % 9 != 4]
    write_export(old.folder, rows + [varied(900, 5, "7.000000000000000001"), varied(901, 12)], execution="e2")
    old.billow.sync(old.config)
    assert_all_is_right(old)
    old.proven("--deep")


def test_a_daemon_that_ran_through_the_upgrade_goes_on(upgraded, billow):
    engine, folders, daemon = upgraded
    write_export(folders[DAEMON_FEED], [varied(n, 1 + n % 9, "0.7") for n in range(210)], execution="e2")
    # The engine may have been stopped before the daemon's first pass noted anything.
    until(lambda: (engine.health(DAEMON_FEED) or {}).get("x_ChargeCount") == 210, "a pass has ended that published the restatement", seconds=120)
    assert engine.health(DAEMON_FEED)["Health"] == "ok"
    assert daemon.stop() == 0
    assert_all_is_right(Loaded(engine, folders[DAEMON_FEED], billow, DAEMON_FEED))


def test_setup_is_complete_repeatable_and_removable(old):
    run = lambda *words: old.billow.run("setup", *words, "-c", old.config, check=0).stdout  # noqa: E731
    run()
    assert not {"create", "upgrade"} & set(run("--dry-run").split())
    for template, index in INDICES:
        assert merged(old.engine, index) == (GOLDEN / f"{template}.json").read_text()
    run("--remove")
    assert old.engine.call("GET", "/_index_template/billow*")[1].get("index_templates", []) == []
    assert "create" in run("--dry-run").split()
    run()
    assert not {"create", "upgrade"} & set(run("--dry-run").split())


def test_a_bill_is_loaded_restated_proven_and_purged(store):
    store.deliver([varied(n, 1 + n % 5) for n in range(150)], "e1")
    store.deliver([varied(n, 1 + n % 5, "0.3") for n in range(150) if n % 5 == 2] + [varied(n, 1 + n % 4) for n in range(151)], "e2")
    assert_all_is_right(store)
    store.proven("--deep")
    before = store.alias()
    status, _ = store.engine.call("POST", "/_aliases", {"actions": [
        {"remove": {"index": "billow-state", "alias": f"billow-epoch-{store.feed_id}-999", "must_exist": True}},
        {"remove": {"index": store.index, "alias": "billow-charges"}}]})
    assert status == 404 and store.alias() == before, "the fence between two daemons: a token that has moved on"
    hit = store.engine.hits(store.index)[0]
    store.engine.ok("POST", f"/{store.index}/_update/{hit['_id']}?refresh=true", {"doc": {"ListCost": 99}})
    assert hit["_id"] in [document for _, _, document in store.found("--deep")]


def test_lines_that_cannot_be_charges_are_kept_and_shown(store):
    write_export(store.folder, [usage_row(1), usage_row(2, cost="much")])
    store.billow.sync(store.config, check=1)
    listed = store.billow.run("dead-letters", "-c", store.config, "--feed", store.feed_id, "--format", "csv", check=0).stdout
    assert "much" in listed and store.engine.charges(store.feed_id) == []


def test_nothing_that_billow_does_is_deprecated(upgraded):
    """By 8.19 or by 9, in all of the above. A call of the test's own shows that the engine would say so."""
    engine, logs = upgraded[0], pathlib.Path(upgraded[0].data) / "logs"

    def told():
        lines = "".join(path.read_text() for path in sorted(logs.glob("*_deprecation.json"))).splitlines()
        return {json.loads(line)["event.code"] for line in lines}

    assert told() == set()
    engine.ok("PUT", "/_template/legacy", {"index_patterns": ["legacy-*"]})
    until(lambda: LEGACY in told(), "the engine tells")
