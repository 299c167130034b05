"""Databases of a host: a migrated one of each kind, with the host's own tables."""

import sqlite3
from collections.abc import Callable

import pytest
from attrs import frozen
from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text

from indelible_service.embedded import PostgresServer

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
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", check_keys)
        return engine


def check_keys(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


@pytest.fixture(params=["sqlite_url", pytest.param("database", marks=pytest.mark.slow)])
def host(request: pytest.FixtureRequest) -> HostDatabase:
    database: str | PostgresServer = request.getfixturevalue(request.param)
    if isinstance(database, str):
        return HostDatabase(database, database)
    return HostDatabase(database.url, database.owner_url)
