"""What the end-to-end tests stand on: the real program, a real Elasticsearch, and an S3 emulator that checks
signatures. Everything listens on 127.0.0.1 and is ended by process id."""
import os
import pathlib
import shutil
import sys
import uuid

import pytest
from xdist.scheduler import LoadFileScheduling

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from audit_store import Store  # noqa: E402
from billow_process import Billow  # noqa: E402
from elastic_cloud_emulator import ElasticCloudEmulator  # noqa: E402
from engine import LocalEngine, shared_engine  # noqa: E402
from s3_emulator import S3Emulator  # noqa: E402
from secured_engine import secured_engine  # noqa: E402


# Starting an engine takes as long as a dozen tests. Files of a group share one that no other test uses, so that they are
# run one after another by one worker; they take longest and come first. Two groups alone, since one would last longer
# than all the rest.
ALONE = ("alone", "alone too")
GROUPS = {
    ALONE[0]: ["test_audit", "test_golden_templates", "test_intruders", "test_upgrade", "test_vanished"],
    ALONE[1]: ["test_audit_charges", "test_audit_document", "test_audit_show", "test_reconcile", "test_own_engine", "test_demo"],
    "secured": ["test_roles", "test_security"],
    "upgraded": ["test_elasticsearch_9"],
}
GROUP_OF = {file: group for group, files in GROUPS.items() for file in files}
LONGEST_FIRST = [*GROUP_OF, "test_elastic_cloud", "test_failures", "test_transforms", "test_rollups", "test_restatement", "test_daemons"]


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LONGEST_FIRST.index(item.path.stem) if item.path.stem in LONGEST_FIRST else len(LONGEST_FIRST))


class ByGroup(LoadFileScheduling):
    """Deals the groups to the workers, in the order of their tests."""

    def _split_scope(self, nodeid):
        file = pathlib.PurePath(nodeid.split("::")[0]).stem
        return GROUP_OF.get(file, file)


def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False
    return ByGroup(config, log)


@pytest.fixture(scope="session")
def shared():
    """Sample bills of others; they lie beside the checkout, not in it."""
    folder = ROOT.parent / "shared"
    if not (folder / "samples").is_dir():
        pytest.skip("no folder ../shared with sample bills")
    return folder


@pytest.fixture(scope="session")
def common_engine():
    with shared_engine(ROOT) as engine:
        yield engine


@pytest.fixture(scope="session")
def lonely_engine():
    """For tests that must be alone in a cluster: they write its audit chain anew, make it empty, or kill it."""
    with LocalEngine(ROOT) as engine:
        yield engine


@pytest.fixture(scope="module")
def engine(request):
    alone = GROUP_OF.get(request.path.stem) in ALONE
    return request.getfixturevalue("lonely_engine" if alone else "common_engine")


@pytest.fixture(scope="session")
def secured(tmp_path_factory):
    with secured_engine(tmp_path_factory.mktemp("roles")) as engine:
        yield engine


@pytest.fixture(scope="session")
def s3():
    with S3Emulator() as emulator:
        yield emulator


@pytest.fixture
def bucket(s3):
    return s3.make_bucket("b" + uuid.uuid4().hex[:12])


@pytest.fixture
def cloud():
    with ElasticCloudEmulator() as emulator:
        yield emulator
        assert emulator.early == [], "days were asked for before they were over"


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
def store(billow, engine, folder, feed_id, request):
    """A feed with an audit chain of its own."""
    assert request.path.stem in GROUP_OF, "the chain of an engine is written anew: name the file in GROUPS"
    made = Store(billow, engine, folder, feed_id)
    yield made
    engine.call("DELETE", f"/{made.index}*")
