"""Old operational rows are deleted once, whoever else deletes, seals or dies meanwhile."""

from concurrent.futures import Future, ThreadPoolExecutor
from signal import SIGKILL
from typing import Any, Final

import pytest
from attrs import define
from sqlalchemy import delete
from tests.feeds import wait_for_complete_feed
from tests.forks import create_pipe, start_child
from tests.sql.crashes import Crash, crashing_at
from tests.sql.drivers import Watch, watched
from tests.sql.faults import wait_until_one_waits_or
from tests.sql.operational import (
    ATTEMPTS,
    HOUR_SECONDS,
    LONGEST_SECONDS,
    PRUNER,
    REJECTIONS,
    RUNS,
    STAYING,
    fill,
    open_old,
    prune,
    prune_and_die,
    prune_any,
    retain,
    seal_all,
    start,
    stored_rows,
)

from indelible.kernel.retention import OperationalTable, deleted_rows
from indelible.testing.kernel.webhooks import rejection_of
from indelible.testing.stores import MAYA, create, within
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, seal, verify
from indelible_sql.engine.errors import GuardViolation
from indelible_sql.engine.failpoints import Failpoint
from indelible_sql.kernel.webhook_tables import WEBHOOK_REJECTIONS

pytestmark = pytest.mark.slow

BATCH: Final = 3
DELETED_OF_BATCH: Final = {ATTEMPTS: BATCH - 1, REJECTIONS: BATCH}  # the first start stays
MIN_STATEMENTS: Final = 3  # of a deletion: the mark, the rows, their number
MAX_WAIT_SECONDS: Final = 60


def test_what_is_old_is_deleted_also_after_it_was_sealed(store: SqlStore) -> None:
    fill(store)
    create(store)
    seal_all(store)
    for table in (ATTEMPTS, REJECTIONS):
        retain(store, table, 0)
        while prune(store, table, limit=5):
            assert verify(store) == ()

    assert stored_rows(store) == (STAYING, 0)
    assert store.read(deleted_rows)[ATTEMPTS] == RUNS - STAYING
    seal_all(store)
    assert verify(store) == ()


def test_what_a_young_seal_lists_stays(store: SqlStore) -> None:
    fill(store)
    seal_all(store)
    for table in (ATTEMPTS, REJECTIONS):
        retain(store, table, HOUR_SECONDS)
        assert prune(store, table) == 0

    assert stored_rows(store) == (RUNS, RUNS)
    assert verify(store) == ()


def test_a_longer_retention_deletes_nothing_that_a_shorter_one_allowed(store: SqlStore) -> None:
    fill(store)
    retain(store, REJECTIONS, 0)
    prune(store, REJECTIONS, limit=1)
    retain(store, REJECTIONS, LONGEST_SECONDS)

    assert prune(store, REJECTIONS) == 0
    assert stored_rows(store)[1] == RUNS - 1


def test_what_a_seal_within_a_longer_retention_lists_stays(store: SqlStore) -> None:
    fill(store)
    seal_all(store)
    retain(store, REJECTIONS, 0)
    prune(store, REJECTIONS, limit=1)
    retain(store, REJECTIONS, HOUR_SECONDS)

    assert prune(store, REJECTIONS) == 0
    with pytest.raises(GuardViolation, match="webhook_rejections_prune"):
        within(store, _delete_rejections)
    assert stored_rows(store)[1] == RUNS - 1
    assert verify(store) == ()


def _delete_rejections(tx: Any) -> None:  # noqa: ANN401 - its session is that of SQL stores
    tx.session.run(delete(WEBHOOK_REJECTIONS), {})


def test_several_at_once_delete_each_row_once(store: SqlStore) -> None:
    fill(store)
    retain(store, ATTEMPTS, 0)

    def prune_all(_: int) -> int:
        total = 0
        while number := prune(store, ATTEMPTS, limit=3):
            total += number
        return total

    with ThreadPoolExecutor(4) as pool:
        totals = list(pool.map(prune_all, range(4)))

    assert sum(totals) == store.read(deleted_rows)[ATTEMPTS] == RUNS - STAYING
    assert stored_rows(store)[0] == STAYING
    assert verify(store) == ()


@pytest.mark.parametrize("table", OperationalTable)
def test_a_retention_that_is_raised_during_a_deletion_is_stored_after_it(
    postgresql: SqlStore, database: PostgresServer, table: OperationalTable
) -> None:
    fill(postgresql)
    watch = watched(postgresql.engines.writer)
    retain(postgresql, table, 0)
    changes: list[Future[None]] = []

    with ThreadPoolExecutor(1) as pool:

        def raise_before_deletion(text: str, _: object) -> None:
            if "DELETE FROM" in text:
                change = pool.submit(retain, postgresql, table, LONGEST_SECONDS)
                changes.append(change)
                wait_until_one_waits_or(database, change.done)

        watch.before.append(raise_before_deletion)
        number = prune_any(postgresql, table)

    assert number == postgresql.read(deleted_rows)[table]
    assert number > 0
    (change,) = changes
    change.result()
    assert verify(postgresql) == ()


@pytest.mark.parametrize("table", [ATTEMPTS, REJECTIONS])
def test_a_crash_within_a_deletion_deletes_nothing(
    store: SqlStore, table: OperationalTable
) -> None:
    fill(store)
    watch = watched(store.engines.writer)
    retain(store, table, 0)
    crashes = 0
    while not _prune_unless_crashing(store, table, watch, crashes + 1):
        crashes += 1
        assert stored_rows(store) == (RUNS, RUNS)

    assert crashes >= MIN_STATEMENTS
    assert store.read(deleted_rows)[table] == DELETED_OF_BATCH[table]
    assert verify(store) == ()


def _prune_unless_crashing(
    store: SqlStore, table: OperationalTable, watch: Watch, number: int
) -> int:
    """Delete a batch, and return how many rows; 0 if it crashes after a statement."""
    with crashing_at(watch, number, "after"):
        try:
            return prune(store, table, limit=BATCH)
        except Crash:
            return 0


@define
class PrunedMeanwhile:
    """A store that deletes an old row after a seal has read it, and before the seal is saved."""

    store: SqlStore
    table: OperationalTable
    limit: int
    saved: int = 0  # attempts to save a seal

    def read(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as the store's
        """Read from the store."""
        return self.store.read(*arguments, **named)

    def run(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as the store's
        """Run a command after a deletion."""
        self.saved += 1
        assert prune(self.store, self.table, limit=self.limit)
        return self.store.run(*arguments, **named)


@pytest.mark.parametrize("table", [ATTEMPTS, REJECTIONS])
def test_a_seal_is_saved_whatever_is_deleted_meanwhile_and_lists_the_rest(
    store: SqlStore, table: OperationalTable
) -> None:
    fill(store)
    retain(store, table, 0)
    sealing: Any = PrunedMeanwhile(wait_for_complete_feed(store), table, limit=BATCH)

    saved = seal(sealing, actor=MAYA, reason="a test")

    assert sealing.saved == 1
    assert saved is not None
    assert saved.records == sum(stored_rows(store)) == 2 * RUNS - DELETED_OF_BATCH[table]
    assert verify(store) == ()


def test_a_seal_that_would_cover_nothing_any_more_is_not_saved(store: SqlStore) -> None:
    retain(store, REJECTIONS, 0)
    first = seal_all(store)
    old = open_old(store.own_url)
    within(old, lambda tx: tx.webhook_rejections.add(rejection_of("rejection-1")))
    old.dispose()
    sealing: Any = PrunedMeanwhile(wait_for_complete_feed(store), REJECTIONS, limit=1)

    assert seal(sealing, actor=MAYA, reason="a test") == first
    assert verify(store) == ()


@pytest.mark.dose
@pytest.mark.parametrize("table", [ATTEMPTS, REJECTIONS])
def test_a_process_that_is_killed_in_a_deletion_has_deleted_all_or_nothing(
    store: SqlStore, table: OperationalTable
) -> None:
    fill(store)
    create(store)
    seal_all(store)
    retain(store, table, 0)
    failpoints: list[Failpoint] = []
    while failpoint := _die(store, table, len(failpoints) + 1):
        number = 2 * RUNS - sum(stored_rows(store))
        assert number == store.read(deleted_rows)[table]
        assert bool(number) == (failpoint is Failpoint.AFTER_COMMIT)
        assert verify(store) == ()
        failpoints.append(failpoint)

    assert {Failpoint.AFTER_QUERY, Failpoint.BEFORE_COMMIT} <= set(failpoints)
    assert store.read(deleted_rows)[table] > DELETED_OF_BATCH[table]
    assert verify(store) == ()


def _die(store: SqlStore, table: OperationalTable, number: int) -> Failpoint | None:
    """Kill a process at a failpoint of its deletion; return None where it has no further one."""
    ours, theirs = create_pipe()
    process = start_child(prune_and_die, store.own_url, table, number, theirs)
    theirs.close()
    failpoint: Failpoint | None = ours.recv()
    process.join(MAX_WAIT_SECONDS)
    assert process.exitcode == (-SIGKILL if failpoint else 0)
    process.close()
    ours.close()
    return failpoint


def test_what_is_written_during_a_deletion_stays_if_it_is_needed(store: SqlStore) -> None:
    fill(store)
    for table in (ATTEMPTS, REJECTIONS):
        retain(store, table, 0)
    old = open_old(store.own_url)

    def prune_both() -> int:
        return prune(store, ATTEMPTS) + prune(store, REJECTIONS)

    with ThreadPoolExecutor(1) as pool:
        with old.transaction(actor=PRUNER, reason="a test") as tx:
            lease = start(tx)
            tx.webhook_rejections.add(rejection_of("rejection-new"))
            pruning = pool.submit(prune_both)
            if store.own_url.startswith("postgresql"):
                pruning.result()  # no deletion waits for the writer, and sees what it writes
        pruning.result()
    old.dispose()

    attempts = store.read(lambda tx: tx.tasks.attempts_of("work", "often", limit=500))
    assert attempts[0].fence == lease.fence
    numbers = store.read(deleted_rows)
    assert sum(stored_rows(store)) + sum(numbers.values()) == 2 * (RUNS + 1)
    seal_all(store)
    assert verify(store) == ()
