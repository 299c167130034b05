"""A transaction that is open on a driver's connection, such as Django's, for SQLAlchemy."""

import sqlite3
import sys
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from attrs import frozen
from sqlalchemy import Connection, Engine, NullPool, create_engine

from indelible.kernel import IndelibleError, UsageError

if TYPE_CHECKING:
    import psycopg

# The types that indelible reads. A host can give its connection other loaders for them: Django
# reads `jsonb` as text, and times in its own zone.
READ_TYPES: Final = (
    "bool",
    "bytea",
    "date",
    "int2",
    "int4",
    "int8",
    "json",
    "jsonb",
    "numeric",
    "oid",
    "text",
    "timestamp",
    "timestamptz",
    "varchar",
)


@frozen
class NoOpenTransaction(IndelibleError):
    """A driver's connection has no transaction that could be joined.

    Open one first: with Django, `transaction.atomic()`.
    """

    message: ClassVar[str] = (
        "The connection has no transaction to join, because {problem}: open one first, such as "
        "Django's `transaction.atomic()`."
    )
    problem: str


@frozen
class DriverUnsupported(IndelibleError):
    """A connection of another driver than sqlite3, aiosqlite and psycopg, or none."""

    message: ClassVar[str] = (
        "A connection of {driver} cannot be joined: expected sqlite3, aiosqlite or psycopg 3."
    )
    driver: str


def borrow_connection(driver_connection: object) -> Connection:
    """Return a connection for the transaction that is open on one of sqlite3 or psycopg.

    It is for whatever takes a SQLAlchemy connection. It never commits, rolls back or closes: the
    owner of the driver's connection does. Use it until that transaction ends.

    Raises:
        NoOpenTransaction: Statements would be committed one by one.
        DriverUnsupported: The object is no connection of these drivers, or None.
    """
    borrowed = _borrowed(driver_connection)
    token = _LENT.set(borrowed)
    try:
        return borrowed.engine().connect()
    finally:
        _LENT.reset(token)


class Borrowed:
    """A driver's connection without the methods that would end its transaction or change it."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the driver's connection."""
        return getattr(self._connection, name)

    def commit(self) -> None:
        """Raise UsageError: only the owner of the transaction commits it."""
        raise UsageError("a borrowed connection is committed by its owner only")

    def rollback(self) -> None:
        """Change nothing: SQLAlchemy calls it when it returns a connection."""

    def close(self) -> None:
        """Change nothing: the owner closes the connection."""


class BorrowedFromSqlite(Borrowed):
    """A connection of sqlite3."""

    def engine(self) -> Engine:
        """Return the engine of all such connections."""
        return _sqlite_engine()

    def cursor(self) -> sqlite3.Cursor:
        """Return a cursor without the host's factories."""
        cursor = self._connection.cursor(sqlite3.Cursor)
        cursor.row_factory = None
        return cursor  # type: ignore[no-any-return]  # of sqlite3

    def create_function(self, *_: object, **__: object) -> None:
        """Change nothing: the host's functions stay as they are."""


class BorrowedFromPsycopg(Borrowed):
    """A connection of psycopg."""

    def engine(self) -> Engine:
        """Return the engine of all connections to servers of this version."""
        return _postgresql_engine(self._connection.info.server_version)

    def cursor(self, name: str = "") -> Any:
        """Return a cursor that reads rows and types as psycopg does by default."""
        import psycopg  # noqa: PLC0415 - no process on SQLite imports psycopg
        from psycopg.rows import tuple_row  # noqa: PLC0415 - as psycopg itself

        if name:
            cursor: Any = psycopg.ServerCursor(self._connection, name, row_factory=tuple_row)
        else:
            cursor = psycopg.Cursor(self._connection, row_factory=tuple_row)
        _restore_loaders(cursor)
        return cursor

    def add_notice_handler(self, *_: object) -> None:
        """Change nothing: the host's handlers stay as they are."""


_LENT: ContextVar[Borrowed] = ContextVar("_LENT")


def _borrowed(connection: object) -> BorrowedFromSqlite | BorrowedFromPsycopg:
    """Return the connection without the methods that its owner alone may call."""
    if isinstance(connection, sqlite3.Connection):
        try:
            connection.cursor().close()
        except sqlite3.ProgrammingError:
            raise NoOpenTransaction("it is closed") from None
        if not connection.in_transaction:
            raise NoOpenTransaction("it is in autocommit mode")
        return BorrowedFromSqlite(connection)

    loaded = sys.modules.get("psycopg")  # where it is not imported, there is no connection of it
    if loaded is not None and isinstance(connection, loaded.Connection):
        _check_transaction(cast("psycopg.Connection[Any]", connection))
        return BorrowedFromPsycopg(connection)

    kind = type(connection)
    raise DriverUnsupported(f"{kind.__module__}.{kind.__qualname__}")


def _check_transaction(connection: "psycopg.Connection[Any]") -> None:
    """Raise NoOpenTransaction unless the next statement is part of a transaction."""
    from psycopg.pq import TransactionStatus  # noqa: PLC0415 - no process on SQLite imports psycopg

    status = connection.info.transaction_status
    if connection.closed:
        raise NoOpenTransaction("it is closed")
    if status == TransactionStatus.INERROR:
        raise NoOpenTransaction("an error has aborted its transaction")
    if connection.autocommit and status == TransactionStatus.IDLE:
        raise NoOpenTransaction("it is in autocommit mode")


def _restore_loaders(cursor: "psycopg.Cursor[Any]") -> None:
    """Give the cursor psycopg's own loaders where the host has given its connection others."""
    import psycopg  # noqa: PLC0415 - no process on SQLite imports psycopg
    from psycopg.pq import Format  # noqa: PLC0415 - as psycopg itself

    for name in READ_TYPES:
        oid = psycopg.adapters.types[name].oid
        for form in (Format.TEXT, Format.BINARY):
            loader = psycopg.adapters.get_loader(oid, form)
            if loader is not None and cursor.adapters.get_loader(oid, form) is not loader:
                cursor.adapters.register_loader(oid, loader)


@cache
def _sqlite_engine() -> Engine:
    return create_engine("sqlite://", creator=_LENT.get, poolclass=NullPool)


@cache
def _postgresql_engine(_: int) -> Engine:
    return create_engine(
        "postgresql+psycopg://", creator=_LENT.get, poolclass=NullPool, use_native_hstore=False
    )
