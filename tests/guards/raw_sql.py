"""Statements that SQLAlchemy cannot express."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import (
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
from sqlalchemy import table as lite_table
from sqlalchemy.dialects.postgresql import insert as insert_or_update
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from tests.guards.raw_database import Statement

from indelible.kernel import canonical_json
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.tables import writable_columns

NULL: ColumnElement[Any] = literal_column("NULL")


def raw(sql: str) -> ColumnElement[Any]:
    """Return a value as SQL, which the type of the column does not convert."""
    return literal_column(sql)


def replacing(statement: Insert) -> Insert:
    """Return the insert as INSERT OR REPLACE, which deletes the rows that conflict with it."""
    return statement.prefix_with("OR REPLACE")


def by_rowid(table: Table, row: Mapping[str, Any], rowid: int) -> Insert:
    """Return an INSERT OR REPLACE with a chosen rowid, an undeclared key of SQLite."""
    columns = [column(declared.name, declared.type) for declared in table.columns]
    with_rowid = lite_table(table.name, *columns, column("rowid"))
    return replacing(insert(with_rowid).values({**row, "rowid": rowid}))


def upsert(
    table: Table, row: Mapping[str, Any], key: tuple[str, ...], **values: object
) -> Statement:
    """Return the insert of a row that updates the stored row with its key instead."""
    return (
        insert_or_update(table)
        .values({**row})
        .on_conflict_do_update(index_elements=key, set_=values)
    )


def overriding(table: Table, row: Mapping[str, Any], **generated: str) -> TextClause:
    """Return an insert with values, as SQL, of columns that PostgreSQL generates."""
    columns = writable_columns(table)
    names = [*generated]
    values = [*generated.values()]
    parameters: list[BindParameter[Any]] = []
    for written in columns:
        names.append(written.name)
        values.append(f":{written.name}")
        parameters.append(bindparam(written.name, row[written.name], type_=written.type))

    statement = (
        f"INSERT INTO {SCHEMA}.{table.name} ({', '.join(names)})"
        " OVERRIDING SYSTEM VALUE"
        f" VALUES ({', '.join(values)})"
    )
    return text(statement).bindparams(*parameters)


def copied(table: Table, row: Mapping[str, Any], **columns: object) -> Statement:
    """Return a COPY of the row, with some columns changed.

    COPY bypasses rewrite rules and GENERATED ALWAYS.
    """
    values: dict[str, object] = {}
    for written in writable_columns(table):
        values[written.name] = row[written.name]
    values.update(columns)

    def copy(connection: Connection) -> None:
        names = ", ".join(values)
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY {SCHEMA}.{table.name} ({names}) FROM STDIN") as stream:
            stream.write_row([_copy_value(value) for value in values.values()])

    return copy


def _copy_value(value: object) -> object:
    """Return the value as COPY reads it."""
    if isinstance(value, Mapping | list | tuple):
        return canonical_json(cast("object", value))
    if value is None or isinstance(value, int):
        return value

    return str(value)
