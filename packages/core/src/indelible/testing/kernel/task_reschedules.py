"""Requirements on rescheduled tasks: due at exactly that time, whether sooner or later."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from indelible.app import WriteTx
from indelible.kernel.task_commands import (
    CancelTask,
    RescheduleTask,
    cancel_task,
    reschedule_task,
)
from indelible.kernel.task_lists import TaskFilter
from indelible.kernel.tasks import Task, TaskState
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import (
    BEGINNING,
    FAR,
    OVER,
    AnyStore,
    attempt_numbers,
    claim,
    do,
    enqueue,
    within,
)
from indelible.testing.suite import Suite

LATER = BEGINNING + timedelta(hours=1)  # later than any instant of these scenarios
SECOND: Final = 2  # attempt
TOO_LATE = datetime(3000, 1, 1, tzinfo=UTC)


def task_of(store: AnyStore) -> Task:
    """Return the task of these scenarios."""
    return store.read(lambda tx: tx.tasks.get("work", "a"))


def reschedule(store: AnyStore, due_at: datetime) -> None:
    """Reschedule the task in a transaction of its own."""
    do(store, reschedule_task, RescheduleTask(stage="work", entity_id="a", due_at=due_at))


def _reschedule(tx: WriteTx, *, due_at: datetime) -> None:
    tx.tasks.reschedule("work", "a", due_at=due_at)


class TaskReschedulesConformance(Suite):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_a_waiting_task_is_due_at_exactly_the_new_time(self, store: AnyStore) -> None:
        enqueue(store, "a")
        dues: list[datetime | None] = []
        for due_at in (LATER, FAR, BEGINNING, FAR):
            reschedule(store, due_at)
            dues.append(task_of(store).due_at)

        assert dues == [LATER, FAR, BEGINNING, FAR]
        assert (task_of(store).attempts, task_of(store).fence) == (0, 0)
        assert claim(store) == ()
        reschedule(store, BEGINNING)
        assert len(claim(store)) == 1

    def test_a_task_that_failed_keeps_its_attempts(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (lease,) = claim(store)
        within(store, lambda tx: tx.tasks.retry_later(lease, due_at=LATER, reason="no answer"))
        reschedule(store, FAR)
        later = task_of(store)
        reschedule(store, BEGINNING)

        assert (later.due_at, later.attempts) == (FAR, 1)
        assert attempt_numbers(claim(store)) == [SECOND]

    def test_a_running_task_is_due_again_at_the_new_time_after_its_lease(
        self, store: AnyStore
    ) -> None:
        enqueue(store, "a")
        leases = claim(store)
        reschedule(store, FAR)
        running = task_of(store)
        within(store, lambda tx: tx.tasks.complete(leases))
        waiting = task_of(store)

        assert running.lease_owner is not None
        assert (running.due_at, running.attempts) == (FAR, 0)
        assert (waiting.lease_owner, waiting.due_at, waiting.attempts) == (None, FAR, 0)
        assert claim(store) == ()

    def test_the_new_time_replaces_the_one_for_which_a_running_task_was_enqueued(
        self, store: AnyStore
    ) -> None:
        enqueue(store, "a")
        leases = claim(store)
        enqueue(store, "a", due_at=BEGINNING)
        reschedule(store, FAR)
        within(store, lambda tx: tx.tasks.complete(leases))

        assert task_of(store).due_at == FAR

    def test_a_running_task_that_fails_is_due_at_the_sooner_time(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (lease,) = claim(store)
        reschedule(store, FAR)
        within(store, lambda tx: tx.tasks.retry_later(lease, due_at=LATER, reason="no answer"))

        assert task_of(store).due_at == LATER

    def test_a_lease_that_has_expired_ends(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (lease,) = claim(store, until=OVER)
        reschedule(store, FAR)
        task = task_of(store)

        assert (task.lease_owner, task.due_at, task.attempts) == (None, FAR, 1)
        assert code(lambda: within(store, lambda tx: tx.tasks.complete([lease]))) == "LEASE_LOST"

    def test_a_later_enqueue_leaves_a_rescheduled_task_due_sooner(self, store: AnyStore) -> None:
        enqueue(store, "a")
        reschedule(store, LATER)
        enqueue(store, "a", due_at=FAR)
        assert task_of(store).due_at == LATER

        enqueue(store, "a", due_at=BEGINNING)
        assert task_of(store).due_at == BEGINNING

    def test_lists_and_statistics_have_the_new_time(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (before,) = store.read(lambda tx: tx.tasks.backlogs(LATER))
        reschedule(store, FAR)
        (after,) = store.read(lambda tx: tx.tasks.backlogs(LATER))
        waiting = TaskFilter(stage="work", state=TaskState.WAITING)
        listed = store.read(lambda tx: tx.tasks.list_tasks(waiting, now=LATER, after="", limit=9))

        assert (before.due, after.due) == (1, 0)
        assert [task.due_at for task in listed] == [FAR]

    def test_a_task_that_has_ended_is_not_rescheduled(self, store: AnyStore) -> None:
        enqueue(store, "a")
        leases = claim(store)
        within(store, lambda tx: tx.tasks.complete(leases))
        codes = [code(lambda: reschedule(store, FAR))]

        enqueue(store, "a")
        do(store, cancel_task, CancelTask(stage="work", entity_id="a"))
        canceled = task_of(store)
        codes.append(code(lambda: reschedule(store, FAR)))

        assert codes == ["TASK_ENDED", "TASK_ENDED"]
        assert task_of(store) == canceled

    def test_a_dead_task_is_not_rescheduled(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (lease,) = claim(store)
        within(store, lambda tx: tx.tasks.mark_dead(lease, reason="it cannot be"))

        assert code(lambda: reschedule(store, FAR)) == "TASK_ENDED"

    def test_an_unknown_task_and_a_wrong_time_are_refused(self, store: AnyStore) -> None:
        assert code(lambda: reschedule(store, FAR)) == "TASK_NOT_FOUND"

        enqueue(store, "a")
        for wrong in (TOO_LATE, datetime(2026, 1, 1)):  # noqa: DTZ001 - no time zone
            move = partial(_reschedule, due_at=wrong)
            assert code(partial(within, store, move)) == "INSTANT_OUT_OF_RANGE"
        assert task_of(store).due_at == BEGINNING
