"""An engine, and scenarios of a test's own."""
import os
import random

import pytest

import paths
from engine import LocalEngine
from programs import has
from scenario import Scenario
from statements import Author
from tally import Tally


@pytest.fixture(scope="session")
def engine():
    """Of our own, since it has one audit chain, and other tests tamper with theirs."""
    with LocalEngine(paths.ROOT) as engine:
        yield engine


@pytest.fixture
def tally():
    return Tally(audit=has("verify", "audit"), leases=has("lease", "serve"))


@pytest.fixture
def author():
    return Author(random.Random(1))


@pytest.fixture
def scenario(engine, tally, request):
    with Scenario(engine, f"t{abs(hash(request.node.name)) % 10 ** 8}", os.getpid(), tally) as scenario:
        yield scenario
