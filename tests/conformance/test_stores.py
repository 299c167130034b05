"""Every store does the same: in memory, in SQLite and in PostgreSQL, called and awaited."""

from typing import Any, cast

import pytest
from tests.conftest import POLICY, Awaited
from tests.feeds import Patient

from indelible.memory import MemoryStore
from indelible.testing.captures import CapturesConformance, Install, nothing_to_install
from indelible.testing.concepts import ConceptsConformance
from indelible.testing.kernel import KernelConformance
from indelible.testing.repository import RepositoryConformance
from indelible.testing.stores import AnyStore, CountedIds, TickingClock
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, install_algorithm


class Conformance(CapturesConformance, ConceptsConformance, RepositoryConformance, KernelConformance):
    """All suites."""

    @pytest.fixture
    def install(self) -> Install:
        return nothing_to_install


class TestMemory(Conformance):
    @pytest.fixture
    def store(self) -> AnyStore:
        return MemoryStore(policy=POLICY, clock=TickingClock(), ids=CountedIds())


def by_owner(owner_url: str) -> Install:
    """What the owner of a PostgreSQL does for a version of the algorithm."""

    def install(store: Any, algorithm_id: str) -> object:  # noqa: ANN401 - of both colours, and patient
        found = getattr(store, "store", store)
        return install_algorithm(getattr(found, "store", found), algorithm_id, owner_url)

    return install


class TestSqlite(Conformance):
    @pytest.fixture
    def store(self, sqlite: SqlStore) -> AnyStore:
        assert sqlite.engines.writer.driver == "pysqlite"
        return sqlite


class TestPostgresql(Conformance):
    @pytest.fixture
    def store(self, postgresql: SqlStore) -> AnyStore:
        assert (postgresql.engines.writer.driver, postgresql.engines.writer.dialect.is_async) == ("psycopg", False)
        return cast("AnyStore", Patient(postgresql))

    @pytest.fixture
    def install(self, database: PostgresServer) -> Install:
        return by_owner(database.owner_url)


class TestAsyncSqlite(Conformance):
    @pytest.fixture
    def store(self, async_sqlite: Awaited) -> Awaited:
        assert async_sqlite.store.pools[0].driver == "aiosqlite"
        return async_sqlite


class TestAsyncPostgresql(Conformance):
    @pytest.fixture
    def store(self, async_postgresql: Awaited) -> Awaited:
        assert (async_postgresql.store.pools[0].driver, async_postgresql.store.pools[0].dialect.is_async) == (
            "psycopg",
            True,
        )
        return async_postgresql

    @pytest.fixture
    def install(self, database: PostgresServer) -> Install:
        return by_owner(database.owner_url)
