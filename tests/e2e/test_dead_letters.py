"""Lines that cannot become charges: `billow dead-letters` lists them and, once the cause is gone, retries them."""
import csv
import gzip
import io
import json
import shutil
import signal

import pytest

from bill_folder import assert_same_charges, expected_of_folder, usage_row, write_export
from fault_proxy import FaultProxy

GOOD = 40


def rows(*poisoned):
    """Forty good lines and those of the arguments, which hold words where amounts should be."""
    return [usage_row(n, 1 + n % 7) for n in range(GOOD)] + [usage_row(900 + n, 2, cost) for n, cost in enumerate(poisoned)]


def feed_of(feed_id, folder, **more):
    return {"id": feed_id, "kind": "aws/cur2", "location": f"file://{folder}", "export": "E", **more}


def listed(billow, config, *arguments):
    return json.loads(billow.run("dead-letters", "-c", config, "--format", "json", *arguments, check=0).stdout)


def line_of(folder, row):
    """The text of a row of the only data file, counted from 1 without the header."""
    [path] = folder.rglob("*.csv.gz")
    return gzip.decompress(path.read_bytes()).decode().splitlines()[row]


@pytest.mark.parametrize("policy, code", [("withhold", 1), ("publish", 0)])
def test_a_poisoned_line_is_listed_and_gone_once_its_source_is_mended(billow, engine, folder, feed_id, policy, code):
    [key] = write_export(folder, rows("about 3"))
    config = billow.config([feed_of(feed_id, folder, dead_letters=policy)])
    billow.sync(config, check=code)
    assert len(engine.charges(feed_id)) == (GOOD if policy == "publish" else 0)

    found = listed(billow, config, "--feed", feed_id)
    [letter] = found["dead_letters"]
    assert found["total"] == 1
    assert (letter["x_FeedId"], letter["BillingPeriod"], letter["Row"]) == (feed_id, "2026-06", GOOD + 1)
    assert key.endswith(letter["Object"]) and letter["Object"].endswith(".csv.gz")
    assert letter["Column"] == "line_item_unblended_cost" and letter["Reason"]
    assert letter["Line"] == line_of(folder, letter["Row"])

    # Nothing is mended yet: the same line is found again.
    again = billow.run("dead-letters", "-c", config, "--feed", feed_id, "--retry", check=1)
    assert listed(billow, config, "--feed", feed_id) == found
    assert len(engine.charges(feed_id)) == (GOOD if policy == "publish" else 0)
    assert feed_id in again.stdout

    write_export(folder, rows("3.5"), execution="e2")
    retried = billow.run("dead-letters", "-c", config, "--feed", feed_id, "--retry", check=0)
    assert retried.stdout.split("Dead letters before")[1].split()[-2:] == ["1", "0"]
    assert listed(billow, config, "--feed", feed_id) == {"total": 0, "dead_letters": []}
    expected, _ = expected_of_folder(folder)
    assert len(expected) == GOOD + 1
    assert_same_charges(expected, engine.charges(feed_id))
    assert engine.count(f"billow-charges-{feed_id}-2026-06") == GOOD + 1
    assert engine.health(feed_id)["DeadLetters"] == 0


@pytest.mark.parametrize("tags", ['{"user_a\\u0000":"b"}', json.dumps({"k" * 40_000: "b"})])
def test_tags_that_elasticsearch_would_refuse_are_a_dead_letter_of_their_line_alone(billow, engine, folder, feed_id, tags):
    write_export(folder, rows() + [usage_row(900, 2, "3.5", resource_tags=tags)])
    billow.sync(billow.config([feed_of(feed_id, folder, dead_letters="publish")]))
    assert len(engine.charges(feed_id)) == GOOD
    [letter] = listed(billow, billow.config([feed_of(feed_id, folder)]), "--feed", feed_id)["dead_letters"]
    assert (letter["Row"], letter["Column"]) == (GOOD + 1, "resource_tags")
    assert "cannot be indexed" in letter["Reason"]


def test_a_change_of_policy_takes_a_retry_to_publish(billow, engine, folder, feed_id):
    write_export(folder, rows("n/a", "x"))
    billow.sync(billow.config([feed_of(feed_id, folder)]), check=1)
    config = billow.config([feed_of(feed_id, folder, dead_letters="publish")])
    retried = billow.run("dead-letters", "-c", config, "--feed", feed_id, "--retry", check=1)
    assert "published" in retried.stdout
    assert len(engine.charges(feed_id)) == GOOD
    assert listed(billow, config, "--feed", feed_id)["total"] == 2, "what is missing is still told"


def test_only_the_feed_and_period_asked_for_are_listed_and_retried(billow, engine, folder, feed_id):
    for period in ("2026-05", "2026-06"):
        start, end = f"{period}-01T00:00:00.000Z", f"2026-{int(period[5:]) + 1:02d}-01T00:00:00.000Z"
        of_period = [{**row, "bill_billing_period_start_date": start, "bill_billing_period_end_date": end,
                      "line_item_usage_start_date": f"{period}-02T01:00:00.000Z", "line_item_usage_end_date": f"{period}-02T02:00:00.000Z"}
                     for row in rows("about 3")]
        write_export(folder, of_period, period=period)
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config, check=1)
    assert listed(billow, config, "--feed", feed_id)["total"] == 2
    only = listed(billow, config, "--feed", feed_id, "--period", "2026-05")
    assert [letter["BillingPeriod"] for letter in only["dead_letters"]] == ["2026-05"]
    retried = billow.run("dead-letters", "-c", config, "--feed", feed_id, "--period", "2026-05", "--retry", check=1).stdout
    assert "2026-05" in retried and "2026-06" not in retried


def test_csv_and_table_hold_the_same_lines(billow, engine, folder, feed_id):
    write_export(folder, rows(*[f"bad, \"{n}\"" for n in range(60)]))
    config = billow.config([feed_of(feed_id, folder)])
    billow.sync(config, check=1)
    text = billow.run("dead-letters", "-c", config, "--feed", feed_id, "--format", "csv", check=0).stdout
    parsed = list(csv.DictReader(io.StringIO(text)))
    assert [{**letter, "Row": int(letter["Row"])} for letter in parsed] == listed(billow, config, "--feed", feed_id)["dead_letters"]
    assert [int(letter["Row"]) for letter in parsed] == list(range(GOOD + 1, GOOD + 61))
    assert [letter["Line"] for letter in parsed] == [line_of(folder, row) for row in range(GOOD + 1, GOOD + 61)]
    table = billow.run("dead-letters", "-c", config, "--feed", feed_id, check=0).stdout
    assert "50 of 60 dead letters are shown" in table
    assert "60 dead letters" in billow.run("dead-letters", "-c", config, "--feed", feed_id, "--limit", "60", check=0).stdout


def test_letters_of_a_feed_that_is_not_configured_are_listed_and_left_alone(billow, engine, folder, feed_id):
    write_export(folder, rows("about 3"))
    billow.sync(billow.config([feed_of(feed_id, folder)]), check=1)
    other = billow.config([feed_of(feed_id + "-x", folder)], name="other.yml")
    assert listed(billow, other, "--feed", feed_id)["total"] == 1
    refused = billow.run("dead-letters", "-c", other, "--feed", feed_id, "--retry", check=2)
    assert f"no feed '{feed_id}'" in refused.stderr
    assert listed(billow, other, "--feed", feed_id)["total"] == 1


def test_wrong_use_is_explained(billow, folder, feed_id):
    config = billow.config([feed_of(feed_id, folder)])
    for arguments in (["--period", "June"], ["--format", "xml"], ["--retry", "--limit", "3"], ["--limit", "0"]):
        billow.run("dead-letters", "-c", config, *arguments, check=2)
    assert "no dead letters" in billow.run("dead-letters", "-c", config, "--feed", feed_id, check=0).stdout
    assert "dead-letters" in billow.run("--help", check=0).stdout


class PausedAsItDropsLetters:
    """Stops the program when its publish is in the audit chain and it is about to do `step` to the dead letters;
    meanwhile `other` publishes."""

    def __init__(self, step, other):
        self.step, self.other, self.process, self.recorded, self.paused = step, other, None, False, False

    def __call__(self, exchange, proxy):
        if exchange.path.startswith("/billow-audit/_create"):
            self.recorded = True
        if not self.recorded or self.paused or not self.drops(exchange):
            return None
        self.paused = True
        exchange.whole()
        self.process.send_signal(signal.SIGSTOP)
        try:
            self.other()
        finally:
            self.process.send_signal(signal.SIGCONT)
        return exchange.forward()

    def drops(self, exchange):
        if self.step == "delete":
            return exchange.is_bulk and b'"delete"' in exchange.body and b"billow-dead-letters" in exchange.path.encode() + exchange.body
        return exchange.path.startswith(f"/billow-dead-letters/{self.step}")


@pytest.mark.parametrize("step", ["_refresh", "delete"])
def test_a_daemon_that_wakes_up_leaves_the_letters_of_its_successor_alone(billow, engine, folder, feed_id, tmp_path, step):
    """The successor publishes a delivery again that had been published, with letters, before."""
    feeds = [feed_of(feed_id, folder, dead_letters="publish")]
    config = billow.config(feeds, extra={"lease": "2s"})
    write_export(folder, rows("about 3", "x"), execution="e1")
    billow.sync(config)
    before = listed(billow, config, "--feed", feed_id)
    assert before["total"] == 2

    def publish_the_first_again():
        shutil.rmtree(folder)
        first.rename(folder)
        billow.sync(config)

    first = folder.rename(tmp_path / "first")  # the very files, so that it is the same delivery again
    write_export(folder, rows(), execution="e2")
    gate = PausedAsItDropsLetters(step, publish_the_first_again)
    with FaultProxy(engine.url, gate) as proxy:
        slow = billow.config(feeds, {"url": proxy.url}, {"lease": "2s"}, name="slow.yml")
        gate.process = billow.start("sync", "-c", slow)
        gate.process.communicate(timeout=120)
    assert gate.paused
    found = listed(billow, config, "--feed", feed_id)
    assert found == before
    newest = max(engine.delivery_records(feed_id), key=lambda record: record["Token"])
    assert newest["RowsDead"] == found["total"] == 2

    write_export(folder, rows(), execution="e3")
    billow.sync(config)
    assert listed(billow, config, "--feed", feed_id)["total"] == 0, "whoever publishes next drops them"
