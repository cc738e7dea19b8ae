"""What goes wrong in production, provoked: nothing may be lost, doubled or half visible."""
import gzip
import json
import signal
import threading
import time

import pytest

import fault_proxy
from bill_folder import assert_same_charges, expected_of_folder, usage_row, write_export
from test_upgrade import of_may


def feed_of(feed_id, folder, **more):
    return {"id": feed_id, "kind": "aws/cur2", "location": f"file://{folder}", "export": "E", **more}


def data_file(folder):
    return next(folder.rglob("*.csv.gz"))


def rows(count):
    return [usage_row(n, 1 + n % 28, f"{n % 97}.{n:06d}") for n in range(count)]


def written(engine, index):
    """Documents indexed so far, 0 while the index is not there."""
    _, answer = engine.call("GET", f"/{index}/_stats/indexing")
    if not isinstance(answer, dict):
        return 0
    return answer.get("_all", {}).get("primaries", {}).get("indexing", {}).get("index_total", 0)


FAULTS = {
    "429 for whole requests": fault_proxy.too_many_requests(0.4),
    "429 for a tenth of the items": fault_proxy.items_rejected(0.1),
    "answers lost after the work was done": fault_proxy.cut_after_sending(0.25),
    "truncated answers": fault_proxy.truncated_answers(0.4),
    "answers about too few items": fault_proxy.wrong_item_counts(0.4),
    "a gateway's page with status 200": fault_proxy.html_instead(0.4),
}


@pytest.mark.parametrize("name", FAULTS)
def test_nothing_is_lost_or_doubled_by(name, billow, engine, folder, feed_id):
    write_export(folder, rows(2000))
    with fault_proxy.FaultProxy(engine.url, FAULTS[name], seed=7) as proxy:
        config = billow.config([feed_of(feed_id, folder)], {"url": proxy.url, "bulk": {"size": "128KiB"}})
        billow.sync(config)
    expected, _ = expected_of_folder(folder)
    assert_same_charges(expected, engine.charges(feed_id))
    assert engine.count(f"billow-charges-{feed_id}-2026-06") == 2000


def test_a_truncated_file_is_refused_and_the_old_figures_stay(billow, engine, folder, feed_id):
    write_export(folder, rows(500))
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    write_export(folder, rows(600), execution="e2")
    path = data_file(folder)
    path.write_bytes(path.read_bytes()[:-200])
    failed = billow.sync(config, check=1)
    assert path.name in failed.stdout + failed.stderr
    assert len(engine.charges(feed_id)) == 500
    write_export(folder, rows(600), execution="e3")
    billow.sync(config)
    assert len(engine.charges(feed_id)) == 600
    assert engine.count(f"billow-charges-{feed_id}-2026-06") == 600


def test_a_file_with_a_wrong_checksum_is_refused(billow, engine, folder, feed_id):
    write_export(folder, rows(50))
    path = data_file(folder)
    damaged = bytearray(path.read_bytes())
    damaged[-6] ^= 0xFF
    path.write_bytes(bytes(damaged))
    billow.sync(billow.config([feed_of(feed_id, folder)]), check=1)
    assert engine.charges(feed_id) == []


def test_bytes_after_the_end_of_the_gzip_are_refused(billow, engine, folder, feed_id):
    write_export(folder, rows(50))
    path = data_file(folder)
    path.write_bytes(path.read_bytes() + b"garbage")
    billow.sync(billow.config([feed_of(feed_id, folder)]), check=1)
    assert engine.charges(feed_id) == []


def test_several_gzip_members_are_one_file(billow, engine, folder, feed_id):
    write_export(folder, rows(200))
    path = data_file(folder)
    text = gzip.decompress(path.read_bytes())
    path.write_bytes(b"".join(gzip.compress(text[at:at + 5000]) for at in range(0, len(text), 5000)))
    billow.sync(billow.config([feed_of(feed_id, folder)]))
    assert len(engine.charges(feed_id)) == 200


def test_a_poisoned_line_withholds_the_delivery_and_is_kept_with_its_reason(billow, engine, folder, feed_id):
    bad = rows(100)
    bad[41]["line_item_unblended_cost"] = "about 3"
    write_export(folder, bad)
    withheld = billow.sync(billow.config([feed_of(feed_id, folder)]), check=1)
    said = withheld.stdout + withheld.stderr
    assert "line_item_unblended_cost" in said and "about 3" in said
    assert engine.charges(feed_id) == []
    [letter] = [hit["_source"] for hit in engine.hits("billow-dead-letters", feed_id)]
    assert letter["Row"] == 42 and letter["Column"] == "line_item_unblended_cost" and "about 3" in letter["Line"]
    assert engine.count(f"billow-charges-{feed_id}-*") == 0
    billow.sync(billow.config([feed_of(feed_id, folder, dead_letters="publish")]))
    assert len(engine.charges(feed_id)) == 99


def test_a_line_of_bytes_that_are_not_utf8_is_a_dead_letter(billow, engine, folder, feed_id):
    bad = rows(10)
    bad[4]["line_item_line_item_description"] = "caf\udce9"
    write_export(folder, bad)
    billow.sync(billow.config([feed_of(feed_id, folder)]), check=1)
    assert len(engine.hits("billow-dead-letters", feed_id)) == 1


def test_a_file_without_the_cost_column_is_refused_by_name(billow, folder, feed_id):
    poor = rows(3)
    for row in poor:
        del row["line_item_unblended_cost"]
    write_export(folder, poor)
    failed = billow.sync(billow.config([feed_of(feed_id, folder)]), check=1)
    assert "line_item_unblended_cost" in failed.stdout + failed.stderr


@pytest.mark.parametrize("manifest", ["", "{", "[]", '{"dataFiles": 3}', '{"dataFiles": ["s3://B/P/E/data/../../../etc/passwd"]}',
                                      '{"dataFiles": ["s3://B/P/E/data/BILLING_PERIOD=2026-06/E-00001.snappy.parquet"]}'])
def test_a_hostile_manifest_fails_the_feed_and_nothing_else(billow, engine, folder, feed_id, manifest):
    write_export(folder, rows(3))
    next(folder.rglob("E-Manifest.json")).write_text(manifest)
    failed = billow.sync(billow.config([feed_of(feed_id, folder)]), check=1)
    assert "E-Manifest.json" in failed.stdout + failed.stderr
    assert engine.charges(feed_id) == []


def test_one_bad_feed_does_not_stop_another(billow, engine, folder, feed_id):
    write_export(folder, rows(5))
    other = feed_of(feed_id + "-x", folder.parent / "nowhere")
    billow.sync(billow.config([other, feed_of(feed_id, folder)]), check=1)
    assert len(engine.charges(feed_id)) == 5


@pytest.fixture
def namesakes(folder, feed_id):
    """Two feeds with a bill each; the indices of the second have names that begin like those of the first."""
    feeds = [feed_id, feed_id + "-2026-06-restated"]
    for n, feed in enumerate(feeds):
        write_export(folder / feed, rows(5 + n))
    return [feed_of(feed, folder / feed) for feed in feeds]


def test_a_feed_takes_no_index_of_another_for_its_own(billow, engine, namesakes):
    first, second = (billow.config([feed], name=f"{feed['id']}.yml") for feed in namesakes)
    billow.sync(first)
    billow.sync(second)
    assert "unchanged" in billow.sync(first).stdout
    assert [len(engine.charges(feed["id"])) for feed in namesakes] == [5, 6]


def test_a_feed_leaves_alone_what_another_loads(billow, engine, namesakes):
    first, second = namesakes
    own = billow.config([first], name="first.yml")
    billow.sync(own)
    index = f"billow-charges-{second['id']}-2026-06"
    seen = []

    def meanwhile(exchange, _):
        if f"/{index}/_bulk" not in exchange.path or seen:
            return None
        answer = exchange.forward()
        billow.sync(own)
        seen.append(engine.call("GET", f"/{index}")[0])
        return answer

    with fault_proxy.FaultProxy(engine.url, meanwhile) as proxy:
        billow.sync(billow.config([second], {"url": proxy.url}, name="second.yml"))
    assert seen == [200], "the index is there after the other feed's pass"
    assert len(engine.charges(second["id"])) == 6


def test_an_engine_that_is_down_is_told_in_one_line(billow, folder, feed_id):
    write_export(folder, rows(5))
    config = billow.config([feed_of(feed_id, folder)], {"url": "http://127.0.0.1:1"})
    failed = billow.sync(config, check=1)
    assert "127.0.0.1:1" in failed.stdout + failed.stderr


def test_a_killed_sync_leaves_nothing_visible_and_the_next_one_finishes(billow, engine, folder, feed_id):
    write_export(folder, rows(20000))
    config = billow.config([feed_of(feed_id, folder)], {"bulk": {"size": "64KiB"}})
    running = billow.start("sync", "-c", config)
    index = f"billow-charges-{feed_id}-2026-06"
    until = time.monotonic() + 120
    while written(engine, index) < 500:
        assert running.poll() is None and time.monotonic() < until, "it was over before it could be killed"
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    running.stdout.close()
    assert engine.charges(feed_id) == []
    write_export(folder, rows(100), execution="e2")
    billow.sync(config)
    assert len(engine.charges(feed_id)) == 100
    assert engine.count(index) == 100, "what the killed run had written is purged"


def test_two_syncs_at_once_publish_one_statement(billow, engine, folder, feed_id):
    write_export(folder, rows(5000))
    config = billow.config([feed_of(feed_id, folder)], {"bulk": {"size": "64KiB"}})
    pair = [billow.start("sync", "-c", config) for _ in range(2)]
    for running in pair:
        running.communicate(timeout=240)
    billow.sync(config)
    expected, _ = expected_of_folder(folder)
    assert_same_charges(expected, engine.charges(feed_id))
    assert engine.count(f"billow-charges-{feed_id}-2026-06") == 5000


def test_a_document_that_elasticsearch_refuses_keeps_the_old_figures(billow, engine, folder, feed_id):
    """The mapping of the index is made stricter than the bill, as a site's own template could. Its rollups are not."""
    write_export(folder, rows(20))
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    changed = rows(20)
    changed[3]["line_item_line_item_description"] = "x" * 10
    write_export(folder, changed, execution="e2")

    def refuse_one(exchange, _):
        if not (exchange.is_bulk and f"/billow-charges-{feed_id}" in exchange.path and exchange.body.startswith(b'{"create"')):
            return None
        status, headers, body = exchange.forward()
        answer = json.loads(body)
        answer["errors"] = True
        answer["items"][0] = {"create": {"status": 400, "error": {"type": "document_parsing_exception", "reason": "no"}}}
        return status, headers, json.dumps(answer).encode()

    with fault_proxy.FaultProxy(engine.url, refuse_one) as proxy:
        failed = billow.sync(billow.config([feed_of(feed_id, folder)], {"url": proxy.url}, name="strict.yml"), check=1)
    assert "document_parsing_exception" in failed.stdout + failed.stderr
    assert {c["ChargeDescription"] for c in engine.charges(feed_id)} == {f"line {n}" for n in range(20)}
    assert engine.count(f"billow-charges-{feed_id}-*") == 20, "what was loaded in vain goes at once"


def test_a_tampered_index_is_not_published(billow, engine, folder, feed_id):
    """A charge is not there though it was acknowledged: counts differ, nothing is published. What was counted for the
    rollups is right, so that nothing but the charges can tell."""
    write_export(folder, rows(50))

    def lose_one(exchange, _):
        lines = exchange.body.splitlines(keepends=True)
        if not (exchange.is_bulk and f"/billow-charges-{feed_id}" in exchange.path and lines[0].startswith(b'{"create"')):
            return None
        status, headers, body = exchange.forward(b"".join(lines[2:]))
        answer = json.loads(body)
        answer["items"].insert(0, {"create": {"status": 201}})
        return status, headers, json.dumps(answer).encode()

    with fault_proxy.FaultProxy(engine.url, lose_one) as proxy:
        failed = billow.sync(billow.config([feed_of(feed_id, folder)], {"url": proxy.url}), check=1)
    assert "slices differ from what was sent" in failed.stdout + failed.stderr
    assert engine.charges(feed_id) == []
    billow.sync(billow.config([feed_of(feed_id, folder)]))
    assert len(engine.charges(feed_id)) == 50


def test_a_request_to_delete_an_index_comes_too_late_for_the_next_daemon(billow, engine, folder, feed_id):
    """The program asks to delete what a crash left of a month, and dies; the month is published before that request
    arrives."""
    write_export(folder, rows(50))
    write_export(folder, [of_may(row) for row in rows(40)], period="2026-05")
    may = f"billow-charges-{feed_id}-2026-05"
    running, held, opened, answers = [], threading.Event(), threading.Event(), []

    def dies_loading(exchange, _):
        if f"/{may}/_bulk" not in exchange.path:
            return None
        exchange.whole()
        running[0].kill()
        exchange.forward()
        raise fault_proxy.Cut

    def deletes(exchange):
        return (exchange.method == "DELETE" and may in exchange.path) or b"remove_index" in exchange.whole().body

    def late(exchange, _):
        if not deletes(exchange):
            return None
        exchange.whole()
        held.set()
        opened.wait(120)
        answers.append(exchange.forward())
        return answers[0]

    for fault, since in ((dies_loading, {}), (late, {"since": "2026-06"})):
        with fault_proxy.FaultProxy(engine.url, fault) as proxy:
            config = billow.config([feed_of(feed_id, folder, **since)], {"url": proxy.url}, name="dies.yml")
            running[:] = [billow.start("sync", "-c", config)]
            if fault is late:
                assert held.wait(60), "what is left of May is to be deleted"
                running[0].kill()
                billow.sync(billow.config([feed_of(feed_id, folder)]))
                opened.set()
            running[0].communicate(timeout=120)
    assert answers[0][0] == 404 and f"billow-epoch-{feed_id}-".encode() in answers[0][2], answers
    assert len(engine.charges(feed_id)) == 90
    assert engine.count(may) == 40
