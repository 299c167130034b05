"""Open stores, and the levers by which what is under them can be broken."""

import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import psycopg
from attrs import define, field
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url
from tests.conftest import POLICY

from indelible.kernel import Clock
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store
from indelible_sql.engine.authorizer import install

LONGEST_WAIT_SECONDS = 10
PAUSE_SECONDS = 0.02


@define(eq=False)
class Place:
    """A store that stays open, its database, and how often it ran a command again after a lost race."""

    store: SqlStore
    server: PostgresServer | None = None  # of PostgreSQL
    races: int = field(default=0, init=False)
    is_hasty: bool = field(default=False, init=False)  # does not wait between two tries

    def __attrs_post_init__(self) -> None:
        self.store.pause = self._pause

    @contextmanager
    def admin(self) -> Generator[psycopg.Connection[Any]]:
        """A superuser's session on PostgreSQL, to which no setting of this module applies."""
        assert self.server is not None
        options = (
            "-c default_transaction_read_only=off -c default_transaction_isolation=read\\ committed"
        )
        with psycopg.connect(self.server.admin_url, autocommit=True, options=options) as connection:
            yield connection

    @contextmanager
    def setting(self, **values: str) -> Generator[None]:
        """The server's own settings, which its open sessions follow too."""
        with self.admin() as admin:
            for name, value in values.items():
                admin.execute(SQL("ALTER SYSTEM SET {} = {}").format(Identifier(name), value))
            admin.execute("SELECT pg_reload_conf()")
            time.sleep(PAUSE_SECONDS)  # the server tells its children by a signal
        try:
            yield
        finally:
            with self.admin() as admin:
                for name in values:
                    admin.execute(SQL("ALTER SYSTEM RESET {}").format(Identifier(name)))
                admin.execute("SELECT pg_reload_conf()")

    @contextmanager
    def pragma(self, fault: str, cure: str) -> Generator[None]:
        """A setting of the one connection by which the store writes to SQLite, whatever its authorizer says."""
        self._on_writer(fault)
        try:
            yield
        finally:
            self._on_writer(cure)

    def file(self) -> str:
        """The path of the SQLite file."""
        return make_url(self.store.own_url).database or ""

    def _on_writer(self, pragma: str) -> None:
        fairy = self.store.engines.writer.raw_connection()
        driver: sqlite3.Connection = fairy.driver_connection  # type: ignore[assignment]
        driver.set_authorizer(None)
        driver.execute(f"PRAGMA {pragma}").fetchall()
        install(driver)
        fairy.close()

    def _pause(self, seconds: float) -> None:
        self.races += 1
        time.sleep(0 if self.is_hasty else seconds)


@contextmanager
def place_on(found: str | PostgresServer, clock: Clock | None = None) -> Generator[Place]:
    """A place on a migrated database, open until the end of the block."""
    server = None if isinstance(found, str) else found
    store = open_store(found if isinstance(found, str) else found.url, policy=POLICY, clock=clock)
    try:
        yield Place(store, server)
    finally:
        store.dispose()
