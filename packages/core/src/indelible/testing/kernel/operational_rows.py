"""Requirements on operational rows: which are deleted when they are old, and which stay."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from indelible.app import WriteTx
from indelible.kernel.retention import (
    RETENTIONS,
    OperationalTable,
    PrunedRows,
    PruneRows,
    RowPosition,
    SetRetention,
    deleted_rows,
    prune_rows,
    set_retention,
)
from indelible.kernel.stages import RequeueTask, requeue_task
from indelible.kernel.task_commands import CancelTask, cancel_task
from indelible.kernel.task_retention import (
    PruneTasks,
    SetTaskRetention,
    prune_tasks,
    set_task_retention,
)
from indelible.kernel.tasks import AttemptOutcome, Lease
from indelible.testing.captures.scenarios import code
from indelible.testing.kernel.webhooks import add, listed, rejection_of
from indelible.testing.stores import FAR, OVER, AnyStore, claim, do, enqueue, within
from indelible.testing.suite import Suite

ATTEMPTS: Final = OperationalTable.ATTEMPTS
REJECTIONS: Final = OperationalTable.WEBHOOK_REJECTIONS
LONGEST_SECONDS: Final = 10**9 - 1
RUNS_BETWEEN: Final = 2  # between the first start of a task that ran four times and its last run


def retain(store: AnyStore, table: OperationalTable, seconds: int) -> None:
    """Set the retention of a table."""
    do(store, set_retention, SetRetention(table=table, seconds=seconds))


def prune(store: AnyStore, table: OperationalTable, limit: int = 9) -> int:
    """Delete old rows of a table, the first ones, and return how many."""
    return prune_behind(store, table, None, limit=limit).number


def prune_behind(
    store: AnyStore, table: OperationalTable, after: RowPosition | None, limit: int = 9
) -> PrunedRows:
    """Delete old rows of a table behind a position."""
    return do(store, prune_rows, PruneRows(table=table, limit=limit, after=after))


def outcomes(store: AnyStore, entity_id: str) -> list[AttemptOutcome]:
    """Return the outcomes of a task's recorded attempts, newest first."""
    attempts = store.read(lambda tx: tx.tasks.attempts_of("work", entity_id, limit=9))
    return [attempt.outcome for attempt in attempts]


def fences(store: AnyStore, entity_id: str) -> list[int]:
    """Return the fences of a task's recorded attempts, newest first."""
    attempts = store.read(lambda tx: tx.tasks.attempts_of("work", entity_id, limit=9))
    return [attempt.fence for attempt in attempts]


def start(store: AnyStore, entity_id: str) -> Lease:
    """Enqueue and claim a task, and record its start."""
    enqueue(store, entity_id)
    (lease,) = claim(store)
    within(store, lambda tx: tx.tasks.record_start([lease]))
    return lease


def complete(store: AnyStore, entity_ids: Iterable[str]) -> None:
    """Run tasks whose starts are recorded."""
    for entity_id in entity_ids:
        lease = start(store, entity_id)
        within(store, partial(_complete, lease))


def _complete(lease: Lease, tx: WriteTx) -> None:
    tx.tasks.complete([lease])


class OperationalRowsConformance(Suite):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_no_row_is_deleted_before_a_retention_is_decided(self, store: AnyStore) -> None:
        complete(store, ("a", "a"))
        add(store, rejection_of("rejection-1"))

        for table in (ATTEMPTS, REJECTIONS):
            assert code(partial(prune, store, table)) == "CONFIG_UNAVAILABLE"
        assert (len(outcomes(store, "a")), len(listed(store))) == (2, 1)
        assert set(store.read(deleted_rows).values()) == {0}

    def test_a_retention_is_a_setting_that_can_be_changed(self, store: AnyStore) -> None:
        retain(store, REJECTIONS, 7)
        retain(store, REJECTIONS, LONGEST_SECONDS)

        name = RETENTIONS[REJECTIONS].setting
        head = store.read(lambda tx: tx.settings.get(name))
        assert (head.entity.value, head.revision.seq) == (str(LONGEST_SECONDS), 2)
        for seconds in (-1, LONGEST_SECONDS + 1):
            assert code(partial(retain, store, REJECTIONS, seconds)) == "NUMBER_OUT_OF_RANGE"

    def test_tasks_are_deleted_by_their_stages(self, store: AnyStore) -> None:
        retain(store, OperationalTable.TASKS, 0)

        assert code(lambda: prune(store, OperationalTable.TASKS)) == "WRONG_USE"

    def test_old_rejections_of_webhooks_are_deleted_oldest_first(self, store: AnyStore) -> None:
        rejections = [rejection_of(f"rejection-{number}", seconds=-number) for number in range(3)]
        add(store, *rejections)
        retain(store, REJECTIONS, LONGEST_SECONDS)
        early = prune(store, REJECTIONS)
        retain(store, REJECTIONS, 0)

        assert (early, prune(store, REJECTIONS, limit=2)) == (0, 2)
        assert [rejection.id for rejection in listed(store)] == ["rejection-0"]
        assert (prune(store, REJECTIONS), prune(store, REJECTIONS)) == (1, 0)
        assert store.read(deleted_rows)[REJECTIONS] == len(rejections)

    def test_attempts_of_past_runs_are_deleted_except_the_first_start(
        self, store: AnyStore
    ) -> None:
        complete(store, ("a", "a", "a", "a"))
        retain(store, ATTEMPTS, LONGEST_SECONDS)
        early = prune(store, ATTEMPTS)
        retain(store, ATTEMPTS, 0)

        assert (early, prune(store, ATTEMPTS)) == (0, RUNS_BETWEEN)
        assert fences(store, "a") == [4, 1]
        assert prune(store, ATTEMPTS) == 0
        assert store.read(deleted_rows)[ATTEMPTS] == RUNS_BETWEEN

    def test_every_row_of_a_first_start_stays(self, store: AnyStore) -> None:
        failed = start(store, "a")
        within(store, lambda tx: tx.tasks.mark_dead(failed, reason="no answer"))
        do(store, requeue_task, RequeueTask(stage="work", entity_id="a"))
        before = outcomes(store, "a")
        complete(store, ("a", "a", "a"))
        retain(store, ATTEMPTS, 0)

        assert prune(store, ATTEMPTS) == RUNS_BETWEEN
        assert outcomes(store, "a")[1:] == before
        assert fences(store, "a") == [4, 1, 1, 1]

    def test_each_old_row_is_considered_once(self, store: AnyStore) -> None:
        complete(store, ("a", "b", "c", "a", "a"))
        retain(store, ATTEMPTS, 0)

        first = prune_behind(store, ATTEMPTS, None, limit=2)
        second = prune_behind(store, ATTEMPTS, first.last, limit=2)
        third = prune_behind(store, ATTEMPTS, second.last, limit=2)
        # The first starts of three tasks stay, and the last run of each.
        assert [first.number, second.number, third.number] == [0, 1, 0]
        assert first.last is not None
        assert second.last is not None
        assert first.last < second.last
        assert third.last is None

    def test_nothing_before_a_position_is_deleted(self, store: AnyStore) -> None:
        first = rejection_of("rejection-1", seconds=-1)
        add(store, first, rejection_of("rejection-2"))
        retain(store, REJECTIONS, 0)

        position = RowPosition(first.at, (first.id,))
        assert prune_behind(store, REJECTIONS, position) == PrunedRows(number=1, last=None)
        assert listed(store) == (first,)

    def test_attempts_of_a_postponed_run_stay_as_long_as_it_is_open(self, store: AnyStore) -> None:
        complete(store, ("a",))
        postponed = start(store, "a")
        within(store, lambda tx: tx.tasks.postpone(postponed, after_seconds=5_000))
        again = start(store, "a")
        retain(store, ATTEMPTS, 0)
        while_open = prune(store, ATTEMPTS)
        within(store, partial(_complete, again))

        assert while_open == 0
        assert prune(store, ATTEMPTS) == 1
        assert fences(store, "a") == [3, 1]

    def test_attempts_that_an_open_task_needs_stay(self, store: AnyStore) -> None:
        lease = start(store, "dead")
        within(store, lambda tx: tx.tasks.mark_dead(lease, reason="no answer"))
        requeued = start(store, "requeued")
        within(store, lambda tx: tx.tasks.mark_dead(requeued, reason="no answer"))
        do(store, requeue_task, RequeueTask(stage="work", entity_id="requeued"))
        within(store, lambda tx: tx.tasks.reschedule("work", "requeued", due_at=FAR))
        start(store, "canceled")
        do(store, cancel_task, CancelTask(stage="work", entity_id="canceled"))
        failed = start(store, "retried")
        within(store, lambda tx: tx.tasks.retry_later(failed, due_at=OVER, reason="no answer"))
        names = ("dead", "requeued", "canceled", "retried")
        before = [outcomes(store, name) for name in names]
        retain(store, ATTEMPTS, 0)

        assert prune(store, ATTEMPTS) == 0
        assert [outcomes(store, name) for name in names] == before

    def test_the_attempts_of_a_deleted_task_are_deleted(self, store: AnyStore) -> None:
        complete(store, ("a",))
        retain(store, ATTEMPTS, 0)
        early = prune(store, ATTEMPTS)
        do(store, set_task_retention, SetTaskRetention(seconds=0))
        pruned = 0
        while not pruned:  # the database's clock may not have moved on yet
            pruned = do(store, prune_tasks, PruneTasks(stage="work"))

        assert (early, pruned, prune(store, ATTEMPTS)) == (0, 1, 1)
        assert outcomes(store, "a") == []
        numbers = store.read(deleted_rows)
        assert (numbers[OperationalTable.TASKS], numbers[ATTEMPTS]) == (1, 1)
