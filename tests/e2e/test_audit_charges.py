"""Charges tampered with by hand behind the read alias: `billow audit verify --deep` names each, with what differs."""
import json
import os
import re
import uuid

import pytest

from audit_chain import hash_of
from audit_store import Store, feed_of, month
from bill_folder import usage_row, write_export
from billow_process import Billow
from conftest import ROOT
from fault_proxy import FaultProxy


@pytest.fixture(scope="module")
def published(engine, tmp_path_factory):
    """Two publications: days 1 to 3 are kept from the first, in another order than the second has them."""
    folder = tmp_path_factory.mktemp("charges")
    program = os.environ.get("BILLOW_BIN", ROOT / "build" / "asan" / "billow")
    made = Store(Billow(program, engine.url, folder), engine, folder / "bucket", "t-" + uuid.uuid4().hex[:10])
    rows = [usage_row(f"{day}-{n}", day, f"{day}.{n}000000000001") for day in range(1, 6) for n in range(5)]
    made.deliver(rows, "e1")
    for row in rows:
        if row["line_item_usage_start_date"] >= "2026-06-04":
            row["line_item_unblended_cost"] += "5"
    made.deliver(list(reversed(rows)), "e2")
    charges = {hit["_id"]: hit for hit in engine.hits(made.index)}
    assert len(charges) == 25
    yield made, charges, made.alias()["filter"]
    engine.call("DELETE", f"/{made.index}*")


class Charges:
    """The charges of a store, and hands that tamper with them."""

    def __init__(self, store, hits):
        self.store, self.engine, self.index = store, store.engine, store.index
        self.sources = {i: self.engine_text(hit["_source"]) for i, hit in hits.items()}

    @staticmethod
    def engine_text(source):
        """A charge as Billow wrote it: members in their order, numbers with their digits."""
        marked = json.dumps(source, separators=(",", ":"), ensure_ascii=False, default=lambda number: f"\0{number}\0")
        return re.sub(r'"\\u0000([^"\\]*)\\u0000"', r"\1", marked)

    def restore(self, alias):
        """Makes the index again, so that every charge was written once."""
        self.engine.ok("DELETE", f"/{self.index}")
        self.engine.ok("PUT", f"/{self.index}")
        lines = [json.dumps({"create": {"_id": i}}) + "\n" + text + "\n" for i, text in self.sources.items()]
        answer = self.engine.ok("POST", f"/{self.index}/_bulk?refresh=true", "".join(lines))
        assert not answer["errors"]
        self.store.show(alias)

    def write(self, document, text, quietly=True):
        query = "?version=1&version_type=external_gte" if quietly else ""
        self.engine.ok("PUT", f"/{self.index}/_doc/{document}{query}", text)

    def remove(self, document):
        self.engine.ok("DELETE", f"/{self.index}/_doc/{document}?refresh=true")

    def on(self, day, place=0):
        """The _id of a charge, the `place`th of its day."""
        return sorted(i for i, text in self.sources.items() if f'"ChargePeriodStart":"2026-06-{day:02d}' in text)[place]

    def alter(self, document, column, value, **options):
        text = re.sub(rf'"{column}":(?:"[^"]*"|[-.0-9]+)', f'"{column}":{json.dumps(value)}', self.sources[document], count=1)
        assert text != self.sources[document]
        self.write(document, text, **options)
        return document

    def found(self, *arguments):
        found = self.store.found("--deep", *arguments)
        return {(kind, document): what for (kind, _, document), what in found.items()}


@pytest.fixture
def charges(published):
    store, hits, alias = published
    made = Charges(store, hits)
    made.restore(alias)
    return made


def slice_of(document):
    return document.rsplit("-", 1)[0]


def test_untouched_charges_are_proven_from_the_index_and_from_the_source(charges):
    verdict = charges.store.proven("--deep")
    assert verdict["charges"] == {"lines": 25, "periods": 1, "periods_from_source": 1}
    assert charges.store.proven("--deep", "--no-source")["charges"]["periods_from_source"] == 0


@pytest.mark.parametrize("day", [2, 5], ids=["kept from the delivery before", "loaded from this delivery"])
@pytest.mark.parametrize("column, value", [("BilledCost", 0.01), ("ServiceName", "Mine"), ("x_FeedId", "other"),
                                           ("ChargeDescription", "line x")])
def test_an_altered_charge_is_named_with_both_values(charges, day, column, value):
    document = charges.alter(charges.on(day, 3), column, value)
    found = charges.found()
    said = found.pop(("line_altered", document))
    assert said.startswith(f"{column}: ") and "in the source" in said and json.dumps(value) in said
    [(what, said)] = found.items()
    assert what == ("slice_differs", "") and ("BilledCost: " in said) == (column == "BilledCost")


def test_a_charge_written_again_is_named_without_the_source_too(charges):
    document = charges.alter(charges.on(2), "ServiceName", "Mine", quietly=False)
    found = charges.found("--no-source")
    assert "written 2 times" in found["line_altered", document]
    assert "digest" in found["slice_differs", ""]
    assert "ServiceName" in charges.found()["line_altered", document]


def test_an_id_of_the_line_that_no_digest_covers_is_found_by_its_version(charges):
    document = charges.alter(charges.on(2), "x_LineItemId", "minted", quietly=False)
    assert list(charges.found()) == [("line_altered", document)]


def test_an_amount_is_found_without_the_source_by_how_much_its_slice_differs(charges):
    charges.alter(charges.on(1), "BilledCost", 1.5)
    [(what, said)] = charges.found("--no-source").items()
    assert what == ("slice_differs", "")
    assert said == "USD BilledCost: 6.0000000000005 recorded, 6.5000000000004 found, differs by 0.4999999999999"


def test_a_removed_charge_is_named(charges):
    document = charges.on(5, 2)
    charges.remove(document)
    assert set(charges.found("--no-source")) == {("slice_differs", ""), ("line_missing", document)}
    found = charges.found()
    assert set(found) == {("slice_differs", ""), ("line_missing", document)}
    assert "the source states it" in found["line_missing", document]


def test_a_whole_slice_that_was_removed_is_named_once(charges):
    for place in range(5):
        charges.remove(charges.on(3, place))
    [(what, said)] = charges.found("--no-source").items()
    assert what == ("slice_differs", "") and "lines: 5 recorded, 0 found" in said


@pytest.mark.parametrize("identity", ["mine", "next", "foreign slice"])
def test_a_duplicated_charge_is_named(charges, identity):
    original = charges.on(4, 1)
    document = {"mine": "mine", "next": f"{slice_of(original)}-00000005", "foreign slice": "other-00000001"}[identity]
    charges.write(document, charges.sources[original], quietly=False)
    for arguments in ([], ["--no-source"]):
        assert set(charges.found(*arguments)) == {("slice_differs", ""), ("line_added", document)}


def test_an_invented_charge_is_named(charges):
    original = charges.on(4, 1)
    document = f"{slice_of(original)}-00000005"
    charges.write(document, charges.sources[original].replace('"ServiceName":"', '"ServiceName":"X'), quietly=False)
    assert "the source does not state it" in charges.found()["line_added", document]


def test_a_charge_moved_to_another_visible_slice_is_named_in_both(charges):
    document = charges.on(2)
    charges.alter(document, "x_SliceId", slice_of(charges.on(3)))
    kinds = sorted(charges.found("--no-source"))
    assert ("line_added", document) in kinds and ("line_missing", document) in kinds and ("slice_differs", "") in kinds


def test_a_charge_moved_to_a_slice_that_is_not_visible_is_missing(charges):
    document = charges.alter(charges.on(2), "x_SliceId", "nowhere")
    assert ("line_missing", document) in charges.found()


def test_a_charge_in_two_slices_is_named(charges):
    document = charges.on(2)
    slice_id = slice_of(document)
    text = charges.sources[document].replace(f'"x_SliceId":"{slice_id}"', f'"x_SliceId":["{slice_id}","x"]')
    charges.write(document, text)
    found = charges.found("--no-source")
    assert ("line_altered", document) in found and "names no slice" in found["line_altered", document]


def test_charges_and_chain_altered_together_are_found_by_the_source(charges):
    """The record is forged so that chain, head and charges agree: only the source tells."""
    store = charges.store
    records = store.chain.records()
    head, last = store.chain.head(), records[-1]
    removed = charges.on(5, 0)
    forged = json.loads(json.dumps(last))
    [day] = [s for s in forged["Slices"] if s["x_SliceId"] == slice_of(removed)]
    forged["Slices"].remove(day)
    alias = store.alias()["filter"]
    try:
        store.chain.forge(last["Sequence"], forged)
        store.chain.set_head(store.chain.record(last["Sequence"]))
        shown = json.loads(json.dumps(alias))
        shown["bool"]["filter"][0]["terms"]["x_SliceId"].remove(slice_of(removed))
        store.show(shown)
        [source] = [f for f in store.verify("--deep")["findings"] if f["kind"] == "source_differs"]
        assert source["x_SliceId"] == "2026-06-05" and "lines: 0 recorded, 5 found" in source["what"]
        assert hash_of(store.chain.record(last["Sequence"])) == store.chain.head()["Hash"]
    finally:
        store.chain.put(last["Sequence"], last, quietly=True)
        store.chain.set_head(last)
        store.show(alias)
    assert head["Hash"] == last["Hash"]


@pytest.mark.parametrize("lines", [10**15, 2**64 - 1])
def test_a_record_that_claims_more_lines_than_can_be_is_a_finding(charges, lines):
    store = charges.store
    last = store.chain.records()[-1]
    forged = json.loads(json.dumps(last))
    forged["Slices"][0]["Lines"] = lines
    try:
        store.chain.forge(last["Sequence"], forged)
        verdict = store.verify("--deep")
        kinds = {(f["kind"], f.get("x_SliceId")) for f in verdict["findings"]}
        assert {("slice_differs", forged["Slices"][0]["x_SliceId"]), ("head_differs", None)} <= kinds
        assert verdict["charges"] == {"lines": 25, "periods": 1, "periods_from_source": 1}
    finally:
        store.chain.put(last["Sequence"], last, quietly=True)


def test_sums_that_elasticsearch_adds_up_to_something_else_are_named(charges):
    """As a field of another type in the mapping would: the documents are right, the doc values are not."""

    def other_sums(exchange, _):
        if not exchange.path.startswith(f"/{charges.index}/_search"):
            return None
        status, headers, body = exchange.forward()
        answer = json.loads(body)
        for bucket in answer["aggregations"]["slices"]["buckets"][:1]:
            bucket["BilledCost"]["value"] += 1
        return status, headers, json.dumps(answer).encode()

    store = charges.store
    with FaultProxy(store.engine.url, other_sums) as proxy:
        config = store.billow.config([feed_of(store.feed_id, store.folder)], {"url": proxy.url}, name="sums.yml")
        done = store.billow.run("audit", "verify", "-c", config, "--feed", store.feed_id, "--deep", check=1)
    assert "Elasticsearch adds them up to something else" in done.stdout


def test_a_period_that_cannot_be_read_leaves_the_verdict_on_the_others(store):
    def of_may(row):
        return {name: value.replace("2026-06", "2026-05").replace("2026-07", "2026-06") for name, value in row.items()}

    write_export(store.folder, [of_may(row) for row in month([1])], period="2026-05")
    store.deliver(month([1, 2]), "e1")
    altered = store.engine.hits(store.index)[0]["_id"]
    store.engine.ok("POST", f"/{store.index}/_update/{altered}?refresh=true", {"doc": {"BilledCost": 7}})

    def refuse(exchange, _):
        if exchange.path.startswith(f"/billow-charges-{store.feed_id}-2026-05/_pit"):
            return 403, {"Content-Type": "application/json"}, b'{"error":{"type":"x","reason":"no right"},"status":403}'
        return None

    with FaultProxy(store.engine.url, refuse) as proxy:
        config = store.billow.config([feed_of(store.feed_id, store.folder)], {"url": proxy.url}, name="refused.yml")
        done = store.billow.run("audit", "verify", "-c", config, "--feed", store.feed_id, "--deep", "--format", "json", check=1)
    verdict = json.loads(done.stdout)
    [failure] = verdict["failures"]
    assert failure.startswith(f"{store.feed_id} 2026-05: its charges were not verified: ") and "no right" in failure
    assert altered in {f.get("document") for f in verdict["findings"]} and verdict["charges"]["periods"] == 1


# The source.

def test_a_source_that_has_moved_on_is_told_and_is_no_finding(store):
    store.deliver(month([1, 2]), "e1")
    write_export(store.folder, month([1, 2], "9"), execution="e2")
    verdict = store.proven("--deep")
    assert verdict["charges"]["periods_from_source"] == 0
    [note] = verdict["notes"]
    assert "no longer has the objects" in note


def test_a_feed_that_is_no_longer_configured_is_proven_from_the_index(store):
    store.deliver(month([1, 2]), "e1")
    other = store.billow.config([feed_of(store.feed_id + "x", store.folder)], name="other.yml")
    done = store.billow.run("audit", "verify", "-c", other, "--feed", store.feed_id, "--deep", check=0)
    assert "not configured" in done.stdout and "proven" in done.stdout


def test_a_source_that_cannot_be_read_is_an_error_and_not_a_proof(store):
    store.deliver(month([1, 2]), "e1")
    other = store.billow.config([{**feed_of(store.feed_id, store.folder), "location": "file:///nowhere"}], name="other.yml")
    done = store.billow.run("audit", "verify", "-c", other, "--feed", store.feed_id, "--deep", check=1)
    assert "the source cannot be read" in done.stdout and "NOT PROVEN: 0 findings, 1 failure" in done.stdout


def test_more_lines_than_one_page_holds_are_all_read(store):
    store.deliver([usage_row(n, 1 + n % 2, f"{n % 97}.{n:06d}") for n in range(5000)], "e1")
    assert store.proven("--deep")["charges"]["lines"] == 5000
    hits = store.engine.hits(store.index)
    documents = sorted(hit["_id"] for hit in hits)
    changed, removed = documents[4321], documents[17]
    store.engine.ok("POST", f"/{store.index}/_update/{changed}?refresh=true", {"doc": {"BilledCost": 1000000}})
    store.engine.ok("DELETE", f"/{store.index}/_doc/{removed}?refresh=true")
    found = store.verify("--deep")["findings"]
    lines = {(f["kind"], f["document"]) for f in found if f.get("document")}
    assert lines == {("line_altered", changed), ("line_missing", removed)}
    [altered] = [f["what"] for f in found if f.get("document") == changed]
    assert "1000000 in Elasticsearch" in altered
