"""Costs of Elastic Cloud, from the answers of its API to what readers see, and what may go wrong on the way."""
import datetime
import json
import random
import re
import signal
import time
from decimal import Decimal

import pytest

from billow_process import Daemon
from elastic_cloud_emulator import ElasticCloudEmulator, Instance, Line, ROLE
from s3_emulator import free_port
from test_serve import until
from tls_door import TlsDoor, make_certificate

SETTLED_DAYS = 35


def today():
    return datetime.datetime.now(datetime.timezone.utc).date()


def month_before(count):
    """The first day of a month some months ago."""
    first = today().replace(day=1)
    for _ in range(count):
        first = (first - datetime.timedelta(days=1)).replace(day=1)
    return first


def period_of(day):
    return day.isoformat()[:7]


LAST = month_before(1)             # over, and every pass asks for it
LAST_PERIOD = period_of(LAST)
OLD = month_before(3)              # over for longer than 35 days on any day
OLD_PERIOD = period_of(OLD)


def day_of(month, number):
    return month.replace(day=number).isoformat()


def use(cost="5.04", instance="i1", count=1):
    """Instances with one line each; `cost` is a rate for an hour."""
    return [Instance(f"{instance}-{n}", [Line("aws.es.datahot.c6gd_us-east-1_4096_2", "1", cost)]) for n in range(count)]


@pytest.fixture
def signed_in(billow, cloud):
    billow.environment["EC_API_KEY"] = cloud.api_key
    return billow


def feed_of(cloud, feed_id, since=LAST_PERIOD, block=None, **more):
    return {**cloud.feed(feed_id, since), **more, "elastic_cloud": {"endpoint": cloud.url, **(block or {})}}


@pytest.fixture
def config(signed_in, cloud, feed_id):
    return signed_in.config([feed_of(cloud, feed_id)])


def by_day(charges):
    """Exact cost by charge day, and the ids of what it is made of."""
    days = {}
    for charge in charges:
        day = days.setdefault(charge["ChargePeriodStart"][:10], {"cost": Decimal(0), "lines": 0, "slices": set()})
        day["cost"] += Decimal(charge["BilledCost"])
        day["lines"] += 1
        day["slices"].add(charge["x_SliceId"])
    return days


def expect(cloud, engine, feed_id, price="1"):
    """Readers see every line that the emulator states of the months since LAST, and nothing else."""
    stated = {}
    for day, instances in cloud.bills.items():
        lines = [line for instance in instances for line in instance.lines]
        if lines:
            stated[day] = (sum((line.ecu for line in lines), Decimal(0)) * Decimal(price), len(lines))
    seen = by_day(engine.charges(feed_id))
    assert {day: (found["cost"], found["lines"]) for day, found in seen.items()} == stated
    return seen


def in_order(documents):
    """A scan finds them in the order of segments, which changes."""
    return sorted(documents, key=str)


def said(done):
    return done.stdout + done.stderr


# --- What is published

def test_the_first_sync_publishes_what_each_day_cost(signed_in, cloud, engine, config, feed_id):
    cloud.bills = {day_of(LAST, 1): use("0.2100000000000000001", count=3), day_of(LAST, 2): use("1E-7"),
                   day_of(LAST, 28): use("3.5", "i2") + [Instance("i3", [Line("aws.data-transfer-out", "0.471519407816231", "0.05", None,
                                                                              "data_out", "GB", "AWS Data Transfer Out")])]}
    signed_in.sync(config)
    expect(cloud, engine, feed_id)
    assert cloud.asked(day_of(LAST, 1)) == 1, "both readings of a delivery are of one answer"
    assert cloud.asked(today().isoformat()) == 0


def test_the_same_answers_write_nothing(signed_in, cloud, engine, config, feed_id):
    cloud.bills = {day_of(LAST, 1): use(count=5), day_of(LAST, 2): use()}
    signed_in.sync(config)
    charges, records = in_order(engine.charges(feed_id)), in_order(engine.delivery_records(feed_id))
    assert "unchanged" in signed_in.sync(config).stdout
    assert in_order(engine.charges(feed_id)) == charges
    assert in_order(engine.delivery_records(feed_id)) == records
    assert cloud.asked(day_of(LAST, 1)) == 2


def test_a_restated_day_replaces_its_slice_and_no_other(signed_in, cloud, engine, config, feed_id):
    cloud.bills = {day_of(LAST, n): use(f"{n}.5", count=3) for n in (1, 2, 3)}
    signed_in.sync(config)
    before = by_day(engine.charges(feed_id))
    cloud.bills[day_of(LAST, 2)] = use("2.75", count=3)
    signed_in.sync(config)
    after = expect(cloud, engine, feed_id)
    for number in (1, 3):
        assert after[day_of(LAST, number)]["slices"] == before[day_of(LAST, number)]["slices"]
    assert not after[day_of(LAST, 2)]["slices"] & before[day_of(LAST, 2)]["slices"]
    assert engine.count(f"billow-charges-{feed_id}-{LAST_PERIOD}*") == 9, "what was replaced is gone"


def test_lines_that_are_withdrawn_disappear_and_late_ones_appear(signed_in, cloud, engine, config, feed_id):
    cloud.bills = {day_of(LAST, 1): use(count=3), day_of(LAST, 2): use("7")}
    signed_in.sync(config)
    cloud.bills = {day_of(LAST, 1): use(count=1), day_of(LAST, 5): use("0.001")}
    signed_in.sync(config)
    expect(cloud, engine, feed_id)


def test_a_month_in_which_nothing_was_used_is_a_statement(signed_in, cloud, engine, config, feed_id):
    signed_in.sync(config)
    assert engine.charges(feed_id) == []
    records = in_order(engine.delivery_records(feed_id))
    assert (LAST_PERIOD, "published") in {(record["BillingPeriod"], record["State"]) for record in records}
    assert re.search(rf"{LAST_PERIOD}\s+unchanged\s+0\b", signed_in.sync(config).stdout)
    assert in_order(engine.delivery_records(feed_id)) == records
    cloud.bills = {day_of(LAST, 1): use()}
    signed_in.sync(config)
    expect(cloud, engine, feed_id)
    cloud.bills = {}
    signed_in.sync(config)
    assert engine.charges(feed_id) == [], "and what was withdrawn to nothing is gone"


def test_the_current_month_has_the_days_that_are_over(signed_in, cloud, engine, feed_id):
    first = today().replace(day=1)
    config = signed_in.config([feed_of(cloud, feed_id, since=period_of(first))])
    if today() == first:
        assert "no period" in signed_in.run("check", "-c", config, check=0).stdout
        return
    cloud.bills = {first.isoformat(): use()}
    signed_in.sync(config)
    expect(cloud, engine, feed_id)
    assert cloud.asked() == (today() - first).days


def test_another_price_or_currency_is_another_statement(signed_in, cloud, engine, config, feed_id):
    cloud.bills = {day_of(LAST, 1): use("2.5", count=2)}
    signed_in.sync(config)
    cheaper = signed_in.config([feed_of(cloud, feed_id, block={"ecu_price": "0.85", "currency": "EUR"})])
    signed_in.sync(cheaper)
    expect(cloud, engine, feed_id, price="0.85")
    assert {charge["BillingCurrency"] for charge in engine.charges(feed_id)} == {"EUR"}
    assert "unchanged" in signed_in.sync(cheaper).stdout


# --- Settled months

def test_a_settled_month_is_asked_for_once_and_then_on_request(signed_in, cloud, engine, feed_id):
    assert (today() - month_before(2)).days > SETTLED_DAYS
    config = signed_in.config([feed_of(cloud, feed_id, since=OLD_PERIOD)])
    cloud.bills = {day_of(OLD, 1): use("1"), day_of(LAST, 1): use("2")}
    signed_in.sync(config)
    assert cloud.asked(day_of(OLD, 1)) == 1
    cloud.bills[day_of(OLD, 1)] = use("9")
    cloud.bills[day_of(LAST, 1)] = use("3")
    done = signed_in.sync(config)
    assert re.search(rf"{OLD_PERIOD}\s+unchanged", done.stdout), done.stdout
    assert cloud.asked(day_of(OLD, 1)) == 1 and cloud.asked(day_of(LAST, 1)) == 2
    seen = by_day(engine.charges(feed_id))
    assert (seen[day_of(OLD, 1)]["cost"], seen[day_of(LAST, 1)]["cost"]) == (1, 3), "what is not asked for stays"
    signed_in.sync(config, "--period", OLD_PERIOD)
    assert cloud.asked(day_of(OLD, 1)) == 2 and cloud.asked(day_of(LAST, 1)) == 2
    expect(cloud, engine, feed_id)


def test_force_asks_for_settled_months_too(signed_in, cloud, engine, feed_id):
    config = signed_in.config([feed_of(cloud, feed_id, since=OLD_PERIOD)])
    cloud.bills = {day_of(OLD, 1): use("1")}
    signed_in.sync(config)
    cloud.bills = {day_of(OLD, 1): use("4")}
    signed_in.sync(config, "--force")
    expect(cloud, engine, feed_id)


def test_a_settled_month_that_was_never_published_is_asked_for_again(signed_in, cloud, engine, feed_id):
    config = signed_in.config([feed_of(cloud, feed_id, since=OLD_PERIOD)])
    cloud.bills = {day_of(OLD, 1): use("1")}
    cloud.fail("malformed", day=day_of(OLD, 1))
    signed_in.sync(config, check=1)
    assert engine.charges(feed_id) == []
    signed_in.sync(config)
    expect(cloud, engine, feed_id)


# --- What is refused

def test_a_wrong_key_is_told_and_changes_nothing(signed_in, cloud, engine, config, feed_id):
    cloud.bills = {day_of(LAST, 1): use()}
    signed_in.sync(config)
    signed_in.environment["EC_API_KEY"] = "not-the-key"
    refused = signed_in.sync(config, check=1)
    assert cloud.organization in said(refused) and "root.unauthenticated" in said(refused) and "expired" in said(refused)
    assert "not-the-key" not in said(refused)
    health = engine.health(feed_id)
    assert health["Health"] == "failing" and "root.unauthenticated" in health["LastError"]
    assert "root.unauthenticated" in signed_in.run("check", "-c", config, check=1).stdout
    expect(cloud, engine, feed_id)


@pytest.mark.parametrize("other, code", [(ElasticCloudEmulator.other_organization, "billing-costs:get"), ("42", "organization.invalid_access")])
def test_another_organisation_is_told_with_the_role_that_is_missing(signed_in, cloud, feed_id, other, code):
    refused = signed_in.sync(signed_in.config([feed_of(cloud, feed_id, organization=other)]), check=1)
    assert other in said(refused) and code in said(refused) and ROLE in said(refused)
    assert cloud.api_key not in said(refused)


def test_another_place_is_told(signed_in, cloud, feed_id):
    refused = signed_in.sync(signed_in.config([feed_of(cloud, feed_id, block={"endpoint": cloud.url + "/elsewhere"})]), check=1)
    assert "root.resource_not_found" in said(refused) and "/elsewhere" in said(refused)


def test_a_missing_key_is_named_before_anything_is_done(billow, cloud, feed_id):
    for command in ("sync", "check", "serve"):
        refused = billow.run(command, "-c", billow.config([feed_of(cloud, feed_id)]), check=2)
        assert "EC_API_KEY" in refused.stderr
    assert cloud.asked() == 0


def test_the_key_may_lie_in_a_file(billow, cloud, engine, feed_id, tmp_path):
    key = tmp_path / "key"
    key.write_text(cloud.api_key + "\n")
    key.chmod(0o600)
    cloud.bills = {day_of(LAST, 1): use()}
    billow.sync(billow.config([feed_of(cloud, feed_id, block={"api_key": {"file": str(key)}})]))
    expect(cloud, engine, feed_id)
    key.chmod(0o644)
    told = billow.sync(billow.config([feed_of(cloud, feed_id, block={"api_key": {"file": str(key)}})]))
    assert "can be read by others" in said(told)


def test_an_endpoint_that_cannot_prove_itself_is_not_sent_the_key(signed_in, cloud, engine, feed_id, tmp_path):
    certificate, key = make_certificate(tmp_path, "cloud")
    cloud.bills = {day_of(LAST, 1): use()}
    with TlsDoor(int(cloud.url.rsplit(":", 1)[1]), certificate, key) as door:
        refused = signed_in.sync(signed_in.config([feed_of(cloud, feed_id, block={"endpoint": door.url})]), check=1)
        assert "certificate" in said(refused) and cloud.asked() == 0
        signed_in.sync(signed_in.config([feed_of(cloud, feed_id, block={"endpoint": door.url, "ca_file": str(certificate)})]))
    expect(cloud, engine, feed_id)


def test_a_certificate_file_that_is_not_there_is_named(signed_in, cloud, feed_id):
    feed = feed_of(cloud, feed_id, block={"endpoint": "https://127.0.0.1:1", "ca_file": "/no/such.pem"})
    assert "/no/such.pem" in signed_in.sync(signed_in.config([feed]), check=2).stderr


# --- What goes wrong on the way

@pytest.mark.parametrize("fault", [{"kind": "status", "status": 429, "headers": {"Retry-After": "1"}, "times": 3},
                                   {"kind": "status", "status": 500, "times": 3}, {"kind": "status", "status": 503, "times": 2},
                                   {"kind": "status", "status": 408, "times": 2}, {"kind": "cut", "times": 3},
                                   {"kind": "reset", "times": 3}, {"kind": "slow", "seconds": 2}])
def test_what_passes_is_waited_for(signed_in, cloud, engine, config, feed_id, fault):
    cloud.bills = {day_of(LAST, n): use(count=40) for n in (1, 2)}
    cloud.fail(**fault, day=day_of(LAST, 2))
    signed_in.sync(config)
    expect(cloud, engine, feed_id)
    if "headers" in fault:
        pauses = cloud.pauses(day_of(LAST, 2))
        assert len(pauses) == 3 and min(pauses) >= 1, "as long as Retry-After asks for"


@pytest.mark.parametrize("fault, told", [({"kind": "malformed"}, day_of(LAST, 2)), ({"kind": "html"}, "text/html"),
                                         ({"kind": "redirect", "headers": {"Location": "https://elsewhere.example/"}}, "elsewhere.example"),
                                         ({"kind": "instead", "body": '{"errors":[]}'}, day_of(LAST, 2)),
                                         ({"kind": "status", "status": 400}, "400")])
def test_an_answer_that_is_no_bill_changes_nothing(signed_in, cloud, engine, config, feed_id, fault, told):
    cloud.bills = {day_of(LAST, 1): use(), day_of(LAST, 2): use()}
    signed_in.sync(config)
    before = in_order(engine.charges(feed_id))
    cloud.bills = {day_of(LAST, 1): use("9"), day_of(LAST, 2): use("9")}
    cloud.fail(**fault, day=day_of(LAST, 2))
    refused = signed_in.sync(config, check=1)
    assert told in said(refused)
    assert in_order(engine.charges(feed_id)) == before, "not even the day that was answered"
    signed_in.sync(config)
    expect(cloud, engine, feed_id)


def test_an_api_that_is_down_is_told_and_changes_nothing(signed_in, cloud, engine, config, feed_id):
    cloud.bills = {day_of(LAST, 1): use()}
    signed_in.sync(config)
    port = free_port()
    down = signed_in.config([feed_of(cloud, feed_id, block={"endpoint": f"http://127.0.0.1:{port}"})])
    refused = signed_in.sync(down, "--period", LAST_PERIOD, check=1)
    assert f"127.0.0.1:{port}" in said(refused)
    expect(cloud, engine, feed_id)


def test_a_pass_ends_at_once_when_it_is_stopped(signed_in, cloud, config):
    cloud.fail("slow", seconds=30, times=10)
    running = signed_in.start("sync", "-c", config)
    until(lambda: cloud.asked() > 0, "it asks")
    begin = time.monotonic()
    running.send_signal(signal.SIGINT)
    output, _ = running.communicate(timeout=30)
    assert running.returncode == 130 and time.monotonic() - begin < 10
    assert "Sanitizer" not in output


def test_killed_at_any_moment_the_next_pass_has_it_all(signed_in, cloud, engine, config, feed_id):
    chance = random.Random(7)
    cloud.bills = {day_of(LAST, n): use(f"0.{n:02}", count=60) for n in range(1, 29)}
    for attempt in range(8):
        cloud.bills[day_of(LAST, 1 + attempt)] = use(f"{attempt + 2}", count=60)
        running = signed_in.start("sync", "-c", config)
        time.sleep(chance.uniform(0.3, 3))
        running.kill()
        running.communicate()
        seen = by_day(engine.charges(feed_id)) if engine.call("GET", "/_alias/billow-charges")[0] == 200 else {}
        assert all(day["lines"] == 60 for day in seen.values()) and len(seen) in (0, 28), "one statement in full, or nothing"
    signed_in.sync(config)
    expect(cloud, engine, feed_id)
    assert engine.count(f"billow-charges-{feed_id}-{LAST_PERIOD}*") == 28 * 60
    assert {record["State"] for record in engine.delivery_records(feed_id)} <= {"published", "superseded"}


# --- Proof, and the daemon

def test_the_proof_reads_the_source_again_and_tells_restated_days(signed_in, cloud, engine, config, feed_id):
    def proof():
        """What is said where the feed is proven; the chain has records of other tests, which alter theirs."""
        done = signed_in.run("audit", "verify", "--deep", "-c", config, "--feed", feed_id, "--format", "json")
        verdict = json.loads(done.stdout)
        assert [finding for finding in verdict["findings"] if finding.get("x_FeedId") == feed_id] == [] == verdict["failures"]
        assert verdict["charges"]["periods_from_source"] > 0
        return said(done)

    cloud.bills = {day_of(LAST, n): use(count=4) for n in (1, 2, 3)}
    signed_in.sync(config)
    cloud.forget()
    assert "no longer" not in proof() and cloud.asked(day_of(LAST, 2)) == 1
    cloud.bills[day_of(LAST, 2)] = use("8")
    told = proof()
    assert day_of(LAST, 2) in told and day_of(LAST, 1) not in told
    signed_in.sync(config)
    assert "no longer" not in proof()


def test_a_month_is_reconciled_with_the_newest_answers(signed_in, cloud, engine, config, feed_id):
    cloud.bills = {day_of(LAST, 1): use("1.25", count=2)}
    signed_in.sync(config)
    words = ("reconcile", "-c", config, "--feed", feed_id, "--period", LAST_PERIOD, "--format", "json")
    made = json.loads(signed_in.run(*words, "--invoice", "2.50", "USD", check=0).stdout)
    assert made["agrees"] and {row["BilledCost"] for row in made["rows"] if row["place"] in ("provider", "charges")} == {"2.5"}
    cloud.bills[day_of(LAST, 2)] = use("1")
    assert not json.loads(signed_in.run(*words, check=1).stdout)["agrees"]


def test_check_lists_the_months_and_asks_for_none_that_is_settled(signed_in, cloud, feed_id):
    config = signed_in.config([feed_of(cloud, feed_id, since=OLD_PERIOD)])
    told = signed_in.run("check", "-c", config, check=0).stdout
    assert re.search(rf"{OLD_PERIOD}\s+settled", told) and re.search(rf"{LAST_PERIOD}\s+\d\d files", told)
    assert cloud.asked(day_of(OLD, 1)) == 0


def test_the_daemon_follows_the_organisation(signed_in, cloud, engine, feed_id):
    cloud.bills = {day_of(LAST, 1): use(count=2)}
    port = free_port()
    config = signed_in.config([feed_of(cloud, feed_id, every="1s")], extra={"http": {"listen": f"127.0.0.1:{port}"}})
    with Daemon(signed_in, config) as daemon:
        until(lambda: engine.call("GET", "/_alias/billow-charges")[0] == 200 and len(engine.charges(feed_id)) == 2, "two charges")
        cloud.bills[day_of(LAST, 2)] = use("7", count=3)
        until(lambda: len(engine.charges(feed_id)) == 5, "five charges after a late day")
        until(lambda: engine.health(feed_id)["Health"] == "ok", "the feed is well")
        assert cloud.api_key not in daemon.get(f"http://127.0.0.1:{port}/metrics")[1]
        assert daemon.stop() == 0
    assert cloud.api_key not in daemon.log_path.read_text()
    expect(cloud, engine, feed_id)
