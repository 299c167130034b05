"""Every store does the same: in memory, in SQLite and in PostgreSQL, called and awaited.

The fast set runs every suite in memory, and the kernel's suite on SQLite.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, cast

import psycopg
import pytest
from tests.conftest import DATABASES, POLICY, SyncFacade, shared_store
from tests.databases import create_database, temporary_copy
from tests.feeds import CompleteFeedStore
from tests.sql.proxy import Proxy, proxy_to
from tests.waits.counting import counted_waits

from indelible.memory import MemoryStore
from indelible.testing.captures.algorithms import AlgorithmsConformance
from indelible.testing.captures.conformance import CapturesConformance
from indelible.testing.captures.ingest import CaptureIngestConformance
from indelible.testing.captures.integrity import CaptureIntegrityConformance
from indelible.testing.captures.scenarios import Install, nothing_to_install
from indelible.testing.captures.spaces import SpacesConformance
from indelible.testing.concepts.conformance import ConceptsConformance
from indelible.testing.concepts.repository import RepositoryConformance
from indelible.testing.contests.conformance import ContestsConformance
from indelible.testing.contests.runs import RunConformance
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
from indelible_sql import Pool, SqlStore, install_algorithm
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
    ListsConformance,
    WorkConformance,
):
    """All suites but the kernel's."""


class AwaitedConformance(
    CapturesConformance,
    ConceptsConformance,
    RunConformance,
    ListsConformance,
    WorkConformance,
):
    """Suites that use every way to read and to write, for the stores that are awaited.

    These run the same implementation behind a bridge that knows no context.
    """


class Conformance(ContextsConformance, KernelConformance):
    """All suites."""


class SlowCapturesConformance(CaptureIngestConformance, SpacesConformance, AlgorithmsConformance):
    """The suites of captures that take longest."""


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


class TestSqliteKernel(OnSqlite, KernelConformance): ...


@pytest.mark.slow
class TestSqlite(OnSqlite, ContextsConformance): ...


@pytest.fixture(scope="session")
def proxy(server: PostgresServer) -> Generator[Proxy]:
    """Count the messages to the server."""
    with proxy_to(server.host, server.port) as proxy:
        yield proxy


class OnPostgresql:
    """A PostgreSQL database with the extension of pgvector, whose waits are counted."""

    @pytest.fixture
    def store(self, database: PostgresServer, proxy: Proxy) -> Generator[AnyStore]:
        opened = contextmanager(shared_store)
        with opened(proxy.url(database.url), "counted", Pool(prepare=False)) as postgresql:
            assert postgresql.engines.writer.driver == "psycopg"
            assert not postgresql.engines.writer.dialect.is_async
            with counted_waits(postgresql, proxy) as store:
                yield cast("AnyStore", store)

    @pytest.fixture
    def install(self, database: PostgresServer) -> Install:
        return install_as_owner(database.owner_url)


@pytest.mark.slow
class TestPostgresqlKernel(OnPostgresql, KernelConformance): ...


@pytest.mark.slow
class TestPostgresql(OnPostgresql, ContextsConformance): ...


class OnPartitions:
    """A PostgreSQL database with its history in partitions."""

    @pytest.fixture
    def store(self, partitioned: PostgresServer) -> Generator[AnyStore]:
        opened = contextmanager(shared_store)
        with opened(partitioned.url, "partitioned") as store:
            yield store

    @pytest.fixture
    def install(self, partitioned: PostgresServer) -> Install:
        return install_as_owner(partitioned.owner_url)


@pytest.mark.slow
class TestPartitionsKernel(OnPartitions, KernelConformance): ...


@pytest.mark.slow
class TestPartitions(OnPartitions, ContextsConformance): ...


@pytest.fixture(scope="module")
def template_without_pgvector(server: PostgresServer, template: PostgresServer) -> str:
    """Create a migrated database without the extension, and return its name."""
    name = "template_without_pgvector"
    database = create_database(server, name, template.url.rpartition("/")[2])
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("DROP EXTENSION IF EXISTS vector")
    upgrade(database.owner_url, "indelible", CATALOG, role=None)
    assert "vector" not in extensions(database)

    return name


class WithoutPgvector:
    """A PostgreSQL database without the extension, so that embeddings are arrays."""

    @pytest.fixture
    def database(
        self,
        admin: psycopg.Connection[Any],
        server: PostgresServer,
        template_without_pgvector: str,
    ) -> Generator[PostgresServer]:
        name = f"without_pgvector_{next(DATABASES)}"
        with temporary_copy(admin, server, name, template_without_pgvector) as lent:
            yield lent

    @pytest.fixture
    def store(self, postgresql: SqlStore) -> AnyStore:
        return cast("AnyStore", CompleteFeedStore(postgresql))

    @pytest.fixture
    def install(self, database: PostgresServer) -> Install:
        return install_as_owner(database.owner_url)


@pytest.mark.slow
@pytest.mark.newest  # a server without the extension has only such databases
class TestPostgresqlWithoutPgvector(WithoutPgvector, CaptureIntegrityConformance): ...


@pytest.mark.slow
class TestOtherSuitesOnPostgresqlWithoutPgvector(WithoutPgvector, SlowCapturesConformance): ...


@pytest.mark.slow
def test_other_postgresql_databases_have_pgvector(template: PostgresServer) -> None:
    assert "vector" in extensions(template)


def test_every_suite_of_captures_runs_without_pgvector() -> None:
    suites = {
        *TestPostgresqlWithoutPgvector.__mro__,
        *TestOtherSuitesOnPostgresqlWithoutPgvector.__mro__,
    }

    assert set(CapturesConformance.__bases__) <= suites


class OnAsyncSqlite:
    """A SQLite file behind an asyncio store."""

    @pytest.fixture
    def store(self, async_sqlite: SyncFacade) -> SyncFacade:
        assert async_sqlite.store.pools[0].driver == "aiosqlite"
        return async_sqlite


@pytest.mark.slow
class TestAsyncSqliteKernel(OnAsyncSqlite, KernelConformance): ...


@pytest.mark.slow
class TestAsyncSqlite(OnAsyncSqlite, AwaitedConformance): ...


class OnAsyncPostgresql:
    """A PostgreSQL database behind an asyncio store."""

    @pytest.fixture
    def store(self, async_postgresql: SyncFacade) -> SyncFacade:
        pool = async_postgresql.store.pools[0]
        assert pool.driver == "psycopg"
        assert pool.dialect.is_async
        return async_postgresql

    @pytest.fixture
    def install(self, database: PostgresServer) -> Install:
        return install_as_owner(database.owner_url)


@pytest.mark.slow
class TestAsyncPostgresqlKernel(OnAsyncPostgresql, KernelConformance): ...


@pytest.mark.slow
class TestAsyncPostgresql(OnAsyncPostgresql, AwaitedConformance): ...
