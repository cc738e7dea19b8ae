"""What needs an engine that no other test uses: because it is empty, of before, or killed."""
import pathlib
import re
import time

import pytest

from bill_folder import assert_same_charges, expected_of_folder, usage_row, write_export
from billow_process import Billow
from engine import forget_all
from test_failures import feed_of, rows, written
from test_health import assert_tells

OLDER = pathlib.Path(__file__).parent / "older"


@pytest.fixture
def own_engine(lonely_engine):
    forget_all(lonely_engine)
    return lonely_engine


def test_manual_setup_refuses_to_sync_into_an_empty_cluster(billow, own_engine, folder, feed_id):
    write_export(folder, [usage_row(1)])
    config = billow.config([feed_of(feed_id, folder)], {"url": own_engine.url, "setup": "manual"})
    assert "billow setup" in billow.sync(config, check=1).stderr
    assert "'billow setup' once" in billow.run("check", "-c", config, check=1).stdout
    billow.run("setup", "-c", config, check=0)
    billow.sync(config)


def test_an_upgrade_adds_the_fields_of_health_to_the_index_that_is_there(own_engine, billow, folder, feed_id):
    """A cluster as the version before left it: its template, its index, a record in it."""
    engine = own_engine
    program = Billow(billow.program, engine.url, billow.folder)
    config = program.config([feed_of(feed_id, folder)])
    program.run("setup", "-c", config, check=0)
    engine.ok("PUT", "/_index_template/billow-deliveries", (OLDER / "billow-deliveries-1.json").read_text())
    engine.ok("PUT", "/billow-deliveries")
    kept = {"x_FeedId": feed_id, "BillingPeriod": "2026-05", "State": "superseded", "Token": 1}
    engine.ok("PUT", "/billow-deliveries/_doc/old?refresh=true", kept)

    shown = program.run("setup", "-c", config, "--dry-run", check=0).stdout
    assert re.search(r"upgrade +/_index_template/billow-deliveries +1 +4", shown)
    assert re.search(r"upgrade +/billow-deliveries/_mapping", shown)
    assert "LastCheck" not in engine.ok("GET", "/billow-deliveries/_mapping")["billow-deliveries"]["mappings"]["properties"]

    write_export(folder, rows(20))
    program.sync(config)  # installs what is missing by itself
    properties = engine.ok("GET", "/billow-deliveries/_mapping")["billow-deliveries"]["mappings"]["properties"]
    assert properties["LastCheck"]["type"] == "date"
    assert properties["Restatement"]["properties"]["Moved"]["properties"]["BilledCost"]["type"] == "double"
    assert properties["Periods"] == {"type": "object", "enabled": False}
    assert engine.ok("GET", "/billow-deliveries/_doc/old")["_source"] == kept
    assert_tells(engine, engine.health(feed_id), feed_id)
    found = engine.ok("POST", "/billow-deliveries/_search", {"query": {"range": {"LastCheck": {"gte": "now-1h"}}}})
    assert [hit["_id"] for hit in found["hits"]["hits"]] == [f"feed:{feed_id}"]
    assert "upgrade" not in program.run("setup", "-c", config, "--dry-run", check=0).stdout


def test_an_engine_killed_in_mid_bulk_and_started_again_holds_exactly_the_bill(billow, own_engine, folder, feed_id):
    local = own_engine
    write_export(folder, rows(24000))
    config = billow.config([feed_of(feed_id, folder)], {"url": local.url, "bulk": {"size": "128KiB", "connections": 2}})
    running = billow.start("sync", "-c", config)
    index = f"billow-charges-{feed_id}-2026-06"
    until = time.monotonic() + 120
    while time.monotonic() < until:
        if written(local, index) > 500:
            break
        assert running.poll() is None, running.stdout.read()
        time.sleep(0.02)
    local.kill()
    local.start()
    printed, _ = running.communicate(timeout=240)
    if running.returncode != 0:  # it may give up while the engine starts; the next pass must mend everything
        billow.sync(config)
    expected, _ = expected_of_folder(folder)
    assert_same_charges(expected, local.charges(feed_id))
    assert local.count(index) == 24000, printed


def test_an_engine_keeps_its_temporary_files_beside_its_data(own_engine):
    assert list((pathlib.Path(own_engine.data) / "tmp").glob("final-flags*")), "its launcher makes such a folder at every start"
