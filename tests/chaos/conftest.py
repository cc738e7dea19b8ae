"""An engine, and scenarios of a test's own."""
import os
import random

import pytest

import paths
from engine import Engine, LocalEngine
from programs import has
from scenario import Scenario
from statements import Author
from tally import Tally


@pytest.fixture(scope="session")
def engine():
    """BILLOW_TEST_ES_URL names one that runs already."""
    url = os.environ.get("BILLOW_TEST_ES_URL")
    if url:
        yield Engine(url)
        return
    with LocalEngine(paths.ROOT) as local:
        yield local


@pytest.fixture
def tally(engine):
    for path in ("/billow-audit", "/billow-state/_doc/audit-head"):  # other tests tamper with the chain
        engine.call("DELETE", path)
    return Tally(audit=has("verify", "audit"), leases=has("lease", "serve"))


@pytest.fixture
def author():
    return Author(random.Random(1))


@pytest.fixture
def scenario(engine, tally, request):
    with Scenario(engine, f"t{abs(hash(request.node.name)) % 10 ** 8}", os.getpid(), tally) as scenario:
        yield scenario
