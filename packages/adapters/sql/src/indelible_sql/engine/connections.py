"""Connections: two pools to one database, one that writes and one that cannot."""

import re
from collections.abc import Sequence
from pathlib import Path
from sqlite3 import SQLITE_BUSY, OperationalError
from time import monotonic
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen
from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.event import listen
from sqlalchemy.exc import ArgumentError

from indelible.kernel import StoreUnreachable, UsageError
from indelible_sql.engine.authorizer import install
from indelible_sql.engine.limited import limit, limited_creator
from indelible_sql.engine.poolers import watch_for_poolers
from indelible_sql.engine.pools import AsyncFairQueuePool, FairQueuePool
from indelible_sql.engine.sqlalchemy_internals import send
from indelible_sql.engine.timelines import Timelines

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

# A role or a database may have another default, with which a transaction keeps its first snapshot:
# the feed's end would be older than what the transaction must see.
BEGIN_ON_POSTGRESQL = "BEGIN ISOLATION LEVEL READ COMMITTED"
BEGIN_READ_ONLY = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
POSTGRESQL = "postgresql+psycopg"
CONNECT_SECONDS = 5  # of an owner's connection too
STANDBY_CONNECT_SECONDS = 2  # the least of psycopg: the primary answers instead
STATEMENT_SECONDS = 30
STANDBY_SECONDS = 1
BUSY_TIMEOUT_MILLISECONDS = 5_000
APPLICATION_NAME = "indelible"
DEFAULT_PORT = "5432"
NO_ADDRESS = "this is no address of a database"
SESSION_KIND = "target_session_attrs"  # of libpq: which of several hosts is taken
PRIMARY = "read-write"
STANDBY = "standby"
SEVERAL_HOSTS = re.compile(
    r"(?P<before>postgres[^:/?#]*://(?:[^/?#]*@)?)(?P<hosts>[^/?#@]*,[^/?#@]*)"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>.*))?"
)
HOST_AND_PORT = re.compile(
    r"(?:\[(?P<ipv6>[0-9a-fA-F:.]+)\]|(?P<name>[^:\[\]]+))(?::(?P<port>\d+))?"
)
CLIENT_ENCODING = "UTF8"  # whatever the role has
PRIMARY_ERROR_CODE = 0xFF  # the bits of a SQLite error that are not its extension


@frozen(kw_only=True)
class Engines:
    """The two pools; `writer` holds one connection on SQLite.

    PostgreSQL's connections are in autocommit mode unless they are a host's own: a transaction is
    begun by a statement, and a single statement needs none. So are those of SQLite's reader. Its
    writer always begins a transaction, which costs no round trip.
    """

    writer: Engine
    reader: Engine
    is_writer_autocommit: bool = False
    is_reader_autocommit: bool = False
    timelines: Timelines = field(factory=Timelines)


@frozen(kw_only=True)
class Pool:
    """The settings of a pool.

    A process holds at most `size` + `overflow` connections for each of its two pools. With
    `prepare` the server keeps prepared statements for them, unless a pooler stands before it.

    A caller waits for at most `connect_seconds` for a free connection and as long for a new one
    (psycopg: at least 2), and for at most `statement_seconds` for the reply to a statement on
    PostgreSQL. A read waits for at most `standby_seconds` until a standby has the caller's own
    writes.
    """

    size: int = 5
    overflow: int = 10
    prepare: bool = True
    connect_seconds: int = CONNECT_SECONDS
    statement_seconds: float = STATEMENT_SECONDS
    standby_seconds: float = STANDBY_SECONDS


@frozen
class _Target:
    """An address with the options of its engine."""

    url: URL
    options: dict[str, Any]


def open_engines(url: str, pool: Pool) -> Engines:
    """Open the pools for threads."""
    writer, reader = _targets(address(url), pool, is_async=False)
    return _configured(
        create_engine(writer.url, **writer.options),
        create_engine(reader.url, **reader.options),
        pool,
    )


def open_async_engines(url: str, pool: Pool) -> tuple[Engines, tuple["AsyncEngine", "AsyncEngine"]]:
    """Open the pools for an event loop; return them as synchronous and as asynchronous engines."""
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - it imports the ORM

    writer_target, reader_target = _targets(address(url), pool, is_async=True)
    writer = create_async_engine(writer_target.url, **writer_target.options)
    reader = create_async_engine(reader_target.url, **reader_target.options)
    return _configured(writer.sync_engine, reader.sync_engine, pool), (writer, reader)


def open_standby_engine(url: str, pool: Pool) -> Engine:
    """Open the pool of a standby for threads.

    Raises: UsageError.
    """
    target = _standby_target(url, pool, is_async=False)
    return _configured_standby(create_engine(target.url, **target.options), pool)


def open_async_standby_engine(url: str, pool: Pool) -> tuple[Engine, "AsyncEngine"]:
    """Open the pool of a standby for an event loop; return it as both kinds of engines.

    Raises: UsageError.
    """
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415 - it imports the ORM

    target = _standby_target(url, pool, is_async=True)
    engine = create_async_engine(target.url, **target.options)
    return _configured_standby(engine.sync_engine, pool), engine


def _standby_target(url: str, pool: Pool, *, is_async: bool) -> _Target:
    parsed = address(url, STANDBY)
    if parsed.get_backend_name() != "postgresql":
        raise UsageError("only PostgreSQL has a standby to read from: the address names another")
    quick = evolve(pool, connect_seconds=min(pool.connect_seconds, STANDBY_CONNECT_SECONDS))
    return _targets(parsed, quick, is_async=is_async)[1]


def address(url: str, session_kind: str = PRIMARY) -> URL:
    """Parse a database's address, or raise UsageError.

    An address of PostgreSQL may name several hosts: `postgresql://user@one:5432,two:5432/name`. The
    primary among them is taken, which is another one after a failover, or one of another
    `session_kind`, unless the address says what it wants by `target_session_attrs`.
    """
    several = SEVERAL_HOSTS.fullmatch(url)
    if several is not None:
        url = _with_hosts_in_query(several)
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise UsageError(NO_ADDRESS) from error
    if has_several_hosts(parsed) and SESSION_KIND not in parsed.query:
        return parsed.update_query_dict({SESSION_KIND: session_kind})
    return parsed


def _with_hosts_in_query(several: re.Match[str]) -> str:
    """Return the address with its hosts in the query, which SQLAlchemy and libpq both read."""
    hosts: list[str] = []
    ports: list[str] = []
    for text in several["hosts"].split(","):
        host = HOST_AND_PORT.fullmatch(text)
        if host is None:
            raise UsageError(NO_ADDRESS)
        hosts.append(host["name"] or host["ipv6"])
        ports.append(host["port"] or DEFAULT_PORT)
    parameters = [f"host={','.join(hosts)}", f"port={','.join(ports)}"]
    if several["query"]:
        parameters.insert(0, several["query"])
    return f"{several['before']}{several['path'] or '/'}?{'&'.join(parameters)}"


def has_several_hosts(url: URL) -> bool:
    """Return whether an address names more than one host."""
    hosts = url.query.get("host", "")
    return len(hosts.split(",") if isinstance(hosts, str) else hosts) > 1


def host_engines(engine: Engine) -> Engines:
    """Return the two pools of a host's own engine, which is not configured further."""
    reader = engine.execution_options()
    if engine.dialect.name != "sqlite":
        reader = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    return Engines(writer=engine, reader=reader)


def _targets(url: URL, pool: Pool, *, is_async: bool) -> tuple[_Target, _Target]:
    """Return the targets of the writer and of the reader."""
    shared: dict[str, Any] = {
        "poolclass": AsyncFairQueuePool if is_async else FairQueuePool,
        "pool_timeout": pool.connect_seconds,
        "hide_parameters": True,
    }
    several: dict[str, Any] = {**shared, "pool_size": pool.size, "max_overflow": pool.overflow}

    backend = url.get_backend_name()
    if backend == "sqlite":
        if not url.database or url.database == ":memory:":
            raise UsageError(
                "a SQLite store is a file; for a store in memory, use indelible.memory.MemoryStore"
            )
        target = url.set(drivername="sqlite+aiosqlite" if is_async else "sqlite")
        one = {**shared, "pool_size": 1, "max_overflow": 0}
        return _Target(target, one), _Target(target, several)

    if backend == "postgresql":
        target = url.set(drivername=POSTGRESQL)
        arguments: dict[str, Any] = {
            "prepare_threshold": 1 if pool.prepare else None,
            "connect_timeout": pool.connect_seconds,
            "application_name": APPLICATION_NAME,
            "client_encoding": CLIENT_ENCODING,
        }
        if is_async:
            arguments["async_creator_fn"] = limited_creator(pool.statement_seconds)
        several["connect_args"] = arguments
        # Only a statement begins a transaction: see `_begin_on_postgresql`.
        several["isolation_level"] = "AUTOCOMMIT"
        several["use_native_hstore"] = False  # no look-up of a type that nobody uses
        return _Target(target, several), _Target(target, several)

    raise UsageError(f"indelible supports SQLite and PostgreSQL, not {backend}")


def _configured(writer: Engine, reader: Engine, pool: Pool) -> Engines:
    """Make the reader read-only; limit PostgreSQL's replies, and watch for its failovers."""
    is_postgresql = writer.dialect.name != "sqlite"
    engines = Engines(
        writer=writer,
        reader=reader,
        is_writer_autocommit=is_postgresql,
        is_reader_autocommit=True,
    )
    if is_postgresql:
        limit(writer, pool.statement_seconds)
        engines.timelines.guard(writer)
        engines.timelines.guard(reader)
        listen(writer, "begin", _begin_on_postgresql)
        _configured_reader(reader, pool)
        return engines

    for engine in (writer, reader):
        listen(engine, "do_connect", check_directory)
    listen(writer, "connect", _prepare_writer)
    listen(reader, "connect", _prepare_reader)
    listen(writer, "begin", begin_immediate)
    listen(reader, "begin", _begin)
    return engines


def _configured_standby(standby: Engine, pool: Pool) -> Engine:
    """Configure a pool of a standby, whose timeline nobody asks for."""
    watch_for_poolers(standby)
    return _configured_reader(standby, pool)


def _configured_reader(reader: Engine, pool: Pool) -> Engine:
    """Make a pool of PostgreSQL read-only, and limit its replies."""
    limit(reader, pool.statement_seconds)
    listen(reader, "begin", _begin_read_only)
    return reader


def check_directory(_: object, __: object, arguments: Sequence[str], ___: object) -> None:
    """Raise StoreUnreachable for a SQLite file in a missing directory.

    SQLite itself says only that it cannot open the file.
    """
    directory = Path(arguments[0]).parent
    if arguments[0].startswith("file:"):
        directory = Path()
    try:
        directory.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreUnreachable(f"there is no directory {directory}") from error
    except OSError:
        return  # SQLite finds out by itself that it has no access


def _prepare_writer(connection: Any, _: object) -> None:
    cursor = sqlite_cursor(connection)
    enable_wal(cursor)
    _protect(connection, cursor, "PRAGMA synchronous = FULL")


def _prepare_reader(connection: Any, _: object) -> None:
    _protect(connection, sqlite_cursor(connection), "PRAGMA query_only = ON")


def _protect(connection: Any, cursor: Any, pragma: str) -> None:
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(pragma)
    cursor.close()
    install(connection)


def enable_foreign_keys(engine: Engine) -> None:
    """Check foreign keys in each new connection of a host's SQLite engine.

    SQLite checks none unless each connection asks for it. Call this right after `create_engine`;
    other databases need nothing.
    """
    if engine.dialect.name == "sqlite":
        listen(engine, "connect", _enable_foreign_keys)


def _enable_foreign_keys(connection: Any, _: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


def sqlite_cursor(connection: Any) -> Any:
    """Return a cursor that begins no transaction of its own and waits for a writer."""
    connection.isolation_level = None  # the engine begins transactions, not the driver
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}")
    return cursor


def enable_wal(cursor: Any) -> None:
    """Enable WAL.

    SQLite ignores `busy_timeout` for this statement, so retry while another connection writes.
    """
    deadline = monotonic() + BUSY_TIMEOUT_MILLISECONDS / 1_000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except OperationalError as error:
            is_busy = error.sqlite_errorcode & PRIMARY_ERROR_CODE == SQLITE_BUSY
            if not is_busy or monotonic() > deadline:
                raise
            # BEGIN IMMEDIATE waits for the other writer.
            cursor.execute("BEGIN IMMEDIATE")
            cursor.execute("ROLLBACK")
        else:
            return


def begin_on_host(connection: Connection, statement: str) -> None:
    """Begin on a host's SQLite connection unless a transaction is open.

    The driver itself would begin only with the first write.
    """
    driver: Any = connection.connection.driver_connection
    if not driver.in_transaction:
        connection.exec_driver_sql(statement)


def begin_immediate(connection: Connection) -> None:
    """Begin a write transaction on SQLite: a writer waits at its start, never half way."""
    send(connection, "BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    send(connection, "BEGIN")


def _begin_on_postgresql(connection: Connection) -> None:
    send_unprepared(connection, BEGIN_ON_POSTGRESQL)


def _begin_read_only(connection: Connection) -> None:
    """Begin a transaction on PostgreSQL that cannot write and has one snapshot."""
    send_unprepared(connection, BEGIN_READ_ONLY)


def send_unprepared(connection: Connection, statement: str) -> None:
    """Send a statement that no session of the server has to know, except from an event loop."""
    if connection.dialect.is_async:
        send(connection, statement)  # the adapter's cursor has no options
    else:
        send(connection, statement, prepare=False)
