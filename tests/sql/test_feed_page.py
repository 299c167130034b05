"""A page of PostgreSQL's feed skips nothing."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, LiteralString

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text
from tests.sql.conftest import opened_through
from tests.sql.faults import as_admin
from tests.sql.proxy import SYNC, Fault, Proxy

from indelible.kernel import StoreUnreachable, UsageError
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.kernel.transaction import feed_page
from indelible.testing.stores import MAYA, create
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlReading, SqlStore
from indelible_sql.engine.connections import POSTGRESQL
from indelible_sql.engine.errors import ValueUnstorable

LOCK = "39"  # of the test: a reader waits for it before it reads the end of the feed
WHY = "a test"
WAITING = f"""
    SELECT count(*)
    FROM pg_locks
    WHERE locktype = 'advisory'
      AND objid = {LOCK}
      AND NOT granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
OPEN_TRANSACTIONS = """
    SELECT count(*)
    FROM pg_stat_activity
    WHERE datname = current_database() AND state LIKE 'idle in transaction%'
"""
RENAME = "ALTER FUNCTION indelible.feed_end() RENAME TO real_feed_end"
REPLACE = """
    CREATE FUNCTION indelible.feed_end() RETURNS bigint LANGUAGE plpgsql AS $$
    BEGIN
      {step};
      RETURN indelible.real_feed_end();
    END $$
"""


@pytest.fixture
def store(database: PostgresServer, proxy: Proxy) -> Generator[SqlStore]:
    with opened_through(proxy, database.url) as store:
        yield store


@contextmanager
def step_before_end(
    database: PostgresServer, step: LiteralString
) -> Generator[psycopg.Connection[Any]]:
    """Let the function of the feed's end do something first; yield the administrator."""
    with as_admin(database) as admin:
        admin.execute(RENAME)
        admin.execute(REPLACE.format(step=step))
        yield admin


def pause(store: SqlStore, stage: str) -> None:
    store.run(pause_stage, PauseStage(stage=stage), actor=MAYA, reason=WHY)


def ids(store: SqlStore, after: str = "") -> list[str]:
    return [change.entity_id for change in store.feed(after=after).changes]


@pytest.mark.slow
def test_a_change_that_is_committed_after_the_page_has_begun_is_not_skipped(
    store: SqlStore, database: PostgresServer
) -> None:
    """The end that is read then includes it, so that the page must see it."""
    with (
        step_before_end(database, f"PERFORM pg_advisory_xact_lock_shared({LOCK})") as admin,
        ThreadPoolExecutor(2) as threads,
    ):
        admin.execute(f"SELECT pg_advisory_lock({LOCK})")
        with store.transaction(actor=MAYA, reason=WHY) as tx:
            pause_stage(tx, PauseStage(stage="earlier"))
            threads.submit(pause, store, "later").result()
            page = threads.submit(ids, store)
            while admin.execute(WAITING).fetchone() == (0,):
                assert not page.done()
        admin.execute(f"SELECT pg_advisory_unlock({LOCK})")

        assert page.result() == ["earlier", "later"]


@pytest.mark.slow
@pytest.mark.parametrize("fault", [Fault.CUT, Fault.SWALLOW])
def test_a_page_whose_connection_breaks_is_unreachable_and_the_next_is_read(
    store: SqlStore, proxy: Proxy, fault: Fault
) -> None:
    pause(store, "first")
    proxy.plan(fault, SYNC)

    with pytest.raises(StoreUnreachable):
        store.feed()

    assert proxy.hits == 1
    assert ids(store) == ["first"]


@pytest.mark.slow
def test_a_failed_statement_has_its_error_and_leaves_no_transaction_open(
    store: SqlStore, database: PostgresServer
) -> None:
    with step_before_end(database, "PERFORM 1 / 0") as admin:
        with pytest.raises(ValueUnstorable):  # the class of 22012
            store.feed()
        assert admin.execute(OPEN_TRANSACTIONS).fetchone() == (0,)
        with pytest.raises(ValueUnstorable):
            store.feed()


@feed_page
def read_twice(tx: SqlReading) -> None:
    tx.history.feed(after="", limit=1)
    tx.history.feed(after="", limit=1)


@feed_page
def use_the_connection(tx: SqlReading) -> None:
    tx.session.connection.execute(text("SELECT 1"))


def test_a_page_is_all_that_is_read(store: SqlStore) -> None:
    with pytest.raises(UsageError, match="sent a statement after the page"):
        store.read(read_twice)
    with pytest.raises(UsageError, match="has no connection"):
        store.read(use_the_connection)


@pytest.mark.slow
def test_a_host_that_commits_each_statement_reads_pages(
    database: PostgresServer, store: SqlStore
) -> None:
    concept_id = create(store).concept.id
    url = make_url(database.url).set(drivername=POSTGRESQL)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with (
        engine.connect() as connection,
        store.transaction(actor=MAYA, reason=WHY, connection=connection) as tx,
    ):
        pages = (tx.history.feed(after="", limit=9), tx.history.newest(limit=9))
    engine.dispose()

    assert [[change.entity_id for change in page.changes] for page in pages] == [[concept_id]] * 2
