"""A host's databases: a migrated one of each kind, with the host's own tables in it."""

import sqlite3
from collections.abc import Callable

import pytest
from attrs import frozen
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text

from indelible_service.embedded import PostgresServer

Migrate = Callable[[Connection], object]


@frozen
class HostDatabase:
    """A database's addresses: the application's, and its owner's."""

    url: str
    owner_url: str

    def migrate(self, step: Migrate, *tables: str) -> None:
        """Run a migration of the host's as the owner, and let the application use its tables."""
        engine = create_engine(self.owner_url, poolclass=NullPool)
        with engine.begin() as connection:
            step(connection)
            for table in tables if engine.dialect.name == "postgresql" else ():
                connection.execute(
                    text(f"GRANT SELECT, INSERT, UPDATE ON {table} TO indelible_app")
                )

    def engine(self) -> Engine:
        """An engine of the host's, as the application."""
        engine = create_engine(self.url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", check_keys)
        return engine


def check_keys(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


@pytest.fixture(params=["sqlite_url", "database"])
def host(request: pytest.FixtureRequest) -> HostDatabase:
    found: str | PostgresServer = request.getfixturevalue(request.param)
    return (
        HostDatabase(found, found)
        if isinstance(found, str)
        else HostDatabase(found.url, found.owner_url)
    )
