"""A door before Elasticsearch behind which transforms run: the engine of these tests lacks the module, so this stands
in for a node with the role `transform`, as Elastic's documentation describes it. A configuration is read by Elastic's
own classes, and refused where they refuse it; its pivot is run over the real engine and its documents are written there.
What a transform is asked that it would not be asked by us is not here: updates, latest, sync, remote clusters."""
import hashlib
import json
import os
import re
import subprocess
import threading
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from conftest import ROOT
from fault_proxy import JSON, FaultProxy

NO_JDK = 77
PARAMETERS = {"PUT": {"defer_validation", "timeout"}, "_start": {"from", "timeout"}, "_stats": {"from", "size", "allow_no_match", "basic", "timeout"},
              "_stop": {"force", "timeout", "wait_for_completion", "allow_no_match", "wait_for_checkpoint"},
              "DELETE": {"force", "timeout", "delete_dest_index"}, "GET": {"from", "size", "allow_no_match", "exclude_generated"}}


class Parsers:
    """Elastic's classes, started once."""

    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()
        self.process = subprocess.Popen([str(ROOT / "scripts" / "es" / "read_assets.sh")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env={**os.environ, "BILLOW_ES_VERSION": "8"})

    def fault(self, name, body):
        """Why Elasticsearch refuses the configuration, or ''."""
        file = self.folder / f"{name}.json"
        with self.lock:
            file.write_bytes(body)
            try:
                self.process.stdin.write(f"transform {file}\n")
                self.process.stdin.flush()
            except BrokenPipeError:
                pass
            line = self.process.stdout.readline()
        if not line and self.process.wait() == NO_JDK:
            pytest.skip("no JDK can be had to read transforms with Elastic's classes")
        assert line, "Elastic's classes did not answer"
        verdict, _, rest = line.rstrip("\n").partition(" ")
        return "" if verdict == "accepted" else rest

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def error(status, kind, reason):
    return status, JSON, json.dumps({"error": {"type": kind, "reason": reason}, "status": status}).encode()


def answer(body, status=200):
    return status, JSON, json.dumps(body).encode()


def flag(query, name):
    return query.get(name, ["false"])[0] in ("true", "")


class Transform:
    """One that was put. It runs in a thread of its own, page by page, once."""

    def __init__(self, node, name, config):
        self.node, self.name, self.config = node, name, config
        self.state, self.reason, self.checkpoint, self.processed, self.indexed = "stopped", None, 0, 0, 0
        self.thread, self.stopping = None, threading.Event()

    @property
    def running(self):
        return self.state not in ("stopped", "failed")

    def start(self):
        self.state, self.stopping = "started", threading.Event()
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def stop(self):
        self.stopping.set()
        self.node.gate.set()
        if self.thread:
            self.thread.join()
        self.state = "stopped"

    def run(self):
        try:
            self.state = "indexing"
            after = None
            while not self.stopping.is_set():
                documents, after = self.page(after)
                if not documents:
                    break
                self.write(documents)
                if self.node.failure:
                    raise RuntimeError(self.node.failure)
                self.node.pages.release()
                self.node.gate.wait()
                if self.node.lost:
                    return
            else:
                return
            self.checkpoint, self.state = 1, "stopped"
        except Exception as wrong:  # whatever went wrong is the transform's reason
            self.state, self.reason = "failed", str(wrong)

    def page(self, after):
        pivot, source = self.config["pivot"], self.config["source"]
        size = self.node.page_groups or self.config.get("settings", {}).get("max_page_search_size", 500)
        composite = {"size": size, "sources": [{name: how} for name, how in pivot["group_by"].items()]}
        if after:
            composite["after"] = after
        body = {"size": 0, "query": source.get("query", {"match_all": {}}),
                "aggs": {"_transform": {"composite": composite, "aggs": pivot["aggregations"]}}}
        found = self.node.engine.ok("POST", f"/{','.join(source['index'])}/_search", body)["aggregations"]["_transform"]
        documents = []
        for bucket in found["buckets"]:
            self.processed += bucket["doc_count"]
            documents.append((self.id_of(bucket["key"]), self.document(bucket)))
        return documents, found.get("after_key")

    def id_of(self, key):
        """A hash of the group, as there, though another one."""
        return hashlib.sha256(json.dumps([self.node.salt, sorted(key.items(), key=str)]).encode()).hexdigest()[:32]

    def document(self, bucket):
        pivot, made = self.config["pivot"], {}
        for name, how in pivot["group_by"].items():
            value = bucket["key"][name]
            if "date_histogram" in how and value is not None and not self.config["settings"].get("dates_as_epoch_millis"):
                value = datetime.fromtimestamp(value / 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            inside, *way = reversed(name.split("."))
            part = made
            for step in reversed(way):
                part = part.setdefault(step, {})
            part[inside] = value
        for name, how in pivot["aggregations"].items():
            value = bucket[name]["value"]
            made[name] = int(value) if self.node.type_of(self.config["dest"]["index"], name) == "long" else float(value)
        return {name: value for name, value in made.items() if not name.startswith("_")}

    def write(self, documents):
        index = self.config["dest"]["index"]
        lines = "".join(json.dumps({"index": {"_id": name}}) + "\n" + json.dumps(document) + "\n" for name, document in documents)
        done = self.node.engine.ok("POST", f"/{index}/_bulk", lines)
        assert not done["errors"], done
        self.indexed += len(documents)

    def stats(self):
        lost = self.node.lost and self.state == "indexing"
        said = {"id": self.name, "state": "waiting" if lost else self.state,
                "stats": {"pages_processed": 1, "documents_processed": self.processed, "documents_indexed": self.indexed,
                          "index_failures": 0, "search_failures": 0},
                "checkpointing": {"last": {"checkpoint": self.checkpoint}}, "health": {"status": "green"}}
        if self.reason:
            said["reason"] = self.reason
        if lost:
            said["reason"] = "Not starting transform, reasons [no transform nodes]"
        return said


class TransformNode:
    """The fault of a FaultProxy: takes what is for transforms, lets everything else through."""

    def __init__(self, engine, parsers):
        self.engine, self.parsers = engine, parsers
        self.transforms, self.bodies, self.starts = {}, [], []
        self.allowed = True      # may the user manage transforms?
        self.admitted = True     # does a PUT find that it may?
        self.failure = None      # what every transform fails with after a page
        self.lost = False        # the node has left
        self.page_groups = None  # smaller pages than were asked for
        self.salt = 0
        self.gate, self.pages = threading.Event(), threading.Semaphore(0)  # goes on after a page; pages written
        self.gate.set()
        self.types = {}

    def type_of(self, index, field):
        if (index, field) not in self.types:
            found = self.engine.ok("GET", f"/{index}/_mapping/field/{field}")[index]["mappings"].get(field, {}).get("mapping", {})
            self.types[index, field] = next(iter(found.values()), {}).get("type")
        return self.types[index, field]

    def close(self):
        self.gate.set()
        for transform in self.transforms.values():
            transform.stop()

    def __call__(self, exchange, _):
        path = urlsplit(exchange.path)
        if path.path.startswith("/_transform"):
            return self.answer(exchange, path.path.strip("/").split("/")[1:], parse_qs(path.query, keep_blank_values=True))
        if path.path == "/_nodes/http":
            status, headers, body = exchange.forward()
            found = json.loads(body)
            for node in found["nodes"].values():
                node["roles"].append("transform")
            return status, headers, json.dumps(found).encode()
        if path.path == "/_security/_authenticate" and not self.allowed:
            return answer({"username": "someone"})
        if path.path == "/_security/user/_has_privileges" and not self.allowed:
            assert json.loads(exchange.body) == {"cluster": ["manage_transform"]}
            return answer({"username": "someone", "has_all_requested": False, "cluster": {"manage_transform": False}, "index": {}})
        return None

    def answer(self, exchange, way, query):
        verb = way[1] if len(way) > 1 else exchange.method
        unknown = set(query) - PARAMETERS.get(verb, set())
        if verb not in PARAMETERS or unknown:
            return error(400, "illegal_argument_exception", f"request [{exchange.path}] contains unrecognized parameters: {sorted(unknown)}")
        if not way:
            return answer({"count": 0, "transforms": []})
        if not self.allowed or (verb == "PUT" and not self.admitted):
            return error(403, "security_exception", "action [cluster:admin/transform/put] is unauthorized for user [someone]")
        name, found = way[0], self.transforms.get(way[0])
        if verb == "_stats":
            return answer({"count": int(bool(found)), "transforms": [found.stats()] if found else []})
        if verb == "PUT":
            return self.put(name, exchange.body)
        if not found:
            return error(404, "resource_not_found_exception", f"Transform with id [{name}] could not be found")
        if verb == "GET":
            return answer({"count": 1, "transforms": [{"id": name, **found.config}]})
        if verb == "_start":
            return self.start(found)
        if verb == "_stop":
            if found.state == "failed" and not flag(query, "force"):
                return error(409, "status_exception", f"Unable to stop transform [{name}] as it is in a failed state with reason [{found.reason}].")
            found.stop()
            return answer({"acknowledged": True})
        if (found.running or found.state == "failed") and not flag(query, "force"):
            return error(409, "status_exception", f"Cannot delete transform [{name}] as the task is running. Stop the task first")
        found.stop()
        del self.transforms[name]
        return answer({"acknowledged": True})

    def put(self, name, body):
        fault = self.parsers.fault(name, body)
        if fault:
            return error(400, "x_content_parse_exception", fault)
        if name in self.transforms:
            return error(400, "resource_already_exists_exception", f"Transform with id [{name}] already exists")
        config = json.loads(body)
        for index in config["source"]["index"]:
            if not re.search(r"[*]", index) and self.engine.call("HEAD", f"/{index}")[0] == 404:
                return error(400, "validation_exception", f"Validation Failed: 1: no such index [{index}];")
        self.bodies.append(config)
        self.transforms[name] = Transform(self, name, config)
        return answer({"acknowledged": True})

    def start(self, found):
        if found.running:
            return error(409, "status_exception", f"Cannot start transform [{found.name}] as it is already started.")
        if found.state == "failed":
            return error(409, "status_exception", f"Unable to start transform [{found.name}] as it is in a failed state with failure: [{found.reason}].")
        self.starts.append(found.name)
        found.start()
        return answer({"acknowledged": True})


class TransformDoor:
    """An address at which a cluster with a transform node answers."""

    def __init__(self, engine, parsers):
        self.node = TransformNode(engine, parsers)
        self.proxy = FaultProxy(engine.url, self.node)

    def __enter__(self):
        self.proxy.__enter__()
        self.node.url = self.proxy.url
        return self.node

    def __exit__(self, *about):
        self.node.close()
        self.proxy.__exit__(*about)
