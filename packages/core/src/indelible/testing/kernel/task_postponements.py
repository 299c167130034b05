"""Requirements on postponed tasks: due later, with no attempt counted and none recorded."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

from indelible.app import WriteTx
from indelible.kernel.task_commands import CancelTask, cancel_task
from indelible.kernel.tasks import MAX_POSTPONE_SECONDS, AttemptOutcome, Lease, Task
from indelible.testing.captures.scenarios import code
from indelible.testing.kernel.task_reschedules import TaskReschedulesConformance
from indelible.testing.stores import BEGINNING, FAR, OVER, AnyStore, claim, do, enqueue, within

MINUTE: Final = 60
SOON: Final = 0.5  # the clock of the suite has ticked before the next claim
LATER = BEGINNING + timedelta(hours=1)  # later than any instant of these scenarios
WRONG_SECONDS: tuple[tuple[Any, str], ...] = (
    (0, "POSTPONEMENT_OUT_OF_RANGE"),
    (-1, "POSTPONEMENT_OUT_OF_RANGE"),
    (MAX_POSTPONE_SECONDS + 1, "POSTPONEMENT_OUT_OF_RANGE"),
    (10**400, "POSTPONEMENT_OUT_OF_RANGE"),
    (float("nan"), "POSTPONEMENT_OUT_OF_RANGE"),
    (float("inf"), "POSTPONEMENT_OUT_OF_RANGE"),
    (True, "WRONG_TYPE"),
    ("60", "WRONG_TYPE"),
    (timedelta(minutes=1), "WRONG_TYPE"),
    (None, "WRONG_TYPE"),
)


def task_of(store: AnyStore) -> Task:
    """Return the task of these scenarios."""
    return store.read(lambda tx: tx.tasks.get("work", "a"))


def claim_one(store: AnyStore) -> Lease:
    """Enqueue the task and claim it."""
    enqueue(store, "a")
    (lease,) = claim(store)
    return lease


def postpone(store: AnyStore, lease: Lease, seconds: float = MINUTE) -> None:
    """Postpone a task in a transaction of its own."""
    within(store, partial(_postpone, lease=lease, seconds=seconds))


def outcomes(store: AnyStore) -> list[tuple[int, AttemptOutcome]]:
    """Return the fences and outcomes of the task's records, newest first."""
    attempts = store.read(lambda tx: tx.tasks.attempts_of("work", "a", limit=9))
    return [(attempt.fence, attempt.outcome) for attempt in attempts]


def _postpone(tx: WriteTx, *, lease: Lease, seconds: float) -> None:
    tx.tasks.postpone(lease, after_seconds=seconds)


def _fail(tx: WriteTx, *, lease: Lease, due_at: datetime) -> None:
    tx.tasks.retry_later(lease, due_at=due_at, reason="no answer", error_class="Bounced")


class TaskPostponementsConformance(TaskReschedulesConformance):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_a_postponed_task_is_due_later_and_counts_no_attempt(self, store: AnyStore) -> None:
        lease = claim_one(store)
        within(store, partial(_fail, lease=lease, due_at=BEGINNING))
        (second,) = claim(store)
        postpone(store, second)
        task = task_of(store)

        assert (lease.attempt, second.attempt, task.attempts) == (1, 2, 1)
        assert BEGINNING + timedelta(seconds=MINUTE) < (task.due_at or OVER) < LATER
        assert (task.lease_owner, task.fence, task.error_class) == (None, 2, "Bounced")
        assert outcomes(store) == [(1, AttemptOutcome.FAILED)]
        assert claim(store) == ()

    def test_a_task_is_postponed_any_number_of_times(self, store: AnyStore) -> None:
        enqueue(store, "a")
        claims: list[tuple[int, int]] = []
        for _ in range(5):
            (lease,) = claim(store)
            claims.append((lease.fence, lease.attempt))
            within(store, partial(_record_start, lease=lease))
            postpone(store, lease, SOON)

        assert claims == [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)]
        assert task_of(store).attempts == 0
        started = [(fence, AttemptOutcome.STARTED) for fence in (5, 4, 3, 2, 1)]
        assert outcomes(store) == started

    def test_a_postponed_task_is_completed_as_any_other(self, store: AnyStore) -> None:
        postpone(store, claim_one(store), SOON)
        leases = claim(store)
        within(store, lambda tx: tx.tasks.complete(leases))

        assert (task_of(store).due_at, task_of(store).attempts) == (None, 1)

    def test_a_task_enqueued_during_its_lease_is_due_at_the_sooner_time(
        self, store: AnyStore
    ) -> None:
        enqueued_sooner = claim_one(store)
        enqueue(store, "a")
        postpone(store, enqueued_sooner)
        assert (task_of(store).due_at, task_of(store).attempts) == (BEGINNING, 0)

        (enqueued_later,) = claim(store)
        enqueue(store, "a", due_at=FAR)
        postpone(store, enqueued_later)
        task = task_of(store)
        assert BEGINNING < (task.due_at or OVER) < LATER
        assert (task.attempts, task.lease_owner, outcomes(store)) == (0, None, [])

    def test_a_task_whose_lease_is_lost_is_not_postponed(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (old,) = claim(store, until=OVER)
        (lease,) = claim(store)
        running = task_of(store)

        assert code(lambda: postpone(store, old)) == "LEASE_LOST"
        assert task_of(store) == running
        within(store, lambda tx: tx.tasks.complete([lease]))
        done = task_of(store)
        assert code(lambda: postpone(store, lease)) == "LEASE_LOST"
        assert task_of(store) == done

    def test_an_expired_lease_that_nobody_has_claimed_can_be_postponed(
        self, store: AnyStore
    ) -> None:
        enqueue(store, "a")
        (expired,) = claim(store, until=OVER)
        postpone(store, expired)

        assert (task_of(store).attempts, task_of(store).lease_owner) == (0, None)
        assert claim(store) == ()

    def test_a_canceled_task_is_not_postponed(self, store: AnyStore) -> None:
        lease = claim_one(store)
        do(store, cancel_task, CancelTask(stage="work", entity_id="a"))
        canceled = task_of(store)

        assert code(lambda: postpone(store, lease)) == "LEASE_LOST"
        assert task_of(store) == canceled

    def test_a_postponed_task_can_be_canceled_and_enqueued_sooner(self, store: AnyStore) -> None:
        postpone(store, claim_one(store), MAX_POSTPONE_SECONDS)
        enqueue(store, "a")
        assert task_of(store).due_at == BEGINNING

        do(store, cancel_task, CancelTask(stage="work", entity_id="a"))
        assert task_of(store).due_at is None

    def test_a_task_is_postponed_by_a_limited_time(self, store: AnyStore) -> None:
        lease = claim_one(store)
        running = task_of(store)
        for seconds, expected in WRONG_SECONDS:
            wrong = partial(postpone, store, lease, seconds)
            assert code(wrong) == expected, seconds

        assert task_of(store) == running


def _record_start(tx: WriteTx, *, lease: Lease) -> None:
    tx.tasks.record_start([lease])
