"""The vector functions on SQLite connections, which have none of their own."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection
from sqlalchemy.sql.base import Executable

from indelible.captures.entities import Vector
from indelible.captures.rules.formulas import FUNCTIONS
from indelible_sql.engine.session import Row, Session

INSTALLED_KEY: Final = (
    "indelible vectors"  # in `connection.info`, as long as the driver's connection
)


def vector_rows(session: Session, statement: Executable, values: Row) -> list[dict[str, Any]]:
    """Run a statement that computes with vectors, and return its rows."""
    if session.is_sqlite:
        install(session.connection)
    return session.rows(statement, values)


def install(connection: Connection) -> None:
    """Add the vector functions to a SQLite connection that lacks them."""
    if INSTALLED_KEY in connection.info:
        return
    driver: Any = connection.connection.dbapi_connection
    for name, function in FUNCTIONS.items():
        on_bytes = partial(_call_on_bytes, function.python)
        driver.create_function(name, len(function.parameters), on_bytes, deterministic=True)
    connection.info[INSTALLED_KEY] = True


def _call_on_bytes(function: Callable[..., Any], *arguments: object) -> object:
    """Call a function of vectors with the bytes that SQLite stores, and return such bytes."""
    values: list[object] = []
    for argument in arguments:
        values.append(Vector.unpacked(argument) if isinstance(argument, bytes) else argument)
    result = function(*values)
    return result.packed() if isinstance(result, Vector) else result
