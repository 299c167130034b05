"""Test that a walk over all rows may take longer than the role's timeouts, and stays linear."""

import itertools
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO
from typing import Any

import psycopg
import pytest
from attrs import evolve
from sqlalchemy.event import listen

from indelible.concepts import ConceptSaved
from indelible.kernel import SystemClock
from indelible.testing.stores import RATIO, create, edit
from indelible_service.embedded import PostgresServer
from indelible_sql import Pool, SqlStore, export_histories, open_store, verify

# The first statements of a store compare the whole schema, so a busy machine needs room for them.
TIMEOUT_MILLISECONDS = 1_000
STATEMENT_SECONDS = 1.0
VERSIONS = 200
MAX_READS_OF_A_CHANGE = 40
SELECT_READS = """
    SELECT seq_tup_read + idx_tup_fetch
    FROM pg_stat_user_tables
    WHERE schemaname = 'indelible' AND relname = 'history'
"""
LOCK_HISTORY = "LOCK TABLE indelible.history IN ACCESS EXCLUSIVE MODE"


class SlowClock(SystemClock):
    """A clock that takes longer than a transaction may last."""

    def now(self) -> datetime:
        time.sleep(1.2 * TIMEOUT_MILLISECONDS / 1_000)
        return super().now()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["transaction_timeout", "idle_in_transaction_session_timeout"])
def test_verify_is_not_stopped_by_a_timeout_of_the_role(
    database: PostgresServer, name: str
) -> None:
    store = open_store(database.url)
    create(store)
    store.dispose()

    options = f"?options=-c{name}={TIMEOUT_MILLISECONDS}ms"
    slow_store = open_store(f"{database.url}{options}", clock=SlowClock())
    findings = verify(slow_store)
    slow_store.dispose()

    assert findings == ()


@pytest.mark.slow
def test_verify_waits_longer_than_a_statement_may_take(database: PostgresServer) -> None:
    store = open_store(database.url)
    create(store)
    store.dispose()

    options = f"?options=-cstatement_timeout={TIMEOUT_MILLISECONDS}ms"
    limited_store = open_store(
        f"{database.url}{options}", pool=Pool(statement_seconds=STATEMENT_SECONDS)
    )
    with (
        psycopg.connect(database.admin_url) as admin,
        ThreadPoolExecutor() as executor,
    ):
        admin.execute(LOCK_HISTORY)
        verification = executor.submit(verify, limited_store)
        time.sleep(2 * STATEMENT_SECONDS)
        admin.rollback()
        findings = verification.result()
    limited_store.dispose()

    assert findings == ()


class SlowFile(BytesIO):
    """A file that takes longer to write than a transaction may be idle."""

    def write(self, data: Any, /) -> int:  # noqa: ANN401 - `Buffer` is unknown to Python 3.11
        time.sleep(1.2 * TIMEOUT_MILLISECONDS / 1_000)
        return super().write(data)


def test_an_export_is_not_stopped_while_its_file_is_written(database: PostgresServer) -> None:
    store = open_store(database.url)
    create(store)
    store.dispose()

    options = f"?options=-cidle_in_transaction_session_timeout={TIMEOUT_MILLISECONDS}ms"
    limited_store = open_store(f"{database.url}{options}")
    exported = limited_store.read(export_histories, SlowFile())
    limited_store.dispose()

    assert exported.changes == 1


@pytest.mark.slow
def test_verify_reads_the_changes_of_postgresql_in_proportion_to_their_number(
    database: PostgresServer,
) -> None:
    store = open_store(database.url)
    _edit_repeatedly(store, create(store))
    store.dispose()
    before = _reads_of_history(database)

    store = open_store(database.url)
    assert verify(store) == ()
    store.dispose()

    assert VERSIONS <= _reads_of_history(database) - before <= MAX_READS_OF_A_CHANGE * VERSIONS


@pytest.mark.slow
def test_verify_takes_steps_of_sqlite_in_proportion_to_the_changes(sqlite: SqlStore) -> None:
    steps: list[int] = []
    saved = create(sqlite)
    for _ in range(3):
        saved = _edit_repeatedly(sqlite, saved)
        steps.append(_steps_of_verify(str(sqlite.own_url)))
    once, twice, thrice = steps

    assert 0 < thrice - twice <= 1.5 * (twice - once)


def _edit_repeatedly(store: SqlStore, saved: ConceptSaved) -> ConceptSaved:
    for number in range(VERSIONS):
        saved = edit(store, saved, evolve(RATIO, definition=f"definition {number}"))
    return saved


def _reads_of_history(database: PostgresServer) -> int:
    """Return how many rows of history were read; a session reports its reads when it ends."""
    with psycopg.connect(database.url) as connection:
        ((reads,),) = connection.execute(SELECT_READS).fetchall()
        return int(reads)


def _steps_of_verify(url: str) -> int:
    """Return how many hundreds of instructions of SQLite's machine verify takes."""
    store = open_store(url)
    steps = itertools.count()

    def count(connection: sqlite3.Connection, _: object) -> None:
        connection.set_progress_handler(lambda: next(steps) and 0, 100)

    listen(store.engines.reader, "connect", count)
    assert verify(store) == ()
    store.dispose()
    return next(steps)
