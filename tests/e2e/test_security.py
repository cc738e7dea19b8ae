"""An Elasticsearch with security on: who may do what, and what a person is told who may not."""
import os

import pytest

from bill_folder import assert_same_charges, expected_of_folder, usage_row, write_export
from billow_process import Billow
from conftest import ROOT
from secured_engine import BODY_BYTES_MAX, PASSWORD
from tls_door import TlsDoor, make_certificate


@pytest.fixture
def program(secured, tmp_path):
    program = Billow(os.environ.get("BILLOW_BIN", ROOT / "build" / "asan" / "billow"), secured.url, tmp_path)
    program.environment = {"ES_PASSWORD": PASSWORD, "WRONG": "wrong password", "WRONG_KEY": "id:wrong-key"}
    return program


@pytest.fixture
def bill(folder, feed_id):
    write_export(folder, [usage_row(n, 1 + n % 28, f"{n}.25") for n in range(200)])
    return {"id": feed_id, "kind": "aws/cur2", "location": f"file://{folder}", "export": "E"}


def by_password(user, variable="ES_PASSWORD"):
    return {"username": user, "password": {"env": variable}}


def test_the_documented_role_is_enough(program, secured, bill, folder):
    program.sync(program.config([bill], by_password("keeper")))
    expected, _ = expected_of_folder(folder)
    assert_same_charges(expected, secured.charges(bill["id"]))
    program.run("report", "-c", program.config([bill], by_password("keeper")), check=0)


@pytest.mark.parametrize("sign_in, told", [
    (by_password("keeper", "WRONG"), "unable to authenticate user [keeper]"),
    (by_password("nobody"), "unable to authenticate user [nobody]"),
    ({"api_key": {"env": "WRONG_KEY"}}, "401"),
    ({}, "missing authentication credentials"),
    (by_password("reader"), "unauthorized for user [reader]"),
])
@pytest.mark.parametrize("command", ["sync", "setup", "report"])
def test_a_refusal_is_told_at_once_and_keeps_the_secret(program, bill, command, sign_in, told):
    done = program.run(command, "-c", program.config([bill], sign_in), check=1, timeout=60)
    text = done.stdout + done.stderr
    assert told in text
    assert not [secret for secret in program.environment.values() if secret in text]


def test_check_tells_who_is_refused(program, bill):
    done = program.run("check", "-c", program.config([bill], by_password("keeper", "WRONG")), check=1)
    assert "unable to authenticate user [keeper]" in done.stdout + done.stderr


def test_a_password_file_that_others_may_read_is_warned_of(program, bill, tmp_path):
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    config = program.config([bill], {"username": "keeper", "password": {"file": str(secret)}})
    secret.chmod(0o640)
    assert f"{secret} can be read by others" in program.sync(config).stderr
    secret.chmod(0o600)
    assert "can be read by others" not in program.sync(config).stderr


def test_tls_needs_the_authority_that_signed(program, secured, bill, tmp_path):
    certificate, key = make_certificate(tmp_path, "engine")
    stranger, _ = make_certificate(tmp_path, "stranger")
    with TlsDoor(int(secured.url.rsplit(":", 1)[1]), certificate, key) as door:
        settings = {"url": door.url, **by_password("keeper")}
        program.sync(program.config([bill], {**settings, "ca_file": str(certificate)}))
        for other in ({"ca_file": str(stranger)}, {}):
            refused = program.sync(program.config([bill], {**settings, **other}), check=1)
            assert "the certificate of 127.0.0.1" in refused.stdout + refused.stderr


def test_tls_needs_a_certificate_of_that_address(program, secured, bill, tmp_path):
    certificate, key = make_certificate(tmp_path, "elsewhere", "127.0.0.2")
    with TlsDoor(int(secured.url.rsplit(":", 1)[1]), certificate, key) as door:
        settings = {"url": door.url, "ca_file": str(certificate), **by_password("keeper")}
        refused = program.sync(program.config([bill], settings), check=1)
        assert "the certificate of 127.0.0.1" in refused.stdout + refused.stderr


def test_bodies_larger_than_the_engine_takes_are_halved(program, secured, bill, folder):
    write_export(folder, [usage_row(n, 1 + n % 28, f"{n % 97}.{n:06d}") for n in range(8000)])
    program.sync(program.config([bill], {"bulk": {"size": "4MiB"}, **by_password("keeper")}))
    assert secured.count(f"billow-charges-{bill['id']}-2026-06") == 8000
    secured_bytes = sum(len(str(hit["_source"])) for hit in secured.hits("billow-charges", bill["id"]))
    assert secured_bytes > 4 * BODY_BYTES_MAX, "the bill is too small to show anything"
