"""Stores of three kinds with the machine's own clock: leases run out by it."""

from collections.abc import Generator

import pytest
from tests.conftest import POLICY
from tests.workers.bakery import TaskStore

from indelible.memory import MemoryStore
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Generator[TaskStore]:
    if request.param == "memory":
        yield MemoryStore(policy=POLICY)
        return
    database = "sqlite_url" if request.param == "sqlite" else "database"
    found: str | PostgresServer = request.getfixturevalue(database)
    opened = open_store(found if isinstance(found, str) else found.url, policy=POLICY)
    yield opened
    opened.dispose()
