"""A transaction that failed or ended inside of its block is not reported as done."""

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Final

import pytest
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from tests.conftest import POLICY
from tests.feeds import changes
from tests.sql.hosts import Host, host_on_postgresql, host_on_sqlite

from indelible.kernel import IndelibleError, NotFound, UsageError
from indelible.kernel.payloads import Payload
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.testing.stores import BEGINNING, MAYA
from indelible_service.embedded import PostgresServer
from indelible_sql import (
    SqlStore,
    SqlTransaction,
    enable_foreign_keys,
    open_async_store,
    open_store,
)

WHY: Final = "a test"
PAYLOAD: Final = Payload.of(b"{}", content_type="application/json", received_at=BEGINNING)
FAILED: Final = "its error was caught there"
ENDED: Final = "has ended inside of its block"
FAIL: Final = "SELECT 1 / 0"
ROLL_BACK: Final = "ROLLBACK"
CONFLICT: Final = "INSERT OR ROLLBACK INTO orders VALUES (1, 'again')"  # SQLite ends it all
TOO_LARGE: Final = "INSERT INTO orders VALUES (2, zeroblob(3000000))"
MORE_PAGES: Final = 120

Handler = Callable[[SqlTransaction, None], None]


@pytest.fixture
def host(database: PostgresServer) -> Generator[Host]:
    with host_on_postgresql(database) as host:
        yield host


@pytest.fixture
def sqlite_host(sqlite_url: str) -> Generator[Host]:
    with host_on_sqlite(sqlite_url) as host:
        with host.engine.begin() as connection:
            connection.execute(text("INSERT INTO orders VALUES (1, 'first')"))
        yield host


def pause_and_catch(statement: str) -> Handler:
    """Return a handler that writes a change, and catches the error of a statement of its own."""

    def handle(tx: SqlTransaction, _: None) -> None:
        pause_stage(tx, PauseStage(stage="first"))
        with suppress(DBAPIError):
            tx.connection.execute(text(statement))

    return handle


def run(store: SqlStore, handler: Handler) -> None:
    store.run(handler, None, actor=MAYA, reason=WHY)


def run_in_block(store: SqlStore, handler: Handler) -> None:
    with store.transaction(actor=MAYA, reason=WHY) as tx:
        handler(tx, None)


def is_stored(store: SqlStore) -> bool:
    """Return whether the payload, which no change belongs to, is stored."""
    try:
        store.read(lambda tx: tx.payloads.get(PAYLOAD.digest))
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("execute", [run, run_in_block])
def test_a_failed_statement_of_a_host_with_its_own_engine_is_not_committed(
    host: Host, execute: Callable[[SqlStore, Handler], None]
) -> None:
    with pytest.raises(UsageError, match=FAILED):
        execute(host.store, pause_and_catch(FAIL))
    assert not changes(host.store)
    execute(host.store, pause_and_catch("SELECT 1"))
    assert len(changes(host.store)) == 1


def test_a_failed_statement_in_a_joined_transaction_is_noticed_at_the_end_of_the_block(
    host: Host,
) -> None:
    def join(connection: Connection) -> None:
        with host.store.transaction(actor=MAYA, reason=WHY, connection=connection) as tx:
            pause_and_catch(FAIL)(tx, None)

    with host.engine.begin() as connection, pytest.raises(UsageError, match=FAILED):
        join(connection)
    assert not changes(host.store)


@pytest.mark.slow
@pytest.mark.parametrize("has_own_pools", [True, False])
def test_nothing_is_written_after_a_host_has_rolled_back(
    host: Host, database: PostgresServer, *, has_own_pools: bool
) -> None:
    store = open_store(database.url, policy=POLICY) if has_own_pools else host.store
    with pytest.raises(UsageError, match=ENDED):
        run(store, pause_and_catch(ROLL_BACK))

    def go_on(tx: SqlTransaction, _: None) -> None:
        pause_and_catch(ROLL_BACK)(tx, None)
        with pytest.raises(UsageError, match=ENDED):
            tx.payloads.add(PAYLOAD)

    with pytest.raises(UsageError, match=ENDED):
        run(store, go_on)
    assert not changes(host.store)
    assert not is_stored(host.store)
    store.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("goes_on", [False, True])
def test_nothing_is_written_after_a_statement_was_canceled(
    host: Host, database: PostgresServer, *, goes_on: bool
) -> None:
    def sleep(tx: SqlTransaction) -> None:
        tx.connection.execute(text("SELECT pg_sleep(60)"))

    async def write_and_cancel() -> None:
        store = open_async_store(database.url, policy=POLICY)
        try:
            async with store.transaction(actor=MAYA, reason=WHY) as tx:
                await tx.run(pause_stage, PauseStage(stage="first"))
                with suppress(TimeoutError):
                    await asyncio.wait_for(tx.run(sleep), 0.2)
                if goes_on:
                    await tx.run(pause_stage, PauseStage(stage="second"))
        finally:
            await store.dispose()

    with pytest.raises(UsageError, match="has ended"):
        asyncio.run(write_and_cancel())
    assert not changes(host.store)


@pytest.mark.parametrize("has_own_pools", [True, False])
def test_nothing_is_written_after_sqlite_has_rolled_back(
    sqlite: SqlStore, sqlite_host: Host, *, has_own_pools: bool
) -> None:
    store = sqlite if has_own_pools else sqlite_host.store
    with pytest.raises(UsageError, match=ENDED):
        run(store, pause_and_catch(CONFLICT))

    def go_on(tx: SqlTransaction, _: None) -> None:
        pause_and_catch(CONFLICT)(tx, None)
        with pytest.raises(UsageError, match=ENDED):
            tx.payloads.add(PAYLOAD)

    with pytest.raises(UsageError, match=ENDED):
        run(store, go_on)
    assert not changes(store)
    assert not is_stored(store)
    run(store, pause_and_catch("SELECT 1"))
    assert len(changes(store)) == 1


def test_a_transaction_that_a_full_disk_has_ended_is_not_half_stored(
    sqlite_host: Host, sqlite_url: str
) -> None:
    def limit(connection: sqlite3.Connection, _: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + MORE_PAGES}")

    engine = create_engine(sqlite_url)
    enable_foreign_keys(engine)
    event.listen(engine, "connect", limit)
    store = open_store(engine=engine, policy=POLICY)

    def write_two(tx: SqlTransaction, _: None) -> None:
        pause_and_catch(TOO_LARGE)(tx, None)
        pause_stage(tx, PauseStage(stage="second"))

    with pytest.raises(IndelibleError, match=ENDED):
        run(store, write_two)
    with pytest.raises(UsageError, match=ENDED):
        run(store, pause_and_catch(TOO_LARGE))
    assert not changes(sqlite_host.store)
    engine.dispose()
