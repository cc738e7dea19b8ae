"""The audit chain and what readers see, tampered with by hand: everything is found and named, and what Billow itself
does is proven."""
import json
import os
import uuid

import pytest

from audit_chain import NO_HASH, canonical, hash_of
from audit_store import Store, feed_of, month
from bill_folder import write_export
from billow_process import Billow
from conftest import ROOT
from fault_proxy import FaultProxy


@pytest.fixture(scope="module")
def published(engine, tmp_path_factory):
    """Four publications, and everything of them that is tampered with."""
    folder = tmp_path_factory.mktemp("four")
    program = os.environ.get("BILLOW_BIN", ROOT / "build" / "asan" / "billow")
    made = Store(Billow(program, engine.url, folder), engine, folder / "bucket", "t-" + uuid.uuid4().hex[:10])
    for number in range(1, 5):
        made.deliver(month(range(1, 4), cost=f"{number}.25"), f"e{number}")
    records = made.chain.records()
    assert [r["Sequence"] for r in records] == [1, 2, 3, 4]
    deliveries = {hit["_id"]: hit["_source"] for hit in engine.hits("billow-deliveries", made.feed_id)}
    yield made, records, made.alias()["filter"], deliveries
    engine.call("DELETE", f"/{made.index}*")


@pytest.fixture
def four(published):
    """A store of four publications, as Billow left it."""
    store, records, alias, deliveries = published
    store.chain.begin()
    for record in records:
        store.chain.put(record["Sequence"], record)
    store.chain.set_head(records[-1])
    store.engine.call("POST", "/_aliases", {"actions": [{"remove": {"index": store.index, "alias": "billow-charges"}}]})
    store.show(alias)
    for document, source in deliveries.items():
        store.engine.ok("PUT", f"/billow-deliveries/_doc/{document}?refresh=true", json.dumps(source, default=str))
    return store


# What Billow does by itself.

def test_every_way_of_publishing_is_proven(store):
    rows = month(range(1, 5))
    for execution, delivered, arguments in [
            ("first", rows, []), ("same lines", list(reversed(rows)), []),
            ("restated", month(range(1, 3)) + month([3, 4], "7.125"), []),
            ("withdrawn", month([1, 3]), []), ("late", month([1, 3, 9]), []), ("late", month([1, 3, 9]), ["--force"]),
            ("nothing is left", month([1])[:1], [])]:
        store.deliver(delivered, execution, *arguments)
        verdict = store.proven("--deep")
        last = store.chain.records()[-1]
        assert verdict["last"] == {"sequence": last["Sequence"], "hash": last["Hash"]} == \
            {"sequence": verdict["records"], "hash": store.chain.head()["Hash"]}
        assert verdict["periods"] == 1
        assert verdict["charges"] == {"lines": len(delivered), "periods": 1, "periods_from_source": 1}
    assert verdict["records"] == 7


def test_nothing_is_proven_of_what_was_never_published(store):
    def verify(*words, check):
        return store.billow.run("audit", "verify", "-c", store.config, *words, check=check).stdout

    said = verify("--feed", store.feed_id, check=1)
    assert f"FAILED: {store.feed_id}: nothing to prove: it was never published" in said and "NOT PROVEN: 0 findings, 1 failure" in said
    store.deliver(month([1]), "e1")
    assert store.proven("--period", "2026-06")["records"] == 1
    said = verify("--feed", store.feed_id, "--period", "2026-07", check=1)
    assert f"FAILED: {store.feed_id} 2026-07: nothing to prove: it was never published" in said
    said = verify("--period", "2020-01", check=1)
    assert "FAILED: every feed 2020-01: nothing to prove: it was never published" in said


def test_a_publication_whose_record_is_missing_is_named_until_the_next_start_records_it(store, engine):
    store.deliver(month([1]), "e1")

    def no_record(exchange, _):
        if "/billow-audit/_create" in exchange.path:
            return 400, {"Content-Type": "application/json"}, b'{"error":{"type":"x","reason":"as in a crash"},"status":400}'
        return None

    with FaultProxy(engine.url, no_record) as proxy:
        broken = store.billow.config([feed_of(store.feed_id, store.folder)], {"url": proxy.url}, name="broken.yml")
        write_export(store.folder, month([1, 2]), execution="e2")
        store.billow.sync(broken, check=1)
    assert ("publication_missing", 1) in store.kinds()
    store.billow.sync(store.config)
    assert store.proven()["records"] == 2
    assert store.chain.record(2)["Recovered"] is True


def test_the_chain_can_be_made_again_by_anyone(four):
    previous = NO_HASH
    for record in four.chain.records():
        assert record["PreviousHash"] == previous
        assert hash_of(record) == record["Hash"]
        previous = record["Hash"]


def test_the_text_for_people_names_the_place_and_what_is_wrong(four):
    four.chain.remove(2)
    said = four.billow.run("audit", "verify", "-c", four.config, "--feed", four.feed_id, check=1).stdout
    assert "record_missing: record 2\n    there is no record 2\n" in said and "NOT PROVEN" in said
    sound = four.chain.records()[-1]
    assert f"{sound['Sequence']}:{sound['Hash']}" in said


def test_a_wrong_command_line_or_configuration_ends_with_2(store):
    run = store.billow.run
    assert "nobody" in run("audit", "verify", "-c", store.config, "--feed", "nobody", check=2).stderr
    for anchor in ("7", "0:" + "a" * 64):
        assert "is no end of a chain" in run("audit", "verify", "-c", store.config, "--anchor", anchor, check=2).stderr
    assert run("audit", "verify", "-c", store.folder / "absent.yml", check=2).stderr
    assert run("audit", "-c", store.config, check=2).stderr
    assert "billow audit verify" in run("audit", "verify", "--help", check=0).stdout


def test_an_engine_that_does_not_answer_proves_nothing(store):
    nowhere = store.billow.config([feed_of(store.feed_id, store.folder)], {"url": "http://127.0.0.1:9"}, name="nowhere.yml")
    done = store.billow.run("audit", "verify", "-c", nowhere, check=1)
    assert "proven" not in done.stdout


def test_a_sound_store_is_proven(four):
    assert four.proven()["records"] == 4


# Records.

def test_an_altered_record_is_named(four):
    record = four.chain.record(2)
    record["Moved"][0]["Sums"]["BilledCost"] = "0.01"
    four.chain.put(2, record, quietly=True)
    assert four.kinds() == [("record_altered", 2)]


def test_a_record_with_a_member_too_many_or_too_few_is_named(four):
    four.chain.put(2, {**four.chain.record(2), "Note": "harmless"}, quietly=True)
    short = four.chain.record(3)
    del short["Software"]
    four.chain.put(3, short, quietly=True)
    assert four.kinds() == [("record_altered", 2), ("record_altered", 3)]


def test_a_record_written_again_is_named_even_if_it_says_the_same(four):
    four.chain.put(2, four.chain.record(2))
    [(what, said)] = four.found().items()
    assert what[:2] == ("record_altered", 2) and "written 2 times" in said


def test_a_record_replaced_with_a_right_hash_is_named(four):
    four.chain.forge(2, {**four.chain.record(2), "RowsRead": 5})
    [(what, said)] = four.found().items()
    assert what[:2] == ("link_broken", 3) and "record 2 was replaced" in said


def test_the_last_record_replaced_with_a_right_hash_is_named(four):
    record = four.chain.record(4)
    four.chain.forge(4, {**record, "Software": "9.9.9"})
    assert ("head_differs", 4) in four.kinds()


@pytest.mark.parametrize("removed, missing", [([2], 2), ([2, 3], 2), ([1], 1)])
def test_removed_records_are_named(four, removed, missing):
    four.chain.remove(*removed)
    assert four.kinds() == [("record_missing", missing)]


def test_a_chain_cut_off_at_its_end_is_named(four):
    four.chain.remove(3, 4)
    found = four.found()
    assert {("record_missing", 3, ""), } <= set(found)
    assert "records 3 to 4" in found["record_missing", 3, ""]


def test_a_chain_cut_off_together_with_its_head_is_named_by_what_readers_see(four):
    four.chain.remove(4)
    four.chain.set_head(four.chain.record(3))
    assert ("publication_missing", 3) in four.kinds()


def test_a_chain_that_is_gone_altogether_is_named(four):
    four.engine.ok("DELETE", "/billow-audit")
    assert {kind for kind, _ in four.kinds()} == {"record_missing", "publication_missing"}


def test_records_that_changed_places_are_named(four):
    second, third = four.chain.record(2), four.chain.record(3)
    four.chain.put(2, third, quietly=True)
    four.chain.put(3, second, quietly=True)
    assert four.kinds() == [("record_misplaced", 2), ("record_misplaced", 3)]


def test_added_records_are_named(four):
    fifth = {**four.chain.record(4), "Sequence": 5, "Token": 999, "PreviousHash": four.chain.record(4)["Hash"]}
    four.chain.forge(5, fifth)
    four.engine.ok("PUT", "/billow-audit/_doc/mine?refresh=true", canonical(fifth).decode())
    assert {("record_forged", 5), ("record_forged", 0)} <= set(four.kinds())


def test_a_publication_recorded_twice_is_named(four):
    last = four.chain.record(4)
    again = {**last, "Sequence": 5, "PreviousHash": last["Hash"], "Replaced": []}
    for moved in again["Moved"]:
        moved.update(Lines=0, Sums={name: "0" for name in moved["Sums"]})
    four.chain.forge(5, again)
    assert four.kinds() == [("record_doubled", 5)]


def test_a_chain_written_anew_from_a_record_on_is_named_by_an_end_that_was_noted(four):
    noted = four.chain.record(2)
    records = four.chain.records()
    previous = records[0]["Hash"]
    for record in records[1:]:
        record = {**record, "Software": "9.9.9", "PreviousHash": previous}
        four.chain.forge(record["Sequence"], record)
        previous = hash_of(record)
    four.chain.set_head(four.chain.record(4))
    assert ("head_differs", 2) in four.kinds("--anchor", f"2:{noted['Hash']}")


# What readers see.

def test_a_read_alias_that_shows_less_is_named(four):
    alias = four.alias()["filter"]
    hidden = alias["bool"]["filter"][0]["terms"]["x_SliceId"].pop()
    four.show(alias)
    [(what, said)] = four.found().items()
    assert what[:2] == ("visible_differs", 4) and "do not see" in said and hidden in said


def test_a_read_alias_that_shows_an_older_delivery_is_named(four):
    alias = four.alias()["filter"]
    older = four.chain.record(3)
    alias["bool"]["filter"][0]["terms"]["x_SliceId"] = [s["x_SliceId"] for s in older["Slices"]]
    alias["bool"]["_name"] = f"{four.feed_id}:2026-06:{older['x_DeliveryId']}:{older['Token'] - 1}"
    four.show(alias)
    assert {kind for kind, _ in four.kinds()} == {"publication_missing", "visible_differs"}


@pytest.mark.parametrize("change", ["hide a service", "show everything", "nothing"])
def test_a_read_alias_that_billow_did_not_write_is_named(four, change):
    if change == "nothing":
        four.engine.ok("POST", "/_aliases", {"actions": [{"remove": {"index": four.index, "alias": "billow-charges"}}]})
    elif change == "show everything":
        four.engine.ok("POST", "/_aliases", {"actions": [{"remove": {"index": four.index, "alias": "billow-charges"}},
                                                         {"add": {"index": four.index, "alias": "billow-charges"}}]})
    else:
        alias = four.alias()["filter"]
        alias["bool"]["must_not"] = [{"term": {"ServiceName": "Amazon Elastic Compute Cloud"}}]
        four.show(alias)
    assert {kind for kind, _ in four.kinds()} == {"visible_differs"}


def test_an_index_of_others_behind_the_read_alias_is_named(four):
    name = f"evil-{four.feed_id}"
    four.engine.ok("PUT", f"/{name}")
    try:
        four.show({"match_all": {}}, index=name)
        assert [f["index"] for f in four.verify()["findings"]] == [name]
    finally:
        four.engine.ok("DELETE", f"/{name}")


def test_an_altered_delivery_record_is_named(four):
    last = four.chain.record(4)
    document = f"{four.feed_id}:2026-06:{last['x_DeliveryId']}:{last['Token'] - 1}"
    source = four.engine.ok("GET", f"/billow-deliveries/_doc/{document}")["_source"]
    source["Slices"][0]["Currencies"][0]["Sums"]["BilledCost"] = "0"
    four.engine.ok("PUT", f"/billow-deliveries/_doc/{document}?refresh=true", json.dumps(source, default=str))
    [(what, said)] = four.found().items()
    assert what == ("delivery_differs", 4, document) and "Slices" in said
