"""Databases with the situation, and the findings of verify in an open transaction."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Generic, TypeVar

from attrs import frozen
from sqlalchemy import Engine, StaticPool, create_engine
from tests.conftest import POLICY
from tests.guards.arena import Statement, run, settle_keys
from tests.guards.situation import Situation, settle

from indelible.testing.stores import CountedIds, TickingClock
from indelible_service.embedded import PostgresServer
from indelible_sql import Fault, Finding, open_store, verify
from indelible_sql.engine.connections import Engines
from indelible_sql.schema.columns import SCHEMA

Where = TypeVar("Where", Path, PostgresServer)


@frozen
class Place(Generic[Where]):
    """A database, and what may legally be written to it next."""

    where: Where
    situation: Situation


def settled_file(path: Path) -> Place[Path]:
    """The situation in a migrated SQLite file."""
    situation = _settled(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # one file, which can be copied as it is
    return Place(path, situation)


def settled_database(database: PostgresServer) -> Place[PostgresServer]:
    """The situation in a migrated PostgreSQL database."""
    return Place(database, _settled(database.url))


def _settled(url: str) -> Situation:
    store = open_store(url, policy=POLICY, clock=TickingClock(), ids=CountedIds())
    try:
        return settle(store)
    finally:
        store.dispose()


@frozen
class Inside:
    """One connection: verify reads its transactions while they are open, then they roll back."""

    engine: Engine

    def findings(
        self, statements: Sequence[Statement], *, before: Sequence[str] = (), role: str = ""
    ) -> list[Finding]:
        """All that verify finds beside the guards that are gone."""
        store = open_store(engine=self.engine, policy=POLICY)
        store.engines = Engines(writer=self.engine, reader=self.engine)
        with self.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            for each in before:
                connection.exec_driver_sql(each)
            run(connection, statements)
            if connection.dialect.name == "postgresql":
                settle_keys(connection)
            if role:
                connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
            return [each for each in verify(store) if each.fault is not Fault.SCHEMA]

    def close(self) -> None:
        self.engine.dispose()


def inside_database(url: str) -> Inside:
    target = url.replace("postgresql://", "postgresql+psycopg://")
    return Inside(create_engine(target, poolclass=StaticPool))


def inside_file(path: Path, *, keys: bool) -> Inside:
    """The driver must not begin transactions of its own."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA foreign_keys = {'ON' if keys else 'OFF'}")
    engine = create_engine("sqlite://", poolclass=StaticPool, creator=lambda: connection)
    return Inside(engine.execution_options(schema_translate_map={SCHEMA: None}))
