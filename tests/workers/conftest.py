"""Stores of three kinds with the machine's clock, which decides when leases expire."""

from collections.abc import Generator

import pytest
from tests.conftest import POLICY
from tests.workers.bakery import Bakery, TaskStore

from indelible.memory import MemoryStore
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.dose)])
def store(request: pytest.FixtureRequest) -> Generator[TaskStore]:
    if request.param == "memory":
        yield MemoryStore(policy=POLICY)
        return
    if request.param == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
    else:
        server: PostgresServer = request.getfixturevalue("database")
        url = server.url
    opened = open_store(url, policy=POLICY)
    yield opened
    opened.dispose()


@pytest.fixture
def bakery(store: TaskStore) -> Bakery:
    return Bakery(store)
