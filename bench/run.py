"""./run bench: how fast a bill becomes documents, next to what else there is, in one run on one machine.

    run.py [--lines 400000] [--rounds 3] [--columns common|all] [--minutes 14] [--only NAME,...]

Contestants take turns on the same generated bill, each on a fresh index with Billow's own template:
    normalize   csv.gz to bulk bodies, nothing sent
    ready       those bodies, sent by a client that only copies bytes: what Elasticsearch itself can take
    billow      a whole sync: loading, verification, rollups, publishing
    go          encoding/csv, maps and go-elasticsearch's BulkIndexer
    java        FastCSV, maps and elasticsearch-java's BulkIngester
    node        csv-parse, objects and @elastic/elasticsearch's helpers.bulk
    python      csv, dictionaries and elasticsearch-py's parallel_bulk
A load ends when all of it can be searched. CPU and memory are the client's own; Elasticsearch works on the
same cores. Medians of the rounds.
The bench builds the last four in build/bench; one whose language is not installed (go; a JDK and mvn;
node and npm) is left out, and the table says so.

`./run bench instructions` counts instructions instead, `shapes` compares forms of bulk requests and `mappings`
those of the index; each has a --help of its own.

    BILLOW_BIN      the program; otherwise build/release/billow, which ./run bench builds
    BILLOW_ES_URL   an Elasticsearch to use; otherwise one is started for this run and removed after it
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import peers  # noqa: E402
from bills.generate import generate  # noqa: E402
from bills.values import dump, load  # noqa: E402
from cluster import Engine, Failed, say  # noqa: E402

ORDER = ["normalize", "ready", "billow", "go", "java", "node", "python"]
PEERS = ["go", "java", "node", "python"]


@dataclass
class Result:
    name: str
    round: int
    lines: int  # rows of the bill
    documents: int
    seconds: float
    cpu_seconds: float
    peak_mib: float


class NoTime(Exception):
    pass


def measure(command: list, until: float, stdout=subprocess.DEVNULL) -> dict:
    """What the command cost: seconds, cpu_seconds, peak_mib. NoTime when time.monotonic() passed `until`."""
    with tempfile.NamedTemporaryFile("r") as cost, tempfile.TemporaryFile("w+") as errors:
        launcher = [sys.executable, "-S", "-E", ROOT / "bench/measure.py", cost.name]
        with subprocess.Popen(
            [str(word) for word in [*launcher, *command]],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=errors,
            start_new_session=True,
        ) as running:
            try:
                running.wait(max(0.0, until - time.monotonic()))
            except BaseException as why:
                # The launcher and what it started are a process group of their own.
                os.killpg(running.pid, signal.SIGKILL)
                if isinstance(why, subprocess.TimeoutExpired):
                    raise NoTime from None
                raise
        errors.seek(0)
        told = errors.read()[-800:]
        try:
            figures = json.loads(cost.read())
        except ValueError:
            raise Failed(f"{command[0]} could not be run: {told}") from None
    if exit_code := figures.pop("exit"):
        raise Failed(f"{command[0]} ended with {exit_code}: {told}")
    return figures


class Bench:
    def __init__(self, args, engine: Engine, folder: Path):
        self.args, self.engine, self.folder = args, engine, folder
        self.billow = Path(os.environ.get("BILLOW_BIN", ROOT / "build/release/billow"))
        self.deadline = args.started + args.minutes * 60
        self.loaders: dict[str, list] = {}
        self.skipped: dict[str, str] = {}

    # ---- what everybody needs ------------------------------------------------------------------------------
    def prepare(self) -> None:
        args = self.args
        say(f"writing a bill of {args.lines:,} lines ({args.columns} columns)")
        self.expected = load(
            dump(
                generate(
                    self.folder / "bucket",
                    rows=args.lines,
                    columns=args.columns,
                    nasty=0.01,
                    files=args.files,
                    fleeting=args.fleeting,
                    unalike=args.unalike,
                )
            )
        )
        self.files = sorted((self.folder / "bucket").rglob("*.csv.gz"))
        self.config = self.folder / "billow.yml"
        self.write_config("bench-0")
        self.measure([self.billow, "setup", "-c", self.config])
        self.bodies = self.folder / "bodies.ndjson"
        with self.bodies.open("wb") as out:
            self.measure(self.normalizing(), stdout=out)
        size = self.bodies.stat().st_size
        say(
            f"{sum(f.stat().st_size for f in self.files) >> 20} MiB of csv.gz become {size >> 20} MiB of bodies, {size // int(self.expected['charges'])} bytes a document"
        )
        for name in [name for name in PEERS if name in args.only]:
            try:
                self.loaders[name] = peers.words_of(name)
            except peers.LeftOut as why:
                self.skip(name, str(why))

    def skip(self, name: str, why: str) -> None:
        say(f"{name} is left out: {why}")
        self.skipped[name] = why

    def measure(self, command: list, **options) -> dict:
        return measure(command, self.deadline, **options)

    def write_config(self, feed: str) -> None:
        settings = {
            "elasticsearch": {"url": self.engine.url},
            "feeds": [
                {"id": feed, "kind": "aws/cur2", "location": f"file://{self.folder}/bucket", "export": "E"}
            ],
        }
        self.config.write_text(json.dumps(settings))

    def normalizing(self) -> list:
        return [self.billow, "normalize", "--feed-kind", "aws/cur2", "--period", "2026-06", *self.files]

    # ---- contestants ---------------------------------------------------------------------------------------
    def run_one(self, name: str, number: int) -> Result:
        index = f"billow-charges-bench-{name}-{number}"
        if name == "normalize":
            return self.result(name, number, int(self.expected["charges"]), self.measure(self.normalizing()))
        if name == "ready":
            sender = peers.LOADERS / "ready_sender.py"
            command = [sys.executable, sender, self.engine.url, index, self.bodies]
        elif name in PEERS:
            command = [*self.loaders[name], self.engine.url, index, ROOT, *self.files]
        else:
            self.write_config(f"bench-{name}-{number}")
            command = [self.billow, "sync", "-c", self.config]
        try:
            cost = self.measure(command)
            start = time.monotonic()
            self.engine.call("POST", f"/{index}*/_refresh")
            cost["seconds"] += time.monotonic() - start
            count = self.engine.check(f"{index}*" if name == "billow" else index, self.expected)
        finally:
            self.engine.remove(index)
        return self.result(name, number, count, cost)

    def result(self, name: str, number: int, documents: int, cost: dict) -> Result:
        rounded = {key: round(value, 3) for key, value in cost.items()}
        return Result(name, number, int(self.expected["rows"]), documents, **rounded)

    def rounds(self) -> list[Result]:
        names = [name for name in ORDER if name in self.args.only and name not in self.skipped]
        say("warming Elasticsearch up")
        self.run_one("ready", 0)
        results: list[Result] = []
        longest = 0.0
        for number in range(1, self.args.rounds + 1):
            if time.monotonic() + longest > self.deadline:
                say(f"no time for round {number} of {self.args.rounds}: --minutes {self.args.minutes:g}")
                break
            start = time.monotonic()
            # The first round goes from the quick to the slow: should time run out, it is they who miss it.
            first = (number - 1) % len(names)
            for name in names[first:] + names[:first]:
                try:
                    result = self.run_one(name, number)
                except NoTime:
                    if number == 1:
                        self.skip(name, "no time was left for it; give fewer --lines or more --minutes")
                    continue
                results.append(result)
                say(f"round {number}: {name:9} {result.documents / result.seconds:>10,.0f} documents/s")
            longest = max(longest, time.monotonic() - start)
        return results


def print_table(results: list[Result], skipped: dict[str, str]) -> None:
    by_name: dict[str, list[Result]] = {}
    for result in results:
        by_name.setdefault(result.name, []).append(result)

    def median(name: str, figure) -> float:
        return statistics.median(figure(r) for r in by_name[name])

    rounds = max((r.round for r in results), default=0)
    if results:
        print(f"{results[0].lines:,} lines, rounds: {rounds}")
    base = median("ready", lambda r: r.documents / r.seconds) if "ready" in by_name else None
    print(
        f"{'':10} {'lines/s':>11} {'documents/s':>12} {'of ready':>9} {'CPU s per M lines':>18} {'peak MiB':>9}"
    )
    for name in ORDER:
        if name in skipped:
            print(f"{name:10} left out: {skipped[name].splitlines()[0][:70]}")
        if name not in by_name:
            continue
        speed = median(name, lambda r: r.documents / r.seconds)
        share = f"{speed / base:.2f}" if base and name != "normalize" else "-"
        cpu = median(name, lambda r: r.cpu_seconds / r.lines * 1e6)
        lines = median(name, lambda r: r.lines / r.seconds)
        print(
            f"{name:10} {lines:>11,.0f} {speed:>12,.0f} {share:>9} {cpu:>18.2f} {median(name, lambda r: r.peak_mib):>9.0f}"
        )


def json_lines(results: list[Result]) -> list[str]:
    """A line a result, with its speed as a share of that of the ready bodies in the same round."""

    def speed(result: Result) -> float:
        return result.documents / result.seconds

    ready = {result.round: speed(result) for result in results if result.name == "ready"}
    lines = []
    for result in results:
        fields = asdict(result)
        if result.round in ready and result.name != "normalize":
            fields["of_ready"] = round(speed(result) / ready[result.round], 3)
        lines.append(json.dumps(fields))
    return lines


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="./run bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=400_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--columns", choices=["common", "all"], default="common")
    parser.add_argument("--files", type=int, default=1)
    parser.add_argument("--fleeting", action="store_true", help="every line names a resource of its own")
    parser.add_argument("--unalike", action="store_true", help="and has words, a price and tags of its own")
    parser.add_argument("--minutes", type=float, default=14, help="after these it is over: rounds and slow peers are left out")
    parser.add_argument("--only", default=",".join(ORDER), help=f"contestants, by comma: {', '.join(ORDER)}")
    args = parser.parse_args()
    args.only = args.only.split(",")
    args.started = time.monotonic()
    if unknown := set(args.only) - set(ORDER):
        parser.error(f"no contestant is called {', '.join(sorted(unknown))}")
    folder = Path(tempfile.mkdtemp(prefix="billow-bench-", dir="/var/tmp"))
    try:
        with Engine() as engine:
            bench = Bench(args, engine, folder)
            bench.prepare()
            results = bench.rounds()
    except NoTime:
        print("bench: no time for a single round; give fewer --lines or more --minutes", file=sys.stderr)
        return 1
    except Failed as why:
        print(f"bench: {why}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print_table(results, bench.skipped)
    print()
    for line in json_lines(results):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
