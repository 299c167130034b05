"""Databases of a simulation, whose one function of time is the virtual clock (decision 0120)."""

import sqlite3
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Protocol

from attrs import define, field
from sqlalchemy import event

from indelible.kernel import Ids
from indelible.policy import Policy
from indelible_service.simulation.clock import SimulatedClock
from indelible_service.simulation.crashes import Mortality
from indelible_service.simulation.hosts import SimulatedHost
from indelible_sql import SqlContext, SqlStore, open_store
from indelible_sql.schema.database_time import DATABASE_TIME

PRISTINE: Final = "database.sqlite"
TIME_TABLE: Final = "simulated_time"


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

    def open(self, ids: Ids, mortality: Mortality) -> SqlStore:
        """Open a store for a process; its first transaction has checked the database."""
        ...

    def real_time(self) -> AbstractContextManager[None]:
        """Give the database its own clock for a block, as its declarations have it."""
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


@define(kw_only=True, eq=False)
class SqliteDatabase:
    """A file; each connection reads the virtual clock."""

    file: Path
    clock: SimulatedClock
    policy: Policy
    hosts: Sequence[SimulatedHost] = ()
    _calculator: sqlite3.Connection = field(
        factory=lambda: sqlite3.connect(":memory:", check_same_thread=False), init=False
    )

    @property
    def url(self) -> str:
        """Return the address."""
        return f"sqlite:///{self.file}"

    def open(self, ids: Ids, mortality: Mortality) -> SqlStore:
        """Open a store for a process."""
        store = open_store(
            self.url,
            clock=self.clock,
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

    def _replace_time(self, connection: sqlite3.Connection, _: object) -> None:
        connection.create_function("strftime", -1, self._strftime, deterministic=True)

    def _strftime(self, pattern: str, text: str, *modifiers: str) -> str | None:
        if text == "now":
            text = self.clock.now().isoformat(sep=" ", timespec="milliseconds")
        marks = "".join(", ?" for _ in modifiers)
        statement = f"SELECT strftime(?, ?{marks})"
        value: str | None = self._calculator.execute(
            statement, [pattern, text, *modifiers]
        ).fetchone()[0]
        return value


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
    owner: Any  # a connection of psycopg, in autocommit mode
    clock: SimulatedClock
    policy: Policy
    hosts: Sequence[SimulatedHost] = ()
    _function: str = ""  # the definition that the migrations have made

    def open(self, ids: Ids, mortality: Mortality) -> SqlStore:
        """Open a store for a process; its check of the schema needs the original function."""
        store = open_store(
            self.url,
            clock=self.clock,
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
        self.owner.execute(self._function)
        try:
            yield
        finally:
            self._replace_time()

    def begin(self) -> None:
        """Replace the function of time, and let it follow the clock."""
        definition = f"SELECT pg_get_functiondef('indelible.{DATABASE_TIME}'::regproc)"
        (self._function,) = self.owner.execute(definition).fetchone()
        self.owner.execute(f"CREATE TABLE indelible.{TIME_TABLE} (now timestamptz NOT NULL)")
        self.owner.execute(f"GRANT SELECT ON indelible.{TIME_TABLE} TO PUBLIC")
        insert = f"INSERT INTO indelible.{TIME_TABLE} VALUES (%s)"
        self.owner.execute(insert, [self.clock.now()])
        self._replace_time()
        self.clock.listeners.append(self._follow)

    def _replace_time(self) -> None:
        self.owner.execute(
            f"CREATE OR REPLACE FUNCTION indelible.{DATABASE_TIME}(has_waited boolean)"
            " RETURNS timestamptz LANGUAGE sql PARALLEL SAFE AS"
            f" $$ SELECT now FROM indelible.{TIME_TABLE} $$"
        )

    def _follow(self, _: int) -> None:
        update = f"UPDATE indelible.{TIME_TABLE} SET now = %s"
        self.owner.execute(update, [self._now()])

    def _now(self) -> datetime:
        return self.clock.now()


@contextmanager
def postgresql_database(
    folder: Path, clock: SimulatedClock, policy: Policy, hosts: Sequence[SimulatedHost]
) -> Generator[SimulatedDatabase]:
    """Run a server in a folder, and migrate its database."""
    import psycopg

    from indelible_service.embedded import postgres

    with (
        postgres(folder / "postgresql", durable=False) as server,
        psycopg.connect(server.owner_url, autocommit=True) as owner,
    ):
        store = open_store(server.url)
        store.upgrade(server.owner_url)
        store.dispose()
        for host in hosts:
            host.create_tables(server.owner_url)
        database = PostgresqlDatabase(
            url=server.url, owner=owner, clock=clock, policy=policy, hosts=hosts
        )
        database.begin()
        yield database


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
