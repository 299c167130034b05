"""Open the database that the settings name."""

import hashlib
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final

from attrs import frozen
from sqlalchemy import URL

import indelible_sql
from indelible.kernel import Unavailable
from indelible.kernel.contexts import AnyContext
from indelible.kernel.keys import KeyPolicy, list_keys
from indelible.policy import Policy
from indelible_service.contexts import CONTEXTS
from indelible_service.instance.data_directory import (
    SECRET_FILE,
    data_directory,
    derive_other_secret,
    derive_secret,
)
from indelible_service.settings.service import Settings
from indelible_sql import Pool, SqlContext, SqlReading, SqlStore
from indelible_sql.engine.connections import address, has_several_hosts

POOLS_PER_PROCESS: Final = 2  # one that writes and one that reads
REQUEST_THREADS: Final = 8  # that answer requests; each open stream of the console needs one more
HEALTH_THREADS: Final = 2  # of `/health` and `/health/ready`, which wait for no slot
BROKERS: Final = 2  # Redis and the one inside the process, each with threads of its own
OTHER_WORKER_THREADS: Final = 3  # the dispatcher, the heartbeat and the main thread
SCHEDULER_THREADS: Final = 2
DEFAULT_SCHEMA: Final = Settings().schema
MAX_CONNECTIONS: Final = "max_connections"
# Connections that PostgreSQL reserves for others; the second setting exists from release 16.
RESERVED_CONNECTIONS: Final = ("superuser_reserved_connections", "reserved_connections")


@frozen
class NoDatabase(Unavailable):
    """The database file does not exist."""

    message: ClassVar[str] = "No database file exists at {path}."
    path: str


@frozen
class SecretMissing(Unavailable):
    """The database has keys, but the secret they were created with is missing."""

    message: ClassVar[str] = (
        "The database has API keys, but their secret is missing at {path}; a new secret would "
        "invalidate them."
    )
    path: str


@frozen
class TooFewConnections(Unavailable):
    """The processes may need more connections than the database server allows."""

    message: ClassVar[str] = (
        "{processes} processes may open {needed} connections, but the database server allows "
        "{available}."
    )
    processes: int
    needed: int
    available: int


def open_store(settings: Settings, *, needs_key_secret: bool) -> SqlStore:
    """Open the store at the settings' address.

    Only a store that creates or checks API keys needs their secret, which is created where it is
    missing.
    """
    keys = KeyPolicy()
    if needs_key_secret:
        keys = KeyPolicy(
            pepper=derive_secret(settings, "keys"),
            other_pepper=derive_other_secret(settings, "keys"),
        )
    return indelible_sql.open_store(
        settings.url,
        schema=settings.schema,
        contexts=_host_contexts(settings),
        policy=build_policy(settings, keys),
        pool=Pool(
            size=settings.pool_size,
            overflow=settings.max_overflow,
            prepare=settings.prepare,
            connect_seconds=settings.connect_seconds,
            statement_seconds=settings.statement_seconds,
        ),
        read_url=settings.read_url or None,
    )


def _host_contexts(settings: Settings) -> tuple[AnyContext | SqlContext, ...]:
    """Return the contexts of a host's modules that the settings name.

    Raises: ContextsUnusable.
    """
    if not settings.contexts:
        return ()
    # It imports the workers, which most commands do not need.
    from indelible_service.hosts.selection import selected_host_contexts

    return selected_host_contexts(settings)


def build_policy(settings: Settings, keys: KeyPolicy) -> Policy:
    """Return the policy of keys and of every context that has one."""
    policies: dict[str, Any] = {}
    for context in CONTEXTS:
        if context.policy is not None:
            policies[context.name] = context.policy(settings.section(context.settings))

    return Policy(keys=keys, **policies)


def check_connections(settings: Settings, store: SqlStore, threads: Sequence[int]) -> None:
    """Raise TooFewConnections where the processes could need more than the server allows.

    `threads` has the number of threads of each process.
    """
    if store.engines.reader.dialect.name == "sqlite":
        return

    needed = needed_connections(settings, threads)
    available = store.read(_available_connections)
    if needed > available:
        raise TooFewConnections(len(threads), needed, available)


def needed_connections(settings: Settings, threads: Iterable[int]) -> int:
    """Return how many connections processes may open; `threads` has the number of each process.

    A thread holds at most one connection of each pool, so a pool never opens more than there are
    threads, whatever its size allows.
    """
    per_pool = settings.pool_size + settings.max_overflow
    return sum(POOLS_PER_PROCESS * min(per_pool, number) for number in threads)


def web_threads(settings: Settings) -> int:
    """Return how many threads of a server process may use the database."""
    return REQUEST_THREADS + settings.max_streams + HEALTH_THREADS


def worker_process_threads(settings: Settings) -> int:
    """Return how many threads of a worker process may use the database."""
    return BROKERS * settings.worker_threads + OTHER_WORKER_THREADS


def _available_connections(tx: SqlReading) -> int:
    available = _server_setting(tx, MAX_CONNECTIONS)
    for name in RESERVED_CONNECTIONS:
        available -= _server_setting(tx, name)

    return available


def _server_setting(tx: SqlReading, name: str) -> int:
    """Return a number from the server's settings, 0 where the release does not have it."""
    statement = f"SELECT current_setting('{name}', true)"
    value = tx.connection.exec_driver_sql(statement).scalar()
    return int(value or 0)


@contextmanager
def open_configured_store(
    settings: Settings, *, needs_key_secret: bool = False
) -> Generator[SqlStore]:
    """Open the store of an existing database, and close its connections when the block ends.

    Raises: NoDatabase, SecretMissing.
    """
    url = address(settings.url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise NoDatabase(url.database or "")

    if needs_key_secret:
        ensure_secret(settings)

    store = open_store(settings, needs_key_secret=needs_key_secret)
    try:
        yield store
    finally:
        store.dispose()


def ensure_secret(settings: Settings) -> None:
    """Raise SecretMissing where a new secret would not open the keys of the database."""
    path = settings.data_dir / SECRET_FILE
    if settings.secret or path.exists():
        return

    with open_configured_store(settings) as store:
        if store.read(list_keys, limit=1):
            raise SecretMissing(str(path.absolute()))


def public_url(settings: Settings) -> str:
    """Return the database's address without its password."""
    url = address(settings.url)
    return url.set(query=_several_hosts(url)).render_as_string(hide_password=True)


def key_file(settings: Settings, name: str) -> Path:
    """Return the path of a key in the data directory; each database has key files of its own."""
    label = _database_label(settings)
    file_name = f"{name}.{label}.key" if label else f"{name}.key"
    return data_directory(settings) / file_name


def _database_label(settings: Settings) -> str:
    """Return a short name of the database, '' for the SQLite file in the data directory."""
    if not settings.database_url:
        return ""

    if settings.is_embedded and settings.schema == DEFAULT_SCHEMA:
        return "postgresql"

    if settings.is_embedded:
        return f"postgresql-{settings.schema}"

    url = address(settings.database_url)
    hosts: tuple[object, ...] = tuple(_several_hosts(url).values()) or (url.host, url.port)
    parts = (url.get_backend_name(), *hosts, url.database, settings.schema)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]


def _several_hosts(url: URL) -> dict[str, str | tuple[str, ...]]:
    """Return the part of an address's query that names several hosts, empty for a single one."""
    if not has_several_hosts(url):
        return {}

    return {name: url.query[name] for name in ("host", "port")}


def upgrade(settings: Settings, *, history_partitions: int | None = None) -> str:
    """Upgrade the database to the newest revision, and return the revision that it is at.

    A SQLite file is created where it is missing. An additive revision of the next release stays.
    A new store on PostgreSQL gets its history in `history_partitions` partitions.
    """
    if not settings.database_url:
        data_directory(settings)

    store = open_store(settings, needs_key_secret=False)
    try:
        return store.upgrade(settings.owner_url or None, history_partitions=history_partitions)
    finally:
        store.dispose()
