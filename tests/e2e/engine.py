"""A real Elasticsearch: what tests ask of it, and one of their own where they need it."""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from decimal import Decimal


NO_JAVA = 77  # exit code of ./run es start


class NoJava(Exception):
    """No Java that the engine can run on is here or can be had."""


class Engine:
    headers = {}  # of every request, to sign in

    def __init__(self, url):
        self.url = url.rstrip("/")

    def call(self, method, path, body=None, content_type="application/json"):
        """Status and parsed body; numbers with a point become Decimal, digits as stored."""
        data = None
        if body is not None:
            data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers={"Content-Type": content_type, **self.headers})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                status, text = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read().decode()
        try:
            return status, json.loads(text, parse_float=Decimal)
        except ValueError:
            return status, text

    def ok(self, method, path, body=None, **options):
        status, answer = self.call(method, path, body, **options)
        assert status < 300, (status, answer)
        return answer

    def hits(self, index, feed=None):
        """Every document that a search of `index` finds, whole. Aliases have indices of other tests behind them, which
        may be deleted meanwhile: then a shard is not available, and it is all begun again."""
        for _ in range(10):
            found = self._scan(index, feed)
            if found is not None:
                return found
        raise AssertionError(f"a search of {index} found no shard, ten times over")

    def _scan(self, index, feed):
        """None when a shard of somebody else's index went away."""
        def ask(path, body=None):
            status, answer = self.call("POST", path, body)
            if status == 503 and feed and f"-{feed}-" not in str(answer):
                return None
            assert status < 300, (status, answer)
            return answer
        self.call("POST", f"/{index}/_refresh")
        query = {"term": {"x_FeedId": feed}} if feed else {"match_all": {}}
        opened = ask(f"/{index}/_pit?keep_alive=1m&ignore_unavailable=true")
        if opened is None:
            return None
        pit, found = opened["id"], []
        while True:
            body = {"size": 5000, "query": query, "sort": [{"_shard_doc": "asc"}], "track_total_hits": False,
                    "pit": {"id": pit, "keep_alive": "1m"}}
            if found:
                body["search_after"] = found[-1]["sort"]
            # Without a look at the shards first: one that is left out of a page, and of the next is not since its
            # index was deleted, would number the shards behind it anew, and their documents came twice.
            answer = ask("/_search?pre_filter_shard_size=1000000", body)
            if answer is None:
                return None
            pit = answer["pit_id"]
            page = answer["hits"]["hits"]
            found += page
            if len(page) < 5000:
                self.call("DELETE", "/_pit", {"id": pit})
                return found

    def charges(self, feed):
        """What readers see of a feed."""
        return [hit["_source"] for hit in self.hits("billow-charges", feed)]

    def count(self, index):
        self.call("POST", f"/{index}/_refresh")
        return self.ok("GET", f"/{index}/_count")["count"]

    def delivery_records(self, feed):
        return [hit["_source"] for hit in self.hits("billow-deliveries", feed) if not hit["_id"].startswith("feed:")]

    def health(self, feed):
        """How the feed is, as its last pass noted it; None when there was none."""
        status, answer = self.call("GET", f"/billow-deliveries/_doc/feed:{feed}")
        return answer["_source"] if status == 200 else None

    def version(self):
        nodes = self.ok("GET", "/_nodes/_local?filter_path=nodes.*.version")["nodes"]
        return next(iter(nodes.values()))["version"]

    def has_esql(self):
        """The engine of version 9 that ./run es starts comes without; 8.19 has it."""
        return self.version().startswith("8.") or self.call("POST", "/_query", {"query": "ROW x = 1"})[0] == 200

    def esql(self, query):
        return self.ok("POST", "/_query", {"query": query})


class LocalEngine(Engine):
    """An engine of our own, started by ./run es. BILLOW_TEST_DATA is where it keeps its data."""

    guardian = None

    def __init__(self, root, port=0, **variables):
        super().__init__("http://127.0.0.1")
        self.root = pathlib.Path(root)
        self.data = tempfile.mkdtemp(prefix="billow-e2e-es-", dir=os.environ.get("BILLOW_TEST_DATA", "/var/tmp"))
        os.chmod(self.data, 0o755)
        self.variables = {"BILLOW_ES_DATA": self.data, "BILLOW_ES_PORT": str(port), "BILLOW_ES_HEAP": "1g",
                          "BILLOW_ES_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:-UseG1GC -XX:+UseSerialGC", **variables}

    def run(self, verb):
        return subprocess.run([str(self.root / "run"), "es", verb], env={**os.environ, **self.variables},
                              capture_output=True, text=True, timeout=600)

    def start(self):
        done = self.run("start")
        if done.returncode == NO_JAVA:
            raise NoJava(done.stderr.strip().splitlines()[-1])
        assert done.returncode == 0, done.stdout + done.stderr
        self.url = done.stdout.strip().splitlines()[-1].strip().rstrip("/")
        self.variables["BILLOW_ES_PORT"] = self.url.rsplit(":", 1)[1]
        self.guard()
        return self

    def guard(self):
        """Whoever starts an engine may be interrupted or killed before it can end it (a worker of pytest is): the
        engine is then ended by a process that only waits for that."""
        self.unguard()
        ending = 'read -r _; "$0" es stop; rm -rf "$1"'
        self.guardian = subprocess.Popen(["/bin/sh", "-c", ending, str(self.root / "run"), self.data],
                                         stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                         start_new_session=True, env={**os.environ, **self.variables})

    def unguard(self):
        if self.guardian:
            self.guardian.kill()
            self.guardian.communicate()
        self.guardian = None

    def pid(self):
        status = self.run("status").stdout
        found = re.search(r"\bpid (\d+)", status)
        assert found, f"the engine's status names no pid: {status}"
        return int(found.group(1))

    def kill(self):
        os.kill(self.pid(), signal.SIGKILL)

    def stop(self, remove=False):
        self.unguard()
        self.run("stop")
        if remove:
            shutil.rmtree(self.data, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop(remove=True)


def names(engine, path):
    status, answer = engine.call("GET", path)
    return sorted(answer) if status == 200 else []


def forget_all(engine):
    """The cluster as it was before the first `billow setup`."""
    for index in names(engine, "/billow-*?expand_wildcards=all"):
        engine.ok("DELETE", f"/{index}")
    for kind in ("_index_template", "_component_template"):
        _, answer = engine.call("GET", f"/{kind}/billow*")
        for entry in (answer.get("index_templates") or answer.get("component_templates") or []) if isinstance(answer, dict) else []:
            engine.ok("DELETE", f"/{kind}/{entry['name']}")


@contextlib.contextmanager
def shared_engine(root):
    """The engine that tests share, also those of other workers: each has a feed of its own, and none of them minds what
    else is in the audit chain. BILLOW_TEST_ES_URL names one that runs already."""
    url = os.environ.get("BILLOW_TEST_ES_URL")
    if url:
        yield Engine(url)
    else:
        with LocalEngine(root) as local:
            yield local
