"""Reads buckets of an S3 emulator that verifies every signature, through the program store_tool.

BILLOW_STORE_TOOL names it, otherwise the build folders are searched.
"""
import hashlib
import os
import pathlib
import random
import subprocess
import urllib.parse

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ODD_KEYS = ["plain", "with space", "a+b", "ü/日本/😀", "a//b", "a/../b", "./c", "50%", "%2F", "q?x=1&y=2", "#hash", "quote'\"",
            "<xml>&amp;", "tab\tand", "BILLING_PERIOD=2026-06/E-00001.csv.gz", "~-_.", "a*b(c)!", "trailing/", "back\\slash"]


def find_tool():
    named = os.environ.get("BILLOW_STORE_TOOL")
    if named:
        return named
    found = sorted(ROOT.glob("build/*/tests/unit/fetch/store_tool"), key=lambda path: path.stat().st_mtime)
    if not found:
        pytest.skip("store_tool is not built")
    return str(found[-1])


def read_bucket(s3, bucket, prefix="", more=(), **variables):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AWS_REGION": "eu-central-1",
                   "AWS_EC2_METADATA_DISABLED": "true", **s3.credentials(), **variables}
    return subprocess.run([find_tool(), bucket, prefix, s3.url, *more], env=environment, capture_output=True, text=True,
                          timeout=120)


def seen(result):
    assert result.returncode == 0, result.stderr
    lines = [line.split(" ") for line in result.stdout.splitlines()]
    return {urllib.parse.unquote(key): (int(size), etag, digest) for key, size, etag, digest in lines}


def put(s3, bucket, key, body):
    etag = s3.client.put_object(Bucket=bucket, Key=key, Body=body)["ETag"].strip('"')
    return len(body), etag, hashlib.sha256(body).hexdigest()


def test_odd_keys_are_signed_listed_and_read(s3, bucket):
    rng = random.Random(7)
    expected = {key: put(s3, bucket, key, rng.randbytes(rng.randrange(50_000))) for key in ODD_KEYS}
    assert seen(read_bucket(s3, bucket)) == expected
    assert set(seen(read_bucket(s3, bucket, "a"))) == {key for key in ODD_KEYS if key.startswith("a")}


def test_a_listing_has_all_its_pages(s3, bucket):
    expected = {f"p/{n:05d}": put(s3, bucket, f"p/{n:05d}", b"%d" % n) for n in range(2 * s3.page_keys + 10)}
    assert seen(read_bucket(s3, bucket, "p/")) == expected


def test_an_object_of_several_parts_is_read_whole(s3, bucket):
    parts = [os.urandom(5 * 1024 * 1024), os.urandom(5 * 1024 * 1024), b"the end"]
    upload = s3.client.create_multipart_upload(Bucket=bucket, Key="large")["UploadId"]
    etags = [{"PartNumber": n, "ETag": s3.client.upload_part(Bucket=bucket, Key="large", UploadId=upload, PartNumber=n,
                                                             Body=part)["ETag"]} for n, part in enumerate(parts, 1)]
    s3.client.complete_multipart_upload(Bucket=bucket, Key="large", UploadId=upload, MultipartUpload={"Parts": etags})
    size, etag, digest = seen(read_bucket(s3, bucket))["large"]
    assert (size, digest) == (sum(map(len, parts)), hashlib.sha256(b"".join(parts)).hexdigest())
    assert etag.endswith("-3")


def test_a_role_is_assumed_with_an_external_id(s3, bucket):
    expected = {"k": put(s3, bucket, "k", b"body")}
    role = s3.make_role("r-" + bucket)
    assert seen(read_bucket(s3, bucket, more=[role, "external"])) == expected


@pytest.mark.parametrize("variables, code", [({"AWS_SECRET_ACCESS_KEY": "hunter2"}, "SignatureDoesNotMatch"),
                                             ({"AWS_ACCESS_KEY_ID": "AKIANOBODY"}, "InvalidAccessKeyId")])
def test_wrong_keys_are_told_without_secrets(s3, bucket, variables, code):
    refused = read_bucket(s3, bucket, **variables)
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"unauthorized: s3://{bucket}: 403 {code}")
    for secret in ("hunter2", s3.secret_key):
        assert secret not in refused.stderr


def test_a_bucket_that_does_not_exist_is_a_matter_of_configuration(s3):
    refused = read_bucket(s3, "no-such-bucket-anywhere")
    assert refused.returncode == 1
    assert refused.stderr.startswith("bad_config: s3://no-such-bucket-anywhere: 404 NoSuchBucket")
