"""Stores that stay open while the database under them is broken."""

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
