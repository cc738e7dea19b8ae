"""A bill and its bulk bodies, made once for measurements that only send them."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def prepared(lines: int) -> Iterator[tuple[Engine, Bill]]:
    """An engine and a bill of so many lines, as long as they are needed."""
    folder = Path(tempfile.mkdtemp(prefix="billow-bench-", dir="/var/tmp"))
    try:
        with Engine() as engine:
            yield engine, Bill(folder, lines, engine)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def chosen(parser, only: str, known) -> list[str]:
    """Those of `known` that the words of --only name, between semicolons; all without any."""
    wanted = [name for name in only.split(";") if name]
    if unknown := set(wanted) - set(known):
        parser.error(f"there is no '{sorted(unknown)[0]}'; there are: {'; '.join(known)}")
    return [name for name in known if not wanted or name in wanted]
