"""Databases of a host: a migrated one of each kind, with the host's own tables."""

from collections.abc import Callable, Generator
from typing import Any

import pytest
from attrs import frozen
from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from tests.conftest import POLICY

from indelible.declare import Context
from indelible.memory.store import MemoryStore
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, enable_foreign_keys, open_store, verify

Migrate = Callable[[Connection], object]


@frozen
class HostDatabase:
    """The URLs of a database for the application role and for the owner."""

    url: str
    owner_url: str

    def migrate(self, step: Migrate, *tables: str) -> None:
        """Run the host's migration as the owner and grant its tables to the application."""
        engine = create_engine(self.owner_url, poolclass=NullPool)
        with engine.begin() as connection:
            step(connection)
            for table in tables if engine.dialect.name == "postgresql" else ():
                connection.execute(
                    text(f"GRANT SELECT, INSERT, UPDATE ON {table} TO indelible_app")
                )
        engine.dispose()

    def engine(self) -> Engine:
        """Return an engine with the application role."""
        engine = create_engine(self.url)
        enable_foreign_keys(engine)
        return engine


@pytest.fixture(params=["sqlite_url", pytest.param("database", marks=pytest.mark.dose)])
def host(request: pytest.FixtureRequest) -> HostDatabase:
    database: str | PostgresServer = request.getfixturevalue(request.param)
    if isinstance(database, str):
        return HostDatabase(database, database)
    return HostDatabase(database.url, database.owner_url)


def stores_of(*contexts: Context[Any], postgresql: pytest.MarkDecorator = pytest.mark.dose) -> Any:  # noqa: ANN401 - a fixture
    """Return a fixture of a store with contexts: in memory, in a file and in PostgreSQL."""

    @pytest.fixture(params=["memory", "sqlite_url", pytest.param("database", marks=postgresql)])
    def store(request: pytest.FixtureRequest) -> Generator[Any]:
        if request.param == "memory":
            yield MemoryStore(contexts=contexts, policy=POLICY)
            return
        database: Any = request.getfixturevalue(request.param)
        is_file = isinstance(database, str)
        url = database if is_file else database.url
        opened_store = open_store(url, contexts=contexts, policy=POLICY)
        opened_store.upgrade(database if is_file else database.owner_url)
        yield opened_store
        assert verify(opened_store) == ()
        opened_store.dispose()

    return store


@pytest.fixture
def opened(host: HostDatabase) -> Generator[Callable[[Context[Any]], SqlStore]]:
    """Return a function that opens the database with a context."""
    stores: list[SqlStore] = []

    def open_with(context: Context[Any]) -> SqlStore:
        store = open_store(host.url, contexts=(context,), policy=POLICY)
        stores.append(store)
        return store

    yield open_with
    for store in stores:
        store.dispose()
