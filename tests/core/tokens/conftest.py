"""A simulated chain and an empty store for each test."""

import pytest
from tests.core.tokens.scans import empty_store
from tests.core.tokens.simulator import Simulator

from indelible.testing.stores import AnyStore


@pytest.fixture
def chain() -> Simulator:
    return Simulator()


@pytest.fixture
def store() -> AnyStore:
    return empty_store()
