"""The statements of an adoption beside those of the repositories."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult
from sqlalchemy.sql.base import Executable

NO_VALUES: Mapping[str, Any] = {}


def run(
    connection: Connection, statement: Executable | str, values: Mapping[str, Any] = NO_VALUES
) -> CursorResult[Any]:
    """Run a statement in the open transaction of a connection."""
    if isinstance(statement, str):
        return connection.exec_driver_sql(statement)
    return connection.execute(statement, values)


def rows(connection: Connection, statement: Executable) -> list[dict[str, Any]]:
    """Return the rows of a query with the driver's values."""
    return [dict(row) for row in run(connection, statement).mappings()]
