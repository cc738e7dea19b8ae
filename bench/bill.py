"""A bill and its bulk bodies, made once for measurements that only send them."""

import json
import os
import subprocess
from pathlib import Path

from bills.generate import generate
from cluster import ROOT, Engine, Failed, say

PERIOD = "2026-06"


class Bill:
    """`lines` rows of CUR 2.0 in `folder`, as Billow's own bulk bodies in `bodies`; the cluster has the templates."""

    def __init__(self, folder: Path, lines: int, engine: Engine):
        self.program = Path(os.environ.get("BILLOW_BIN", ROOT / "build/release/billow"))
        say(f"writing a bill of {lines:,} lines")
        expected = generate(folder / "bucket", rows=lines, nasty=0.01)
        self.documents = int(expected["charges"])
        config = folder / "billow.yml"
        feed = {"id": "bench", "kind": "aws/cur2", "location": f"file://{folder}/bucket", "export": "E"}
        config.write_text(json.dumps({"elasticsearch": {"url": engine.url}, "feeds": [feed]}))
        self._run("setup", "-c", config)
        self.bodies = folder / "bodies.ndjson"
        files = sorted((folder / "bucket").rglob("*.csv.gz"))
        with self.bodies.open("wb") as out:
            self._run("normalize", "--feed-kind", "aws/cur2", "--period", PERIOD, *files, stdout=out)

    def _run(self, *words, stdout=subprocess.DEVNULL) -> None:
        done = subprocess.run([self.program, *words], stdout=stdout, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise Failed(f"billow {words[0]} ended with {done.returncode}: {done.stderr[-800:]}")
