"""Let connections to PostgreSQL wait for a reply only so long, also where the server hangs.

A limit of the server does not help against a server that is stopped or behind a broken network.
"""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine
from sqlalchemy.event import listen

if TYPE_CHECKING:
    from psycopg import Cursor

    from indelible_sql.engine.limited_connections import LimitedAsyncConnection

# `transaction_timeout` is unknown before PostgreSQL 17.
NO_TIMEOUTS: Final = """
    SELECT set_config(name, '0', true)
    FROM pg_settings
    WHERE name IN (
        'transaction_timeout', 'idle_in_transaction_session_timeout', 'statement_timeout'
    )
"""


def limit(engine: Engine, seconds: float) -> None:
    """Let each connection of an engine wait for at most that long.

    SQLAlchemy's own first statements on a connection are limited too: they are run before any
    listener of `connect`. An event loop's engine connects by `limited_creator`.
    """
    from indelible_sql.engine.limited_connections import (  # noqa: PLC0415 - imports psycopg
        LimitedConnection,
    )

    def connect(_: object, __: object, arguments: list[Any], options: dict[str, Any]) -> object:
        connection = LimitedConnection.connect(*arguments, **options)
        connection.limit_seconds = seconds
        return connection

    def restore(dbapi_connection: Any, *_: object) -> None:
        # An invalid connection has been closed.
        if dbapi_connection is not None:
            _driver_of(dbapi_connection).limit_seconds = seconds

    if not engine.dialect.is_async:
        listen(engine, "do_connect", connect)
    listen(engine, "checkin", restore)


def limited_creator(seconds: float) -> Callable[..., Awaitable["LimitedAsyncConnection"]]:
    """Return a function that opens an event loop's connections with a limit."""
    from indelible_sql.engine.limited_connections import (  # noqa: PLC0415 - imports psycopg
        LimitedAsyncConnection,
    )

    async def connect(*arguments: Any, **options: Any) -> LimitedAsyncConnection:
        connection = await LimitedAsyncConnection.connect(*arguments, **options)
        connection.limit_seconds = seconds
        return connection

    return connect


def lift_limits(connection: SqlConnection) -> None:
    """Let a transaction on PostgreSQL be as long as it needs, also between its statements.

    The limits of the role protect transactions that wait for others; a walk over all rows waits
    for none, and what it does with a page of rows may take longer than an idle transaction may
    wait. The limit of the connection is lifted until it returns to its pool.
    """
    driver: Any = connection.connection.driver_connection
    if hasattr(driver, "limit_seconds"):
        driver.limit_seconds = None
    connection.exec_driver_sql(NO_TIMEOUTS)


@contextmanager
def limited_to(connection: SqlConnection, seconds: float) -> Generator[None]:
    """Let the statements of the block wait for a reply for another time than the connection's."""
    driver: Any = connection.connection.driver_connection
    usual = driver.limit_seconds
    driver.limit_seconds = seconds
    yield
    driver.limit_seconds = usual


def kept_cursor(connection: SqlConnection, statement: str) -> "Cursor[Any] | None":
    """Return the cursor that the connection keeps for a statement; None if it keeps none."""
    keep = getattr(connection.connection.driver_connection, "kept_cursor", None)
    if keep is None:
        return None

    cursor: Cursor[Any] = keep(statement)
    return cursor


def forget_cursor(connection: SqlConnection, statement: str) -> None:
    """Let the connection keep the statement's cursor no longer, whose last result would stay."""
    driver: Any = connection.connection.driver_connection
    driver.forget_cursor(statement)


def _driver_of(dbapi_connection: Any) -> Any:
    """Return psycopg's connection, which an adapter for an event loop contains."""
    return getattr(dbapi_connection, "driver_connection", dbapi_connection)
