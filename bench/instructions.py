"""./run bench instructions: instructions a line of `billow normalize`, stage by stage, held to kept figures.

    instructions.py [--lines 10000] [--update] [--tolerance 3]

Times change with the machine and with what else it does; the instructions that valgrind's callgrind counts
hardly do. Bills made from a fixed seed (CUR 2.0, the same with a resource for every line, and FOCUS) are
normalized, and so are files of their header alone: the difference is what the lines cost. bench/instructions.json keeps the figures. Exit code 1 when a bill
costs more than the tolerance above them; --update writes new ones, to be committed with what changed them.

What a function inlined counts for the function that did it, and what a library or the C++ runtime does counts
for the stage that called it. Part of the cost is per bill (buffers, tables, the first of each text), so figures
hold for one number of lines only.

    BILLOW_BIN      the program; otherwise build/release/billow, which ./run bench builds
"""

import argparse
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import callgrind  # noqa: E402
from bills.generate import generate  # noqa: E402
from bills.generate_focus import generate_focus  # noqa: E402

KEPT = ROOT / "bench" / "instructions.json"
SEED = 20260601

# By the name of the function without namespace billow, arguments and template arguments; first match.
STAGES = [
    ("inflate", r"normalize::(Gunzip|\w*gzip)"),
    ("CSV index", r"normalize::(csv|index_csv|Csv|Row::)"),
    ("totals", r"DecimalSum|CurrencyTotals|ControlTotals|normalize::(OpenSlice|SliceBook)"),
    ("decimals", r"Decimal|(add|subtract|multiply|make_number|is_plain_json)$"),
    ("decimals", r"(divide|quotient|placed|digits_of|write_digits|read_usual)"),
    ("digest", r"digest_of|Digest"),
    ("encoding", r"Encoder|Page|SliceFrame|normalize::BulkFiller|civil_of|\w*document_column|make_column"),
    ("encoding", r"(what_needs_)?escape|copy_|load_|is_plain|is_null|date_of|Wording"),
    ("mapping", r"normalize::|Charge|Number|Json|is_json|name_of|hash_text|parse_time|next_month"),
]
# Other versions of these do the same with other instructions.
LIBRARIES = re.compile(r"lib(c|isal|simdjson|stdc\+\+|xxhash)\.so")
SHOWN = list(dict.fromkeys(stage for stage, _ in STAGES)) + ["other"]


class Failed(Exception):
    pass


def stage_of(function: tuple[str, str]) -> str | None:
    """The stage of a function of ours; None for what is not ours."""
    name = function[1].replace("(anonymous namespace)::", "").partition("(")[0]
    while (shorter := re.sub(r"<[^<>]*>", "", name)) != name:
        name = shorter
    words = name.split()
    # A template's name has its return type in front, and a copy of the compiler's " [clone ...]" behind.
    name = next((word for word in reversed(words) if word.startswith("billow::")), "")
    if not name or words[-1].startswith("std::"):
        return None
    name = name.removeprefix("billow::")
    return next((stage for stage, pattern in STAGES if re.match(pattern, name)), "other")


def write_bills(folder: Path, lines: int) -> dict[str, tuple[str, list[Path]]]:
    """Name -> kind of feed and files of the bills."""
    generate(folder / "cur2", rows=lines, seed=SEED, nasty=0.01)
    generate(folder / "fleeting", rows=lines, seed=SEED, nasty=0.01, fleeting=True)
    generate(folder / "unalike", rows=lines, seed=SEED, nasty=0.01, unalike=True)
    generate_focus(folder / "focus", "1.2", rows=lines, seed=SEED, nasty=0.01)
    kinds = {"cur2": "aws/cur2", "fleeting": "aws/cur2", "unalike": "aws/cur2", "focus": "aws/focus"}
    return {name: (kind, sorted((folder / name).rglob("*.csv.gz"))) for name, kind in kinds.items()}


def header_of(bill: Path, into: Path) -> Path:
    with gzip.open(bill, "rb") as whole, gzip.open(into, "wb") as alone:
        alone.write(whole.readline())
    return into


def count(program: Path, kind: str, files: list[Path], into: Path) -> tuple[callgrind.Profile, int]:
    """What normalizing the files took, and how many rows there were."""
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={into}"]
    command += [program, "normalize", "--feed-kind", kind, "--period", "2026-06", *files]
    # Names are resolved before main, so that the difference of two runs does not contain it.
    done = subprocess.run(
        [str(word) for word in command],
        env=os.environ | {"LD_BIND_NOW": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    said = re.search(r'^\{"rows":(\d+)', done.stderr, re.MULTILINE)
    if done.returncode or not said:
        raise Failed(f"{kind}: exit code {done.returncode}: {done.stderr[-800:]}")
    return callgrind.read(into), int(said[1])


def measure(program: Path, folder: Path, lines: int) -> tuple[dict[str, Counter], list[str]]:
    """Bill -> stage -> instructions a line; and what else these depend on."""
    measured, place = {}, set()
    for name, (kind, files) in write_bills(folder, lines).items():
        header = header_of(files[0], folder / f"{name}-header.csv.gz")
        start, _ = count(program, kind, [header], folder / f"{name}-header.callgrind")
        whole, rows = count(program, kind, files, folder / f"{name}.callgrind")
        stages = callgrind.by_stage(whole - start, stage_of)
        measured[name] = Counter({stage: round(stages[stage] / rows, 1) for stage in SHOWN})
        place |= {library for library, _ in whole.own if LIBRARIES.match(library)}
    if re.search(r"^flags\b.*\bavx2\b", Path("/proc/cpuinfo").read_text(), re.MULTILINE):
        place.add("avx2")
    return measured, sorted(place)


def compare(measured: float, kept: float, tolerance_percent: float) -> str:
    """`same`, `better` or `worse`."""
    change_percent = 100 * (measured - kept) / kept
    if abs(change_percent) <= tolerance_percent:
        return "same"
    return "worse" if change_percent > 0 else "better"


def table(name: str, stages: Counter, kept: dict) -> list[str]:
    total = sum(stages.values())
    lines = [f"{name:12} {'a line':>10} {'share':>7} {'kept':>10} {'change':>8}"]
    for stage in [*SHOWN, "total"]:
        now = total if stage == "total" else stages[stage]
        before = sum(kept.values()) if stage == "total" else kept.get(stage)
        was = f"{before:>10,.0f} {100 * (now - before) / before:>+7.1f}%" if before else ""
        lines.append(f"{stage:12} {now:>10,.0f} {100 * now / total:>6.1f}% {was}".rstrip())
    return lines


def verdicts(measured: dict[str, Counter], kept: dict[str, dict], tolerance: float) -> tuple[bool, list[str]]:
    """True when no bill got worse, and what to say."""
    good, said = True, []
    for name, stages in measured.items():
        if name not in kept:
            good = False
            said.append(f"{name}: no figure is kept; --update keeps this one")
            continue
        now, before = sum(stages.values()), sum(kept[name].values())
        change = f"{100 * (now - before) / before:+.1f} % instructions a line"
        match compare(now, before, tolerance):
            case "worse":
                good = False
                said.append(f"{name}: WORSE: {change}, more than {tolerance:g} % above the kept figure")
            case "better":
                said.append(f"{name}: better: {change}; --update keeps it")
            case _:
                said.append(f"{name}: as kept: {change}")
    return good, said


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="./run bench instructions",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--lines", type=int, default=10_000, help="lines of each bill (10000)")
    parser.add_argument("--tolerance", type=float, default=3, help="in percent (3)")
    parser.add_argument("--update", action="store_true", help="keep the figures of this run")
    args = parser.parse_args()
    if not shutil.which("valgrind"):
        print("bench: there is no valgrind (Debian package valgrind)", file=sys.stderr)
        return 2
    program = Path(os.environ.get("BILLOW_BIN", ROOT / "build/release/billow"))
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {"lines": args.lines, "place": [], "bills": {}}
    if not args.update and kept["lines"] != args.lines:
        parser.error(f"the kept figures are of {kept['lines']} lines; give --update to replace them")
    try:
        with tempfile.TemporaryDirectory(prefix="billow-instructions-", dir="/var/tmp") as folder:
            measured, place = measure(program, Path(folder), args.lines)
    except (Failed, OSError, ValueError) as why:
        print(f"bench: {why}", file=sys.stderr)
        return 2
    for name, stages in measured.items():
        print("\n".join(table(name, stages, kept["bills"].get(name, {}))), end="\n\n")
    if args.update:
        figures = {"lines": args.lines, "place": place, "bills": measured}
        KEPT.write_text(json.dumps(figures, indent=2) + "\n")
        print(f"kept in {KEPT.relative_to(ROOT)}")
        return 0
    good, said = verdicts(measured, kept["bills"], args.tolerance)
    print("\n".join(said))
    if other := sorted(set(place) ^ set(kept["place"])):
        print(f"the kept figures were counted elsewhere, which may explain it; not on both: {', '.join(other)}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
