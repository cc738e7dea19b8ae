"""The decisions of the bench: what callgrind's file says, whose instructions are whose, what is worse."""

import dataclasses
import gzip
import importlib.util
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"
sys.path.insert(0, str(BENCH))

import callgrind  # noqa: E402
import instructions  # noqa: E402
import mappings  # noqa: E402
import peers  # noqa: E402
import shapes  # noqa: E402

spec = importlib.util.spec_from_file_location("bench_run", BENCH / "run.py")
bench_run = importlib.util.module_from_spec(spec)
sys.modules["bench_run"] = bench_run
spec.loader.exec_module(bench_run)

PROFILE = """\
# callgrind format
positions: line
events: Ir
summary: {total}

ob=(1) /usr/bin/billow
fl=(1) ???
fn=(1) billow::Encoder::put(char*)
10 5
+2 7
cob=(2) /lib/libc.so.6
cfn=(2) memcpy
calls=3 0
* 30
cfn=(3) billow::Decimal::write_to(char*) const
calls=1 0
* 14

fn=(3)
20 4
cob=(2)
cfn=(2)
calls=1 0
-1 10

ob=(2)
fn=(2)
1 40
"""
PUT = ("billow", "billow::Encoder::put(char*)")
WRITE = ("billow", "billow::Decimal::write_to(char*) const")
MEMCPY = ("libc.so.6", "memcpy")


def profile_of(tmp_path, total=56):
    path = tmp_path / "callgrind.out"
    path.write_text(PROFILE.format(total=total))
    return callgrind.read(path)


def test_costs_of_calls_are_not_the_callers_own(tmp_path):
    profile = profile_of(tmp_path)
    assert profile.own == {PUT: 12, WRITE: 4, MEMCPY: 40}
    assert profile.calls == {(PUT, MEMCPY): 30, (PUT, WRITE): 14, (WRITE, MEMCPY): 10}


def test_a_profile_that_does_not_add_up_is_refused(tmp_path):
    with pytest.raises(ValueError, match="56 instructions, it says 57"):
        profile_of(tmp_path, total=57)


def test_what_everybody_calls_counts_for_the_stages_that_called_it(tmp_path):
    stages = callgrind.by_stage(profile_of(tmp_path), instructions.stage_of)
    assert {name: round(cost) for name, cost in stages.items()} == {"encoding": 42, "decimals": 14, "other": 0}


def test_a_library_that_calls_back_is_not_counted_twice():
    sort = ("libc.so.6", "qsort")
    profile = callgrind.Profile(
        Counter({PUT: 10, sort: 20, WRITE: 5}), Counter({(PUT, sort): 25, (sort, WRITE): 5}), 35
    )
    assert callgrind.by_stage(profile, instructions.stage_of) == {"encoding": 30, "decimals": 5, "other": 0}


def test_what_a_library_does_within_counts_for_those_who_called_the_library():
    outer, inner = ("libc.so.6", "malloc"), ("libc.so.6", "_int_malloc")
    profile = callgrind.Profile(
        Counter({outer: 10, inner: 30}),
        Counter({(PUT, outer): 30, (WRITE, outer): 10, (outer, inner): 30}),
        40,
    )
    stages = callgrind.by_stage(profile, instructions.stage_of)
    assert {name: round(cost) for name, cost in stages.items()} == {"encoding": 30, "decimals": 10, "other": 0}


def test_start_up_is_taken_off(tmp_path):
    whole, start = profile_of(tmp_path), callgrind.Profile(Counter({PUT: 2}), Counter(), 2)
    assert (whole - start).own[PUT] == 10
    assert (whole - start).total == 54


@pytest.mark.parametrize(
    "name, stage",
    [
        ("billow::normalize::csv::index_csv_avx2(char const*)", "CSV index"),
        ("billow::normalize::Gunzip::read(std::span<char>)", "inflate"),
        ("billow::DecimalSum::add(billow::Decimal const&)", "totals"),
        ("billow::add(billow::Decimal const&, billow::Decimal const&)", "decimals"),
        ("billow::Number billow::make_number<billow::normalize::Scratch>(billow::Decimal const&)", "decimals"),
        ("billow::(anonymous namespace)::copy_short(char*, unsigned long) [clone .isra.0]", "encoding"),
        ("billow::digest_of(std::basic_string_view<char>)", "digest"),
        ("billow::Encoder::word(billow::Charge const&)::{lambda(int)#1}::operator()(int) const", "encoding"),
        ("billow::normalize::aws::MapCache<billow::Tag, 512ul>::read(std::string_view)", "mapping"),
        ("billow::sync::Pass::run()", "other"),
        ("std::vector<billow::Tag, std::allocator<billow::Tag> >::push_back(billow::Tag const&)", None),
        ("(below main)", None),
        ("0x0000000000034b60", None),
    ],
)
def test_a_function_belongs_to_a_stage_by_its_name(name, stage):
    assert instructions.stage_of(("billow", name)) == stage


@pytest.mark.parametrize(
    "measured, verdict", [(103.0, "same"), (103.1, "worse"), (97.0, "same"), (96.9, "better")]
)
def test_a_bill_may_move_by_the_tolerance(measured, verdict):
    assert instructions.compare(measured, 100.0, 3) == verdict


def test_one_bill_that_got_worse_fails_the_guard_and_a_better_one_does_not():
    kept = {"cur2": {"mapping": 100.0}, "focus": {"mapping": 100.0}}
    better = {"cur2": Counter(mapping=90.0), "focus": Counter(mapping=100.0)}
    worse = {"cur2": Counter(mapping=90.0), "focus": Counter(mapping=110.0)}
    assert instructions.verdicts(better, kept, 3)[0]
    good, said = instructions.verdicts(worse, kept, 3)
    assert not good
    assert "better: -10.0 %" in said[0] and "WORSE: +10.0 %" in said[1]


def test_a_bill_without_a_kept_figure_fails_the_guard():
    assert not instructions.verdicts({"cur2": Counter(mapping=1.0)}, {}, 3)[0]


def test_the_kept_figures_name_every_stage():
    kept = json.loads(instructions.KEPT.read_text())
    assert [list(bill) for bill in kept["bills"].values()] == [instructions.SHOWN] * 4


def test_ratios_are_of_the_ready_bodies_of_the_same_round():
    def result(name, number, seconds):
        return bench_run.Result(name, number, 10, 10, seconds, 1.0, 1.0)

    lines = bench_run.json_lines(
        [result("ready", 1, 2.0), result("node", 1, 4.0), result("ready", 2, 1.0), result("node", 2, 4.0)]
        + [result("node", 3, 4.0), result("normalize", 1, 1.0)]
    )
    assert [json.loads(line).get("of_ready") for line in lines] == [1.0, 0.5, 1.0, 0.25, None, None]


def test_a_command_that_takes_too_long_is_ended():
    with pytest.raises(bench_run.NoTime):
        bench_run.measure(["sleep", "600"], until=0)


def test_a_loader_is_built_again_when_a_source_is_younger(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.touch()
    assert not peers.up_to_date(target, [source])
    target.touch()
    os.utime(source, (1, 1))
    assert peers.up_to_date(target, [source])
    os.utime(target, (0, 0))
    assert not peers.up_to_date(target, [source])


def test_a_loader_whose_language_is_absent_is_left_out(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    for name, lacks in [("go", "no go"), ("java", "no java and no javac"), ("node", "no node and no npm")]:
        with pytest.raises(peers.LeftOut, match=lacks):
            peers.words_of(name)


def bench_of(monkeypatch, tmp_path, run_one, **options):
    values = dict(minutes=1, rounds=2, only=["ready", "go", "node"], started=time.monotonic()) | options
    bench = bench_run.Bench(SimpleNamespace(**values), None, tmp_path)
    monkeypatch.setattr(bench, "run_one", run_one)
    return bench


def quick(name, number):
    return bench_run.Result(name, number, 10, 10, 1.0, 1.0, 1.0)


def test_a_loader_for_which_no_time_is_left_is_named_and_the_others_count(monkeypatch, tmp_path):
    def run_one(name, number):
        if name == "node":
            raise bench_run.NoTime
        return quick(name, number)

    bench = bench_of(monkeypatch, tmp_path, run_one)
    assert [(r.name, r.round) for r in bench.rounds()][:2] == [("ready", 1), ("go", 1)]
    assert "no time" in bench.skipped["node"]


def test_no_round_starts_after_the_minutes_are_over(monkeypatch, tmp_path):
    bench = bench_of(monkeypatch, tmp_path, quick, started=time.monotonic() - 3600)
    assert bench.rounds() == []
    bench = bench_of(monkeypatch, tmp_path, quick)
    assert {r.round for r in bench.rounds()} == {1, 2}


@pytest.mark.parametrize(
    "program, words, said",
    [
        (bench_run, ["--only", "billow,cobol"], "no contestant is called cobol"),
        (instructions, ["--lines", "5"], "the kept figures are of 10000 lines"),
        (shapes, ["--only", "gzip;zstd"], "there is no 'zstd'"),
        (mappings, ["--only", "sorted by luck"], "there is no 'sorted by luck'"),
    ],
)
def test_words_that_make_no_sense_are_refused(monkeypatch, capsys, program, words, said):
    monkeypatch.setattr(sys, "argv", ["bench", *words])
    monkeypatch.setattr(instructions.shutil, "which", lambda name: f"/usr/bin/{name}")
    with pytest.raises(SystemExit):
        program.main()
    assert said in capsys.readouterr().err


# ---- forms of requests and of the index ----------------------------------------------------------------------------


@pytest.fixture
def few_bodies(tmp_path):
    path = tmp_path / "bodies.ndjson"
    lines = []
    for number in (2, 0, 1, 4, 3):
        lines += [f'{{"create":{{"_id":"s{number % 2}-{number}"}}}}', f'{{"number":{number}}}']
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("name", list(shapes.SHAPES))
def test_a_shape_sends_every_document_once(few_bodies, name):
    pieces = shapes.pieces_of(shapes.SHAPES[name], few_bodies)
    if shapes.SHAPES[name].gzip:
        pieces = [gzip.decompress(piece) for piece in pieces]
    lines = b"".join(pieces).decode().splitlines()
    assert sorted(json.loads(line)["number"] for line in lines[1::2]) == [0, 1, 2, 3, 4]
    assert all("create" in json.loads(line) for line in lines[::2])


def test_a_shape_has_the_size_order_and_ids_that_it_names(few_bodies):
    def sent(**what):
        return shapes.pieces_of(dataclasses.replace(shapes.OWN, **what), few_bodies)

    assert len(sent(bytes=1)) == 5 and len(sent()) == 1
    by_slice = sent(order="by slice")[0].splitlines()[::2]
    assert [json.loads(line)["create"]["_id"] for line in by_slice] == ["s0-0", "s0-2", "s0-4", "s1-1", "s1-3"]
    assert sent(ids="automatic")[0].splitlines()[0] == b'{"create":{}}'
    hashes = {line for line in sent(ids="hash")[0].splitlines()[::2]}
    assert len(hashes) == 5 and not any(b"s0-" in line for line in hashes)


def test_every_mapping_but_the_first_is_another_than_the_templates():
    def part(name):
        return json.loads((BENCH.parent / "es-templates/component" / f"billow-charges-{name}.json").read_text())["template"]

    extra = part("x")["mappings"]
    template = {
        "settings": part("settings")["settings"],
        "mappings": part("mappings")["mappings"]
        | {"dynamic_templates": extra["dynamic_templates"]}
        | {"properties": part("mappings")["mappings"]["properties"] | extra["properties"]},
    }
    bodies = []
    for change in mappings.VARIANTS.values():
        body = json.loads(json.dumps(template))
        change(body)
        bodies.append(body)
    assert bodies[0] == template
    assert all(body != other for at, body in enumerate(bodies) for other in bodies[:at])
    assert mappings.FILTERED - {"@timestamp"} <= {name for name, _ in mappings.fields(template)}
