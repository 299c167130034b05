"""Connections: two pools to one database, one that writes and one that cannot."""

from collections.abc import Sequence
from pathlib import Path
from sqlite3 import SQLITE_BUSY, OperationalError
from time import monotonic
from typing import Any

from attrs import frozen
from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.event import listen
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from indelible.kernel import StoreUnreachable, UsageError
from indelible_sql.engine.authorizer import install
from indelible_sql.engine.pools import AsyncFairQueuePool, FairQueuePool

LONGEST_WAIT_SECONDS = 10
BUSY_MILLISECONDS = 5_000
APPLICATION_NAME = "indelible"


@frozen(kw_only=True)
class Engines:
    """The two pools; `writer` holds one connection on SQLite."""

    writer: Engine
    reader: Engine


@frozen(kw_only=True)
class Pool:
    """How many connections a process may hold, and whether the server may keep prepared statements for them."""

    size: int = 5
    overflow: int = 10
    prepare: bool = True


def open_engines(url: str, pool: Pool) -> Engines:
    """The pools of threads."""
    writer, reader = (
        create_engine(target, **options)
        for target, options in _pools(address(url), pool, sync=True)
    )
    return _prepared(writer, reader)


def open_async_engines(url: str, pool: Pool) -> tuple[Engines, tuple[AsyncEngine, AsyncEngine]]:
    """The pools of an event loop, in both their faces."""
    writer, reader = (
        create_async_engine(target, **options)
        for target, options in _pools(address(url), pool, sync=False)
    )
    return _prepared(writer.sync_engine, reader.sync_engine), (writer, reader)


def address(url: str) -> URL:
    """The address that the text is, or WrongUse."""
    try:
        return make_url(url)
    except (ArgumentError, ValueError) as error:
        raise UsageError("this is no address of a database") from error


def host_engines(engine: Engine) -> Engines:
    """A host's own engine, taken as it is."""
    is_sqlite = engine.dialect.name == "sqlite"
    return Engines(
        writer=engine, reader=engine.execution_options() if is_sqlite else _read_only(engine)
    )


def _pools(
    url: URL, pool: Pool, *, sync: bool
) -> tuple[tuple[URL, dict[str, Any]], tuple[URL, dict[str, Any]]]:
    in_turn = FairQueuePool if sync else AsyncFairQueuePool
    wait = {"poolclass": in_turn, "pool_timeout": LONGEST_WAIT_SECONDS, "hide_parameters": True}
    many = wait | {"pool_size": pool.size, "max_overflow": pool.overflow}
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise UsageError(
                "a SQLite store is a file; for a store in memory, use indelible.memory.MemoryStore"
            )
        target = url.set(drivername="sqlite" if sync else "sqlite+aiosqlite")
        return (target, wait | {"pool_size": 1, "max_overflow": 0}), (target, many)
    if url.get_backend_name() != "postgresql":
        raise UsageError(f"indelible knows SQLite and PostgreSQL, not {url.get_backend_name()}")
    arguments = {
        "prepare_threshold": 1 if pool.prepare else None,
        "connect_timeout": LONGEST_WAIT_SECONDS,
        "application_name": APPLICATION_NAME,
    }
    server = many | {"connect_args": arguments}
    target = url.set(drivername="postgresql+psycopg")
    return (target, server), (target, server)


def _prepared(writer: Engine, reader: Engine) -> Engines:
    if writer.dialect.name != "sqlite":
        return Engines(writer=writer, reader=_read_only(reader))
    for engine in (writer, reader):
        listen(engine, "do_connect", check_directory)
    listen(writer, "connect", _prepare_writer)
    listen(reader, "connect", _prepare_reader)
    listen(writer, "begin", begin_immediate)
    listen(reader, "begin", _begin)
    return Engines(writer=writer, reader=reader)


def _read_only(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def check_directory(_: object, __: object, arguments: Sequence[str], ___: object) -> None:
    """Refuse to look for a SQLite file where there is no directory; SQLite would only say that it cannot open it."""
    place = Path() if arguments[0].startswith("file:") else Path(arguments[0]).parent
    try:
        place.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreUnreachable(f"there is no directory {place}") from error
    except OSError:
        return  # SQLite finds out by itself that it may not go there


def _prepare_writer(connection: Any, _: object) -> None:
    cursor = sqlite_cursor(connection)
    enable_wal(cursor)
    _protect(connection, cursor, "PRAGMA synchronous = FULL")


def _prepare_reader(connection: Any, _: object) -> None:
    _protect(connection, sqlite_cursor(connection), "PRAGMA query_only = ON")


def _protect(connection: Any, cursor: Any, pragma: str) -> None:
    for each in ("PRAGMA foreign_keys = ON", pragma):
        cursor.execute(each)
    cursor.close()
    install(connection)


def sqlite_cursor(connection: Any) -> Any:
    """A cursor of a SQLite connection that begins no transaction of its own accord, and waits for who writes."""
    connection.isolation_level = None  # the driver must not begin transactions: the engine does
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    return cursor


def enable_wal(cursor: Any) -> None:
    """Turn the file to WAL; SQLite refuses that at once, whatever its timeout, while another writes or turns it."""
    until = monotonic() + BUSY_MILLISECONDS / 1_000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except OperationalError as error:
            if error.sqlite_errorcode & 0xFF != SQLITE_BUSY or monotonic() > until:
                raise
            cursor.execute(
                "BEGIN IMMEDIATE"
            )  # which waits for the other as long as the timeout allows
            cursor.execute("ROLLBACK")
        else:
            return


def begin_on_host(connection: Connection, statement: str) -> None:
    """Begin on a host's SQLite connection, whose driver would begin with the first write only, if nobody did."""
    driver: Any = connection.connection.driver_connection
    if not driver.in_transaction:
        connection.exec_driver_sql(statement)


def begin_immediate(connection: Connection) -> None:
    """Begin on SQLite to write: a writer waits at the start, never half way."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
