"""Lifecycle policy, roles and rollups as Elasticsearch's own classes read them: those of x-pack-core, which a cluster runs
on the body of a PUT. The engine of these tests lacks the modules that would call them. Not checked here, since these
modules are not published: that transforms support an aggregation, and that the licence and the nodes of a cluster do."""
import copy
import json
import os
import subprocess

import pytest

from conftest import ROOT

KINDS = {"lifecycle": ROOT / "es-templates" / "lifecycle", "role": ROOT / "es-templates" / "role", "transform": ROOT / "transforms"}
SHIPPED = [(kind, path) for kind, folder in KINDS.items() for path in sorted(folder.glob("*.json"))]
NO_JDK = 77


def body_of(kind, name):
    return json.loads((KINDS[kind] / f"{name}.json").read_text())


def without(body, *path):
    *way, last = path
    part = body = copy.deepcopy(body)
    for key in way:
        part = part[key]
    del part[last]
    return body


def changed(body, value, *path):
    *way, last = path
    part = body = copy.deepcopy(body)
    for key in way:
        part = part[key]
    part[last] = value
    return body


POLICY, ROLE, DAILY = body_of("lifecycle", "billow"), body_of("role", "billow_writer"), body_of("transform", "daily")
PHASES = ("policy", "phases")

# What is wrong with it: kind, body, and a word of the answer.
BROKEN = {
    "a phase that does not exist": ("lifecycle", changed(POLICY, {"actions": {}}, *PHASES, "lukewarm"), "lukewarm"),
    "an action that does not exist": ("lifecycle", changed(POLICY, {"set_prioritee": {}}, *PHASES, "warm", "actions"), "set_prioritee"),
    "an action that its phase does not have": ("lifecycle", changed(POLICY, {"delete": {}}, *PHASES, "warm", "actions"), "delete"),
    "an age that is none": ("lifecycle", changed(POLICY, "100 days", *PHASES, "warm", "min_age"), "min_age"),
    "a priority below zero": ("lifecycle", changed(POLICY, -1, *PHASES, "hot", "actions", "set_priority", "priority"), "priority"),
    "phases out of order": ("lifecycle", changed(POLICY, "500d", *PHASES, "warm", "min_age"), "phase timing"),
    "a policy that is not under policy": ("lifecycle", POLICY["policy"], "unknown field [_meta]"),
    "a cluster privilege that does not exist": ("role", changed(ROLE, ["monitr"], "cluster"), "monitr"),
    "an index privilege that does not exist": ("role", changed(ROLE, ["raed"], "indices", 0, "privileges"), "raed"),
    "indices without names": ("role", without(ROLE, "indices", 0, "names"), "names"),
    "a member that roles do not have": ("role", changed(ROLE, [], "indicies"), "indicies"),
    "metadata that is Elasticsearch's own": ("role", changed(ROLE, True, "metadata", "_reserved"), "metadata keys"),
    "an aggregation that does not exist": ("transform", changed(DAILY, {"sumof": {"field": "ListCost"}}, "pivot", "aggregations", "ListCost"), "sumof"),
    "a group of no kind": ("transform", changed(DAILY, {"field": "x_FeedId"}, "pivot", "group_by", "x_FeedId"), "group_by"),
    "an interval that is none": ("transform", changed(DAILY, "1 moon", "pivot", "group_by", "@timestamp", "date_histogram", "calendar_interval"), "moon"),
    "no destination": ("transform", without(DAILY, "dest"), "dest"),
    "a member that transforms do not have": ("transform", changed(DAILY, 1, "pivots"), "pivots"),
}


@pytest.fixture(scope="module", params=["8", "9"])
def verdicts(request, tmp_path_factory):
    """What the classes of a version say of every file, shipped and broken, by its path: one start of Java for all."""
    folder = tmp_path_factory.mktemp("broken")
    asked = [word for kind, path in SHIPPED for word in (kind, str(path))]
    for number, (kind, body, _) in enumerate(BROKEN.values()):
        file = folder / f"broken_{number}.json"
        file.write_text(json.dumps(body))
        asked += [kind, str(file)]
    done = subprocess.run([str(ROOT / "scripts" / "es" / "read_assets.sh"), *asked], capture_output=True, text=True, timeout=600,
                          env={**os.environ, "BILLOW_ES_VERSION": request.param})
    if done.returncode == NO_JDK:
        pytest.skip("no JDK can be had: " + done.stderr.strip())
    assert done.returncode == 0, done.stderr
    said = {}
    for line in done.stdout.splitlines():
        verdict, _, rest = line.partition(" ")
        path, _, why = rest.partition(": ")
        said[path] = (verdict, why)
    return {**{path: said[str(path)] for _, path in SHIPPED},
            **{what: said[str(folder / f"broken_{number}.json")] for number, what in enumerate(BROKEN)}}


@pytest.mark.parametrize("path", [path for _, path in SHIPPED], ids=[f"{kind} {path.stem}" for kind, path in SHIPPED])
def test_what_we_ship_is_accepted(verdicts, path):
    assert verdicts[path] == ("accepted", "")


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_broken_is_refused(verdicts, what):
    verdict, why = verdicts[what]
    assert verdict == "refused" and BROKEN[what][2] in why, why


def test_there_is_something_of_each_kind():
    assert {kind for kind, _ in SHIPPED} == set(KINDS)
