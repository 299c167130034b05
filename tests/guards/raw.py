"""One open transaction of a raw connection, in which tapes are played and attacks taken back."""

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, Final

import psycopg
from sqlalchemy import Column, Connection, CursorResult, Engine, StaticPool, Table, create_engine
from tests.conftest import POLICY
from tests.guards.guard_names import REFUSALS, guard_of
from tests.guards.tapes import DELETE, INSERT, Row, Write, key_names

from indelible.kernel.seals import SealReference
from indelible_sql import Finding, open_store
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.connections import Engines
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.kernel.task_tables import TASKS
from indelible_sql.maintenance.verify import verify_rows
from indelible_sql.schema.columns import unchanged
from indelible_sql.schema.database_time import database_now
from indelible_sql.schema.tables import writable_columns

# The role of the application ends a transaction that is idle.
NO_TIMEOUTS: Final = """
    SELECT set_config(name, '0', false) FROM pg_catalog.pg_settings
    WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')
"""
UNCHANGED: Final[Mapping[str, object]] = {}
NOW: Final = object()  # a value that the database makes
SET_BY_DATABASE: Final = (TASKS.c.finished_at, TASKS.c.succeeded_at)
Statement = tuple[str, tuple[object, ...]]


class OpenFile(sqlite3.Connection):
    """A connection whose transaction only SQL ends: verify would end it."""

    def rollback(self) -> None:
        """Stay in the transaction."""

    def commit(self) -> None:
        """Stay in the transaction."""


class OpenDatabase(psycopg.Connection[tuple[object, ...]]):
    """A connection whose transaction only SQL ends: verify would end it."""

    def rollback(self) -> None:
        """Stay in the transaction."""

    def commit(self) -> None:
        """Stay in the transaction."""


class Raw(ABC):
    """A raw connection to a migrated database, in one transaction that is never committed."""

    mark: ClassVar[str]

    def __init__(self, engine: Engine, schema: str | None) -> None:
        self.engine = engine.execution_options(schema_translate_map={SCHEMA: schema})
        self.dialect = engine.dialect.name
        self.connection: Connection = self.engine.connect()
        self.store = open_store(engine=self.engine, policy=POLICY)
        self.store.engines = Engines(writer=self.engine, reader=self.engine)
        self.store.is_admitted = True
        self.now = database_now(self.dialect)
        self._processors: dict[Column[Any], Any] = {}

    def begin(self) -> None:
        """Leave the rows of an earlier tape."""
        self.connection.exec_driver_sql("ROLLBACK")
        self.connection.exec_driver_sql("BEGIN")

    def commit(self) -> None:
        """Keep the rows."""
        self.connection.exec_driver_sql("COMMIT")
        self.connection.exec_driver_sql("BEGIN")

    def close(self) -> None:
        """Close the connection."""
        self.connection.exec_driver_sql("ROLLBACK")
        self.connection.close()
        self.engine.dispose()

    def statement(
        self, write: Write, changed: Mapping[str, object] = UNCHANGED, prefix: str = ""
    ) -> Statement:
        """Return a write as SQL with parameters; those of `changed` are the driver's values.

        `prefix` follows INSERT or UPDATE, as in "OR REPLACE ".
        """
        values = {**self._stored(write, write.assigned), **changed}
        marks = {name: self.now if value is NOW else self.mark for name, value in values.items()}
        parameters = [value for value in values.values() if value is not NOW]
        table = self.name(write.table)
        if write.event == INSERT:
            values_of_row = ", ".join(marks.values())
            sql = f"INSERT {prefix}INTO {table} ({', '.join(marks)}) VALUES ({values_of_row})"
            return sql, tuple(parameters)

        key = [*write.table.primary_key.columns]
        where = " AND ".join(f"{column.name} = {self.mark}" for column in key)
        if write.event == DELETE:
            return f"DELETE FROM {table} WHERE {where}", (*self._stored(write, key).values(),)

        assignments = ", ".join(f"{name} = {mark}" for name, mark in marks.items())
        parameters.extend(self._stored(write, key).values())
        return f"UPDATE {prefix}{table} SET {assignments} WHERE {where}", tuple(parameters)

    def _stored(self, write: Write, columns: Iterable[Column[Any]]) -> dict[str, object]:
        return {column.name: self.stored(column, write.row[column.name]) for column in columns}

    def stored(self, column: Column[Any], value: object) -> object:
        """Return the driver's form of a value."""
        if value is not None and any(column is each for each in SET_BY_DATABASE):
            return NOW
        if column not in self._processors:
            dialect = self.engine.dialect
            processor = column.type.dialect_impl(dialect).bind_processor(dialect)
            self._processors[column] = processor or unchanged
        stored = self._processors[column](value)
        return stored.value if isinstance(stored, Enum) else stored

    def name(self, table: Table) -> str:
        """Return the table's name with its schema."""
        return table.name if self.dialect == "sqlite" else f"{SCHEMA}.{table.name}"

    def run(self, statement: Statement) -> None:
        """Run a statement."""
        self.connection.exec_driver_sql(*statement)

    def refusing_guard(self, *statements: Statement) -> str:
        """Return the guard that refuses the statements or their COMMIT; '' if none does."""
        guard, _ = self.outcome(statements, verified=False)
        return guard

    def outcome(
        self, statements: Sequence[Statement], *, verified: bool = True
    ) -> tuple[str, list[Finding]]:
        """Return the guard that refuses the statements, or else what verify finds after them."""
        self.connection.exec_driver_sql("SAVEPOINT attack")
        try:
            for statement in statements:
                self.run(statement)
            broken = self.broken_key()
        except REFUSALS as error:
            return guard_of(error), []
        else:
            return broken, self.findings() if verified and not broken else []
        finally:
            self.connection.exec_driver_sql("ROLLBACK TO attack")
            self.connection.exec_driver_sql("RELEASE attack")

    @contextmanager
    def savepoint(self) -> Generator[None]:
        """Take back what the block writes."""
        self.connection.exec_driver_sql("SAVEPOINT block")
        try:
            yield
        finally:
            self.connection.exec_driver_sql("ROLLBACK TO block")
            self.connection.exec_driver_sql("RELEASE block")

    def execute(self, sql: str, *parameters: object) -> CursorResult[Any]:
        """Run a statement whose tables are found without their schema."""
        return self.connection.exec_driver_sql(sql, parameters)

    def findings(self, against: SealReference | None = None) -> list[Finding]:
        """Return what verify finds in the rows as they are now."""
        return list(verify_rows(self.store, against=against))

    @abstractmethod
    def replacing(self) -> str:
        """Return the words by which a statement replaces the rows that conflict with it."""

    @abstractmethod
    def rewrites(self, table: Table, row: Row) -> Iterator[tuple[str, Statement]]:
        """Yield statements of this database that rewrite a stored row."""

    @abstractmethod
    def broken_key(self) -> str:
        """Return the name of a deferred key that a COMMIT would refuse, or ''."""


class RawFile(Raw):
    """A SQLite file on a default connection, with foreign keys unless told otherwise."""

    mark = "?"

    def __init__(self, path: Path, *, foreign_keys: bool = True) -> None:
        raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=OpenFile)
        raw.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        raw.execute("BEGIN")
        super().__init__(
            create_engine("sqlite://", poolclass=StaticPool, creator=lambda: raw), None
        )
        self.foreign_keys = foreign_keys

    def replacing(self) -> str:
        return "OR REPLACE "

    def rewrites(self, table: Table, row: Row) -> Iterator[tuple[str, Statement]]:
        written = Write(table, INSERT, row)
        yield f"{table.name}, replaced", self.statement(written, prefix="OR REPLACE ")
        if table.dialect_options["sqlite"]["with_rowid"]:
            for rowid in (1, -7):
                yield (
                    f"{table.name}, replaced by rowid",
                    self.statement(written, {"rowid": rowid}, "OR REPLACE "),
                )

    def broken_key(self) -> str:
        if not self.foreign_keys:
            return ""
        broken = self.connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        return "" if broken is None else f"{broken[0]} key {broken[3]} to {broken[2]}"


class RawDatabase(Raw):
    """A PostgreSQL database, in a role of one's choice."""

    mark = "%s"

    def __init__(self, url: str) -> None:
        raw = OpenDatabase.connect(url, autocommit=True)
        raw.execute(f"SET search_path = {SCHEMA}")
        raw.execute(NO_TIMEOUTS)
        raw.execute("BEGIN")
        engine = create_engine("postgresql+psycopg://", poolclass=StaticPool, creator=lambda: raw)
        super().__init__(engine, SCHEMA)

    def replacing(self) -> str:
        return ""

    def rewrites(self, table: Table, row: Row) -> Iterator[tuple[str, Statement]]:
        name = self.name(table)
        key = ", ".join(key_names(table))
        column = writable_columns(table)[-1].name
        sql, parameters = self.statement(Write(table, INSERT, row))
        upsert = f"{sql} ON CONFLICT ({key}) DO UPDATE SET {column} = EXCLUDED.{column}"
        yield f"{table.name}, upserted", (upsert, parameters)
        yield f"{table.name}, truncated", (f"TRUNCATE {name} CASCADE", ())

    def broken_key(self) -> str:
        self.connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        self.connection.exec_driver_sql("SET CONSTRAINTS ALL DEFERRED")
        return ""


def without_guards(raw: Raw, *tables: str) -> None:
    """Remove the triggers of some tables, or of all, for as long as the transaction is open."""
    names = tables or tuple(table.name for table in CATALOG.tables)
    if raw.dialect == "postgresql":
        for name in names:
            raw.execute(f"ALTER TABLE {name} DISABLE TRIGGER ALL")
        return
    for guard in CATALOG.guards("sqlite"):
        if guard.table.name in names:
            raw.execute(f"DROP TRIGGER {guard.name}")


def with_guards(raw: Raw) -> None:
    """Restore the triggers of all tables as they are declared, and commit."""
    if raw.dialect == "postgresql":
        for table in CATALOG.tables:
            raw.execute(f"ALTER TABLE {table.name} ENABLE TRIGGER ALL")
    for guard in CATALOG.guards(raw.dialect):
        if raw.dialect == "postgresql":
            raw.execute(f"ALTER TABLE {guard.table.name} ENABLE ALWAYS TRIGGER {guard.name}")
        else:
            raw.execute(*guard.sqlite_statements())
    if raw.dialect == "postgresql":
        raw.execute("ALTER TABLE history ENABLE ALWAYS TRIGGER history_holds_feed")
    raw.commit()
