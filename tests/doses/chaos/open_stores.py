"""Stores that stay open while the database under them is broken, and what they have written."""

import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import psycopg
from attrs import define, field, frozen
from psycopg.sql import SQL, Identifier
from sqlalchemy import bindparam, make_url, select
from tests.conftest import POLICY

from indelible.kernel import Change, Clock
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlReading, SqlStore, open_store
from indelible_sql.captures.tables import SIGNALS
from indelible_sql.engine.authorizer import install
from indelible_sql.kernel.history import ROWS
from indelible_sql.schema.tables import HISTORY

PAUSE_SECONDS = 0.02
ADMIN_OPTIONS = (
    "-c default_transaction_read_only=off -c default_transaction_isolation=read\\ committed"
)


@define(eq=False)
class StoreUnderTest:
    """A store that stays open, its database, and the number of handlers that it ran again."""

    store: SqlStore
    server: PostgresServer | None = None  # of PostgreSQL
    retries: int = field(default=0, init=False)
    is_impatient: bool = field(default=False, init=False)  # retries without a pause

    def __attrs_post_init__(self) -> None:
        self.store.pause = self._pause

    @contextmanager
    def admin(self) -> Generator[psycopg.Connection[Any]]:
        """Open a superuser's session on PostgreSQL that ignores the settings of this module."""
        assert self.server is not None
        url = self.server.admin_url
        with psycopg.connect(url, autocommit=True, options=ADMIN_OPTIONS) as connection:
            yield connection

    @contextmanager
    def setting(self, **values: str) -> Generator[None]:
        """Change settings of the server during the block, also for open sessions."""
        with self.admin() as admin:
            for name, value in values.items():
                admin.execute(SQL("ALTER SYSTEM SET {} = {}").format(Identifier(name), value))
            admin.execute("SELECT pg_reload_conf()")
            time.sleep(PAUSE_SECONDS)  # until every process of the server has read them

        try:
            yield
        finally:
            with self.admin() as admin:
                for name in values:
                    admin.execute(SQL("ALTER SYSTEM RESET {}").format(Identifier(name)))
                admin.execute("SELECT pg_reload_conf()")

    @contextmanager
    def pragma(self, fault: str, cure: str) -> Generator[None]:
        """Set a pragma of the store's writing connection to SQLite during the block."""
        self._on_writer(fault)
        try:
            yield
        finally:
            self._on_writer(cure)

    def file(self) -> str:
        """Return the path of the SQLite file."""
        return make_url(self.store.own_url).database or ""

    def _on_writer(self, pragma: str) -> None:
        fairy = self.store.engines.writer.raw_connection()
        driver: sqlite3.Connection = fairy.driver_connection  # type: ignore[assignment]  # the driver of a SQLite engine

        driver.set_authorizer(None)
        driver.execute(f"PRAGMA {pragma}").fetchall()
        install(driver)
        fairy.close()

    def _pause(self, seconds: float) -> None:
        self.retries += 1
        time.sleep(0 if self.is_impatient else seconds)


@contextmanager
def open_for_test(
    database: str | PostgresServer, clock: Clock | None = None
) -> Generator[StoreUnderTest]:
    """Open a store on a migrated database until the block ends."""
    server: PostgresServer | None = None
    if isinstance(database, str):
        url = database
    else:
        server = database
        url = database.url
    store = open_store(url, policy=POLICY, clock=clock)
    try:
        yield StoreUnderTest(store, server)
    finally:
        store.dispose()


# The history without the feed, which shows nothing that is newer than a running transaction.

SELECT_LATER_CHANGES = (
    select(HISTORY).where(HISTORY.c.position > bindparam("position")).order_by(HISTORY.c.position)
)
SELECT_LAST_POSITION = select(HISTORY.c.position).order_by(HISTORY.c.position.desc()).limit(1)
SELECT_SIGNAL_IDS = select(SIGNALS.c.id).order_by(SIGNALS.c.id)


@frozen
class Written:
    """The position of the last change, and the ids of all signals."""

    position: int
    signal_ids: frozenset[str]

    def effects_since(self, store: SqlStore) -> list[object]:
        """Return the seq of every later change, then the id of every later signal."""
        seqs = [change.seq for change in changes_after(store, self.position)]
        signal_ids = read_written(store).signal_ids - self.signal_ids
        return [*seqs, *sorted(signal_ids)]


def read_written(store: SqlStore) -> Written:
    """Return the last position and the ids of all signals."""
    rows = store.read(lambda tx: tx.session.rows(SELECT_SIGNAL_IDS, {}))
    return Written(last_position(store), frozenset(row["id"] for row in rows))


def changes_after(store: SqlStore, position: int = 0) -> list[Change]:
    """Return every change after a position, in order."""

    def query(tx: SqlReading) -> list[Change]:
        rows = tx.session.rows(SELECT_LATER_CHANGES, {"position": position})
        return [ROWS.structure(row, Change) for row in rows]

    return store.read(query)


def last_position(store: SqlStore) -> int:
    """Return the position of the last change, 0 before the first."""
    row = store.read(lambda tx: tx.session.first(SELECT_LAST_POSITION, {}))
    if row is None:
        return 0

    return int(row["position"])
