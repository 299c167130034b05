"""Databases of a simulation, whose one function of time is the virtual clock."""

import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

import psycopg
from attrs import define, field
from psycopg.sql import SQL, Identifier
from sqlalchemy import event, make_url

from indelible.kernel import Clock, Ids
from indelible.policy import Policy
from indelible_service.backups.programs import connected
from indelible_service.backups.restoring import SQLITE_SUFFIXES, RestorePlan, restore
from indelible_service.simulation.clock import SimulatedClock
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.hosts import SimulatedHost
from indelible_sql import SqlContext, SqlStore, open_store
from indelible_sql.schema.database_time import DATABASE_TIME

PRISTINE: Final = "database.sqlite"
TIME_TABLE: Final = "simulated_time"
MAX_TIMES: Final = 1000  # that a calculator remembers
SERVER_DATABASE: Final = "postgres"  # that every server has


class DatabaseKind(StrEnum):
    """The databases in which a simulation can run."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


class SimulatedDatabase(Protocol):
    """A migrated database that lives in the virtual time."""

    @property
    def url(self) -> str:
        """Return the address, as the application's role."""
        ...

    def open(self, ids: Ids, mortality: Mortality, clock: Clock | None = None) -> SqlStore:
        """Open a store for a process; its first transaction has checked the database.

        `clock` is that of the process, by default the right one.
        """
        ...

    def real_time(self) -> AbstractContextManager[None]:
        """Give the database its own clock for a block, as its declarations have it."""
        ...

    @property
    def owner_url(self) -> str:
        """Return the address for migrations."""
        ...

    @property
    def backup_url(self) -> str:
        """Return the address for `indelible backup`."""
        ...

    def restore(self, backup: Path) -> None:
        """Restore a backup into another place, and use that from now on; no store may be open."""
        ...


def contexts_of(hosts: Sequence[SimulatedHost]) -> tuple[SqlContext, ...]:
    """Return the contexts of hosts."""
    contexts: list[SqlContext] = []
    for host in hosts:
        contexts.extend(host.contexts)
    return tuple(contexts)


def _configure(store: SqlStore, clock: SimulatedClock) -> None:
    """Let the settings' cache of a store live in the virtual time, without a thread."""
    store.pause = _do_not_wait
    store.config.monotonic = clock.monotonic
    store.config.pause = _do_not_wait
    store.config.spawn = _run_now


def _do_not_wait(_: float) -> None:
    """Return at once: no other thread could change what is waited for."""


def _run_now(work: Callable[[], None]) -> None:
    work()


def _calculator() -> Callable[[tuple[str, ...]], str | None]:
    """Return SQLite's own `strftime`, which remembers: a time of the clock is asked for often."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)

    @lru_cache(MAX_TIMES)
    def calculate(values: tuple[str, ...]) -> str | None:
        marks = ", ".join("?" for _ in values)
        value: str | None = connection.execute(f"SELECT strftime({marks})", values).fetchone()[0]
        return value

    return calculate


@define(kw_only=True, eq=False)
class SqliteDatabase:
    """A file; each connection reads the virtual clock."""

    file: Path
    clock: SimulatedClock
    policy: Policy
    hosts: Sequence[SimulatedHost] = ()
    _calculate: Callable[[tuple[str, ...]], str | None] = field(factory=_calculator, init=False)

    @property
    def url(self) -> str:
        """Return the address."""
        return f"sqlite:///{self.file}"

    def open(self, ids: Ids, mortality: Mortality, clock: Clock | None = None) -> SqlStore:
        """Open a store for a process."""
        store = open_store(
            self.url,
            clock=clock or self.clock,
            ids=ids,
            policy=self.policy,
            contexts=contexts_of(self.hosts),
            at_failpoint=mortality.reach,
        )
        for engine in (store.engines.writer, store.engines.reader):
            event.listen(engine, "connect", self._replace_time)
        _configure(store, self.clock)
        return store

    @contextmanager
    def real_time(self) -> Generator[None]:
        """Do nothing: the time belongs to the connections, not to the file."""
        yield

    @property
    def owner_url(self) -> str:
        """Return the address."""
        return self.url

    @property
    def backup_url(self) -> str:
        """Return the address."""
        return self.url

    def restore(self, backup: Path) -> None:
        """Restore a backup into a new file, and forget the old one."""
        lost = self.file
        self.file = lost.with_name(f"{backup.name}.sqlite")
        restore(backup, RestorePlan(target=self.url))
        for suffix in SQLITE_SUFFIXES:
            lost.with_name(lost.name + suffix).unlink(missing_ok=True)

    def _replace_time(self, connection: sqlite3.Connection, _: object) -> None:
        connection.create_function("strftime", -1, self._strftime, deterministic=True)

    def _strftime(self, pattern: str, text: str, *modifiers: str) -> str | None:
        if text == "now":
            text = self.clock.now().isoformat(sep=" ", timespec="milliseconds")
        return self._calculate((pattern, text, *modifiers))


@contextmanager
def sqlite_database(
    folder: Path, clock: SimulatedClock, policy: Policy, hosts: Sequence[SimulatedHost]
) -> Generator[SimulatedDatabase]:
    """Create a migrated file in a folder."""
    database = SqliteDatabase(file=folder / PRISTINE, clock=clock, policy=policy, hosts=hosts)
    store = open_store(database.url)
    store.upgrade()
    store.dispose()
    for host in hosts:
        host.create_tables(database.url)
    yield database


@define(kw_only=True, eq=False)
class PostgresqlDatabase:
    """A database of a server; its function of time reads a table."""

    url: str
    owner_url: str
    admin_url: str
    clock: SimulatedClock
    policy: Policy
    hosts: Sequence[SimulatedHost] = ()
    _owner: psycopg.Connection[Any] = field(init=False)  # in autocommit mode
    _function: str = field(default="", init=False)  # as the migrations have made it

    def open(self, ids: Ids, mortality: Mortality, clock: Clock | None = None) -> SqlStore:
        """Open a store for a process; its check of the schema needs the original function."""
        store = open_store(
            self.url,
            clock=clock or self.clock,
            ids=ids,
            policy=self.policy,
            contexts=contexts_of(self.hosts),
            at_failpoint=mortality.reach,
        )
        _configure(store, self.clock)
        with self.real_time():
            store.read(lambda _: None)
        return store

    @contextmanager
    def real_time(self) -> Generator[None]:
        """Put the original function back for the block."""
        self._owner.execute(self._function.encode())
        try:
            yield
        finally:
            self._replace_time()

    @property
    def backup_url(self) -> str:
        """Return the address of a role that may read everything."""
        return self.admin_url

    def restore(self, backup: Path) -> None:
        """Restore a backup into a new database of the same server, and drop the old one."""
        self.end()
        lost = str(make_url(self.admin_url).database)
        name = backup.name.replace("-", "_")
        owner = make_url(self.owner_url).username
        with connected(_with_database(self.admin_url, SERVER_DATABASE)) as admin:
            create = SQL("CREATE DATABASE {} OWNER {}")
            admin.execute(create.format(Identifier(name), Identifier(str(owner))))
            self.url = _with_database(self.url, name)
            self.owner_url = _with_database(self.owner_url, name)
            self.admin_url = _with_database(self.admin_url, name)
            restore(backup, RestorePlan(target=self.admin_url))
            admin.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(lost)))
        self._owner = psycopg.connect(self.owner_url, autocommit=True)
        self._follow(0)

    def begin(self) -> None:
        """Replace the function of time, and let it follow the clock."""
        self._owner = psycopg.connect(self.owner_url, autocommit=True)
        definition = f"SELECT pg_get_functiondef('indelible.{DATABASE_TIME}'::regproc)"
        (self._function,) = self._owner.execute(definition.encode()).fetchone() or ("",)
        self._owner.execute(
            f"CREATE TABLE indelible.{TIME_TABLE} (now timestamptz NOT NULL)".encode()
        )
        self._owner.execute(f"GRANT SELECT ON indelible.{TIME_TABLE} TO PUBLIC".encode())
        insert = f"INSERT INTO indelible.{TIME_TABLE} VALUES (%s)"
        self._owner.execute(insert.encode(), [self.clock.now()])
        self._replace_time()
        self.clock.listeners.append(self._follow)

    def end(self) -> None:
        """Close the connection of the owner."""
        self._owner.close()

    def _replace_time(self) -> None:
        statement = (
            f"CREATE OR REPLACE FUNCTION indelible.{DATABASE_TIME}(has_waited boolean)"
            " RETURNS timestamptz LANGUAGE sql PARALLEL SAFE AS"
            f" $$ SELECT now FROM indelible.{TIME_TABLE} $$"
        )
        self._owner.execute(statement.encode())

    def _follow(self, _: int) -> None:
        update = f"UPDATE indelible.{TIME_TABLE} SET now = %s"
        self._owner.execute(update.encode(), [self._now()])

    def _now(self) -> datetime:
        return self.clock.now()


def _with_database(url: str, name: str) -> str:
    """Return the address of another database of the same server."""
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgresql_database(
    folder: Path, clock: SimulatedClock, policy: Policy, hosts: Sequence[SimulatedHost]
) -> Generator[SimulatedDatabase]:
    """Run a server in a folder, and migrate its database."""
    from indelible_service.embedded import postgres

    with postgres(folder / "postgresql", durable=False) as server:
        store = open_store(server.url)
        store.upgrade(server.owner_url)
        store.dispose()
        for host in hosts:
            host.create_tables(server.owner_url)
        database = PostgresqlDatabase(
            url=server.url,
            owner_url=server.owner_url,
            admin_url=server.admin_url,
            clock=clock,
            policy=policy,
            hosts=hosts,
        )
        database.begin()
        try:
            yield database
        finally:
            database.end()


def simulated_database(
    kind: DatabaseKind,
    folder: Path,
    clock: SimulatedClock,
    policy: Policy,
    hosts: Sequence[SimulatedHost] = (),
) -> AbstractContextManager[SimulatedDatabase]:
    """Return the context of a new database."""
    if kind is DatabaseKind.SQLITE:
        return sqlite_database(folder, clock, policy, hosts)
    return postgresql_database(folder, clock, policy, hosts)
