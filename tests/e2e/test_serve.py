"""The daemon: schedule, endpoints, signals."""
import re
import signal
import socket
import time

from bill_folder import usage_row, write_export
from billow_process import Billow, Daemon
from s3_emulator import free_port


def serve_config(billow, feed_id, folder, port, **feed):
    feeds = [{"id": feed_id, "kind": "aws/cur2", "location": f"file://{folder}", "export": "E", "every": "1s", **feed}]
    return billow.config(feeds, extra={"http": {"listen": f"127.0.0.1:{port}"}})


def until(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(what)


def test_serve_loads_notices_a_restatement_and_stops_cleanly(billow, engine, folder, feed_id):
    port = free_port()
    write_export(folder, [usage_row(n) for n in range(10)])
    with Daemon(billow, serve_config(billow, feed_id, folder, port)) as daemon:
        base = f"http://127.0.0.1:{port}"
        until(lambda: engine.call("GET", "/_alias/billow-charges")[0] == 200 and len(engine.charges(feed_id)) == 10, "ten charges")
        assert daemon.get(base + "/-/healthy")[0] == 200
        assert daemon.get(base + "/-/ready")[0] == 200
        assert daemon.get(base + "/nowhere")[0] == 404
        write_export(folder, [usage_row(n, cost="2") for n in range(12)], execution="e2")
        until(lambda: len(engine.charges(feed_id)) == 12, "twelve charges after the restatement")
        until(lambda: published_count(daemon, base) >= 2, "both deliveries are counted")
        status, metrics = daemon.get(base + "/metrics")
        assert status == 200
        assert re.search(r"^billow_feed_last_success_timestamp_seconds\{[^}]*\} \d", metrics, re.M)
        assert daemon.stop() == 0


def test_serve_waits_for_an_engine_that_is_down_and_says_so(tmp_path, billow, folder, feed_id):
    port = free_port()
    write_export(folder, [usage_row(1)])
    lonely = Billow(billow.program, "http://127.0.0.1:1", tmp_path)
    with Daemon(lonely, serve_config(lonely, feed_id, folder, port)) as daemon:
        base = f"http://127.0.0.1:{port}"
        until(lambda: up(daemon, base), "the endpoints answer though the engine is down")
        assert daemon.get(base + "/-/healthy")[0] == 200
        status, why = daemon.get(base + "/-/ready")
        assert status == 503 and why.strip()
        assert daemon.stop() == 0


def test_serve_whose_port_is_taken_may_be_started_again(billow, folder, feed_id):
    write_export(folder, [usage_row(1)])
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = billow.run("serve", "-c", serve_config(billow, feed_id, folder, port), check=1)
    assert f"cannot listen on 127.0.0.1 port {port}" in refused.stderr


def test_a_bad_configuration_on_reload_keeps_the_old_one(billow, engine, folder, feed_id):
    port = free_port()
    write_export(folder, [usage_row(n) for n in range(3)])
    config = serve_config(billow, feed_id, folder, port)
    with Daemon(billow, config) as daemon:
        until(lambda: engine.call("GET", "/_alias/billow-charges")[0] == 200 and len(engine.charges(feed_id)) == 3, "three charges")
        config.write_text("elasticsearch: {urls: nonsense}\nfeeds: 3\n")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.wait_for(r"feeds")
        write_export(folder, [usage_row(n) for n in range(4)], execution="e2")
        until(lambda: len(engine.charges(feed_id)) == 4, "the old configuration goes on")
        assert daemon.stop() == 0


def test_serve_stops_in_the_middle_of_a_load(billow, engine, folder, feed_id):
    port = free_port()
    write_export(folder, [usage_row(n, 1 + n % 28) for n in range(20000)])
    config = serve_config(billow, feed_id, folder, port)
    with Daemon(billow, config) as daemon:
        index = f"billow-charges-{feed_id}-2026-06"
        until(lambda: engine.call("GET", f"/{index}/_stats/indexing")[1].get("_all", {}).get("primaries", {})
              .get("indexing", {}).get("index_total", 0) > 0, "the load has begun")
        assert daemon.stop() == 0
    assert len(engine.charges(feed_id)) in (0, 20000)


def published_count(daemon, base):
    found = re.search(r'^billow_deliveries_total\{[^}]*verdict="published"[^}]*\} (\d+)', daemon.get(base + "/metrics")[1], re.M)
    return int(found.group(1)) if found else 0


def up(daemon, base):
    try:
        return daemon.get(base + "/-/healthy")[0] == 200
    except OSError:
        return False
