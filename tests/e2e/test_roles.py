"""The roles of es-templates/role: each is enough for its work, and no privilege in it is one too many. The engine here
takes roles as a file, since it lacks what the API for roles stands on."""
import os

import pytest

from audit_chain import Chain
from bill_folder import assert_same_charges, expected_of_folder, usage_row, write_export
from billow_process import Billow
from conftest import ROOT
from secured_engine import AUDITOR_LACKS, PASSWORD, SETUP_LACKS, WRITER_LACKS, seen_by


@pytest.fixture
def program(secured, tmp_path):
    program = Billow(os.environ.get("BILLOW_BIN", ROOT / "build" / "asan" / "billow"), secured.url, tmp_path)
    program.environment = {"ES_PASSWORD": PASSWORD}
    return program


@pytest.fixture
def feed(folder, feed_id):
    write_export(folder, [usage_row(n, 1 + n % 5, f"{n}.25") for n in range(50)])
    return {"id": feed_id, "kind": "aws/cur2", "location": f"file://{folder}", "export": "E"}


def signed_in(program, feed, user, **settings):
    return program.config([feed], {"username": user, "password": {"env": "ES_PASSWORD"}, **settings}, name=f"{user}.yml")


def forget_setup(program, secured, feed):
    program.run("setup", "--remove", "-c", signed_in(program, feed, "billow"), check=0)
    secured.call("DELETE", "/billow-state")


def test_the_roles_do_their_work(program, secured, feed, folder):
    forget_setup(program, secured, feed)
    program.run("setup", "-c", signed_in(program, feed, "billow_setup"), check=0)
    again = program.run("setup", "-c", signed_in(program, feed, "billow_setup"), check=0)
    assert "create" not in again.stdout and "upgrade" not in again.stdout
    program.sync(signed_in(program, feed, "billow_writer", setup="manual"))
    expected, _ = expected_of_folder(folder)
    found = seen_by(secured, "billow_reader").ok("POST", "/billow-charges/_search", {"size": 1000})
    assert_same_charges(expected, [hit["_source"] for hit in found["hits"]["hits"] if hit["_source"]["x_FeedId"] == feed["id"]])
    program.run("report", "-c", signed_in(program, feed, "billow_auditor"), check=0)


def test_readers_see_what_is_published_and_change_nothing(program, secured, feed):
    program.run("setup", "-c", signed_in(program, feed, "billow"), check=0)
    program.sync(signed_in(program, feed, "billow"))
    reader, index = seen_by(secured, "billow_reader"), f"billow-charges-{feed['id']}-2026-06"
    for path in (f"/{index}/_search", "/billow-audit/_search", "/billow-state/_search", "/billow-dead-letters/_search"):
        assert reader.call("GET", path)[0] == 403, path
    for user in ("billow_reader", "billow_auditor"):
        someone = seen_by(secured, user)
        assert someone.call("POST", f"/{index}/_doc", {"x": 1})[0] == 403
        assert someone.call("POST", "/billow-deliveries/_doc", {"x": 1})[0] == 403
        assert someone.call("DELETE", f"/{index}")[0] == 403
        assert someone.call("POST", "/_aliases", {"actions": [{"remove": {"index": index, "alias": "billow-charges"}}]})[0] == 403


@pytest.mark.parametrize("user, command, index", [
    ("reader", "report", "billow-charges"),
    ("reader", "dead-letters", "billow-dead-letters"),
    ("billow_reader", "dead-letters", "billow-dead-letters"),
])
def test_who_may_not_look_is_not_told_that_there_is_nothing(program, secured, feed, user, command, index):
    program.run("setup", "-c", signed_in(program, feed, "billow"), check=0)
    program.sync(signed_in(program, feed, "billow"))
    done = program.run(command, "-c", signed_in(program, feed, user), check=1, timeout=60)
    assert f"unauthorized for user [{user}]" in done.stderr and index in done.stderr


def test_a_reader_gets_the_same_report_as_an_auditor(program, secured, feed):
    program.run("setup", "-c", signed_in(program, feed, "billow"), check=0)
    program.sync(signed_in(program, feed, "billow"))
    reports = [program.run("report", "--feed", feed["id"], "-c", signed_in(program, feed, user), check=0).stdout
               for user in ("billow_auditor", "billow_reader")]
    assert reports[0] == reports[1] and "50" in reports[0]


def test_a_reader_who_may_not_ask_the_chain_is_told_that_a_report_is_incomplete(program, secured, feed):
    program.run("setup", "-c", signed_in(program, feed, "billow"), check=0)
    program.sync(signed_in(program, feed, "billow"))
    [shown] = secured.ok("GET", f"/billow-charges-{feed['id']}-2026-06/_alias/billow-charges").values()
    record = shown["aliases"]["billow-charges"]["filter"]["bool"]["_name"]
    secured.ok("DELETE", f"/billow-deliveries/_doc/{record}?refresh=true")
    words = ["report", "--feed", feed["id"], "--by", "day", "-c"]
    try:
        assert "Total, exact" in program.run(*words, signed_in(program, feed, "billow_auditor"), check=0).stdout
        told = program.run(*words, signed_in(program, feed, "billow_reader"), check=1)
        assert "no record tells their totals" in told.stdout and f"no record '{record}'" in told.stderr
    finally:
        secured.ok("DELETE", f"/billow-charges-{feed['id']}-2026-06")  # others look at all feeds of this engine


@pytest.mark.parametrize("role", SETUP_LACKS)
def test_setup_needs_each_of_its_privileges(program, secured, feed, role):
    forget_setup(program, secured, feed)
    done = program.run("setup", "-c", signed_in(program, feed, role), check=1, timeout=60)
    assert f"unauthorized for user [{role}]" in done.stdout + done.stderr


@pytest.mark.parametrize("role", WRITER_LACKS)
def test_the_writer_needs_each_of_its_privileges(program, secured, feed, role):
    program.run("setup", "-c", signed_in(program, feed, "billow"), check=0)
    done = program.sync(signed_in(program, feed, role, setup="manual"), check=1, timeout=60)
    assert f"unauthorized for user [{role}]" in done.stdout + done.stderr


@pytest.fixture(scope="module")
def audited(secured, tmp_path_factory):
    """A feed that was published twice, and its chain; no more is written to it."""
    folder = tmp_path_factory.mktemp("audited")
    program = Billow(os.environ.get("BILLOW_BIN", ROOT / "build" / "asan" / "billow"), secured.url, folder)
    program.environment = {"ES_PASSWORD": PASSWORD}
    feed = {"id": "audited", "kind": "aws/cur2", "location": f"file://{folder}", "export": "E"}
    config = signed_in(program, feed, "billow")
    program.run("setup", "-c", config, check=0)
    Chain(secured).begin()
    for execution, cost in (("e1", "1.25"), ("e2", "2.5")):
        write_export(folder, [usage_row(n, 1 + n % 5, cost if n % 5 == 2 else "1.25") for n in range(50)], execution=execution)
        program.sync(config)
    return program, feed


AUDITS = {"audit verify": ("--deep",), "audit show": ("--period", "2026-06"), "report": (), "reconcile": ("--period", "2026-06", "--invoice", "75", "USD")}


def audit(audited, user, command):
    program, feed = audited
    return program.run(*command.split(), "-c", signed_in(program, feed, user), "--feed", feed["id"], *AUDITS[command], timeout=60)


@pytest.mark.parametrize("command", AUDITS)
def test_an_auditor_may_do_what_the_role_is_for(audited, command):
    done = audit(audited, "billow_auditor", command)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("role", AUDITOR_LACKS)
def test_the_auditor_needs_each_of_its_privileges(audited, role):
    refused = {command: audit(audited, role, command) for command in AUDITS}
    assert all(done.returncode in (0, 1) for done in refused.values())
    told = [command for command, done in refused.items()
            if done.returncode == 1 and f"unauthorized for user [{role}]" in done.stdout + done.stderr]
    assert told == [command for command, done in refused.items() if done.returncode == 1], "who is refused is told so"
    assert "reconcile" in told and "audit verify" in told


def test_setup_writes_its_requests_for_others_to_send(program, secured, feed, tmp_path):
    forget_setup(program, secured, feed)
    nowhere = program.config([feed], {"url": "http://127.0.0.1:9"}, name="nowhere.yml")
    program.run("setup", "--output", tmp_path / "requests", "-c", nowhere, check=0)
    for line in (tmp_path / "requests" / "requests.txt").read_text().splitlines():
        method, path, *file = line.split()
        if "_ilm" in path or "lifecycle" in path:
            continue
        secured.ok(method, path, (tmp_path / "requests" / file[0]).read_text() if file else None)
    planned = program.run("setup", "--dry-run", "-c", signed_in(program, feed, "billow"), check=0).stdout
    assert "unchanged" in planned and "create" not in planned and "upgrade" not in planned


def test_removal_leaves_the_data(program, secured, feed):
    config = signed_in(program, feed, "billow")
    program.sync(config)
    program.run("setup", "--remove", "-c", config, check=0)
    assert secured.call("GET", "/_index_template/billow*")[1].get("index_templates", []) == []
    assert secured.call("GET", "/_component_template/billow*")[1].get("component_templates", []) == []
    assert len(secured.charges(feed["id"])) == 50
    assert "unchanged" in program.sync(config).stdout, "the next pass sets up again and finds its bill"


def test_a_dry_run_shows_what_an_upgrade_changes(program, secured, feed):
    config = signed_in(program, feed, "billow")
    program.run("setup", "-c", config, check=0)
    secured.ok("PUT", "/_component_template/billow-charges-settings",
               {"version": 0, "template": {"settings": {"index": {"refresh_interval": "7s"}}}})
    shown = program.run("setup", "--dry-run", "-c", config, check=0).stdout
    assert "refresh_interval: 7s -> 30s" in shown
    assert secured.ok("GET", "/_component_template/billow-charges-settings")["component_templates"][0]["component_template"]["version"] == 0
    program.run("setup", "-c", config, check=0)
    assert "upgrade" not in program.run("setup", "--dry-run", "-c", config, check=0).stdout
