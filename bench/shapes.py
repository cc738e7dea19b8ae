"""./run bench shapes: what a bulk request should look like, measured.

    shapes.py [--lines 100000] [--rounds 3] [--only NAME,...]

The same documents are sent over and over, each time to a fresh index with Billow's template and in a form that
differs from Billow's own in one thing: bytes a request, connections, ids, order, compression, refresh interval.
All take turns. Printed are, against Billow's own form in the same round, how fast the documents came to be
searchable and what CPU Elasticsearch spent on them: the second hardly depends on what else the machine does.

    BILLOW_BIN, BILLOW_ES_URL   as for ./run bench
"""

import argparse
import hashlib
import json
import shutil
import statistics
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "bench/loaders")]

import ready_sender  # noqa: E402
from bill import Bill  # noqa: E402
from cluster import Engine, Failed, say  # noqa: E402

MiB = 1 << 20


@dataclass(frozen=True)
class Shape:
    bytes: int = 5 * MiB  # limits::bulk_bytes_default
    connections: int = 2  # limits::bulk_connections_default
    ids: str = "slice and ordinal"
    order: str = "as in the bill"
    gzip: bool = False
    refresh: str = "30s"  # es-templates/component/billow-charges-settings.json


OWN = Shape()
SHAPES = {
    "Billow's own": OWN,
    "0.5 MiB a request": replace(OWN, bytes=MiB // 2),
    "1 MiB a request": replace(OWN, bytes=MiB),
    "2.5 MiB a request": replace(OWN, bytes=5 * MiB // 2),
    "10 MiB a request": replace(OWN, bytes=10 * MiB),
    "20 MiB a request": replace(OWN, bytes=20 * MiB),
    "1 connection": replace(OWN, connections=1),
    "3 connections": replace(OWN, connections=3),
    "4 connections": replace(OWN, connections=4),
    "8 connections": replace(OWN, connections=8),
    "ids made by Elasticsearch": replace(OWN, ids="automatic"),
    "hashes as ids": replace(OWN, ids="hash"),
    "sorted by slice": replace(OWN, order="by slice"),
    "gzip": replace(OWN, gzip=True),
    "refresh every second": replace(OWN, refresh="1s"),
    "no refresh while loading": replace(OWN, refresh="-1"),
}


def actions(path: Path) -> Iterator[tuple[bytes, bytes]]:
    """Id and document, each with its line end."""
    with path.open("rb") as lines:
        for action in lines:
            yield json.loads(action)["create"]["_id"].encode(), next(lines)


def action_line(shape: Shape, own_id: bytes) -> bytes:
    if shape.ids == "automatic":
        return b'{"create":{}}\n'
    if shape.ids == "hash":
        own_id = hashlib.sha1(own_id, usedforsecurity=False).hexdigest().encode()
    return b'{"create":{"_id":"' + own_id + b'"}}\n'


def pieces_of(shape: Shape, bodies: Path) -> list[bytes]:
    """The requests of this shape, made before the clock runs."""
    documents = actions(bodies)
    if shape.order == "by slice":
        documents = iter(sorted(documents))
    pieces, piece, size = [], [], 0
    for own_id, document in documents:
        piece += (action_line(shape, own_id), document)
        size += len(piece[-1]) + len(piece[-2])
        if size >= shape.bytes:
            pieces.append(b"".join(piece))
            piece, size = [], 0
    if piece:
        pieces.append(b"".join(piece))
    if shape.gzip:
        pieces = [zlib.compress(piece, 1, wbits=31) for piece in pieces]
    return pieces


def measure(engine: Engine, bill: Bill, shape: Shape, index: str) -> tuple[float, float]:
    """Documents a second until they can be searched, and Elasticsearch's CPU seconds a million."""
    pieces = pieces_of(shape, bill.bodies)
    engine.call("PUT", f"/{index}", {"settings": {"refresh_interval": shape.refresh}})
    engine.quiet()
    cpu, start = engine.cpu_seconds(), time.monotonic()
    headers = {"Content-Encoding": "gzip"} if shape.gzip else {}
    ready_sender.send_all(engine.url, index, pieces, shape.connections, headers)
    engine.call("POST", f"/{index}/_refresh")
    seconds = time.monotonic() - start
    engine.quiet()
    cpu = engine.cpu_seconds() - cpu
    count = int(engine.call("GET", f"/{index}/_count")["count"])
    if count != bill.documents:
        raise Failed(f"{index} holds {count} documents, {bill.documents} were sent")
    return count / seconds, cpu / count * 1e6


def rounds(engine: Engine, bill: Bill, names: list[str], number_of_rounds: int) -> dict[str, list]:
    say("warming Elasticsearch up")
    index = "billow-charges-shape-2026-06"
    results: dict[str, list] = {name: [] for name in names}
    for number in range(number_of_rounds + 1):
        first = number % len(names)
        for name in [names[0]] if number == 0 else names[first:] + names[:first]:
            try:
                speed, cpu = measure(engine, bill, SHAPES[name], index)
            finally:
                engine.remove(index)
            if number > 0:
                results[name].append((speed, cpu))
                say(f"round {number}: {name:26} {speed:>8,.0f} documents/s {cpu:>6.1f} CPU s a million")
    return results


def table(results: dict[str, list]) -> list[str]:
    own = results["Billow's own"]
    rows = [f"| {'form':26} | speed | CPU of Elasticsearch |", f"|{'-' * 28}|---|---|"]
    for name, figures in results.items():
        speed, cpu = (
            statistics.median(figure[at] / base[at] for figure, base in zip(figures, own)) for at in (0, 1)
        )
        rows.append(f"| {name:26} | {speed:.2f} | {cpu:.2f} |")
    speed, cpu = (statistics.median(figure[at] for figure in own) for at in (0, 1))
    rows.append(f"\n1.00 is {speed:,.0f} documents/s and {cpu:.1f} CPU seconds a million.")
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="./run bench shapes", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="forms, by comma; Billow's own is always among them")
    args = parser.parse_args()
    wanted = [name for name in args.only.split(",") if name]
    if unknown := set(wanted) - set(SHAPES):
        parser.error(f"no form is called {', '.join(sorted(unknown))}; there are {', '.join(SHAPES)}")
    names = [name for name in SHAPES if not wanted or name in wanted or SHAPES[name] == OWN]
    folder = Path(tempfile.mkdtemp(prefix="billow-bench-", dir="/var/tmp"))
    try:
        with Engine() as engine:
            bill = Bill(folder, args.lines, engine)
            results = rounds(engine, bill, names, args.rounds)
    except (Failed, ready_sender.Refused) as why:
        print(f"bench: {why}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(table(results)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
