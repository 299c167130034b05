"""Statements that SQLAlchemy cannot express."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import (
    Column,
    Connection,
    Insert,
    Table,
    TextClause,
    bindparam,
    column,
    insert,
    literal_column,
    text,
)
from sqlalchemy import table as lite
from sqlalchemy.dialects.postgresql import insert as insert_or_update
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from tests.guards.arena import Statement

from indelible.kernel import canonical_json
from indelible_sql.engine.atomic_write import writable_columns
from indelible_sql.schema.columns import SCHEMA

NULL: ColumnElement[Any] = literal_column("NULL")


def raw(sql: str) -> ColumnElement[Any]:
    """A value as it is written in SQL, round the column's type."""
    return literal_column(sql)


def replacing(statement: Insert) -> Insert:
    """Make an insert delete the rows of SQLite that conflict with it."""
    return statement.prefix_with("OR REPLACE")


def by_rowid(table: Table, row: Mapping[str, Any], rowid: int) -> Insert:
    """Return an INSERT OR REPLACE with a chosen rowid, an undeclared key of SQLite."""
    shown = lite(
        table.name, *(column(each.name, each.type) for each in table.columns), column("rowid")
    )
    return replacing(insert(shown).values({**row, "rowid": rowid}))


def upsert(
    table: Table, row: Mapping[str, Any], key: tuple[str, ...], **values: object
) -> Statement:
    """The row, or a change to the one that is there."""
    return (
        insert_or_update(table)
        .values({**row})
        .on_conflict_do_update(index_elements=key, set_=values)
    )


def overriding(table: Table, row: Mapping[str, Any], **chosen: str) -> TextClause:
    """An insert that gives what PostgreSQL wants to make itself."""
    columns = writable_columns(table)
    names = ", ".join((*chosen, *(each.name for each in columns)))
    values = ", ".join((*chosen.values(), *(f":{each.name}" for each in columns)))
    statement = (
        f"INSERT INTO {SCHEMA}.{table.name} ({names}) OVERRIDING SYSTEM VALUE VALUES ({values})"
    )
    return text(statement).bindparams(*(_bound(each, row[each.name]) for each in columns))


def _bound(each: Column[Any], value: object) -> BindParameter[Any]:
    return bindparam(each.name, value, type_=each.type)


def copied(table: Table, row: Mapping[str, Any], **other: object) -> Statement:
    """The row by COPY, which asks no rewrite rule and no GENERATED ALWAYS."""
    given = {each.name: row[each.name] for each in writable_columns(table)} | other

    def copy(connection: Connection) -> None:
        names = ", ".join(given)
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {SCHEMA}.{table.name} ({names}) FROM STDIN") as stream:
            stream.write_row([_plain(value) for value in given.values()])

    return copy


def _plain(value: object) -> object:
    if isinstance(value, Mapping | list | tuple):
        return canonical_json(cast("object", value))
    return value if value is None or isinstance(value, int) else str(value)
