"""How each feed is: a document in billow-deliveries and metrics, the same whichever daemon did the work."""
import json
import os
import re
import shutil
import time
from decimal import Decimal

import pytest

import fault_proxy
from bill_folder import expected_of_folder, sums, usage_row, write_export
from billow_process import Billow, Daemon
from s3_emulator import free_port
from test_serve import until


def feed_of(feed_id, folder, **more):
    return {"id": feed_id, "kind": "aws/cur2", "location": f"file://{folder}", "export": "E", **more}


def rows(count, cost="1"):
    return [usage_row(n, 1 + n % 5, f"{cost}.{n:06d}") for n in range(count)]


def exact(health):
    """The exact sums by currency that the document holds, over its periods."""
    added = {}
    for period in health["Periods"]:
        for currency in period["Currencies"]:
            into = added.setdefault(currency["BillingCurrency"], {})
            for cost, text in currency["Sums"].items():
                into[cost] = into.get(cost, Decimal(0)) + Decimal(text)
    return added


def assert_tells(engine, health, feed_id):
    """The figures of the document are those that readers see."""
    charges = engine.charges(feed_id)
    expected = sums(charges)
    assert health["x_ChargeCount"] == len(charges)
    assert exact(health) == {currency: {c: v for c, v in of.items() if c != "lines"} for currency, of in expected.items()}


def test_a_pass_leaves_how_the_feed_is(billow, engine, folder, feed_id):
    write_export(folder, rows(60))
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    health = engine.health(feed_id)
    assert_tells(engine, health, feed_id)
    assert health["Health"] == "ok" and health["LastSuccess"] == health["LastCheck"]
    assert health["DataThrough"] == "2026-06-06T00:00:00Z"
    assert health["NewestPeriod"] == "2026-06" and "Restatement" not in health
    assert {"discover", "load", "verify", "publish"} <= set(health["PhaseMs"])
    assert health["DeadLetters"] == health["VerificationMismatches"] == 0
    # One day more, one day otherwise: 12 lines of it are replaced by 12 others.
    restated = rows(60) + [usage_row(100, 6, "5.5")]
    restated[0]["line_item_unblended_cost"] = "3.000001"
    write_export(folder, restated, execution="e2")
    billow.sync(config)
    health = engine.health(feed_id)
    assert_tells(engine, health, feed_id)
    restatement = health["Restatement"]
    assert (restatement["LinesReplaced"], restatement["LinesWritten"], restatement["SlicesReplaced"]) == (12, 13, 1)
    assert [moved["Exact"] for moved in restatement["Moved"]] == ["7.500001"]
    billow.sync(config)
    assert engine.health(feed_id)["Restatement"] == restatement, "the last restatement, not the last pass"


def test_a_failed_pass_keeps_the_figures_and_tells_the_error(billow, engine, folder, feed_id):
    write_export(folder, rows(30))
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    before = engine.health(feed_id)
    write_export(folder, rows(30, "2"), execution="e2")
    for path in folder.rglob("*.csv.gz"):
        path.write_bytes(b"not gzip")
    billow.sync(config, check=1)
    health = engine.health(feed_id)
    assert health["Health"] == "failing" and health["LastErrorCode"] == "malformed" and health["LastError"]
    assert health["LastSuccess"] == before["LastSuccess"]
    assert_tells(engine, health, feed_id)


def test_figures_that_differ_are_counted_and_named(billow, engine, folder, feed_id):
    write_export(folder, rows(50))
    port = free_port()

    def lose_one(exchange, _):
        """The engine never sees the first charge, and the program is told that it has it. Rollups are
        written before that is found out, and come through."""
        lines = exchange.body.splitlines(keepends=True)
        if not (exchange.is_bulk and f"/billow-charges-{feed_id}-" in exchange.path and lines[0].startswith(b'{"create"')):
            return None
        status, headers, body = exchange.forward(b"".join(lines[2:]))
        answer = json.loads(body)
        answer["items"].insert(0, {"create": {"status": 201}})
        return status, headers, json.dumps(answer).encode()

    with fault_proxy.FaultProxy(engine.url, lose_one) as proxy:
        config = billow.config([feed_of(feed_id, folder)], {"url": proxy.url}, {"http": {"listen": f"127.0.0.1:{port}"}})
        with Daemon(billow, config) as daemon:
            until(lambda: engine.health(feed_id), "the first pass has ended")
            health = engine.health(feed_id)
            # Both counts and the four sums of that slice.
            assert health["VerificationMismatches"] == 6 and health["LastErrorCode"] == "mismatch"
            metrics = daemon.get(f"http://127.0.0.1:{port}/metrics")[1]
            assert f'billow_verification_mismatches_total{{feed="{feed_id}"}} 6' in metrics
            assert re.search(r"stored otherwise: \S+-20260601: BilledCost USD: expected 10.000225, stored 9.000225", daemon.log_path.read_text())
            assert daemon.stop() == 0
    assert not engine.charges(feed_id)


@pytest.mark.parametrize("policy, code, lines", [("withhold", 1, 0), ("publish", 0, 20)])
def test_dead_letters_are_part_of_a_feeds_health(billow, engine, folder, feed_id, policy, code, lines):
    write_export(folder, rows(20) + [usage_row(90, 1, "about 3"), usage_row(91, 2, "n/a")])
    billow.sync(billow.config([feed_of(feed_id, folder, dead_letters=policy)]), check=code)
    health = engine.health(feed_id)
    assert health["DeadLetters"] == 2
    assert health["Health"] == ("ok" if policy == "publish" else "withheld")
    assert health["x_ChargeCount"] == lines


def test_every_daemon_tells_the_same_whichever_did_the_work(billow, engine, folder, feed_id):
    write_export(folder, rows(40))
    _, totals = expected_of_folder(folder)
    ports = free_port(), free_port()

    def metrics(daemon, port):
        text = daemon.get(f"http://127.0.0.1:{port}/metrics")[1]
        names = "lines|cost|dead_letters|data_through_timestamp_seconds|last_success_timestamp_seconds"
        return set(re.findall(rf'^billow_feed_(?:{names})\{{[^}}]*\}} \S+', text, re.M))

    configs = [billow.config([feed_of(feed_id, folder, every="2s")], extra={"http": {"listen": f"127.0.0.1:{port}"}, "lease": "2s"},
                             name=f"{port}.yml") for port in ports]
    with Daemon(billow, configs[0], "a") as a, Daemon(billow, configs[1], "b") as b:
        def same():
            one, two = metrics(a, ports[0]), metrics(b, ports[1])
            return one == two and any(f'billow_feed_lines{{feed="{feed_id}"}} 40' == line for line in one)
        a.wait_for("/metrics on")
        b.wait_for("/metrics on")
        until(same, "both show the figures of the feed")
        shown = metrics(a, ports[0])
        assert [line for line in shown if 'cost="BilledCost"' in line and 'currency="USD"' in line]
        assert a.stop() == 0 and b.stop() == 0


def series(daemon, port, name, feed_id):
    """The value of a feed's gauge, as text."""
    text = daemon.get(f"http://127.0.0.1:{port}/metrics")[1]
    found = re.search(rf'^{name}\{{feed="{feed_id}"\}} (\S+)$', text, re.M)
    return found.group(1) if found else None


def test_a_daemon_tells_how_a_feed_is_before_its_first_pass(billow, engine, folder, feed_id):
    write_export(folder, rows(40))
    port = free_port()
    config = billow.config([feed_of(feed_id, folder)], extra={"http": {"listen": f"127.0.0.1:{port}"}, "lease": "10m"})
    billow.sync(config)
    # Another machine's daemon has gone silent: for ten minutes nobody else may work on the feed.
    lease = engine.ok("GET", f"/billow-state/_doc/lease-{feed_id}")["_source"]
    engine.ok("PUT", f"/billow-state/_doc/lease-{feed_id}?refresh=true", {**lease, "Holder": "elsewhere:1:0123456789abcdef"})
    with Daemon(billow, config) as daemon:
        daemon.wait_for("/metrics on")
        until(lambda: series(daemon, port, "billow_feed_lines", feed_id) == "40", "the lines of the feed are shown")
        assert float(series(daemon, port, "billow_feed_last_success_timestamp_seconds", feed_id)) > 0
        assert float(series(daemon, port, "billow_feed_last_check_timestamp_seconds", feed_id)) > 0
        assert series(daemon, port, "billow_feed_lease_held", feed_id) == "0", "no pass has begun"
        assert daemon.stop() == 0
    engine.call("DELETE", f"/billow-state/_doc/lease-{feed_id}?refresh=true")


def test_a_lost_document_does_not_take_the_last_success_back(billow, engine, folder, feed_id):
    write_export(folder, rows(20))
    port = free_port()
    config = billow.config([feed_of(feed_id, folder / "P", every="1s")], extra={"http": {"listen": f"127.0.0.1:{port}"}})
    with Daemon(billow, config) as daemon:
        daemon.wait_for("published")
        shutil.move(folder / "P", folder / "Q")
        until(lambda: engine.health(feed_id) and engine.health(feed_id)["Health"] == "failing", "a pass fails")
        success = engine.health(feed_id)["LastSuccess"]
        shown = float(series(daemon, port, "billow_feed_last_success_timestamp_seconds", feed_id))
        assert shown > 0
        engine.ok("DELETE", f"/billow-deliveries/_doc/feed:{feed_id}?refresh=true")
        until(lambda: engine.health(feed_id), "the next pass writes it again")
        health = engine.health(feed_id)
        assert health["Health"] == "failing" and health["LastSuccess"] == success and health["x_ChargeCount"] == 20
        assert float(series(daemon, port, "billow_feed_last_success_timestamp_seconds", feed_id)) == shown
        assert daemon.stop() == 0


def test_no_daemon_takes_a_withheld_pass_of_another_for_a_success(billow, engine, folder, feed_id):
    write_export(folder, rows(5) + [usage_row(9, 1, "abc")])
    ports = free_port(), free_port()

    def keep_health_back(exchange, _):
        """What the other daemon found out stays unknown to this one."""
        return (503, {}, b"{}") if f"/feed%3A{feed_id}" in exchange.path else None

    with fault_proxy.FaultProxy(engine.url, keep_health_back) as proxy:
        configs = [billow.config([feed_of(feed_id, folder, every="1s")], {"url": url},
                                 {"http": {"listen": f"127.0.0.1:{port}"}, "lease": "2s"}, name=f"{port}.yml")
                   for url, port in zip((engine.url, proxy.url), ports)]
        with Daemon(billow, configs[0], "a") as a, Daemon(billow, configs[1], "b") as b:
            a.wait_for("/metrics on")
            b.wait_for("/metrics on")
            checks = set(), set()

            def look():
                for place, daemon in enumerate((a, b)):
                    checks[place].add(series(daemon, ports[place], "billow_feed_last_check_timestamp_seconds", feed_id))
                return min(map(len, checks)) > 5
            until(look, "both daemons know of several passes")
            for daemon, port in zip((a, b), ports):
                assert series(daemon, port, "billow_feed_last_success_timestamp_seconds", feed_id) == "0"
            assert a.stop() == 0 and b.stop() == 0


def test_a_delivery_that_never_gets_its_manifest_is_told(billow, engine, folder, feed_id):
    write_export(folder, rows(10))
    config = billow.config([feed_of(feed_id, folder)])

    def age(pattern, days):
        for path in folder.rglob(pattern):
            os.utime(path, (time.time() - days * 86400,) * 2)
    age("*Manifest.json", 3)
    age("*.csv.gz", 3)
    billow.sync(config)
    before = engine.health(feed_id)
    assert "DeliveryPendingSince" not in before
    manifest = next(folder.rglob("*Manifest.json"))
    content, times = manifest.read_bytes(), manifest.stat()
    write_export(folder, rows(10, "2"), execution="e2")
    manifest.write_bytes(content)
    os.utime(manifest, ns=(times.st_atime_ns, times.st_mtime_ns))
    # For a while that is how deliveries come.
    billow.sync(config)
    usual = engine.health(feed_id)
    assert usual["Health"] == "ok" and usual["LastSuccess"] == usual["LastCheck"] and usual["DeliveryPendingSince"]
    age("*.csv.gz", 2)
    billow.sync(config, check=1)
    waiting = engine.health(feed_id)
    assert waiting["Health"] == "waiting" and waiting["LastSuccess"] == usual["LastSuccess"] and "LastErrorCode" not in waiting
    assert waiting["DeliveryPendingSince"] < usual["DeliveryPendingSince"]
    assert_tells(engine, waiting, feed_id)
    # A copy that goes on writing them over and over is none the better for it.
    age("*.csv.gz", 0)
    billow.sync(config, check=1)
    assert engine.health(feed_id)["DeliveryPendingSince"] == waiting["DeliveryPendingSince"]
    write_export(folder, rows(10, "2"), execution="e2")
    billow.sync(config)
    after = engine.health(feed_id)
    assert after["Health"] == "ok" and after["LastSuccess"] == after["LastCheck"] and "DeliveryPendingSince" not in after
