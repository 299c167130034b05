"""The plans of the databases for statements, and rows that make an index worth its use."""

from collections.abc import Mapping
from typing import Any

from psycopg import Connection
from sqlalchemy.sql.base import Executable

from indelible_sql import SqlStore
from indelible_sql.engine.prepared import prepare

STORED_COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_schema = 'indelible' AND table_name = %s AND is_generated = 'NEVER'
    ORDER BY ordinal_position
"""


def plan(store: SqlStore, explain: str, statement: Executable, **values: object) -> list[str]:
    """Return the lines of the database's plan for a statement."""
    engine = store.engines.writer
    prepared = prepare(statement, engine.dialect, store.schema)
    values_by_name: Any = prepared.bind(values)
    parameters = tuple(values_by_name) if prepared.is_positional else values_by_name

    lines: list[str] = []
    with engine.connect() as connection:
        for row in connection.exec_driver_sql(f"{explain} {prepared.text}", parameters):
            lines.append(" ".join(str(column) for column in row))
    return lines


def has_line(lines: list[str], *parts: str) -> bool:
    """Return whether a line contains one of the parts."""
    for line in lines:
        if any(part in line for part in parts):
            return True
    return False


def copy_rows(admin: Connection[Any], table: str, changed: Mapping[str, str], copies: int) -> None:
    """Copy each row of a table; `changed` has the columns in which a copy differs from it.

    The session must not run triggers: no guard allows these rows.
    """
    admin.execute(f"ALTER TABLE indelible.{table} DISABLE TRIGGER USER".encode())
    names: list[tuple[str]] = admin.execute(STORED_COLUMNS, (table,)).fetchall()
    columns = [column for (column,) in names]
    values = [changed.get(column, column) for column in columns]
    statement = f"""
        INSERT INTO indelible.{table} ({", ".join(columns)})
        SELECT {", ".join(values)}
        FROM indelible.{table}, generate_series(1, {copies}) AS n
    """
    admin.execute(statement.encode())
