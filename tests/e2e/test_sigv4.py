"""Compares our signatures with botocore's over random requests.

Needs the program sign_tool; BILLOW_SIGN_TOOL names it, otherwise the build folders are searched.
"""

import datetime
import json
import os
import pathlib
import random
import subprocess
import urllib.parse

import pytest

botocore_auth = pytest.importorskip("botocore.auth")
from botocore.awsrequest import AWSRequest  # noqa: E402
from botocore.credentials import Credentials  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
REQUESTS = 400
# Words that trip up encoders and normalisers.
WORDS = ["a", "Z9", "with space", "+", "%", "%2F", "~", "-_.", "ü", "日本", "😀", "=", "&", "?", "#", "'", '"', "*", "(", ")",
         "!", "@", ":", ",", ";", "$", "BILLING_PERIOD=2026-06", "..", ".", "\\", "|", "<>", "{}", "[]", "^", "`"]


def find_tool() -> str:
    named = os.environ.get("BILLOW_SIGN_TOOL")
    if named:
        return named
    found = sorted(ROOT.glob("build/*/tests/unit/auth/sign_tool"), key=lambda path: path.stat().st_mtime)
    if not found:
        pytest.skip("sign_tool is not built")
    return str(found[-1])


def random_request(rng: random.Random) -> dict:
    def text(most: int) -> str:
        return "".join(rng.choice(WORDS) for _ in range(rng.randrange(most)))

    key = "/".join(text(4) for _ in range(rng.randrange(1, 6)))  # holds "//" where a segment is empty
    query = [[text(3) or "p", text(3)] for _ in range(rng.randrange(5))]
    query += [[name, text(2)] for name, _ in query[: rng.randrange(2)]]  # repeated names
    headers = [["x-amz-meta-%d" % i, "  %s   b " % rng.choice(["a", "a  b", "c,d"])] for i in range(rng.randrange(3))]
    if rng.random() < 0.3:
        headers.append(["Range", "bytes=%d-" % rng.randrange(1000)])
    return {
        "method": rng.choice(["GET", "PUT", "POST", "HEAD"]),
        "host": rng.choice(["b.s3.amazonaws.com", "s3.eu-west-1.amazonaws.com", "localhost:9000"]),
        "key": key,
        "query": query,
        "headers": headers,
        "body": text(20),
        "service": rng.choice(["s3", "s3", "sts", "ce"]),
        "region": rng.choice(["us-east-1", "eu-central-1"]),
        "time": rng.randrange(1_400_000_000, 2_000_000_000),
        "id": "AKIA%d" % rng.randrange(1000),
        "secret": "".join(rng.choice("ab/+=9") for _ in range(40)),
        "token": rng.choice(["", "T/+=="]),
    }


def signed_by_botocore(request: dict, monkeypatch: pytest.MonkeyPatch) -> str:
    when = datetime.datetime.fromtimestamp(request["time"], datetime.timezone.utc)
    monkeypatch.setattr(botocore_auth, "get_current_datetime", lambda: when)
    url = "https://%s/%s" % (request["host"], urllib.parse.quote(request["key"], safe="/~"))
    if request["query"]:
        url += "?" + "&".join("%s=%s" % (urllib.parse.quote(name, safe="-_.~"), urllib.parse.quote(value, safe="-_.~"))
                              for name, value in request["query"])
    message = AWSRequest(method=request["method"], url=url, data=request["body"].encode(), headers=dict(request["headers"]))
    keys = Credentials(request["id"], request["secret"], request["token"] or None)
    kind = botocore_auth.S3SigV4Auth if request["service"] == "s3" else botocore_auth.SigV4Auth
    kind(keys, request["service"], request["region"]).add_auth(message)
    return message.headers["Authorization"]


def test_signatures_equal_botocores(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(20260601)
    requests = [random_request(rng) for _ in range(REQUESTS)]
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    ours = subprocess.run([find_tool()], input=lines, capture_output=True, text=True, check=True, timeout=60)
    signatures = ours.stdout.splitlines()
    assert len(signatures) == REQUESTS
    for request, signature in zip(requests, signatures):
        assert signature == signed_by_botocore(request, monkeypatch), request
