"""Requirements on the time of a run's first attempt, from which retries may be limited."""

from datetime import datetime, timedelta

from indelible.app import WriteTx
from indelible.kernel.retries import is_last_attempt
from indelible.kernel.stages import Stage
from indelible.kernel.tasks import Attempt, Lease
from indelible.testing.stores import BEGINNING, AnyStore, claim, enqueue, within
from indelible.testing.suite import Suite

HOUR = 3_600


def fail(store: AnyStore, lease: Lease) -> None:
    """Record the failure of an attempt; the task is due again at once."""

    def retry(tx: WriteTx) -> None:
        tx.tasks.retry_later(lease, due_at=BEGINNING, reason="no answer")

    within(store, retry)


def first_attempt_at(store: AnyStore, lease: Lease) -> datetime | None:
    """Return the time of the first attempt that the lease counts."""
    return store.read(lambda tx: tx.tasks.first_attempt_at(lease))


def attempts(store: AnyStore) -> tuple[Attempt, ...]:
    """Return the recorded attempts of the task, oldest first."""
    newest_first = store.read(lambda tx: tx.tasks.attempts_of("work", "a", limit=99))
    return newest_first[::-1]


def claim_one(store: AnyStore, *, is_started: bool = False) -> Lease:
    """Claim the task, and record the start of its attempt if it acts outside."""
    (lease,) = claim(store)
    if is_started:
        within(store, lambda tx: tx.tasks.record_start([lease]))
    return lease


class TaskBudgetsConformance(Suite):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_the_first_attempt_has_no_record_before_it_fails(self, store: AnyStore) -> None:
        enqueue(store, "a")

        assert first_attempt_at(store, claim_one(store)) is None

    def test_the_first_attempt_is_the_first_of_those_that_failed(self, store: AnyStore) -> None:
        enqueue(store, "a")
        for _ in range(3):
            fail(store, claim_one(store))

        assert first_attempt_at(store, claim_one(store)) == attempts(store)[0].at

    def test_a_start_that_is_recorded_is_the_first_attempt(self, store: AnyStore) -> None:
        enqueue(store, "a")
        fail(store, claim_one(store, is_started=True))
        lease = claim_one(store, is_started=True)

        assert first_attempt_at(store, lease) == attempts(store)[0].at
        assert attempts(store)[0].outcome == "STARTED"

    def test_attempts_of_an_earlier_run_are_not_counted(self, store: AnyStore) -> None:
        enqueue(store, "a")
        fail(store, claim_one(store))
        lease = claim_one(store)
        within(store, lambda tx: tx.tasks.complete([lease]))
        enqueue(store, "a")
        first = claim_one(store)
        assert first_attempt_at(store, first) is None

        fail(store, first)
        assert first_attempt_at(store, claim_one(store)) == attempts(store)[-1].at

    def test_a_postponement_makes_no_attempt_earlier(self, store: AnyStore) -> None:
        """A postponement takes a fence and counts no attempt, so it may hide the first one."""
        enqueue(store, "a")
        fail(store, claim_one(store))
        fail(store, claim_one(store))
        postponed = claim_one(store)
        within(store, lambda tx: tx.tasks.postpone(postponed, after_seconds=0.5))

        assert first_attempt_at(store, claim_one(store)) == attempts(store)[1].at

    def test_the_last_attempt_is_decided_by_time_or_by_number(self, store: AnyStore) -> None:
        enqueue(store, "a")
        fail(store, claim_one(store))
        lease = claim_one(store)
        first_at = attempts(store)[0].at
        in_time = first_at + timedelta(seconds=HOUR - 1)
        late = first_at + timedelta(seconds=HOUR)

        def is_last(now: datetime, *, max_attempts: int, retry_seconds: int | None = None) -> bool:
            stage: Stage[WriteTx, str, None] = Stage(
                name="work",
                batch=1,
                lifecycle=None,
                acts_outside=False,
                perform=lambda _, __: None,
                max_attempts=max_attempts,
                retry_seconds=retry_seconds,
            )
            return is_last_attempt(store, stage, lease, now)

        assert not is_last(in_time, retry_seconds=HOUR, max_attempts=1)
        assert is_last(late, retry_seconds=HOUR, max_attempts=99)
        assert is_last(in_time, max_attempts=2)
        assert not is_last(late, max_attempts=3)
