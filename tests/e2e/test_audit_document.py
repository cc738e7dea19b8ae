"""docs/audit.md against what it describes: its example and its digests made again without any code of Billow's."""
import ctypes
import ctypes.util
import hashlib
import json
import re
import urllib.request

import pytest

from audit_chain import NO_HASH, canonical, hash_of
from audit_store import month
from conftest import ROOT

TEXT = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")


def block(name):
    """The fenced block behind <!-- example: name -->."""
    return re.search(rf"<!-- example: {name} -->\n```\w*\n(.*?)\n```", TEXT, re.S).group(1)


def test_the_example_has_the_hash_that_the_document_says():
    record = json.loads(block("record"))
    body = canonical({name: value for name, value in record.items() if name != "Hash"})
    assert body.startswith(block("canonical start").encode())
    assert f"are {len(body):,} in number" in TEXT
    assert hashlib.sha256(body).hexdigest() == block("hash") == record["Hash"]
    assert record["PreviousHash"] == NO_HASH


def test_the_python_of_the_document_makes_the_hashes_of_a_real_chain(store):
    store.deliver(month([1]), "caf\u00e9 \"1\"\\")
    store.deliver(month([1, 2], "-0.5"), "e2")
    names = {}
    exec(re.search(r"```python\n(.*?)```", TEXT, re.S).group(1), names)
    for record in store.chain.records():
        assert names["hash_of"](record) == record["Hash"] == hash_of(record)


def test_every_member_of_a_record_and_every_finding_is_described(store):
    store.deliver(month([1]), "e1")
    [record] = store.chain.records()
    named = set(re.findall(r"`([A-Za-z_@]+)`", TEXT))
    assert set(record) <= named
    for slice_ in record["Slices"]:
        assert set(slice_) - {"Currencies"} <= named
    kinds = re.findall(r'return "(\w+)";', (ROOT / "src" / "audit" / "finding.cpp").read_text())
    assert len(kinds) > 10 and set(kinds) - {"unknown"} <= named


class Hash128(ctypes.Structure):
    _fields_ = [("low", ctypes.c_uint64), ("high", ctypes.c_uint64)]


def test_anyone_can_make_the_digest_of_a_slice(store):
    library = ctypes.util.find_library("xxhash")
    if not library:
        pytest.skip("no libxxhash to compare with")
    xxh3 = ctypes.CDLL(library).XXH3_128bits
    xxh3.restype, xxh3.argtypes = Hash128, [ctypes.c_char_p, ctypes.c_size_t]
    store.deliver(month([1, 2], "1.50"), "e1")
    digests = {}
    with urllib.request.urlopen(f"{store.engine.url}/{store.index}/_search?size=100") as answer:
        text = answer.read().decode()
    sources = re.findall(r'"_source":(\{"@timestamp".*?"x_IngestedAt":"[^"]*"\})', text)
    assert len(sources) == 6
    for source in sources:
        statement = re.match(r'.*?(?=,"x_LineItemId":|,"x_DeliveryId":)', source, re.S).group(0).encode()
        digest = xxh3(statement, len(statement))
        slice_id = json.loads(source)["x_SliceId"]
        digests[slice_id] = (digests.get(slice_id, 0) + (digest.high << 64) + digest.low) % 2**128
    [record] = store.chain.records()
    assert {s["x_SliceId"]: s["Digest"] for s in record["Slices"]} == {i: f"{d:032x}" for i, d in digests.items()}
