"""The suites of the contexts on stores that share most of their code with those of the gate."""

from collections.abc import Generator

import pytest
from tests.conformance.test_stores import (
    Conformance,
    OnAsyncSqlite,
    OnPostgresqlWithoutPgvector,
    install,
    install_as_owner,
    template_without_pgvector,
)
from tests.conftest import SyncFacade, shared_store

from indelible.testing.captures.conformance import CapturesConformance
from indelible.testing.captures.scenarios import Install
from indelible.testing.concepts.conformance import ConceptsConformance
from indelible.testing.contests.runs import RunConformance
from indelible.testing.kernel.conformance import KernelConformance
from indelible.testing.kernel.tasks import WorkConformance
from indelible.testing.lists import ListsConformance
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore

__all__ = ["install", "template_without_pgvector"]  # fixtures


class AwaitedConformance(
    CapturesConformance,
    ConceptsConformance,
    RunConformance,
    ListsConformance,
    WorkConformance,
):
    """Suites that use every way to read and to write.

    An asyncio store runs the implementation of the other stores behind a bridge that knows no
    context.
    """


class OnPartitions:
    """A PostgreSQL database with its history in partitions."""

    @pytest.fixture
    def store(self, partitioned: PostgresServer) -> Generator[SqlStore]:
        yield from shared_store(partitioned.url, "partitioned")

    @pytest.fixture
    def install(self, partitioned: PostgresServer) -> Install:
        return install_as_owner(partitioned.owner_url)


class TestPartitions(OnPartitions, Conformance): ...


class TestPostgresqlWithoutPgvector(OnPostgresqlWithoutPgvector, CapturesConformance): ...


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


class TestAsyncPostgresqlKernel(OnAsyncPostgresql, KernelConformance): ...


class TestAsyncPostgresql(OnAsyncPostgresql, AwaitedConformance): ...
