"""Requirements on what no store may accept of a task: times, reasons and repeated records."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

from attrs import evolve

from indelible.app import WriteTx
from indelible.kernel.due_times import MAX_DUE
from indelible.kernel.tasks import MAX_LEASE_SECONDS, Lease, Leases
from indelible.testing.captures.scenarios import code
from indelible.testing.kernel.task_postponements import TaskPostponementsConformance
from indelible.testing.stores import (
    BEGINNING,
    FAR,
    LEASE_END,
    OVER,
    AnyStore,
    claim,
    enqueue,
    within,
)

TOO_EARLY = datetime(1999, 12, 31, tzinfo=UTC)
IN_2999 = datetime(2999, 1, 1, tzinfo=UTC)
TOO_LATE = datetime(3000, 1, 1, tzinfo=UTC)


def refused(store: AnyStore, work: Callable[[WriteTx], object]) -> str:
    """Return the code of the error that the work raises in a transaction."""
    return code(lambda: within(store, work))


class TaskLimitsConformance(TaskPostponementsConformance):
    """Subclass it with a fixture `store`: an empty store with a TickingClock."""

    def test_a_task_is_due_at_a_time_that_can_be_stored(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (lease,) = claim(store)

        for wrong in (TOO_EARLY, TOO_LATE, datetime(2026, 1, 1)):  # noqa: DTZ001 - no time zone
            writes: tuple[Callable[[WriteTx], object], ...] = (
                partial(_enqueue, due_at=wrong),
                partial(_enqueue_slot, slot=wrong),
                partial(_retry_later, lease=lease, due_at=wrong),
            )
            codes = [refused(store, write) for write in writes]
            assert codes == ["INSTANT_OUT_OF_RANGE"] * 3, wrong

    def test_no_task_is_put_off_for_ever(self, store: AnyStore) -> None:
        enqueue(store, "a", "b")
        (lease,) = claim(store)

        writes: tuple[Callable[[WriteTx], object], ...] = (
            partial(_enqueue, due_at=IN_2999),
            partial(_enqueue_slot, slot=IN_2999),
            partial(_retry_later, lease=lease, due_at=IN_2999),
            lambda tx: tx.tasks.reschedule("work", "b", due_at=IN_2999),
        )
        assert [refused(store, write) for write in writes] == ["DUE_TOO_LATE"] * len(writes)

        within(store, lambda tx: tx.tasks.reschedule("work", "b", due_at=BEGINNING + MAX_DUE))

    def test_a_lease_ends_at_a_time_that_can_be_stored(self, store: AnyStore) -> None:
        enqueue(store, "a", "b")
        leases = claim(store)

        assert code(lambda: claim(store, until=TOO_LATE)) == "INSTANT_OUT_OF_RANGE"
        extend = refused(store, lambda tx: tx.tasks.extend(leases, until=TOO_LATE))
        assert extend == "INSTANT_OUT_OF_RANGE"

    def test_a_required_lease_must_be_running(self, store: AnyStore) -> None:
        enqueue(store, "a", "b", "c")
        expired = claim(store, 3, until=OVER)
        valid, taken, done = expired

        within(store, partial(_require, lease=valid))
        (again,) = claim(store, 1)
        assert again.entity_id == valid.entity_id
        within(store, partial(_require, lease=again))
        within(store, lambda tx: tx.tasks.complete([done]))
        unknown = evolve(taken, entity_id="nobody")

        for lost in (valid, done, unknown):
            assert refused(store, partial(_require, lease=lost)) == "LEASE_LOST"
        within(store, partial(_require, lease=taken))

    def test_a_transaction_that_requires_a_lost_lease_writes_nothing(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (lease,) = claim(store, until=OVER)
        claim(store)

        assert refused(store, partial(_enqueue_under, lease=lease)) == "LEASE_LOST"
        assert code(lambda: store.read(lambda tx: tx.tasks.get("work", "b"))) == "TASK_NOT_FOUND"

    def test_no_lease_is_longer_than_a_day(self, store: AnyStore) -> None:
        enqueue(store, "a")
        within(store, partial(_claim_for, seconds=MAX_LEASE_SECONDS))
        enqueue(store, "b")

        too_long = partial(_claim_for, seconds=MAX_LEASE_SECONDS + 1)
        assert refused(store, too_long) == "LEASE_TOO_LONG"
        extension = partial(_extend_for, leases=claim(store), seconds=MAX_LEASE_SECONDS + 1)
        assert refused(store, extension) == "LEASE_TOO_LONG"

    def test_an_extension_shortens_no_lease(self, store: AnyStore) -> None:
        enqueue(store, "a")
        leases = claim(store)
        within(store, lambda tx: tx.tasks.extend(leases, until=OVER))
        task = store.read(lambda tx: tx.tasks.get("work", "a"))

        assert task.lease_until == LEASE_END
        assert claim(store) == ()

    def test_no_attempt_is_recorded_after_the_lease(self, store: AnyStore) -> None:
        enqueue(store, "a")
        leases = claim(store)
        within(store, lambda tx: tx.tasks.complete(leases))

        assert refused(store, lambda tx: tx.tasks.record_start(leases)) == "LEASE_LOST"
        retry = partial(_retry_later, lease=leases[0], due_at=FAR)
        assert refused(store, retry) == "LEASE_LOST"
        assert refused(store, partial(_mark_dead, lease=leases[0], reason="late")) == "LEASE_LOST"
        assert store.read(lambda tx: tx.tasks.attempts_of("work", "a", limit=5)) == ()

    def test_a_failed_attempt_has_a_reason_that_can_be_stored(self, store: AnyStore) -> None:
        enqueue(store, "a")
        (lease,) = claim(store)

        for reason, expected in (
            (" ", "TEXT_BLANK"),
            ("a\0b", "TEXT_UNSTORABLE"),
            ("a\ud800b", "TEXT_UNSTORABLE"),
        ):
            retry = partial(_retry_later, lease=lease, due_at=FAR, reason=reason)
            assert refused(store, retry) == expected, reason
            assert refused(store, partial(_mark_dead, lease=lease, reason=reason)) == expected

    def test_the_start_of_an_attempt_is_recorded_once(self, store: AnyStore) -> None:
        enqueue(store, "a")
        leases = claim(store)

        assert refused(store, lambda tx: tx.tasks.record_start(leases)) == ""
        assert refused(store, lambda tx: tx.tasks.record_start(leases)) == "ATTEMPT_RECORDED"
        recorded = store.read(lambda tx: tx.tasks.attempts_of("work", "a", limit=5))
        assert len(recorded) == 1

    def test_no_start_is_recorded_for_a_task_that_was_claimed_again(self, store: AnyStore) -> None:
        enqueue(store, "a")
        old = claim(store, until=OVER)
        claim(store)

        assert refused(store, lambda tx: tx.tasks.record_start(old)) == "LEASE_LOST"
        assert store.read(lambda tx: tx.tasks.attempts_of("work", "a", limit=5)) == ()


def _claim_for(tx: WriteTx, *, seconds: int) -> None:
    # The store's clock ticks once more, so that the lease is a second shorter for it.
    until = tx.clock.now() + timedelta(seconds=seconds + 1)
    assert tx.tasks.claim("work", limit=1, until=until)


def _extend_for(tx: WriteTx, *, leases: Leases, seconds: int) -> None:
    until = tx.clock.now() + timedelta(seconds=seconds + 1)
    tx.tasks.extend(leases, until=until)


def _enqueue(tx: WriteTx, *, due_at: datetime) -> None:
    tx.tasks.enqueue("work", {"new": due_at})


def _enqueue_slot(tx: WriteTx, *, slot: datetime) -> None:
    tx.tasks.enqueue_slot("work", "new", slot=slot)


def _retry_later(tx: WriteTx, *, lease: Lease, due_at: datetime, reason: str = "late") -> None:
    tx.tasks.retry_later(lease, due_at=due_at, reason=reason)


def _mark_dead(tx: WriteTx, *, lease: Lease, reason: str) -> None:
    tx.tasks.mark_dead(lease, reason=reason)


def _require(tx: WriteTx, lease: Lease) -> None:
    tx.tasks.require_lease(lease)


def _enqueue_under(tx: WriteTx, lease: Lease) -> None:
    tx.tasks.enqueue("work", {"b": FAR})
    tx.tasks.require_lease(lease)
