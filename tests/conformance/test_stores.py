"""Every store does the same: in memory, in SQLite and in PostgreSQL."""

from collections.abc import Generator
from typing import Any, cast

import psycopg
import pytest
from tests.conftest import POLICY, SyncFacade
from tests.databases import create_database, name_of, temporary_copy
from tests.feeds import CompleteFeedStore

from indelible.memory import MemoryStore
from indelible.testing.captures.conformance import CapturesConformance
from indelible.testing.captures.integrity import CaptureIntegrityConformance
from indelible.testing.captures.scenarios import Install, nothing_to_install
from indelible.testing.concepts.conformance import ConceptsConformance
from indelible.testing.concepts.repository import RepositoryConformance
from indelible.testing.contests.conformance import ContestsConformance
from indelible.testing.kernel.conformance import KernelConformance
from indelible.testing.kernel.tasks import WorkConformance
from indelible.testing.lists import ListsConformance
from indelible.testing.money.conformance import MoneyConformance
from indelible.testing.projects.conformance import ProjectsConformance
from indelible.testing.stores import AnyStore, CountedIds, TickingClock
from indelible.testing.tokens.conformance import TokensConformance
from indelible.testing.tokens.contracts import ContractsConformance
from indelible.testing.tokens.detection import DetectionConformance
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, install_algorithm
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.migrate import upgrade


class ContextsConformance(
    CapturesConformance,
    ConceptsConformance,
    RepositoryConformance,
    TokensConformance,
    DetectionConformance,
    ContractsConformance,
    ProjectsConformance,
    ContestsConformance,
    MoneyConformance,
):
    """The suites of the contexts."""


class ChangesAndTasksConformance(KernelConformance, WorkConformance):
    """The suites of the kernel."""


class Conformance(ContextsConformance, ListsConformance, ChangesAndTasksConformance):
    """All suites."""


@pytest.fixture
def install() -> Install:
    return nothing_to_install


def install_as_owner(owner_url: str) -> Install:
    """Return a function that installs an algorithm as the owner of a PostgreSQL database."""

    def install(store: Any, algorithm_id: str) -> object:  # noqa: ANN401 - of any kind
        inner_store = store
        while hasattr(inner_store, "store"):
            inner_store = inner_store.store
        return install_algorithm(inner_store, algorithm_id, owner_url)

    return install


def extensions(database: PostgresServer) -> set[str]:
    """Return the names of the database's extensions."""
    with psycopg.connect(database.admin_url) as admin:
        return {name for (name,) in admin.execute("SELECT extname FROM pg_extension")}


class TestMemory(Conformance):
    @pytest.fixture
    def store(self) -> AnyStore:
        return MemoryStore(policy=POLICY, clock=TickingClock(), ids=CountedIds())


class OnSqlite:
    """A SQLite file."""

    @pytest.fixture
    def store(self, sqlite: SqlStore) -> AnyStore:
        assert sqlite.engines.writer.driver == "pysqlite"
        return sqlite


class TestSqlite(OnSqlite, ContextsConformance, ChangesAndTasksConformance): ...


@pytest.mark.slow
class TestSqliteLists(OnSqlite, ListsConformance): ...


class OnPostgresql:
    """A PostgreSQL database with the extension of pgvector."""

    @pytest.fixture
    def store(self, postgresql: SqlStore) -> AnyStore:
        assert postgresql.engines.writer.driver == "psycopg"
        assert not postgresql.engines.writer.dialect.is_async
        return cast("AnyStore", CompleteFeedStore(postgresql))

    @pytest.fixture
    def install(self, database: PostgresServer) -> Install:
        return install_as_owner(database.owner_url)


class TestPostgresqlKernel(OnPostgresql, ChangesAndTasksConformance): ...


@pytest.mark.slow
class TestPostgresql(OnPostgresql, ContextsConformance, ListsConformance): ...


@pytest.fixture(scope="module")
def template_without_pgvector(server: PostgresServer, template: PostgresServer) -> str:
    """Create a migrated database without the extension, and return its name."""
    database = create_database(server, "template_without_pgvector", name_of(template))
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("DROP EXTENSION IF EXISTS vector")
    upgrade(database.owner_url, "indelible", CATALOG, role=None)
    assert "vector" not in extensions(database)

    return name_of(database)


class OnPostgresqlWithoutPgvector(OnPostgresql):
    """A PostgreSQL database without the extension, so that embeddings are arrays."""

    @pytest.fixture
    def database(
        self,
        admin: psycopg.Connection[Any],
        server: PostgresServer,
        template_without_pgvector: str,
    ) -> Generator[PostgresServer]:
        with temporary_copy(admin, server, "without_pgvector", template_without_pgvector) as lent:
            yield lent


@pytest.mark.slow
@pytest.mark.newest  # a server without the extension has only such databases
class TestPostgresqlWithoutPgvector(OnPostgresqlWithoutPgvector, CaptureIntegrityConformance): ...


def test_other_postgresql_databases_have_pgvector(template: PostgresServer) -> None:
    assert "vector" in extensions(template)


class OnAsyncSqlite:
    """A SQLite file behind an asyncio store."""

    @pytest.fixture
    def store(self, async_sqlite: SyncFacade) -> SyncFacade:
        assert async_sqlite.store.pools[0].driver == "aiosqlite"
        return async_sqlite


@pytest.mark.slow
class TestAsyncSqliteKernel(OnAsyncSqlite, KernelConformance): ...
