"""A deletion sees the retention, the seals and the tasks that are stored when it runs."""

from concurrent.futures import ThreadPoolExecutor
from typing import Final

import psycopg
import pytest
from sqlalchemy import create_engine
from tests.conftest import POLICY
from tests.sql.faults import as_admin, wait_until_one_waits_or
from tests.sql.hosts import psycopg_url
from tests.sql.operational import (
    ATTEMPTS,
    HOUR_SECONDS,
    LONGEST_SECONDS,
    REJECTIONS,
    RUNS,
    fill,
    open_old,
    prune,
    prune_any,
    retain,
    seal_all,
    stored_rows,
)

from indelible.app import WriteTx
from indelible.kernel import UsageError
from indelible.kernel.retention import (
    OperationalTable,
    PruneRows,
    SetRetention,
    deleted_rows,
    prune_rows,
    set_retention,
)
from indelible.testing.stores import BEGINNING, MAYA, within
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, open_store, seal, verify

pytestmark = pytest.mark.slow

RAISE_MARK: Final = """
    UPDATE indelible.pruned_tables
    SET pruned_before = statement_timestamp(), deleted_rows = deleted_rows + 11
    WHERE table_name = 'webhook_rejections'
"""
ONE_SNAPSHOT: Final = "in place of READ COMMITTED"
RAISED_SECONDS: Final = 5 * HOUR_SECONDS


def test_a_transaction_with_one_snapshot_does_not_delete_under_an_older_retention(
    postgresql: SqlStore,
) -> None:
    fill(postgresql)
    retain(postgresql, REJECTIONS, 0)
    prune(postgresql, REJECTIONS, limit=1)
    with psycopg.connect(postgresql.own_url) as raw:
        raw.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        raw.execute("SELECT 1 FROM indelible.settings")
        retain(postgresql, REJECTIONS, LONGEST_SECONDS)
        with pytest.raises(psycopg.Error, match="pruned_tables_rises"):
            raw.execute(RAISE_MARK)
        raw.rollback()
        with pytest.raises(psycopg.Error, match="webhook_rejections_prune"):
            raw.execute("DELETE FROM indelible.webhook_rejections")
        raw.rollback()

    assert stored_rows(postgresql)[1] == RUNS - 1


@pytest.mark.parametrize("table", OperationalTable)
def test_an_engine_whose_transactions_have_one_snapshot_deletes_nothing(
    postgresql: SqlStore, database: PostgresServer, table: OperationalTable
) -> None:
    fill(postgresql)
    retain(postgresql, table, 0)
    engine = create_engine(psycopg_url(database), isolation_level="REPEATABLE READ")
    with pytest.raises(UsageError, match=ONE_SNAPSHOT):
        prune_any(open_store(engine=engine, policy=POLICY), table)
    engine.dispose()

    assert stored_rows(postgresql) == (RUNS, RUNS)
    assert sum(postgresql.read(deleted_rows).values()) == 0
    assert prune_any(postgresql, table) > 0


def test_an_engine_whose_transactions_have_one_snapshot_saves_no_seal(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    fill(postgresql)
    engine = create_engine(psycopg_url(database), isolation_level="SERIALIZABLE")
    with pytest.raises(UsageError, match=ONE_SNAPSHOT):
        seal(open_store(engine=engine, policy=POLICY), actor=MAYA, reason="a test")
    engine.dispose()

    saved = seal_all(postgresql)
    assert saved is not None
    assert saved.number == 1


def test_a_retention_counts_in_the_transaction_that_sets_it(store: SqlStore) -> None:
    fill(store)
    retain(store, REJECTIONS, LONGEST_SECONDS)

    def lower_and_prune(tx: WriteTx) -> int:
        set_retention(tx, SetRetention(table=REJECTIONS, seconds=HOUR_SECONDS))
        set_retention(tx, SetRetention(table=REJECTIONS, seconds=RAISED_SECONDS))
        return prune_rows(tx, PruneRows(table=REJECTIONS)).number

    assert within(store, lower_and_prune) == RUNS
    assert verify(store) == ()


def test_a_task_that_is_enqueued_again_during_a_deletion_keeps_its_attempts(
    postgresql: SqlStore, database: PostgresServer
) -> None:
    fill(postgresql)
    retain(postgresql, ATTEMPTS, 0)
    old = open_old(postgresql.own_url)
    with ThreadPoolExecutor(1) as pool, as_admin(database) as admin:
        with admin.transaction():
            admin.execute("SELECT 1 FROM indelible.task_attempts FOR UPDATE")
            pruning = pool.submit(prune, postgresql, ATTEMPTS)
            wait_until_one_waits_or(
                database, pruning.done
            )  # the deletion has found the task finished
            within(old, lambda tx: tx.tasks.enqueue("work", {"often": BEGINNING}))
        assert pruning.result() == 0
    old.dispose()

    assert stored_rows(postgresql)[0] == RUNS
    assert verify(postgresql) == ()
