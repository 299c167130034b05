"""Ask the domain and both databases about whole rows of an aggregate."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, Self

import psycopg
from attrs import frozen
from psycopg.sql import SQL, Identifier
from sqlalchemy import Column
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from tests.sql.condition_rows import table_of
from tests.sql.row_values import Values

from indelible.captures.entities.vectors import Vector
from indelible.kernel import instant_text, to_json_value
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.audit import Actor
from indelible.kernel.errors import IndelibleError
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.columns import Domain, JsonDomain
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.tables import writable_columns

# Return for each row what refuses it; '' for a row that is accepted.
Ask = Callable[[type[Aggregate], Sequence[Values]], list[str]]

HASH: Final = "e" * 64
ACCEPTED: Final = ""
SQLITE: Final = SQLiteDialect()
# What SQLite's driver raises about a value that it cannot write.
NOT_WRITTEN: Final = (sqlite3.Error, OverflowError, ValueError, TypeError, AttributeError)
# Guards of a new row that are about one value, as a CHECK is.
VALUE_GUARDS: Final = ("json_limits", "has_scopes")

# Inserts each row alone and undoes it: one statement for all rows.
POSTGRESQL_FUNCTION: Final = """
    CREATE OR REPLACE FUNCTION pg_temp.refusals(statement text, texts text[]) RETURNS text[]
    LANGUAGE plpgsql AS $$
    DECLARE
      refusals text[] := '{}';
      row_text text;
      refusal text;
    BEGIN
      FOREACH row_text IN ARRAY texts LOOP
        BEGIN
          EXECUTE statement USING row_text;
          RAISE EXCEPTION SQLSTATE 'DR001';
        EXCEPTION
          WHEN SQLSTATE 'DR001' THEN
            refusals := refusals || ''::text;
          WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS refusal = CONSTRAINT_NAME;
            refusals := refusals || coalesce(nullif(refusal, ''), SQLERRM);
        END;
      END LOOP;
      RETURN refusals;
    END $$
"""


def ask_domain(entity: type[Aggregate], rows: Sequence[Values]) -> list[str]:
    """Return the code of the error that each row's construction raises, with the field it names."""
    refusals: list[str] = []
    for row in rows:
        refusal = ACCEPTED
        try:
            entity(**row)
        except IndelibleError as error:
            refusal = f"{error.code} {getattr(error, 'field', '')}".strip()
        refusals.append(refusal)
    return refusals


def stored_row(entity: type[Aggregate], row: Values) -> Values:
    """Return the values of the columns that a store writes for a row.

    The first change of an aggregate has one time.
    """
    values = {**row, "hash": HASH, "seq": 1 if row["created_at"] == row["updated_at"] else 2}
    return {column.name: values.get(column.name, "key") for column in columns_of(entity)}


def columns_of(entity: type[Aggregate]) -> list[Column[Any]]:
    """Return the columns that a store writes."""
    return writable_columns(table_of(entity))


@frozen
class SqliteRows:
    """The tables of a migrated SQLite file, without guards that are about more than one value."""

    connection: sqlite3.Connection

    @classmethod
    def open(cls, path: str) -> Self:
        """Open a file, whose guards are dropped; SQLite checks no foreign keys by default."""
        connection = sqlite3.connect(path, isolation_level=None)
        for guard in guards_lifted("sqlite"):
            connection.execute(f"DROP TRIGGER {guard.name}")
        return cls(connection)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.connection.close()

    def __call__(self, entity: type[Aggregate], rows: Sequence[Values]) -> list[str]:
        """Insert each row in a savepoint, and return what refuses it."""
        columns = columns_of(entity)
        names = ", ".join(column.name for column in columns)
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table_of(entity).name} ({names}) VALUES ({marks})"
        self.connection.execute("BEGIN")
        refusals = [self._refusal(statement, columns, stored_row(entity, row)) for row in rows]
        self.connection.execute("ROLLBACK")
        return refusals

    def _refusal(self, statement: str, columns: Sequence[Column[Any]], row: Values) -> str:
        self.connection.execute("SAVEPOINT one_row")
        try:
            values = [sqlite_value(column, row[column.name]) for column in columns]
            self.connection.execute(statement, values)
        except NOT_WRITTEN as error:
            return str(error).removeprefix("CHECK constraint failed: ")
        finally:
            self.connection.execute("ROLLBACK TO one_row")
            self.connection.execute("RELEASE one_row")
        return ACCEPTED


@frozen
class PostgresqlRows:
    """The tables of a migrated PostgreSQL database, without foreign keys and those guards."""

    connection: psycopg.Connection[Any]

    @classmethod
    def open(cls, owner_url: str) -> Self:
        """Open a database of its own, whose guards and foreign keys are dropped."""
        connection = psycopg.connect(owner_url, autocommit=True)
        for guard in guards_lifted("postgresql"):
            drop = SQL("DROP TRIGGER {} ON indelible.{}")
            connection.execute(drop.format(Identifier(guard.name), Identifier(guard.table.name)))
        for table, name in connection.execute(FOREIGN_KEYS).fetchall():
            drop = SQL("ALTER TABLE indelible.{} DROP CONSTRAINT {}")
            connection.execute(drop.format(Identifier(table), Identifier(name)))
        connection.execute(POSTGRESQL_FUNCTION)
        return cls(connection)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self.connection.close()

    def __call__(self, entity: type[Aggregate], rows: Sequence[Values]) -> list[str]:
        """Insert each row in a savepoint of one statement, and return what refuses it."""
        columns = columns_of(entity)
        table = f"indelible.{table_of(entity).name}"
        names = ", ".join(column.name for column in columns)
        statement = (
            f"INSERT INTO {table} ({names}) SELECT {names}"
            f" FROM jsonb_populate_record(NULL::{table}, $1::jsonb)"
        )
        texts = [_json_text(columns, stored_row(entity, row)) for row in rows]
        answer = self.connection.execute("SELECT pg_temp.refusals(%s, %s)", (statement, texts))
        (refusals,) = answer.fetchall()[0]
        return list(refusals)


FOREIGN_KEYS: Final = """
    SELECT relname, conname
    FROM pg_constraint
    JOIN pg_class ON pg_class.oid = conrelid
    WHERE contype = 'f' AND connamespace = 'indelible'::regnamespace
"""


def guards_lifted(dialect: str) -> list[Guard]:
    """Return the guards of new heads that are about more than one value.

    They are about the birth of an aggregate, about its history or about other rows: the row may be
    of any state, and the tables are empty.
    """
    lifted: list[Guard] = []
    for guard in CATALOG.guards(dialect):
        is_of_row = guard.rule in VALUE_GUARDS
        if guard.table in CATALOG.heads and guard.event == "INSERT" and not is_of_row:
            lifted.append(guard)
    return lifted


def sqlite_value(column: Column[Any], value: object) -> object:
    """Return what the store gives SQLite's driver for a value of a column."""
    if isinstance(column.type, Domain):
        convert = column.type.bind_processor(SQLITE)
        if convert is not None:
            return convert(value)
    return value


def _json_text(columns: Sequence[Column[Any]], row: Values) -> str:
    """Return a row as the JSON from which PostgreSQL reads the values of the columns."""
    return json.dumps({column.name: json_value(column, row[column.name]) for column in columns})


def json_value(column: Column[Any], value: object) -> object:
    """Return a value of a column as JSON, from which PostgreSQL reads it."""
    if isinstance(column.type, JsonDomain):
        return to_json_value(value)
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, Vector):
        return list(value)
    if isinstance(value, Actor):
        return str(value)
    if isinstance(value, bool):
        return int(value)
    return value
