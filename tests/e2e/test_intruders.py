"""Indices that Billow did not make come behind its read aliases, as when a snapshot is restored under another name with
its aliases: readers see their documents besides ours. A pass says so, and what to do; nothing is proven meanwhile."""
import pytest

from audit_store import month
from bill_folder import write_export
from test_upgrade import of_may


def aliases_of(engine, index):
    return engine.ok("GET", f"/{index}/_alias")[index]["aliases"]


@pytest.fixture
def copies(engine):
    """Copies indices together with their aliases, and takes the copies away at the end."""
    made = []

    def copy(index, name):
        engine.ok("PUT", f"/{index}/_settings", {"index.blocks.write": True})
        engine.ok("POST", f"/{index}/_clone/{name}", {"settings": {"index.number_of_replicas": 0, "index.blocks.write": None}})
        made.append(name)
        engine.ok("PUT", f"/{index}/_settings", {"index.blocks.write": None})
        engine.ok("GET", f"/_cluster/health/{name}?wait_for_status=yellow&timeout=20s")
        engine.ok("POST", "/_aliases", {"actions": [
            {"add": {"index": name, "alias": alias, **more}} for alias, more in aliases_of(engine, index).items()]})

    yield copy
    for name in made:
        engine.call("DELETE", "/" + name)


def sync(store, *arguments, check=0):
    done = store.billow.run("sync", "-c", store.config, *arguments, check=check)
    return done.stdout + done.stderr


def remove_alias(engine, index, alias):
    engine.ok("POST", "/_aliases", {"actions": [{"remove": {"index": index, "alias": alias}}]})


def test_a_copy_of_a_month_behind_the_alias_keeps_that_month_from_being_published(store, engine, copies):
    write_export(store.folder, [of_may(row) for row in month([1, 2])], period="2026-05", execution="e5")
    store.deliver(month([1, 2, 3]), "e1")
    copy = f"restored-{store.index}"
    copies(store.index, copy)
    for execution, rows in (("e1", month([1, 2, 3])), ("e2", month([1, 2, 3], cost="2.5"))):
        write_export(store.folder, rows, execution=execution)
        said = sync(store, check=1)
        assert copy in said and "9 documents" in said and "Take the alias billow-charges away" in said, said
        assert [row["BilledCost"] for row in engine.charges(store.feed_id) if row["BillingPeriodStart"] > "2026-06"] == [1.5] * 18
    assert [kind for kind, _ in store.kinds()] == ["visible_differs"]
    health = engine.health(store.feed_id)
    assert health["Health"] == "failing" and copy in str(health)
    # Months that it does not concern go on.
    write_export(store.folder, [of_may(row) for row in month([1, 2, 3])], period="2026-05", execution="e6")
    sync(store, check=1)
    assert len([row for row in engine.charges(store.feed_id) if row["BillingPeriodStart"] < "2026-06"]) == 9

    remove_alias(engine, copy, "billow-charges")
    sync(store)
    assert sorted(row["BilledCost"] for row in engine.charges(store.feed_id)) == [1.5] * 9 + [2.5] * 9
    store.proven()


def test_a_month_that_is_there_only_under_another_name_is_not_loaded_beside_it(store, engine, copies):
    store.deliver(month([1, 2, 3]), "e1")
    copy = f"restored-{store.index}"
    copies(store.index, copy)
    engine.ok("DELETE", "/" + store.index)
    assert copy in sync(store, check=1)
    assert len(engine.charges(store.feed_id)) == 9
    for path in store.folder.rglob("*"):
        if path.is_file():
            path.unlink()
    write_export(store.folder, [of_may(row) for row in month([1])], period="2026-05", execution="e5")
    assert copy in sync(store, check=1), "nor once the provider has it no more"


def test_a_copy_of_a_rollup_behind_its_alias_is_told(store, engine, copies):
    store.deliver(month([1, 2, 3]), "e1")
    index = f"billow-daily-{store.feed_id}-2026-v1"
    copies(index, index + "-copy")
    write_export(store.folder, month([1, 2, 3], cost="2.5"), execution="e2")
    said = sync(store, check=1)
    assert index + "-copy" in said and "Take the alias billow-daily away" in said, said
    assert {row["BilledCost"] for row in engine.charges(store.feed_id)} == {2.5}
    remove_alias(engine, index + "-copy", "billow-daily")
    sync(store)


def test_an_index_with_documents_of_others_is_left_to_them(store, engine):
    store.deliver(month([1]), "e1")
    name = f"notes-{store.feed_id}"
    engine.ok("PUT", f"/{name}", {"mappings": {"properties": {"x_FeedId": {"type": "keyword"}, "BillingPeriodStart": {"type": "date"}}}})
    try:
        engine.ok("PUT", f"/{name}/_doc/1?refresh=true", {"x_FeedId": "another", "BillingPeriodStart": "2026-06-01T00:00:00Z"})
        engine.ok("POST", "/_aliases", {"actions": [{"add": {"index": name, "alias": "billow-charges"}}]})
        sync(store)
    finally:
        engine.ok("DELETE", "/" + name)


def test_two_indices_of_one_month_are_found_by_every_check(store, engine, copies):
    store.deliver(month([1, 2, 3]), "e1")
    second = store.index + "-r1"
    copies(store.index, second)
    for arguments in ((), ("--deep",)):
        [what] = store.found(*arguments).values()
        assert second in what and "two indices" in what, what
    done = store.billow.run("reconcile", "-c", store.config, "--feed", store.feed_id, "--no-source", check=1)
    assert second in done.stdout + done.stderr and "two indices" in done.stdout + done.stderr, done
    done = store.billow.run("report", "-c", store.config, "--feed", store.feed_id, check=1)
    assert f"{store.index} and {second} both show" in done.stderr, done
    assert second in sync(store, check=1)


def test_a_month_that_was_deleted_by_hand_leaves_the_feeds_health(store, engine):
    write_export(store.folder, [of_may(row) for row in month([1, 2])], period="2026-05", execution="e5")
    store.deliver(month([1, 2, 3]), "e1")
    for path in store.folder.rglob("*"):
        if path.is_file() and "2026-05" in str(path):
            path.unlink()
    sync(store)
    assert engine.health(store.feed_id)["x_ChargeCount"] == 15, "the provider has it no more, readers do"
    engine.ok("DELETE", f"/billow-charges-{store.feed_id}-2026-05")
    sync(store, "--period", "2026-06")
    assert engine.health(store.feed_id)["x_ChargeCount"] == 15, "a pass over one month knows nothing of the others"
    assert "2026-05: its index is gone" in sync(store)
    assert engine.health(store.feed_id)["x_ChargeCount"] == 9
    assert "is gone" not in sync(store)
