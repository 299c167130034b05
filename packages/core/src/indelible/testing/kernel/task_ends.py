"""Requirements on how tasks end and return: cancellation, pruning and bulk requeue."""

import time
from datetime import timedelta
from functools import partial
from typing import Final

from indelible.kernel.stages import RequeueTask, requeue_task
from indelible.kernel.task_commands import (
    CancelTask,
    RequeueTasks,
    cancel_task,
    requeue_tasks,
)
from indelible.kernel.task_retention import (
    PruneTasks,
    SetTaskRetention,
    prune_tasks,
    set_task_retention,
)
from indelible.kernel.tasks import AttemptOutcome, ErrorCount, Lease, Leases, Task, TaskState
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import (
    BEGINNING,
    FAR,
    MAYA,
    NOOR,
    OVER,
    AnyStore,
    claim,
    do,
    enqueue,
    ids,
    within,
)
from indelible.testing.suite import Suite

LATER = BEGINNING + timedelta(hours=1)
YEAR_SECONDS: Final = 365 * 86_400
PAUSE_SECONDS: Final = 0.02
MAX_PAUSES: Final = 500  # until a task is older than a second by the database's clock


def task_of(store: AnyStore, entity_id: str) -> Task:
    """Return the task."""
    return store.read(lambda tx: tx.tasks.get("work", entity_id))


def cancel(store: AnyStore, entity_id: str) -> None:
    """Cancel a task."""
    do(store, cancel_task, CancelTask(stage="work", entity_id=entity_id), actor=NOOR)


def bury(store: AnyStore, entity_id: str, error_class: str | None = None) -> None:
    """Enqueue and claim a task, which dies."""
    enqueue(store, entity_id)
    (lease,) = claim(store)
    within(store, lambda tx: tx.tasks.mark_dead(lease, reason="no answer", error_class=error_class))


def requeue_all(store: AnyStore, error_class: str | None = None, limit: int = 9) -> int:
    """Requeue the dead tasks of the stage."""
    command = RequeueTasks(stage="work", error_class=error_class, limit=limit)
    return do(store, requeue_tasks, command)


def retain(store: AnyStore, seconds: int) -> None:
    """Set the retention of finished tasks."""
    do(store, set_task_retention, SetTaskRetention(seconds=seconds))


def prune(store: AnyStore, limit: int = 9) -> int:
    """Prune tasks of the stage."""
    return do(store, prune_tasks, PruneTasks(stage="work", limit=limit))


def prune_when_old(store: AnyStore, number: int) -> None:
    """Prune until so many tasks are deleted; they must be older than the retention first."""
    pruned = 0
    for _ in range(MAX_PAUSES):
        pruned += prune(store)
        if pruned == number:
            return
        time.sleep(PAUSE_SECONDS)

    raise AssertionError(f"{pruned} tasks were pruned, expected {number}")


def complete_all(store: AnyStore, *entity_ids: str) -> None:
    """Enqueue, claim and complete tasks."""
    enqueue(store, *entity_ids)
    leases = claim(store, len(entity_ids))
    within(store, lambda tx: tx.tasks.complete(leases))


class TaskEndsConformance(Suite):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_a_waiting_task_is_canceled_for_a_reason(self, store: AnyStore) -> None:
        enqueue(store, "a", "b")
        cancel(store, "a")
        task = task_of(store, "a")
        (attempt,) = store.read(lambda tx: tx.tasks.attempts_of("work", "a", limit=5))

        assert (task.state(LATER), task.due_at, task.cancel_reason) == (
            TaskState.CANCELED,
            None,
            "a test",
        )
        assert (attempt.outcome, attempt.actor, attempt.reason, attempt.fence) == (
            AttemptOutcome.CANCELED,
            NOOR,
            "a test",
            task.fence,
        )
        assert attempt.hash == attempt.digest()
        assert ids(claim(store, 9)) == ["b"]

    def test_the_lease_of_a_canceled_task_ends_at_once(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (lease,) = claim(store)
        cancel(store, "a")
        task = task_of(store, "a")

        assert (task.fence, task.lease_owner, task.attempts) == (lease.fence + 1, None, 1)
        for write in (
            lambda: within(store, lambda tx: tx.tasks.complete([lease])),
            lambda: within(
                store, lambda tx: tx.tasks.retry_later(lease, due_at=FAR, reason="late")
            ),
            lambda: within(store, lambda tx: tx.tasks.mark_dead(lease, reason="late")),
            lambda: within(store, lambda tx: tx.tasks.report_progress(lease, 50)),
            lambda: within(store, lambda tx: tx.tasks.record_start([lease])),
        ):
            assert code(write) == "LEASE_LOST"
        within(store, lambda tx: tx.tasks.extend([lease], until=LATER))
        within(store, lambda tx: tx.tasks.release([lease]))
        assert task_of(store, "a") == task

    def test_a_task_that_was_enqueued_during_its_lease_is_canceled(self, store: AnyStore) -> None:
        enqueue(store, "a")
        claim(store)
        enqueue(store, "a")
        cancel(store, "a")

        assert task_of(store, "a").state(LATER) is TaskState.CANCELED
        assert claim(store) == ()

    def test_an_ended_task_is_not_canceled(self, store: AnyStore) -> None:
        complete_all(store, "completed")
        bury(store, "dead")
        enqueue(store, "canceled")
        cancel(store, "canceled")

        for entity_id in ("completed", "dead", "canceled"):
            assert code(partial(cancel, store, entity_id)) == "TASK_ENDED"
        assert code(partial(cancel, store, "unknown")) == "TASK_NOT_FOUND"

    def test_a_canceled_task_stays_canceled_until_it_is_requeued(self, store: AnyStore) -> None:
        enqueue(store, "a")
        cancel(store, "a")
        enqueue(store, "a")
        canceled = task_of(store, "a").state(LATER)
        do(store, requeue_task, RequeueTask(stage="work", entity_id="a"))
        cancel(store, "a")
        do(store, requeue_task, RequeueTask(stage="work", entity_id="a"))
        (lease,) = claim(store)
        attempts = store.read(lambda tx: tx.tasks.attempts_of("work", "a", limit=9))

        assert canceled is TaskState.CANCELED
        assert (lease.fence, lease.attempt) == (3, 1)
        assert [attempt.fence for attempt in attempts] == [2, 2, 1, 1]

    def test_each_condition_of_a_task_has_a_state(self, store: AnyStore) -> None:
        complete_all(store, "completed")
        bury(store, "dead")
        enqueue(store, "running")
        claim(store)
        enqueue(store, "expired")
        claim(store, until=OVER)
        enqueue(store, "waiting")
        states = {}
        for entity_id in ("completed", "dead", "running", "expired", "waiting"):
            states[entity_id] = task_of(store, entity_id).state(LATER).value

        assert states == {
            "completed": "completed",
            "dead": "dead",
            "running": "running",
            "expired": "waiting",
            "waiting": "waiting",
        }

    def test_only_a_finished_task_has_the_time_of_its_end(self, store: AnyStore) -> None:
        complete_all(store, "completed", "again")
        bury(store, "dead")
        enqueue(store, "again", "canceled")
        cancel(store, "canceled")

        assert task_of(store, "completed").finished_at is not None
        assert task_of(store, "canceled").finished_at is not None
        assert task_of(store, "dead").finished_at is None
        assert task_of(store, "again").finished_at is None

    def test_dead_tasks_are_requeued_by_their_class_of_error(self, store: AnyStore) -> None:
        bury(store, "a", "Timeout")
        bury(store, "b", "Refused")
        bury(store, "c", "Timeout")
        bury(store, "d")
        counts = store.read(lambda tx: tx.tasks.error_counts("work"))
        timeouts = store.read(
            lambda tx: tx.tasks.dead("work", after="", limit=9, error_class="Timeout")
        )

        assert counts == (
            ErrorCount(error_class="Timeout", tasks=2),
            ErrorCount(error_class=None, tasks=1),
            ErrorCount(error_class="Refused", tasks=1),
        )
        assert ids(timeouts) == ["a", "c"]
        requeued = [requeue_all(store, "Timeout", limit=1)]
        requeued += [requeue_all(store, "Timeout"), requeue_all(store, "Timeout")]
        requeued.append(requeue_all(store))
        assert requeued == [1, 1, 0, 2]
        assert ids(claim(store, 9)) == ["a", "c", "b", "d"]
        last, *_ = store.read(lambda tx: tx.tasks.attempts_of("work", "a", limit=9))
        assert (last.outcome, last.actor, last.reason) == (
            AttemptOutcome.REQUEUED,
            MAYA,
            "a test",
        )

    def test_a_failure_has_a_class(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (lease,) = claim(store)

        for wrong, expected in (("two words", "TEXT_HAS_CONTROLS"), ("x" * 201, "TEXT_TOO_LONG")):
            refused = partial(_fail, store, lease, wrong)
            assert code(refused) == expected
        _fail(store, lease, "Timeout")
        assert task_of(store, "a").error_class == "Timeout"

    def test_nothing_is_pruned_before_a_retention_is_decided(self, store: AnyStore) -> None:
        complete_all(store, "a")

        assert code(lambda: prune(store)) == "CONFIG_UNAVAILABLE"
        assert task_of(store, "a").finished_at is not None

    def test_only_finished_tasks_older_than_the_retention_are_pruned(self, store: AnyStore) -> None:
        complete_all(store, "completed")
        enqueue(store, "canceled")
        cancel(store, "canceled")
        bury(store, "dead")
        enqueue(store, "running", "waiting")
        claim(store)
        retain(store, YEAR_SECONDS)
        early = prune(store)
        retain(store, 1)
        prune_when_old(store, 2)

        assert early == 0
        for entity_id in ("completed", "canceled"):
            assert code(partial(task_of, store, entity_id)) == "TASK_NOT_FOUND"
        for entity_id in ("dead", "running", "waiting"):
            assert task_of(store, entity_id).finished_at is None
        assert prune(store) == 0

    def test_a_recurring_task_is_never_pruned(self, store: AnyStore) -> None:
        within(store, lambda tx: tx.tasks.enqueue_slot("work", "recurring", slot=BEGINNING))
        leases = claim(store)
        within(store, lambda tx: tx.tasks.complete(leases))
        complete_all(store, "a")
        retain(store, 1)
        prune_when_old(store, 1)

        assert task_of(store, "recurring").slot == BEGINNING

    def test_attempts_outlive_a_pruned_task(self, store: AnyStore) -> None:
        enqueue(store, "a")
        leases = claim(store)
        within(store, lambda tx: tx.tasks.record_start(leases))
        within(store, lambda tx: tx.tasks.complete(leases))
        retain(store, 1)
        prune_when_old(store, 1)

        (attempt,) = store.read(lambda tx: tx.tasks.attempts_of("work", "a", limit=5))
        assert attempt.outcome is AttemptOutcome.STARTED

    def test_a_recreated_task_starts_above_every_pruned_fence(self, store: AnyStore) -> None:
        complete_all(store, "a")
        complete_all(store, "a")
        old = _claimed_again(store, "a")
        within(store, lambda tx: tx.tasks.complete(old))
        complete_all(store, "b")
        retain(store, 1)
        prune_when_old(store, 2)
        enqueue(store, "a", "c")
        within(store, lambda tx: tx.tasks.enqueue_slot("work", "d", slot=BEGINNING))
        enqueue(store, "a", stage="other")

        assert [lease.fence for lease in claim(store, 9)] == [4, 4, 4]
        assert [lease.fence for lease in claim(store, 9, stage="other")] == [1]
        assert code(lambda: within(store, lambda tx: tx.tasks.complete(old))) == "LEASE_LOST"

    def test_the_lease_of_a_pruned_task_is_lost(self, store: AnyStore) -> None:
        enqueue(store, "a")
        leases = claim(store)
        within(store, lambda tx: tx.tasks.complete(leases))
        retain(store, 1)
        prune_when_old(store, 1)
        (lease,) = leases

        for write in (
            lambda: within(store, lambda tx: tx.tasks.complete(leases)),
            lambda: within(store, lambda tx: tx.tasks.record_start(leases)),
            lambda: within(store, lambda tx: tx.tasks.mark_dead(lease, reason="late")),
        ):
            assert code(write) == "LEASE_LOST"


def _fail(store: AnyStore, lease: Lease, error_class: str) -> None:
    """Record a failure of a class."""
    within(
        store,
        lambda tx: tx.tasks.retry_later(
            lease, due_at=FAR, reason="no answer", error_class=error_class
        ),
    )


def _claimed_again(store: AnyStore, entity_id: str) -> Leases:
    """Enqueue and claim a task."""
    enqueue(store, entity_id)
    return claim(store)
