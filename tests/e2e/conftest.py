"""What the end-to-end tests stand on: the real program, a real Elasticsearch, and an S3 emulator that checks
signatures. Everything listens on 127.0.0.1 and is ended by process id."""
import os
import pathlib
import shutil
import sys
import uuid

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from audit_store import Store  # noqa: E402
from billow_process import Billow  # noqa: E402
from engine import shared_engine  # noqa: E402
from s3_emulator import S3Emulator  # noqa: E402


@pytest.fixture(scope="session")
def shared():
    """Sample bills of others; they lie beside the checkout, not in it."""
    folder = ROOT.parent / "shared"
    if not (folder / "samples").is_dir():
        pytest.skip("no folder ../shared with sample bills")
    return folder


@pytest.fixture(scope="session")
def engine():
    with shared_engine(ROOT) as engine:
        yield engine


@pytest.fixture(scope="session")
def s3():
    with S3Emulator() as emulator:
        yield emulator


@pytest.fixture
def bucket(s3):
    return s3.make_bucket("b" + uuid.uuid4().hex[:12])


@pytest.fixture
def feed_id(engine):
    """A feed of the test's own, so that tests do not see each other's charges. Its indices go with it: each one that
    stays makes the next one slower to create."""
    feed = "t-" + uuid.uuid4().hex[:10]
    yield feed
    found = engine.call("GET", f"/_cat/indices/billow-*-{feed}-*?h=index&expand_wildcards=all")[1]
    # Not billow-state, which is found by its alias for the feed.
    indices = [index for index in found.split() if feed in index] if isinstance(found, str) else []
    if indices:
        engine.call("DELETE", "/" + ",".join(indices))


@pytest.fixture
def billow(engine, tmp_path):
    """The program, configured for the shared engine."""
    return Billow(os.environ.get("BILLOW_BIN", ROOT / "build" / "asan" / "billow"), engine.url, tmp_path)


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "bucket"
    path.mkdir()
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def store(billow, engine, folder, feed_id):
    """A feed with an audit chain of its own."""
    made = Store(billow, engine, folder, feed_id)
    yield made
    engine.call("DELETE", f"/{made.index}*")
