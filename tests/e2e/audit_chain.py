"""The audit chain as docs/audit.md writes it down, made again without any code of Billow's, and hands that tamper."""
import hashlib
import json
import time

CHAIN = "billow-audit"
HEAD = "billow-state/_doc/audit-head"
NO_HASH = "0" * 64


def canonical(record):
    """RFC 8785 for what records hold: texts, whole numbers, flags, arrays and objects with ASCII names."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_of(record):
    return hashlib.sha256(canonical({name: value for name, value in record.items() if name != "Hash"})).hexdigest()


def id_of(sequence):
    return f"{sequence:012d}"


class Chain:
    """The chain of an engine. A fresh one begins empty."""

    def __init__(self, engine):
        self.engine = engine

    def begin(self):
        self.engine.call("DELETE", f"/{CHAIN}")
        # What was deleted is to be forgotten at once: the head has a version of its own.
        self.engine.ok("PUT", "/billow-state/_settings", {"index.gc_deletes": "0s"})
        self.forget_head()
        return self

    def forget_head(self):
        """The head's version is its sequence number, so that one of a longer chain has to be forgotten first. The
        engine forgets what was deleted with a refresh, once its clock has moved."""
        self.engine.call("DELETE", f"/{HEAD}?refresh=true")
        until = time.monotonic() + 30
        while self.put_head(0, NO_HASH) == 409:
            assert time.monotonic() < until, "the engine does not forget the head"
            self.engine.ok("POST", "/billow-state/_refresh")

    def put_head(self, sequence, digest):
        query = f"?refresh=true&version_type=external&version={sequence}"
        status, _ = self.engine.call("PUT", f"/{HEAD}{query}", {"Sequence": sequence, "Hash": digest})
        return status

    def records(self):
        return [self.record(int(hit["_id"])) for hit in sorted(self.engine.hits(CHAIN), key=lambda hit: hit["_id"])]

    def record(self, sequence):
        return self.engine.ok("GET", f"/{CHAIN}/_source/{id_of(sequence)}")

    def put(self, place, record, quietly=False):
        """Writes over a record, or a new one; quietly: so that its version does not tell."""
        query = "?version=1&version_type=external_gte" if quietly else ""
        self.engine.ok("PUT", f"/{CHAIN}/_doc/{id_of(place)}{query}", canonical(record).decode())
        self.engine.ok("POST", f"/{CHAIN}/_refresh")

    def forge(self, place, record, quietly=True):
        """As put(), with a right hash."""
        self.put(place, {**record, "Hash": hash_of(record)}, quietly)

    def remove(self, *sequences):
        for sequence in sequences:
            self.engine.ok("DELETE", f"/{CHAIN}/_doc/{id_of(sequence)}?refresh=true")

    def head(self):
        return self.engine.ok("GET", f"/{HEAD}")["_source"]

    def set_head(self, record):
        """As Billow writes it."""
        self.forget_head()
        assert self.put_head(record["Sequence"], record["Hash"]) < 300
