"""The command line against a real engine: exit codes, what is printed where, and what scripts can rely on."""
import csv
import decimal
import io
import json
import signal
import time

import pytest

from bill_folder import usage_row, write_export
from billow_process import Billow, Daemon
from s3_emulator import free_port

D = decimal.Decimal


def feed_of(feed_id, folder, **more):
    return {"id": feed_id, "kind": "aws/cur2", "location": f"file://{folder}", "export": "E", **more}


@pytest.fixture
def loaded(billow, folder, feed_id):
    """A configuration whose only feed is published: 100 charges over 28 days."""
    write_export(folder, [usage_row(n, 1 + n % 28, f"{n % 7}.{n:010d}") for n in range(100)])
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config)
    return config


def total_of():
    return sum(D(f"{n % 7}.{n:010d}") for n in range(100))


@pytest.mark.parametrize("arguments, said", [
    (["snyc"], "did you mean sync?"),
    (["sync", "--period", "2026-13"], "expected a month such as 2026-06"),
    (["report", "--by", "servcie"], "did you mean service?"),
    (["sync", "--bogus"], "--bogus"),
    (["sync", "--from", "2026-07", "--to", "2026-06"], "--to: 2026-06 is before --from 2026-07"),
    (["dead-letters", "--limit", "10001"], "10001"),
])
def test_a_wrong_command_line_ends_with_2(billow, arguments, said):
    told = billow.run(*arguments, check=2)
    assert said in told.stderr and "--help" in told.stderr and told.stdout == ""


def test_help_and_version_end_with_0(billow):
    assert "billow check -c billow.yml" in billow.run("--help", check=0).stdout
    for command in ("check", "sync", "serve", "report", "setup"):
        assert f"  billow {command}" in billow.run(command, "--help", check=0).stdout
    assert billow.run("version", check=0).stdout.startswith("billow ")


def test_an_unknown_feed_ends_with_2_and_a_hint(billow, folder, feed_id):
    config = billow.config([feed_of(feed_id, folder)])
    wrong = feed_id[:-1] + ("0" if feed_id[-1] != "0" else "1")
    told = billow.run("sync", "-c", config, "--feed", wrong, check=2)
    assert f"did you mean {feed_id}?" in told.stderr
    assert billow.run("report", "-c", config, "--feed", "nobody", check=2).stderr


def test_check_tells_what_would_be_pulled_and_changes_nothing(billow, engine, folder, feed_id):
    write_export(folder, [usage_row(1)])
    told = billow.run("check", "-c", billow.config([feed_of(feed_id, folder)]), check=0).stdout
    assert "2026-06  1 file" in told and "E-Manifest.json" in told and "version " in told
    assert engine.charges(feed_id) == []


def test_check_ends_with_1_when_a_feed_or_the_engine_is_not_there(billow, folder, feed_id, tmp_path):
    nowhere = billow.config([feed_of(feed_id, folder / "nowhere")])
    assert "FAILED" in billow.run("check", "-c", nowhere, check=1).stdout
    write_export(folder, [usage_row(1)])
    lonely = Billow(billow.program, "http://127.0.0.1:1", tmp_path)
    told = lonely.run("check", "-c", lonely.config([feed_of(feed_id, folder)]), check=1).stdout
    assert "127.0.0.1:1" in told and "2026-06  1 file" in told


def test_setup_shows_each_step_and_can_be_repeated(billow, folder, feed_id):
    config = billow.config([feed_of(feed_id, folder)])
    billow.run("setup", "-c", config, check=0)
    again = billow.run("setup", "--dry-run", "-c", config, check=0).stdout
    assert "/_index_template/billow-charges" in again and "nothing was changed" in again
    assert "create" not in again and "unchanged" in again


def test_a_removal_puts_no_version_in_the_place_of_another(billow, folder, feed_id):
    config = billow.config([feed_of(feed_id, folder)])
    billow.run("setup", "-c", config, check=0)
    told = billow.run("setup", "--remove", "--dry-run", "-c", config, check=0).stdout
    rows = [line.split() for line in told.splitlines() if line.startswith("remove ")]
    assert rows and all(row[2].isdigit() and row[3] == "-" for row in rows), told


def test_roles_are_left_out_where_there_is_no_security(billow, folder, feed_id):
    told = billow.run("setup", "--roles", "-c", billow.config([feed_of(feed_id, folder)]), check=0).stdout
    assert "it has no security: roles are left out" in told and "/_security/" not in told


def test_help_shows_flags_as_they_are_given(billow):
    for command in (["reconcile"], ["audit", "verify"]):
        told = billow.run(*command, "--help", check=0).stdout
        assert "--no-source " in told and "{" not in told


def test_sync_prints_exact_sums_and_how_they_moved(billow, loaded, folder, feed_id):
    first = billow.sync(loaded)
    assert f"{total_of()}".rstrip("0") in first.stdout.replace(",", "") and "unchanged" in first.stdout
    write_export(folder, [usage_row(n, 1 + n % 28, f"{n % 7}.{n:010d}") for n in range(1, 100)] +
                 [usage_row(0, 1, "5.5")], execution="e2")
    second = billow.sync(loaded)
    assert "published" in second.stdout and "+5.5" in second.stdout


def test_report_rows_add_up_to_the_exact_total(billow, loaded, feed_id):
    told = json.loads(billow.run("report", "-c", loaded, "--feed", feed_id, "--format", "json", check=0).stdout)
    [total] = told["totals"]
    assert D(total["BilledCost"]) == total_of() and total["charges"] == 100
    assert abs(sum(D(row["BilledCost"]) for row in told["rows"]) - total_of()) < D("1e-9")
    assert told["warnings"] == []


@pytest.mark.parametrize("by, heading", [("provider", "ServiceProviderName"), ("service", "ServiceName"),
                                         ("account", "SubAccountId"), ("day", "Day"), ("month", "Month"),
                                         ("category", "ChargeCategory"), ("region", "RegionName")])
def test_report_groups_by_each_column(billow, loaded, feed_id, by, heading):
    text = billow.run("report", "-c", loaded, "--feed", feed_id, "--by", by, "--format", "csv", check=0).stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    totals = [row for row in rows if row[heading] == "(total)"]
    groups = [row for row in rows if row[heading] != "(total)"]
    assert [D(row["BilledCost"]) for row in totals] == [total_of()]
    assert sum(int(row["Charges"]) for row in groups) == 100
    if by in ("day", "month"):
        assert sum(D(row["BilledCost"]) for row in groups) == total_of()
        assert len(groups) == (28 if by == "day" else 1)


def test_report_of_days_is_exact_to_the_last_digit(billow, loaded, feed_id):
    text = billow.run("report", "-c", loaded, "--feed", feed_id, "--by", "day", "--format", "csv", check=0).stdout
    rows = {row["Day"]: D(row["BilledCost"]) for row in csv.DictReader(io.StringIO(text))}
    for day in range(1, 29):
        assert rows[f"2026-06-{day:02d}"] == sum(D(f"{n % 7}.{n:010d}") for n in range(100) if 1 + n % 28 == day)


def test_report_of_nothing_says_so(billow, engine, folder, feed_id):
    config = billow.config([feed_of(feed_id, folder)])
    assert "nothing is visible" in billow.run("report", "-c", config, "--feed", feed_id, check=0).stdout


def filter_of(engine, index):
    [alias] = engine.ok("GET", f"/{index}/_alias/billow-charges").values()
    return alias["aliases"]["billow-charges"]["filter"]


@pytest.mark.parametrize("by", ["service", "day"])
def test_report_without_the_delivery_record_is_made_of_the_audit_chain(billow, loaded, engine, feed_id, by):
    words = ["report", "-c", loaded, "--feed", feed_id, "--by", by, "--format", "json"]
    before = json.loads(billow.run(*words, check=0).stdout)
    record = filter_of(engine, f"billow-charges-{feed_id}-2026-06")["bool"]["_name"]
    engine.ok("DELETE", f"/billow-deliveries/_doc/{record}?refresh=true")
    told = billow.run(*words, check=0)
    assert json.loads(told.stdout) == before and f"no record '{record}'" in told.stderr


@pytest.mark.parametrize("by", ["service", "day"])
def test_report_that_no_record_tells_the_totals_of_says_so_and_fails(billow, loaded, engine, feed_id, by):
    index = f"billow-charges-{feed_id}-2026-06"
    shown = filter_of(engine, index)
    shown["bool"]["_name"] += "9"  # a publication that neither the records nor the chain know
    engine.ok("POST", "/_aliases", {"actions": [{"add": {"index": index, "alias": "billow-charges", "filter": shown}}]})
    told = billow.run("report", "-c", loaded, "--feed", feed_id, "--by", by, check=1)
    assert "nothing is visible" not in told.stdout and "exact" not in told.stdout and "28 slices are missing" in told.stderr
    told = json.loads(billow.run("report", "-c", loaded, "--feed", feed_id, "--by", by, "--format", "json", check=1).stdout)
    assert told["complete"] is False and told["totals"] == [] and sum(row["charges"] for row in told["rows"]) == (100 if by == "service" else 0)


def test_report_keeps_results_and_logs_apart(billow, loaded, feed_id):
    told = billow.run("report", "-c", loaded, "--feed", feed_id, "--log-level", "debug", "--log-format", "json",
                      "--top", "1", check=0)
    assert "Total, exact" in told.stdout
    for line in told.stderr.splitlines():
        assert {"time", "level", "message"} <= json.loads(line).keys()


def test_normalize_writes_bodies_and_counts(billow, folder):
    write_export(folder, [usage_row(n, 1 + n % 28, "0.1") for n in range(50)])
    [file] = folder.rglob("*.csv.gz")
    done = billow.run("normalize", "--feed-kind", "aws/cur2", "--period", "2026-06", file, check=0)
    lines = done.stdout.splitlines()
    assert len(lines) == 100 and "create" in json.loads(lines[0]) and json.loads(lines[1])["BilledCost"] == 0.1
    stats = json.loads(done.stderr.splitlines()[-1])
    assert stats["rows"] == stats["charges"] == 50 and stats["totals"]["USD"]["BilledCost"] == "5"


@pytest.mark.parametrize("sent, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_sync_cleanly(billow, engine, folder, feed_id, sent, code):
    write_export(folder, [usage_row(n, 1 + n % 28) for n in range(20000)])
    config = billow.config([feed_of(feed_id, folder)], {"bulk": {"size": "64KiB"}})
    running = billow.start("sync", "-c", config)
    index = f"billow-charges-{feed_id}-2026-06"
    until = time.monotonic() + 60
    while engine.call("GET", f"/{index}")[0] != 200:
        assert running.poll() is None and time.monotonic() < until
        time.sleep(0.01)
    running.send_signal(sent)
    printed, _ = running.communicate(timeout=60)
    assert running.returncode == code, printed
    assert "Sanitizer" not in printed
    assert engine.charges(feed_id) == []


def test_metrics_follow_the_rules_of_prometheus(billow, folder, feed_id):
    """What `promtool check metrics` looks for, as far as our own metrics could break it."""
    write_export(folder, [usage_row(1)])
    port = free_port()
    config = billow.config([feed_of(feed_id, folder)], extra={"http": {"listen": f"127.0.0.1:{port}"}})
    with Daemon(billow, config) as daemon:
        daemon.wait_for(r"/metrics on 127\.0\.0\.1:\d+")
        status, text = daemon.get(f"http://127.0.0.1:{port}/metrics")
        assert status == 200 and text.endswith("\n")
        helped = {line.split()[2] for line in text.splitlines() if line.startswith("# HELP")}
        for line in text.splitlines():
            if line.startswith("# TYPE"):
                _, _, name, kind = line.split()
                assert name in helped
                assert (kind == "counter") == name.endswith("_total"), name
        assert f'billow_errors_total{{code="mismatch",feed="{feed_id}"}} 0' in text
        assert "process_resident_memory_bytes" in text
        assert daemon.stop() == 0
