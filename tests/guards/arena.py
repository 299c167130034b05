"""Try attacks through raw connections to one database, and name the guard that refuses each."""

import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import (
    Connection,
    Engine,
    Executable,
    NullPool,
    PrimaryKeyConstraint,
    UniqueConstraint,
    create_engine,
)
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError

from indelible_sql.contexts import CATALOG
from indelible_sql.schema.columns import SCHEMA

Statement = Executable | Callable[[Connection], object]
REFUSALS = (DBAPIError, psycopg.Error)
BY_NAME = {table.name: table for table in CATALOG.tables}

(RESTRICTING,) = (
    str(key.name)
    for table in CATALOG.tables
    for key in table.foreign_key_constraints
    if key.ondelete == "RESTRICT"
)

# What SQLite's messages look like, and the guards that they stand for.
SQLITE_MESSAGES = (
    (re.compile(r"CHECK constraint failed: (\w+)"), r"\1"),
    (re.compile(r"NOT NULL constraint failed: (\w+)\.(\w+)"), r"\1_\2_not_null"),
    (re.compile(r"cannot store \w+ value in \w+ column (\w+)\.\w+"), r"\1 STRICT"),
    (re.compile(r"table (\w+) has no column named rowid"), r"\1 WITHOUT ROWID"),
    (re.compile(r"(foreign key mismatch) - .*"), r"\1"),
)
MADE = re.compile(
    r"cannot (?:INSERT into|UPDATE) generated column \"(\w+)\""
    r"|cannot insert a non-DEFAULT value into column \"(\w+)\""
    r"|column \"(\w+)\" can only be updated to DEFAULT"
)
DENIED = re.compile(r"permission denied (?:for table|to create) (\w+)(?: .*)?")
INSIDE = re.compile(r"PL/pgSQL function (?:\w+\.)?(\w+)\(\)")
TARGET = re.compile(r"(?:INTO|UPDATE|COPY) (?:\w+\.)?(\w+)")


class Arena:
    """One database, seen by one kind of connection."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def refusal(self, statements: Sequence[Statement]) -> str:
        """Return the guard that refuses the transaction or its COMMIT; '' if it is committed."""
        try:
            with self.engine.begin() as connection:
                run(connection, statements)
        except REFUSALS as error:
            found = guard_of(error)
        else:
            return ""
        return broken_key(self.engine, statements) if found == "FOREIGN KEY" else found


class SqliteArena(Arena):
    """A file that is put back as it was whenever an attack succeeds."""

    def __init__(self, path: Path, *, keys: bool) -> None:
        super().__init__(sqlite_engine(f"sqlite:///{path}", keys=keys))
        self._path, self._bytes = path, path.read_bytes()

    def refusal(self, statements: Sequence[Statement]) -> str:
        found = super().refusal(statements)
        if not found:
            self._path.write_bytes(self._bytes)
        return found


class PostgresArena(Arena):
    """A database in which nothing is committed before it is known to be refused."""

    def refusal(self, statements: Sequence[Statement]) -> str:
        with self.engine.connect() as connection:
            try:
                run(connection, statements)
                settle_keys(connection)
            except REFUSALS:
                connection.rollback()
            else:
                return ""
        return super().refusal(statements)


def run(connection: Connection, statements: Sequence[Statement]) -> None:
    for statement in statements:
        if isinstance(statement, Executable):
            connection.execute(statement)
        else:
            statement(connection)


def settle_keys(connection: Connection) -> None:
    """Ask now what PostgreSQL's COMMIT would ask."""
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")


def guard_of(error: DBAPIError | psycopg.Error) -> str:
    """Return the name of the guard.

    A guard is a trigger, a constraint, a rule of a domain, a generated column or a privilege.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    statement = error.statement or "" if isinstance(error, DBAPIError) else "COPY"
    if made := MADE.match(str(cause)):
        return f"{TARGET.findall(statement)[0]}.{made[1] or made[2] or made[3]} generated"
    return (
        _on_postgresql(cause, statement)
        if isinstance(cause, psycopg.Error)
        else _on_sqlite(str(cause))
    )


def _on_sqlite(message: str) -> str:
    for pattern, name in SQLITE_MESSAGES:
        if found := pattern.fullmatch(message):
            return found.expand(name)
    if message.startswith("UNIQUE constraint failed: "):
        columns = message.partition(": ")[2].split(", ")
        return _unique(
            columns[0].partition(".")[0], [column.partition(".")[2] for column in columns]
        )
    return message.removesuffix(" constraint failed")


def _unique(table: str, columns: list[str]) -> str:
    for each in BY_NAME[table].constraints:
        if (
            isinstance(each, PrimaryKeyConstraint | UniqueConstraint)
            and [c.name for c in each.columns] == columns
        ):
            return str(each.name or f"{table}_pkey")
    for index in BY_NAME[table].indexes:
        if index.unique and [c.name for c in index.columns] == columns:
            return str(index.name)
    raise LookupError(table, columns)


def _on_postgresql(error: psycopg.Error, statement: str) -> str:
    found = error.diag
    if found.constraint_name:
        return found.constraint_name
    if found.sqlstate == "23502":
        return f"{found.table_name}_{found.column_name}_not_null"
    if inside := INSIDE.match(found.context or ""):
        return inside[1]
    denied = DENIED.match(found.message_primary or "")
    return f"{privilege(statement)} on {denied[1]}" if denied else str(found.message_primary)


def privilege(statement: str) -> str:
    """What a role must be granted before it may run the statement at all."""
    first = statement.split(maxsplit=1)[0].upper()
    if "DO UPDATE" in statement or (first == "MERGE" and "UPDATE" in statement):
        return "UPDATE"
    return {"MERGE": "DELETE", "COPY": "INSERT", "CREATE": "TEMP"}.get(first, first)


def broken_key(engine: Engine, statements: Sequence[Statement]) -> str:
    """SQLite does not say which key it was: write without keys, and ask which are broken."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN")
        with suppress(DBAPIError):  # of a guard that comes after the key
            run(connection, statements)
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        names = sorted(_key_name(connection, table, number) for table, _, _, number in broken)
        connection.rollback()
    return names[0] if names else RESTRICTING  # of what may not even be replaced by itself


def _key_name(connection: Connection, table: str, number: int) -> str:
    """The name of a SQLite table's key, by its columns: only the table's text knows it."""
    listed: list[Any] = list(
        connection.exec_driver_sql(f"PRAGMA foreign_key_list({table})").mappings()
    )
    columns = [
        row["from"] for row in sorted(listed, key=lambda row: row["seq"]) if row["id"] == number
    ]
    of_table = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
    sql: str = connection.exec_driver_sql(of_table, (table,)).scalar_one()
    found: list[str] = re.findall(rf"CONSTRAINT (\w+) FOREIGN KEY ?\({', '.join(columns)}\)", sql)
    return found[0]


def postgresql_engine(url: str) -> Engine:
    return create_engine(
        url.replace("postgresql://", "postgresql+psycopg://"), pool_size=1, max_overflow=0
    )


def _check_keys(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


def sqlite_engine(url: str, *, keys: bool) -> Engine:
    """A default SQLite connection, which checks foreign keys only when it is told to."""
    engine = create_engine(url, poolclass=NullPool)
    if keys:
        listen(engine, "connect", _check_keys)
    return engine.execution_options(schema_translate_map={SCHEMA: None})
