"""A wrong configuration: exit code 2, everything that is wrong at once, each with its place, and no secret."""
import json
import re

import pytest

GOOD = """\
elasticsearch:
  url: http://127.0.0.1:9200
feeds:
  - id: aws-main
    kind: aws/cur2
    location: file:///nowhere
    export: E
"""


@pytest.fixture
def program(tmp_path):
    """The program without any engine."""
    import os
    from billow_process import Billow
    from conftest import ROOT
    return Billow(os.environ.get("BILLOW_BIN", ROOT / "build" / "asan" / "billow"), "http://127.0.0.1:1", tmp_path)


def offline(program, text, check):
    path = program.folder / "billow.yml"
    path.write_text(text)
    return program.run("check", "--offline", "-c", path, check=check)


def test_a_good_file_is_called_valid(program):
    assert "valid, 1 feed" in offline(program, GOOD, 0).stdout


def test_everything_wrong_is_told_at_once_with_its_place(program):
    text = GOOD.replace("url:", "urls:").replace("aws/cur2", "aws/cur").replace("export: E", "every: 15")
    told = offline(program, text, 2)
    lines = told.stderr.splitlines()
    file = program.folder / "billow.yml"
    assert [line.split(": ")[0] for line in lines] == [f"{file}:{place}" for place in
                                                       ("2:3", "2:3", "4:5", "5:11", "7:12")]
    assert "elasticsearch.urls: is unknown; did you mean url?" in told.stderr
    assert "feeds[0].kind: is 'aws/cur', which is unknown; expected aws/cur2, aws/focus or elastic-cloud/costs" in told.stderr
    assert "feeds[0]: has no 'export'" in told.stderr
    assert told.stdout == ""


@pytest.mark.parametrize("command", [["check"], ["sync"], ["serve"], ["report"], ["setup"]])
def test_every_command_ends_with_2_when_the_configuration_is_wrong(program, command):
    (program.folder / "bad.yml").write_text("elasticsearch: []\n")
    told = program.run(*command, "-c", program.folder / "bad.yml", check=2)
    assert "bad.yml:1:16: elasticsearch: is a list; expected a block of keys" in told.stderr


@pytest.mark.parametrize("command", [["check"], ["sync"], ["serve"], ["report"], ["setup"]])
def test_a_missing_file_is_one_clear_error(program, command):
    told = program.run(*command, "-c", "/nowhere/billow.yml", check=2)
    assert told.stderr == "/nowhere/billow.yml: cannot be read: No such file or directory\n"


def test_without_a_file_it_says_where_it_looked(program):
    told = program.run("check", check=2)
    assert "./billow.yml" in told.stderr and "/etc/billow/billow.yml" in told.stderr and "BILLOW_CONFIG" in told.stderr


def test_the_environment_and_the_folder_name_the_file(program):
    (program.folder / "elsewhere.yml").write_text(GOOD)
    program.environment["BILLOW_CONFIG"] = str(program.folder / "elsewhere.yml")
    assert "elsewhere.yml: configuration is valid" in program.run("check", "--offline", check=0).stdout
    del program.environment["BILLOW_CONFIG"]
    (program.folder / "billow.yml").write_text(GOOD)
    assert "billow.yml: configuration is valid" in program.run("check", "--offline", check=0).stdout


@pytest.mark.parametrize("secret", ["  api_key: hunter2\n", "  username: u\n  password: hunter2\n"])
def test_a_secret_in_the_file_is_refused_and_not_repeated(program, secret):
    told = offline(program, GOOD.replace("feeds:", secret + "feeds:"), 2)
    assert "{ env: NAME } or { file: /path }" in told.stderr
    assert "hunter2" not in told.stderr + told.stdout


S3_FEED = "kind: aws/cur2\n    location: s3://bucket\n    export: E\n    s3: {{ endpoint: {} }}\n"
CLOUD_FEED = "kind: elastic-cloud/costs\n    organization: 1\n    since: 2026-01\n    elastic_cloud: {{ endpoint: {} }}\n"


@pytest.mark.parametrize("place, url", [
    ("elasticsearch:\n  url: {}\n", "https://elastic:hunter2@es.example:9200"),
    ("elasticsearch:\n  url: {}\n", "https://elastic:hun/ter2@es.example:9200"),
    ("elasticsearch:\n  url: {}\n", "https://elastic:hun@ter2@es.example:9200"),
    ("elasticsearch:\n  url: {}\n", "elastic:hun/ter2@es.example:9200"),
    ("elasticsearch: {}\n", "https://elastic:hun/ter2@es.example"),
    ("http: {{ listen: {} }}\n", "https://elastic:hun/ter2@es.example"),
    (S3_FEED, "http://minioadmin:hunter2@s3.example:9000"),
    (S3_FEED, "http://minioadmin:hun/ter2@s3.example:9000"),
    (S3_FEED.replace("endpoint", "sts_endpoint"), "http://minioadmin:hun/ter2@sts.example"),
    ("    location: {}\n", "s3://AKIA1:hun/ter2@bucket/x"),
    ("    location: {}\n", "ftp://AKIA1:hunter2@bucket/x"),
    (CLOUD_FEED, "https://cloud.example/x?key=hunter2"),
    (CLOUD_FEED, "https://elastic:hun/ter2@cloud.example"),
])
def test_a_password_in_a_url_is_refused_and_not_repeated(program, place, url):
    key = place.split(":")[0].strip()
    blocks = {"elasticsearch": GOOD.split("feeds:")[0], "location": "    location: file:///nowhere\n",
              "kind": GOOD[GOOD.index("kind:"):], "http": "feeds:\n"}
    text = place.format(repr(url)) + ("feeds:\n" if key == "http" else "")
    told = offline(program, GOOD.replace(blocks[key], text), 2)
    assert not re.search("hun|ter2", told.stderr + told.stdout), told.stderr


def test_a_secret_that_is_not_there_is_named(program):
    text = GOOD.replace("feeds:", "  api_key: { env: BILLOW_TEST_NO_SUCH_KEY }\nfeeds:")
    offline(program, text, 0)
    for command in ("check", "sync", "setup", "report", "serve"):
        told = program.run(command, "-c", program.folder / "billow.yml", check=2)
        assert "BILLOW_TEST_NO_SUCH_KEY" in told.stderr


@pytest.mark.parametrize("files", ["ca_file: /no/such.pem", "ca_file: {config}", "certificate_file: /no/such.pem\n  key_file: /no/such.pem"])
def test_a_certificate_that_cannot_be_used_is_named(program, files):
    path = program.folder / "billow.yml"
    files = files.format(config=path)
    offline(program, GOOD.replace("http://", "https://").replace("feeds:", f"  {files}\nfeeds:"), 0)
    for command in ("check", "sync", "setup", "report", "serve"):
        told = program.run(command, "-c", path, check=2)
        assert f"elasticsearch: cannot use {files.split(': ')[1].splitlines()[0]}" in told.stderr


def test_two_feeds_of_the_same_export_are_refused(program):
    text = GOOD + GOOD.split("feeds:\n")[1].replace("aws-main", "again").replace("/nowhere", "/nowhere/")
    assert "reads the same export as feeds[0]" in offline(program, text, 2).stderr


def test_json_is_a_configuration_too(program):
    settings = {"elasticsearch": {"url": "http://127.0.0.1:9200"},
                "feeds": [{"id": "a", "kind": "aws/focus", "location": "s3://bucket", "export": "E",
                           "s3": {"path_style": True, "endpoint": "http://127.0.0.1:9000"}}]}
    offline(program, json.dumps(settings), 0)
