"""Databases with the situation, and the findings of verify in an open transaction."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Generic, TypeVar

from attrs import frozen
from sqlalchemy import Engine, StaticPool, create_engine
from tests.conftest import POLICY
from tests.guards.raw_database import Statement, check_deferred_keys, run
from tests.guards.situation import Situation, settle

from indelible.kernel.seals import SealReference
from indelible.testing.stores import CountedIds, TickingClock
from indelible_service.embedded import PostgresServer
from indelible_sql import Finding, open_store
from indelible_sql.engine.connections import Engines
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.maintenance.verify import verify_rows

Location = TypeVar("Location", Path, PostgresServer)


@frozen
class Situated(Generic[Location]):
    """A database with the situation."""

    location: Location
    situation: Situation


def settle_file(path: Path) -> Situated[Path]:
    """Save the situation in a migrated SQLite file."""
    situation = _settle(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # A single file can be copied.
    return Situated(path, situation)


def settle_database(database: PostgresServer) -> Situated[PostgresServer]:
    """Save the situation in a migrated PostgreSQL database."""
    return Situated(database, _settle(database.url))


def _settle(url: str) -> Situation:
    store = open_store(url, policy=POLICY, clock=TickingClock(), ids=CountedIds())
    try:
        return settle(store)
    finally:
        store.dispose()


@frozen
class VerifiedTransactions:
    """Transactions on one connection that verify reads before they are rolled back."""

    engine: Engine

    def findings(
        self,
        statements: Sequence[Statement],
        *,
        before: Sequence[str] = (),
        role: str = "",
        against: SealReference | None = None,
    ) -> list[Finding]:
        """Return what verify finds in the rows after the statements.

        The texts of `before` run first. verify runs in the role, if there is one, and compares
        with the seal that `against` refers to.
        """
        store = open_store(engine=self.engine, policy=POLICY)
        store.engines = Engines(writer=self.engine, reader=self.engine)
        with self.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN")
            for statement in before:
                connection.exec_driver_sql(statement)

            run(connection, statements)
            if connection.dialect.name == "postgresql":
                check_deferred_keys(connection)
            if role:
                connection.exec_driver_sql(f"SET LOCAL ROLE {role}")

            return list(verify_rows(store, against=against))

    def close(self) -> None:
        """Close the connection."""
        self.engine.dispose()


def transactions_in_database(url: str) -> VerifiedTransactions:
    """Open a connection to a PostgreSQL database."""
    target = url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(target, poolclass=StaticPool)
    return VerifiedTransactions(engine.execution_options(schema_translate_map={SCHEMA: SCHEMA}))


def transactions_in_file(path: Path, *, foreign_keys: bool) -> VerifiedTransactions:
    """Open a connection to a SQLite file, whose driver begins no transactions of its own."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    engine = create_engine("sqlite://", poolclass=StaticPool, creator=lambda: connection)
    return VerifiedTransactions(engine.execution_options(schema_translate_map={SCHEMA: None}))
