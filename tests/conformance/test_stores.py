"""Every store does the same: in memory, in SQLite and in PostgreSQL, called and awaited."""

from collections.abc import Generator
from typing import Any, cast

import psycopg
import pytest
from tests.conftest import DATABASES, POLICY, Awaited
from tests.databases import lent_database
from tests.feeds import Patient

from indelible.memory import MemoryStore
from indelible.testing.captures.conformance import CapturesConformance
from indelible.testing.captures.scenarios import Install, nothing_to_install
from indelible.testing.concepts.conformance import ConceptsConformance
from indelible.testing.concepts.repository import RepositoryConformance
from indelible.testing.kernel.conformance import KernelConformance
from indelible.testing.kernel.tasks import WorkConformance
from indelible.testing.stores import AnyStore, CountedIds, TickingClock
from indelible.testing.tokens.conformance import TokensConformance
from indelible.testing.tokens.detection import DetectionConformance
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, install_algorithm
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.migrate import upgrade

pytestmark = pytest.mark.runs_first


class Conformance(
    CapturesConformance,
    ConceptsConformance,
    RepositoryConformance,
    TokensConformance,
    DetectionConformance,
    WorkConformance,
    KernelConformance,
):
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
    def store(self, postgresql: SqlStore, database: PostgresServer) -> AnyStore:
        assert "vector" in extensions(database)
        assert (postgresql.engines.writer.driver, postgresql.engines.writer.dialect.is_async) == (
            "psycopg",
            False,
        )
        return cast("AnyStore", Patient(postgresql))

    @pytest.fixture
    def install(self, database: PostgresServer) -> Install:
        return by_owner(database.owner_url)


class TestPostgresqlWithoutPgvector(CapturesConformance):
    """Arrays are all that there is: nobody who could has given the database the extension."""

    @pytest.fixture
    def database(
        self, server: PostgresServer, template: PostgresServer
    ) -> Generator[PostgresServer]:
        with lent_database(
            server, f"plain_{next(DATABASES)}", template.url.rpartition("/")[2]
        ) as lent:
            with psycopg.connect(lent.admin_url, autocommit=True) as admin:
                admin.execute("DROP EXTENSION vector")
            upgrade(lent.owner_url, "indelible", CATALOG, role=None)
            yield lent

    @pytest.fixture
    def store(self, postgresql: SqlStore, database: PostgresServer) -> AnyStore:
        assert "vector" not in extensions(database)
        return cast("AnyStore", Patient(postgresql))

    @pytest.fixture
    def install(self, database: PostgresServer) -> Install:
        return by_owner(database.owner_url)


def extensions(database: PostgresServer) -> set[str]:
    """The extensions that the database has."""
    with psycopg.connect(database.admin_url) as admin:
        return {name for (name,) in admin.execute("SELECT extname FROM pg_extension")}


class TestAsyncSqlite(Conformance):
    @pytest.fixture
    def store(self, async_sqlite: Awaited) -> Awaited:
        assert async_sqlite.store.pools[0].driver == "aiosqlite"
        return async_sqlite


class TestAsyncPostgresql(Conformance):
    @pytest.fixture
    def store(self, async_postgresql: Awaited) -> Awaited:
        assert (
            async_postgresql.store.pools[0].driver,
            async_postgresql.store.pools[0].dialect.is_async,
        ) == (
            "psycopg",
            True,
        )
        return async_postgresql

    @pytest.fixture
    def install(self, database: PostgresServer) -> Install:
        return by_owner(database.owner_url)
