"""Rollups by transforms of Elasticsearch: the same documents as the daemon makes, whatever happens to a transform."""
import json
import threading

import pytest

import rollup_documents
from bill_folder import write_export
from test_rollups import assert_rolled_up, feed_of, varied
from transform_door import Parsers, TransformDoor

ALIASES, TAG = rollup_documents.ALIASES, "team"
NAMES = sorted(rollup_documents.DEFINITIONS)


@pytest.fixture(scope="module")
def parsers(tmp_path_factory):
    made = Parsers(tmp_path_factory.mktemp("transforms"))
    yield made
    made.close()


@pytest.fixture
def node(engine, parsers, billow):
    """A cluster with a transform node; the program is told its address."""
    with TransformDoor(engine, parsers) as made:
        billow.es_url = made.url
        yield made


class Site:
    """One feed, and a configuration per runner."""

    def __init__(self, billow, engine, folder, feed_id):
        self.billow, self.engine, self.folder, self.feed = billow, engine, folder, feed_id

    def bill(self, rows, execution="e1"):
        write_export(self.folder, rows, execution=execution)

    def config(self, runner="automatic", **rollups):
        return self.billow.config([feed_of(self.feed, self.folder)], extra={"rollups": {"runner": runner, **rollups}}, name=f"{runner}.yml")

    def sync(self, runner="automatic", check=0, **rollups):
        done = self.billow.sync(self.config(runner, **rollups), check=check)
        return done.stdout + done.stderr

    def documents(self):
        """What readers see in every rollup, without what is only a place: sums to 12 digits, since the order of additions is free."""
        def plain(value):
            return float(f"{float(value):.12g}") if not isinstance(value, (str, dict, type(None))) else value
        return {alias: sorted(json.dumps({name: plain(value) for name, value in hit["_source"].items()}, sort_keys=True)
                              for hit in self.engine.hits(alias, self.feed)) for alias in ALIASES}

    def forget_rollups(self):
        for name in ALIASES:
            self.engine.call("DELETE", "/" + ",".join(self.engine.ok("GET", f"/{name}-{self.feed}-*")))

    def assert_right(self, tags=()):
        assert_rolled_up(self.engine, self.feed, tags)
        assert not rollup_documents.hidden(self.engine, self.feed)


@pytest.fixture
def site(node, billow, engine, folder, feed_id):
    return Site(billow, engine, folder, feed_id)


def rows(count=200, **changes):
    return [varied(n, 1 + n % 9, **changes) for n in range(count)]


def test_both_runners_make_the_same_documents(site, node):
    site.bill(rows())
    assert "rollups: by transforms" in site.sync(tags=[TAG])
    site.assert_right([TAG])
    by_transforms = site.documents()
    site.forget_rollups()
    ran = len(node.starts)
    site.sync("daemon", tags=[TAG])
    assert len(node.starts) == ran, "the daemon was told to do it itself"
    site.assert_right([TAG])
    assert site.documents() == by_transforms
    for part in ('"RegionId": null', f'"Tags": {{"{TAG}": null}}', f'"Tags": {{"{TAG}": "team1"}}'):
        assert any(part in document for document in by_transforms["billow-daily"]), part
    assert not node.transforms, "each was removed"


def test_a_restatement_is_rolled_up_by_its_new_slices_alone(site, node):
    site.bill(rows())
    site.sync()
    site.bill([row for row in rows() if not row["line_item_usage_start_date"].startswith("2026-06-04")] + [varied(900, 4, "7.77")], "e2")
    site.sync()
    site.assert_right()
    assert sorted(node.starts) == sorted(2 * [f"billow-{site.feed}-{name}" for name in NAMES])
    first, second = (len(body["source"]["query"]["terms"]["x_SliceId"]) for body in (node.bodies[0], node.bodies[-1]))
    assert (first, second) == (9, 1)
    assert all(body["source"]["index"] == [f"billow-charges-{site.feed}-2026-06"] for body in node.bodies), "never the alias that readers use"


def test_a_transform_that_fails_changes_nothing_for_readers_and_says_why(site, node):
    site.bill(rows())
    site.sync("transform")
    before = site.documents()
    node.failure = "Failed to index documents into destination index due to permanent error: [disk is full]"
    site.bill(rows(cost="0.2"), "e2")
    told = site.sync("transform", check=1)
    assert "failed: Failed to index documents" in told and "disk is full" in told
    assert site.documents() == before and not node.transforms
    told = site.sync("automatic")
    assert "was rolled up by the daemon" in told and "disk is full" in told
    site.assert_right()
    assert site.documents() != before


def left_by_a_killed_daemon(site, node):
    """Transforms that have written a page and will go on."""
    node.page_groups = 10
    node.gate.clear()
    node.pages = threading.Semaphore(0)
    killed = site.billow.start("sync", "-c", site.config())
    assert all(node.pages.acquire(timeout=60) for _ in NAMES)
    killed.kill()
    killed.communicate()
    left = list(node.transforms.values())
    assert len(left) == len(NAMES) and all(transform.running for transform in left)
    return left


def test_nothing_stays_of_a_statement_whose_daemon_was_killed(site, node, engine):
    site.bill(rows())
    site.sync()
    site.bill(rows(cost="0.2"), "e2")
    left = left_by_a_killed_daemon(site, node)
    node.gate.set()
    for transform in left:
        transform.thread.join()
    assert rollup_documents.hidden(engine, site.feed), "what the transforms went on to write is stored, and nobody sees it"
    assert_rolled_up(engine, site.feed)
    site.sync()
    assert not node.transforms
    site.assert_right()


@pytest.mark.parametrize("then", ["daemon", "transform"])
def test_what_a_killed_daemon_left_running_is_stopped_and_removed(site, node, then):
    """The worst case: slices that readers see already, whose rollups are to be made."""
    site.bill(rows())
    site.sync()
    expected = site.documents()
    site.forget_rollups()
    left = left_by_a_killed_daemon(site, node)
    site.sync(then)
    assert all(transform.stopping.is_set() and not transform.thread.is_alive() for transform in left)
    assert not node.transforms
    site.assert_right()
    assert site.documents() == expected


@pytest.mark.parametrize("first, then", [("daemon", "transform"), ("transform", "daemon")])
def test_documents_of_the_other_runner_are_never_doubled(site, engine, first, then):
    """As after a crash before the publish: the documents are there, and nobody sees them."""
    site.bill(rows(60))
    site.sync(first)
    expected = site.documents()
    ids = {hit["_id"] for hit in engine.hits("billow-usage", site.feed)}
    for alias in ALIASES:
        engine.ok("DELETE", f"/{alias}-{site.feed}-*/_alias/{alias}")
    site.sync(then)
    site.assert_right()
    assert site.documents() == expected
    assert not ids & {hit["_id"] for hit in engine.hits("billow-usage", site.feed)}, "the other runner has made them"


def test_a_user_who_may_not_manage_transforms_is_told_so(site, node):
    node.allowed = False
    site.bill(rows(30))
    refused = site.billow.run("check", "-c", site.config("transform"), check=1).stdout
    assert "rollups.runner is 'transform', but the user lacks the cluster privilege 'manage_transform'" in refused
    assert "manage_transform" in site.sync("transform", check=1)
    shown = site.billow.run("setup", "--dry-run", "-c", site.config("automatic"), check=0).stdout
    assert "rollups for this user: by the daemon: the user lacks the cluster privilege 'manage_transform'" in shown
    told = site.sync("automatic")
    assert "rollups: by the daemon: the user lacks the cluster privilege 'manage_transform'" in told
    site.assert_right()


def test_a_refusal_on_the_way_is_named_and_the_daemon_steps_in(site, node):
    node.admitted = False
    site.bill(rows(30))
    told = site.sync("transform", check=1)
    assert "403 security_exception" in told and "cluster:admin/transform/put" in told
    told = site.sync("automatic")
    assert "was rolled up by the daemon" in told and "403 security_exception" in told
    site.assert_right()


def test_a_node_that_leaves_is_waited_for_and_then_done_without(site, node):
    site.bill(rows(60))
    node.page_groups, node.lost = 10, True
    told = site.sync()
    assert "has no node to run on: Not starting transform" in told and "was rolled up by the daemon" in told
    site.assert_right()


def test_a_tag_that_transforms_cannot_group_by_leaves_its_rollup_to_the_daemon(site, node):
    site.bill(rows(30))
    told = site.sync(tags=["user.team"])
    assert "rollups: by transforms, billow-daily by the daemon: a transform cannot group by tag 'user.team'" in told
    site.assert_right(["user.team"])
    assert sorted(node.starts) == [f"billow-{site.feed}-{name}" for name in NAMES if name != "daily"]
    assert "'user.team'" in site.sync("transform", tags=["user.team"], check=1)


def test_without_a_transform_node_the_daemon_does_it(billow, engine, folder, feed_id):
    site = Site(billow, engine, folder, feed_id)
    site.bill(rows(30))
    assert "rollups: by the daemon: no node of the cluster has the role 'transform'" in site.billow.run("check", "-c", site.config()).stdout
    assert "no node of the cluster has the role 'transform'" in site.sync("transform", check=1)
    odd = site.billow.run("check", "-c", site.config("transforms"), check=2)
    assert "rollups.runner" in odd.stderr
