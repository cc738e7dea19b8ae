"""The Elasticsearch of a bench."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from bills.values import load

ROOT = Path(__file__).resolve().parents[1]
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
CHECKED = ["BilledCost", "EffectiveCost"]


def say(text: str) -> None:
    print(f"==> {text}", file=sys.stderr, flush=True)


class Failed(Exception):
    pass


class Engine:
    """An Elasticsearch of this run's own, or the one that BILLOW_ES_URL names."""

    def __init__(self) -> None:
        self.url = os.environ.get("BILLOW_ES_URL", "").rstrip("/")
        self.data = None

    def __enter__(self) -> "Engine":
        if not self.url:
            self.data = tempfile.mkdtemp(prefix="billow-bench-es-", dir="/var/tmp")
            os.chmod(self.data, 0o755)
            done = self._run("start")
            if done.returncode:
                self.__exit__()
                raise Failed("the engine did not start")
            self.url = done.stdout.split()[-1].rstrip("/")
        return self

    def __exit__(self, *_) -> None:
        if self.data:
            self._run("stop")
            shutil.rmtree(self.data, ignore_errors=True)

    def _run(self, verb: str):
        variables = {
            "BILLOW_ES_DATA": self.data,
            "BILLOW_ES_PORT": "0",
            "BILLOW_ES_HEAP": os.environ.get("BILLOW_ES_HEAP", "2g"),
        }
        return subprocess.run(
            [ROOT / "run", "es", verb], env=os.environ | variables, stdout=subprocess.PIPE, text=True
        )

    def call(self, method: str, path: str, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        try:
            with OPENER.open(request, timeout=300) as answer:
                return load(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return {}
            raise Failed(f"{method} {path}: {error.code} {error.read()[:300]!r}") from None

    def check(self, index: str, expected: dict) -> int:
        """Documents in the index; their number and sums must be the bill's."""
        self.call("POST", f"/{index}/_refresh")
        sums = {metric: {"sum": {"field": metric}} for metric in CHECKED}
        answer = self.call(
            "POST", f"/{index}/_search", {"size": 0, "track_total_hits": True, "aggs": sums}
        )
        count = int(answer["hits"]["total"]["value"])
        if count != int(expected["charges"]):
            raise Failed(f"{index} holds {count} documents, the bill has {expected['charges']}")
        for metric in CHECKED:
            total = float(answer["aggregations"][metric]["value"])
            wanted = sum(float(sums[metric]) for sums in expected["currencies"].values())
            if abs(total - wanted) > 1e-6 * max(1.0, abs(wanted)):
                raise Failed(f"{metric} of {index} is {total}, of the bill {wanted}")
        return count

    def remove(self, prefix: str) -> None:
        for index in self.call("GET", f"/{prefix}*/_settings?filter_path=*.settings.index.uuid"):
            self.call("DELETE", f"/{index}")
        self.quiet()

    def quiet(self) -> None:
        """Returns when no merge is running, so that nobody pays for the one before."""
        for _ in range(600):
            merges = self.call(
                "GET", "/_nodes/stats/indices/merge?filter_path=nodes.*.indices.merges.current"
            )
            if all(int(n["indices"]["merges"]["current"]) == 0 for n in merges.get("nodes", {}).values()):
                return
            time.sleep(0.1)

    def cpu_seconds(self) -> float:
        """What Elasticsearch's processes used since they started. Takes a second, for as long as a node repeats a figure."""
        time.sleep(1.1)
        nodes = self.call("GET", "/_nodes/stats/process?filter_path=nodes.*.process.cpu")["nodes"]
        return sum(int(node["process"]["cpu"]["total_in_millis"]) for node in nodes.values()) / 1000
