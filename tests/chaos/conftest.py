"""An engine, and scenarios of a test's own."""
import os
import random

import pytest

import paths
from engine import shared_engine
from programs import has
from scenario import Scenario
from statements import Author
from tally import Tally


@pytest.fixture(scope="session")
def engine():
    with shared_engine(paths.ROOT) as engine:
        yield engine


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
