"""./run demo in a cluster: it leaves an empty one empty, and touches nothing where somebody uses Billow."""
import os
import pathlib
import subprocess

import pytest

from bill_folder import usage_row, write_export
from engine import forget_all
from test_failures import feed_of
from test_serve import until

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLACES = ("BILLOW_ES_PORT", "BILLOW_ES_DATA", "BILLOW_ES_VERSION")


@pytest.fixture
def demo(engine, billow, tmp_path):
    """Runs the demo; its temporary files go to the test's folder."""
    forget_all(engine)
    kept = {name: value for name, value in os.environ.items() if name not in PLACES}
    variables = {**kept, "BILLOW_ES_URL": engine.url, "BILLOW_BIN": billow.program, "TMPDIR": str(tmp_path)}

    def run(*words, check=0):
        done = subprocess.run([str(ROOT / "scripts" / "demo.sh"), *words], env=variables, capture_output=True,
                              text=True, timeout=300, stdin=subprocess.DEVNULL)
        assert done.returncode == check, f"exit {done.returncode}, expected {check}\n{done.stdout}\n{done.stderr}"
        return done

    run.variables = variables
    yield run
    forget_all(engine)


def everything(engine):
    """What there is of Billow's, and how many documents in it."""
    engine.call("POST", "/billow*/_refresh?expand_wildcards=all")
    lists = {
        "templates": [each["name"] for each in engine.ok("GET", "/_index_template")["index_templates"]],
        "components": [each["name"] for each in engine.ok("GET", "/_component_template")["component_templates"]],
        "documents": str(engine.ok("GET", "/_cat/indices/billow*?expand_wildcards=all&h=index,docs.count")).splitlines(),
        "aliases": str(engine.ok("GET", "/_cat/aliases?h=alias,index")).splitlines(),
    }
    return {kind: sorted(each for each in names if "billow" in each) for kind, names in lists.items()}


NOTHING = {"templates": [], "components": [], "documents": [], "aliases": []}


@pytest.fixture
def config(billow, folder, feed_id):
    """Of a user's own feed in the same cluster."""
    write_export(folder, [usage_row(number) for number in range(10)])
    return billow.config([feed_of(feed_id, folder)])


def assert_proven(billow, config):
    billow.run("audit", "verify", "-c", config, check=0)
    billow.run("reconcile", "-c", config, "--period", "2026-06", "--no-source", check=0)


def test_the_demo_leaves_an_empty_cluster_empty_however_often_it_is_run(demo, engine):
    for _ in range(2):
        printed = demo().stdout
        assert "to the last digit" in printed
        [query] = [line for line in printed.splitlines() if "STATS" in line]
        assert "BillingCurrency" in query.split(" BY ")[1], "a sum over currencies"
        assert everything(engine) == NOTHING


def test_the_demo_refuses_a_cluster_with_a_feed_and_changes_nothing(demo, billow, engine, config):
    billow.sync(config)
    before = everything(engine)
    assert "BILLOW_ES_PORT=" in demo(check=1).stderr
    assert everything(engine) == before
    assert_proven(billow, config)


def test_the_demo_refuses_a_cluster_that_was_set_up(demo, billow, engine, config):
    billow.run("setup", "-c", config, check=0)
    before = everything(engine)
    assert "BILLOW_ES_PORT=" in demo(check=1).stderr
    assert everything(engine) == before
    billow.sync(config)
    assert_proven(billow, config)


def test_what_was_kept_of_a_demo_goes_with_the_next_one(demo, engine):
    demo("--keep")
    first = everything(engine)
    assert engine.hits("billow-monthly", "billow-demo")
    demo("--keep")
    assert everything(engine) == first, "the same figures, once"
    demo()
    assert everything(engine) == NOTHING


def test_the_demo_says_why_it_cannot_remove_an_earlier_one(demo, engine):
    demo("--keep")
    engine.ok("PUT", "/_index_template/t-site", {"index_patterns": ["t-own-*"], "composed_of": ["billow-records"]})
    try:
        told = demo(check=1).stderr
    finally:
        engine.ok("DELETE", "/_index_template/t-site")
    assert "could not: " in told and "the index template t-site is composed of Billow's billow-records" in told
    demo()


def test_a_feed_that_came_to_a_kept_demo_is_left_alone(demo, billow, engine, config):
    demo("--keep")
    billow.sync(config)
    before = everything(engine)
    assert "BILLOW_ES_PORT=" in demo(check=1).stderr
    assert everything(engine) == before
    billow.run("audit", "verify", "-c", config, check=0)


def test_a_demo_leaves_one_that_is_at_work_alone(demo, engine):
    first = subprocess.Popen([str(ROOT / "scripts" / "demo.sh")], env=demo.variables, stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        until(lambda: engine.call("GET", "/_component_template/billow-demo")[0] == 200, "the first demo marks the cluster")
        assert f"another ./run demo (process {first.pid}) is at work" in demo(check=1).stderr
        printed = first.communicate(timeout=300)[0]
    finally:
        first.kill()
    assert first.returncode == 0, printed
    assert everything(engine) == NOTHING
