"""Several daemons on one configuration: each feed is worked on by one of them, a dead or silent one is taken over,
and one that wakes up changes nothing of what the other has published."""
import json
import re
import signal
import threading

import pytest

from bill_folder import assert_same_charges, expected_of_folder, usage_row, write_export
from billow_process import Daemon
from fault_proxy import FaultProxy
from s3_emulator import free_port
from test_serve import until


def loads(feed):
    """Bulk requests with charges of a feed."""
    return lambda exchange: exchange.is_bulk and f"billow-charges-{feed}-" in exchange.path


def publishes(feed):
    """The step that makes a delivery of a feed what readers see."""
    return lambda exchange: exchange.path.startswith("/_aliases") and f"billow-charges-{feed}-".encode() in exchange.body


class Gate:
    """A fault for the proxy: lets everything through but what `stops` says, which is held back until `open` is set.
    What is held reaches Elasticsearch late, whether or not its sender still lives."""

    def __init__(self, feed, stops):
        self.feed, self.stops = feed, stops
        self.held = threading.Event()
        self.opened = threading.Event()
        self.lease_cut = threading.Event()
        self.answers = []  # of Elasticsearch to what was held, status and body

    def __call__(self, exchange, proxy):
        if self.stops(exchange):
            exchange.whole()  # before its sender is paused
            self.held.set()
            self.opened.wait(120)
            answer = exchange.forward()
            self.answers.append((answer[0], answer[2]))
            return answer
        if self.lease_cut.is_set() and f"/_doc/lease-{self.feed}" in exchange.path:
            return 503, {"Content-Type": "application/json"}, b'{"error":{"type":"cut","reason":"cut"},"status":503}'
        return None


class Site:
    """One configuration for two daemons, each behind a proxy of its own."""

    def __init__(self, billow, engine, feeds, every="1h"):
        self.billow, self.engine, self.feeds, self.every = billow, engine, feeds, every

    def daemon(self, proxy, name):
        feeds = [{"id": feed, "kind": "aws/cur2", "location": f"file://{folder}", "export": "E", "every": self.every}
                 for feed, folder in self.feeds.items()]
        port = free_port()
        config = self.billow.config(feeds, {"url": proxy.url, "bulk": {"size": "64KiB", "connections": 1}},
                                    {"lease": "2s", "http": {"listen": f"127.0.0.1:{port}"}, "log": {"level": "debug"}},
                                    name=f"{name}.yml")
        daemon = Daemon(self.billow, config, name)
        daemon.metrics_url = f"http://127.0.0.1:{port}/metrics"
        return daemon

    def shows(self, feed):
        """What readers see, as soon as there is something to read."""
        return self.engine.charges(feed) if self.engine.call("GET", "/_alias/billow-charges")[0] == 200 else []

    def lease(self, feed):
        status, answer = self.engine.call("GET", f"/billow-state/_doc/lease-{feed}")
        return answer["_source"] if status == 200 else {"Holder": ""}

    def is_published(self, feed):
        expected, _ = expected_of_folder(self.feeds[feed])
        return len(self.shows(feed)) == len(expected)

    def assert_exact(self, feed):
        expected, _ = expected_of_folder(self.feeds[feed])
        assert_same_charges(expected, self.shows(feed))

    def stored(self, feed):
        return self.engine.count(f"billow-charges-{feed}-2026-06")


def written(proxy, feed):
    """Bulk requests that carried charges of a feed."""
    return [request for request in proxy.requests if f"billow-charges-{feed}-" in request and "_bulk" in request]


def metric(daemon, name, feed):
    found = re.search(rf'^{name}\{{feed="{feed}"\}} (\S+)', daemon.get(daemon.metrics_url)[1], re.M)
    return float(found.group(1)) if found else None


def rows(count, cost="1"):
    return [usage_row(n, 1 + n % 28, f"{cost}.{n:06d}") for n in range(count)]


@pytest.fixture
def bills(tmp_path, feed_id):
    """Feeds with a bill each, large enough for several bulk requests."""
    def make(count):
        made = {}
        for number in range(count):
            folder = tmp_path / f"bucket-{number}"
            folder.mkdir()
            write_export(folder, rows(300 + number))
            made[f"{feed_id}-{number}"] = folder
        return made
    return make


def test_two_daemons_share_the_feeds_and_do_nothing_twice(billow, engine, bills):
    site = Site(billow, engine, bills(5))
    slow, *others = site.feeds
    gate = Gate(slow, loads(slow))
    with FaultProxy(engine.url, gate) as proxy_a, FaultProxy(engine.url) as proxy_b:
        with site.daemon(proxy_a, "a") as a:
            assert gate.held.wait(60), "the first daemon loads the first feed"
            with site.daemon(proxy_b, "b") as b:
                until(lambda: all(site.is_published(feed) for feed in others), "the other feeds are published meanwhile")
                # The holder renews: it keeps the feed however often the other looks, far beyond one duration.
                looks = lambda: len([r for r in proxy_b.requests if r.startswith("GET") and f"/_doc/lease-{slow}" in r])
                until(lambda: looks() >= 9, "the second daemon looks again and again")
                assert not written(proxy_b, slow)
                assert metric(a, "billow_feed_lease_held", slow) == 1
                gate.opened.set()
                until(lambda: site.is_published(slow), "the slow feed is published as well")
                until(lambda: metric(b, "billow_feed_last_success_timestamp_seconds", slow), "the second has seen it checked")
                for feed in site.feeds:
                    site.assert_exact(feed)
                    assert not (written(proxy_a, feed) and written(proxy_b, feed)), f"{feed} was loaded by both"
                    assert site.stored(feed) == len(site.shows(feed))
                assert metric(b, "billow_deliveries_total", slow) is None
                assert a.stop() == 0 and b.stop() == 0
    for feed in site.feeds:
        assert site.lease(feed)["Holder"] == "", "leases are given back"


def test_a_killed_daemon_is_taken_over_at_once(billow, engine, bills):
    site = Site(billow, engine, bills(1), every="1s")
    [feed] = site.feeds
    gate = Gate(feed, loads(feed))
    with FaultProxy(engine.url, gate) as proxy_a, FaultProxy(engine.url) as proxy_b:
        with site.daemon(proxy_a, "a") as a:
            assert gate.held.wait(60), "the first daemon is in mid-load"
            with site.daemon(proxy_b, "b") as b:
                b.wait_for(f"{feed}: .* works on it")
                assert not written(proxy_b, feed)
                a.process.kill()
                a.process.wait()
                until(lambda: site.is_published(feed), "the second daemon has published")
                site.assert_exact(feed)
                gate.opened.set()  # what the dead daemon had sent arrives only now
                until(lambda: site.stored(feed) == len(site.shows(feed)), "nothing is left of the dead one's work")
                site.assert_exact(feed)
                assert metric(b, "billow_lease_takeovers_total", feed) == 1
                assert b.stop() == 0


@pytest.mark.parametrize("moment", [loads, publishes])
def test_a_daemon_that_wakes_up_neither_publishes_nor_purges(billow, engine, bills, moment):
    site = Site(billow, engine, bills(1), every="1s")
    [feed] = site.feeds
    gate = Gate(feed, moment(feed))
    with FaultProxy(engine.url, gate) as proxy_a, FaultProxy(engine.url) as proxy_b:
        with site.daemon(proxy_a, "a") as a:
            assert gate.held.wait(60), "the first daemon is in the middle of its work"
            a.process.send_signal(signal.SIGSTOP)
            write_export(site.feeds[feed], rows(400, "7"), execution="e2")  # a newer statement than the one it holds
            with site.daemon(proxy_b, "b") as b:
                b.wait_for(f"{feed}: taken over from ", 90)
                until(lambda: site.is_published(feed), "the second daemon has published")
                site.assert_exact(feed)
                gate.opened.set()
                until(lambda: gate.answers, "what the first had sent arrives late")
                a.process.send_signal(signal.SIGCONT)
                a.wait_for(f"{feed}: another daemon has taken this feed over")
                until(lambda: site.stored(feed) == len(site.shows(feed)), "nothing is left of the first one's work")
                site.assert_exact(feed)
                assert metric(a, "billow_passes_lost_total", feed) == 1
                assert not re.search(r"\berror\b", a.log_path.read_text()), "being taken over is no failure"
                assert a.stop() == 0 and b.stop() == 0
    if moment is publishes:
        assert_refused_for_its_token(gate, feed)
    site.assert_exact(feed)


def assert_refused_for_its_token(gate, feed):
    status, body = gate.answers[0]
    assert status >= 400 and f"billow-epoch-{feed}-".encode() in body, gate.answers


def test_the_token_alone_keeps_a_daemon_from_publishing_that_does_not_know_it_was_taken_over(billow, engine, bills):
    site = Site(billow, engine, bills(1), every="1s")
    [feed] = site.feeds
    gate = Gate(feed, publishes(feed))
    with FaultProxy(engine.url, gate) as proxy_a, FaultProxy(engine.url) as proxy_b:
        with site.daemon(proxy_a, "a") as a:
            assert gate.held.wait(60), "the first daemon has loaded and verified, and publishes"
            gate.lease_cut.set()  # it can neither renew nor learn that it has lost the lease
            write_export(site.feeds[feed], rows(400, "7"), execution="e2")
            with site.daemon(proxy_b, "b") as b:
                b.wait_for(f"{feed}: taken over from ", 90)
                until(lambda: site.is_published(feed), "the second daemon has published")
                gate.opened.set()
                a.wait_for(f"{feed}: another daemon has taken this feed over")
                assert_refused_for_its_token(gate, feed)
                until(lambda: site.stored(feed) == len(site.shows(feed)), "nothing is left of the first one's work")
                site.assert_exact(feed)
                assert a.stop() == 0 and b.stop() == 0
    site.assert_exact(feed)


def test_a_daemon_that_stops_gives_its_feed_back(billow, engine, bills):
    site = Site(billow, engine, bills(1))
    [feed] = site.feeds
    gate = Gate(feed, loads(feed))
    with FaultProxy(engine.url, gate) as proxy_a:
        with site.daemon(proxy_a, "a") as a:
            assert gate.held.wait(60)
            assert site.lease(feed)["Holder"]
            assert a.stop() == 0
            assert site.lease(feed)["Holder"] == ""
            gate.opened.set()


def test_sync_waits_for_the_daemon_that_works_on_the_feed_and_says_who(billow, engine, bills):
    site = Site(billow, engine, bills(1))
    [feed] = site.feeds
    gate = Gate(feed, loads(feed))
    with FaultProxy(engine.url, gate) as proxy_a, FaultProxy(engine.url) as proxy_b:
        with site.daemon(proxy_a, "a") as a:
            assert gate.held.wait(60)
            holder = site.lease(feed)["Holder"]
            config = json.loads((billow.folder / "a.yml").read_text())
            config["elasticsearch"]["url"] = proxy_b.url
            path = billow.folder / "sync.yml"
            path.write_text(json.dumps(config))
            running = billow.start("sync", "-c", path)
            said = ""
            while "waiting" not in said:
                line = running.stdout.readline()
                assert line, said
                said += line
            assert holder in said and feed in said
            gate.opened.set()
            rest, _ = running.communicate(timeout=120)
            assert running.returncode == 0, rest
            assert "unchanged" in rest
            assert not written(proxy_b, feed)
            site.assert_exact(feed)
            assert a.stop() == 0
