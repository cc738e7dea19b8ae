"""The same bills from an S3 emulator that verifies every signature."""
import time

import pytest

from bill_folder import assert_same_charges, expected_of_folder, usage_row, write_export


def feed_of(s3, feed_id, bucket, location="", **more):
    settings = {"region": "eu-central-1", "endpoint": s3.url, "path_style": True, **more}
    return {"id": feed_id, "kind": "aws/cur2", "location": f"s3://{bucket}{location}", "export": "E", "s3": settings}


@pytest.fixture
def signed(billow, s3):
    billow.environment.update(s3.credentials())
    return billow


def test_an_export_in_a_bucket_becomes_its_charges(signed, s3, engine, folder, bucket, feed_id):
    rows = [usage_row(n, 1 + n % 30, f"0.{n:010d}") for n in range(3000)]
    write_export(folder, rows, files=4)
    s3.upload(bucket, folder)
    signed.sync(signed.config([feed_of(s3, feed_id, bucket, "/P")]))
    expected, _ = expected_of_folder(folder)
    assert_same_charges(expected, engine.charges(feed_id))


def test_stale_chunks_beside_the_manifest_are_not_read(signed, s3, engine, folder, bucket, feed_id):
    write_export(folder, [usage_row(n, 1, "1") for n in range(8)], files=4)
    s3.upload(bucket, folder)
    write_export(folder, [usage_row(n, 1, "1") for n in range(6)], files=2, execution="e2")
    s3.upload(bucket, folder)
    names = [o["Key"] for o in s3.client.list_objects_v2(Bucket=bucket)["Contents"]]
    assert len([n for n in names if n.endswith(".csv.gz")]) == 4
    signed.sync(signed.config([feed_of(s3, feed_id, bucket, "/P")]))
    assert len(engine.charges(feed_id)) == 6


def line_ids(engine, feed_id):
    return sorted(charge["x_LineItemId"] for charge in engine.charges(feed_id))


def test_an_overwrite_is_not_read_before_it_has_its_manifest(signed, s3, engine, folder, bucket, feed_id):
    rows = [usage_row(n) for n in range(6)]
    write_export(folder, rows, files=2)
    s3.upload(bucket, folder)
    config = signed.config([feed_of(s3, feed_id, bucket, "/P")])
    signed.sync(config)
    time.sleep(1.1)  # Last-Modified has whole seconds
    # The same lines, cut otherwise: beside a file of before, some would come twice.
    write_export(folder, rows[1:] + rows[:1], files=2, execution="e2")
    first = next(folder.rglob("E-00001.csv.gz"))
    s3.client.put_object(Bucket=bucket, Key=str(first.relative_to(folder)), Body=first.read_bytes())
    waiting = signed.sync(config)
    assert "the next delivery is being written" in waiting.stderr
    assert line_ids(engine, feed_id) == [f"id{n}" for n in range(6)]
    assert "some files are younger than it" in signed.run("check", "-c", config).stdout
    s3.upload(bucket, folder)
    assert "being written" not in signed.sync(config).stderr
    assert line_ids(engine, feed_id) == [f"id{n}" for n in range(6)]
    assert {record["ExecutionId"] for record in engine.delivery_records(feed_id) if record["State"] == "published"} == {"e2"}


def test_a_wrong_key_is_told_and_changes_nothing(signed, s3, engine, folder, bucket, feed_id):
    write_export(folder, [usage_row(1)])
    s3.upload(bucket, folder)
    config = signed.config([feed_of(s3, feed_id, bucket, "/P")])
    signed.sync(config)
    signed.environment["AWS_SECRET_ACCESS_KEY"] = "not-the-secret"
    refused = signed.sync(config, check=1)
    said = refused.stdout + refused.stderr
    assert "SignatureDoesNotMatch" in said and bucket in said
    assert "not-the-secret" not in said
    assert len(engine.charges(feed_id)) == 1


def test_missing_credentials_name_what_was_tried(billow, s3, bucket, feed_id):
    refused = billow.sync(billow.config([feed_of(s3, feed_id, bucket, "/P")]), check=1)
    said = refused.stdout + refused.stderr
    assert "AWS_ACCESS_KEY_ID" in said


def test_a_missing_manifest_says_what_was_looked_for(signed, s3, bucket, feed_id):
    refused = signed.sync(signed.config([feed_of(s3, feed_id, bucket, "/nothing/here")]), check=1)
    said = refused.stdout + refused.stderr
    assert "Manifest.json" in said and "nothing/here" in said


def test_a_missing_bucket_is_named(signed, s3, feed_id):
    refused = signed.sync(signed.config([feed_of(s3, feed_id, "no-such-bucket-here", "/P")]), check=1)
    assert "no-such-bucket-here" in refused.stdout + refused.stderr


def test_a_data_file_that_is_not_there_withholds_the_delivery(signed, s3, engine, folder, bucket, feed_id):
    keys = write_export(folder, [usage_row(n) for n in range(4)], files=2)
    s3.upload(bucket, folder)
    s3.client.delete_object(Bucket=bucket, Key=keys[1].removeprefix("s3://B/"))
    refused = signed.sync(signed.config([feed_of(s3, feed_id, bucket, "/P")]), check=1)
    assert "E-00002.csv.gz" in refused.stdout + refused.stderr
    assert engine.charges(feed_id) == []


def test_a_role_is_assumed_with_its_external_id(signed, s3, engine, folder, bucket, feed_id):
    write_export(folder, [usage_row(1)])
    s3.upload(bucket, folder)
    role = s3.make_role("reader")
    feed = feed_of(s3, feed_id, bucket, "/P", role_arn=role, external_id="42", sts_endpoint=s3.url)
    signed.sync(signed.config([feed]))
    assert len(engine.charges(feed_id)) == 1


def test_a_profile_of_the_shared_files_is_used(billow, s3, engine, folder, bucket, feed_id, tmp_path):
    write_export(folder, [usage_row(1)])
    s3.upload(bucket, folder)
    shared = tmp_path / "credentials"
    shared.write_text(f"[other]\naws_access_key_id = {s3.access_key}\naws_secret_access_key = {s3.secret_key}\n")
    billow.environment["AWS_SHARED_CREDENTIALS_FILE"] = str(shared)
    billow.sync(billow.config([feed_of(s3, feed_id, bucket, "/P", profile="other")]))
    assert len(engine.charges(feed_id)) == 1


def test_a_listing_of_several_pages_is_read_whole(signed, s3, engine, folder, bucket, feed_id):
    write_export(folder, [usage_row(1)])
    for number in range(2 * s3.page_keys + 10):
        s3.client.put_object(Bucket=bucket, Key=f"P/E/metadata/BILLING_PERIOD=2020-01/old-{number:05d}", Body=b"")
    s3.upload(bucket, folder)
    signed.sync(signed.config([feed_of(s3, feed_id, bucket, "/P")]))
    assert len(engine.charges(feed_id)) == 1
