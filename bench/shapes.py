"""./run bench shapes: what a bulk request should look like, measured.

    shapes.py [--lines 100000] [--rounds 3] [--only NAME,...]

The same documents are sent over and over, each time to a fresh index with Billow's template and in a form that
differs from Billow's own in one thing: bytes a request, connections, ids, order, compression, refresh interval.
Each is measured right after Billow's own form. Printed is what became, against that, of the speed until the
documents can be searched and of the CPU that Elasticsearch spent on them.

    BILLOW_BIN, BILLOW_ES_URL   as for ./run bench
"""

import argparse
import hashlib
import json
import statistics
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "bench/loaders")]

import ready_sender  # noqa: E402
from bill import Bill, chosen, prepared  # noqa: E402
from cluster import Engine, Failed, say  # noqa: E402

MiB = 1 << 20
WARM_UPS = 4  # until the engine's compiler is done


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
    "the same again": OWN,
    "0.5 MiB a request": replace(OWN, bytes=MiB // 2),
    "1 MiB a request": replace(OWN, bytes=MiB),
    "1.5 MiB a request": replace(OWN, bytes=3 * MiB // 2),
    "2 MiB a request": replace(OWN, bytes=2 * MiB),
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
    """Of each form, for each round: its figures, and those of Billow's own form just before."""
    index = "billow-charges-shape-2026-06"

    def run(shape: Shape) -> tuple[float, float]:
        try:
            return measure(engine, bill, shape, index)
        finally:
            engine.remove(index)

    say("warming Elasticsearch up")
    for _ in range(WARM_UPS):
        run(OWN)
    results: dict[str, list] = {name: [] for name in names}
    for number in range(1, number_of_rounds + 1):
        for name in names:
            own, figures = run(OWN), run(SHAPES[name])
            results[name].append((figures, own))
            speed, cpu = (figures[at] / own[at] for at in (0, 1))
            say(f"round {number}: {name:26} {speed:.2f} of our speed, {cpu:.2f} of the CPU")
    return results


def table(results: dict[str, list]) -> list[str]:
    def middle(pairs: list, at: int) -> float:
        return statistics.median(figures[at] / own[at] for figures, own in pairs)

    rows = [f"| {'form':26} | speed | CPU of Elasticsearch |", f"|{'-' * 28}|---|---|"]
    rows += [f"| {name:26} | {middle(pairs, 0):.2f} | {middle(pairs, 1):.2f} |" for name, pairs in results.items()]
    own = [own for pairs in results.values() for _, own in pairs]
    speed, cpu = (statistics.median(figure[at] for figure in own) for at in (0, 1))
    rows.append(f"\n1.00 is {speed:,.0f} documents/s and {cpu:.1f} CPU seconds a million.")
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="./run bench shapes", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="forms, by semicolon")
    args = parser.parse_args()
    names = chosen(parser, args.only, SHAPES)
    try:
        with prepared(args.lines) as (engine, bill):
            results = rounds(engine, bill, names, args.rounds)
    except (Failed, ready_sender.Refused) as why:
        print(f"bench: {why}", file=sys.stderr)
        return 1
    print("\n".join(table(results)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
