"""A running task learns that its lease is lost or that its worker ends, and stops."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event, Thread
from typing import cast

import pytest
from attrs import define, evolve
from prometheus_client import CollectorRegistry
from tests.conftest import POLICY
from tests.workers.bakery import (
    MAYA,
    TIMEOUT_SECONDS,
    WORKER,
    Bakery,
    TaskStore,
    are_completed,
    attempts,
    enqueue,
    get_task,
    outcome_counts,
    wait_for_expiry,
    wait_until,
)

from indelible.kernel.lease_handles import LeaseHandle, PerformStopped, StopReason
from indelible.kernel.stages import Stage, TasksWrite
from indelible.kernel.task_commands import (
    CancelTask,
    ReportProgress,
    cancel_task,
    report_progress,
)
from indelible.kernel.task_errors import LeaseLost
from indelible.kernel.tasks import Attempt, AttemptOutcome, Lease
from indelible.testing.captures.scenarios import code
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store
from indelible_workers import ThreadClock, Worker, process_batch
from indelible_workers.leases.heartbeat import WATCH_SECONDS, Heartbeat
from indelible_workers.leases.holds import HeldLeases, RunningTask
from indelible_workers.threads.hung_threads import HungThreadReporter
from indelible_workers.threads.stage_threads import StageThreads

LOCKED_SECONDS = 7  # in which a lease of three seconds ends twice


def complete(store: TaskStore, lease: Lease) -> None:
    """End a lease from outside of its worker."""
    with store.transaction(actor=MAYA, reason="another worker") as tx:
        tx.tasks.complete([lease])


def cancel(store: TaskStore, lease: Lease) -> None:
    """Cancel a task."""
    command = CancelTask(stage=lease.stage, entity_id=lease.entity_id)
    store.run(cancel_task, command, actor=MAYA, reason="no flour")


@pytest.mark.parametrize(
    ("end_lease", "reason", "outcomes"),
    [
        (complete, StopReason.LEASE_LOST, ["STARTED"]),
        (cancel, StopReason.CANCELED, ["CANCELED", "STARTED"]),
    ],
)
def test_a_task_that_lost_its_lease_is_stopped_and_discarded(
    store: TaskStore,
    bakery: Bakery,
    end_lease: Callable[[TaskStore, Lease], None],
    reason: StopReason,
    outcomes: list[str],
) -> None:
    reasons: list[StopReason | None] = []

    def perform(name: str, handle: LeaseHandle) -> str:
        end_lease(store, handle.lease)
        assert handle.wait(TIMEOUT_SECONDS)
        reasons.append(handle.stop_reason)
        handle.check()
        return name

    enqueue(store, "loaf")
    worker = Worker(store=store, actor=WORKER)
    with worker.heartbeat():
        stage = evolve(bakery.stage(batch=1), perform=perform)
        process_batch(store, stage, actor=WORKER, worker=worker)

    assert reasons == [reason]
    assert outcome_counts(worker) == {"claimed": 1, "lost": 1}
    assert [attempt.outcome for attempt in attempts(store, "loaf")] == outcomes


def test_a_task_gets_its_arguments(store: TaskStore, bakery: Bakery) -> None:
    grains: list[object] = []

    def perform(name: str, handle: LeaseHandle) -> str:
        grains.append(handle.arguments.get("grain"))
        return bakery.perform(name, handle)

    with store.transaction(actor=MAYA, reason="test") as tx:
        arguments = {"loaf": {"grain": "rye"}}
        tx.tasks.enqueue("bake", {"loaf": tx.clock.now()}, arguments=arguments)
    enqueue(store, "zwieback")
    process_batch(store, evolve(bakery.stage(), perform=perform), actor=WORKER)

    assert grains == ["rye", None]


def test_the_own_transaction_of_a_task_is_refused_after_its_lease(
    store: TaskStore, bakery: Bakery
) -> None:
    errors: list[LeaseLost] = []

    def perform(_: str, handle: LeaseHandle) -> str:
        with store.transaction(actor=WORKER, reason="a part of the work") as tx:
            tx.tasks.require_lease(handle.lease)
            tx.tasks.enqueue("part", {"first": tx.clock.now()})
        complete(store, handle.lease)
        with (
            pytest.raises(LeaseLost) as lost,
            store.transaction(actor=WORKER, reason="a part of the work") as tx,
        ):
            tx.tasks.require_lease(handle.lease)
        errors.append(lost.value)
        raise lost.value

    enqueue(store, "loaf")
    worker = Worker(store=store, actor=WORKER)
    stage = evolve(bakery.stage(batch=1), perform=perform)
    process_batch(store, stage, actor=WORKER, worker=worker)

    assert get_task(store, "first", "part").due_at is not None
    assert [error.code for error in errors] == ["LEASE_LOST"]
    assert outcome_counts(worker) == {"claimed": 1, "lost": 1}


@pytest.mark.parametrize("store", ["memory"], indirect=True)
def test_a_task_that_ends_while_it_is_watched_does_not_end_the_watch(store: TaskStore) -> None:
    """Otherwise no limit of any task would be enforced from then on."""
    clock = ThreadClock()
    enqueue(store, "loaf")
    hold = EndingHold(RunningTask(LeaseHandle(claim_one(store)[0]), 60, clock))
    holds = cast("list[HeldLeases]", [hold])
    reporter = HungThreadReporter(store, WORKER, StageThreads(CollectorRegistry()), clock)
    heartbeat = Heartbeat(store, WORKER, Event(), holds, Event(), reporter, Event().set, clock)
    finished = Event()
    thread = clock.repeat("watch", heartbeat.watch, WATCH_SECONDS, finished)

    wait_until(lambda: hold.looks > 2 or not thread.is_alive())
    assert thread.is_alive()
    finished.set()
    thread.join(TIMEOUT_SECONDS)


@define
class EndingHold:
    """A hold whose task ends just after the first look at it, and begins after the second."""

    task: RunningTask
    looks: int = 0

    @property
    def running(self) -> RunningTask | None:
        self.looks += 1
        return self.task if self.looks % 2 else None


@pytest.mark.parametrize("batch", [1, 10])
def test_a_stopping_worker_releases_a_task_that_stops(
    store: TaskStore, bakery: Bakery, batch: int
) -> None:
    def perform(name: str, handle: LeaseHandle) -> str:
        bakery.started.set()
        assert handle.wait(TIMEOUT_SECONDS)
        handle.check()
        return name

    enqueue(store, "loaf")
    worker = Worker(store=store, actor=WORKER)
    stage = evolve(bakery.stage(batch=batch), perform=perform)
    with worker.heartbeat():
        thread = Thread(
            target=process_batch,
            args=(store, stage),
            kwargs={"actor": WORKER, "worker": worker},
        )
        thread.start()
        assert bakery.started.wait(TIMEOUT_SECONDS)
        worker.stop()
        thread.join(TIMEOUT_SECONDS)

    task = get_task(store, "loaf")
    assert (task.lease_owner, task.attempts, task.due_at is None) == (None, 0, False)
    assert outcome_counts(worker) == {"claimed": 1, "released": 1}
    assert process_batch(store, bakery.stage(batch=batch), actor=WORKER) == 1
    assert are_completed(store, "loaf")


def test_a_task_that_stops_without_a_request_has_failed(store: TaskStore, bakery: Bakery) -> None:
    def perform(name: str, handle: LeaseHandle) -> str:
        raise PerformStopped(handle.lease.stage, name, StopReason.SHUTDOWN)

    enqueue(store, "loaf")
    worker = Worker(store=store, actor=WORKER)
    stage = evolve(bakery.stage(), perform=perform)
    process_batch(store, stage, actor=WORKER, worker=worker)

    assert get_task(store, "loaf").attempts == 1
    assert outcome_counts(worker) == {"claimed": 1, "retried": 1}


def test_a_task_whose_lease_is_required_is_claimed_by_no_other(database: PostgresServer) -> None:
    store = open_store(database.url, policy=POLICY)
    enqueue(store, "loaf")
    with store.transaction(actor=WORKER, reason="a claim") as tx:
        (lease,) = tx.tasks.claim("bake", limit=1, until=tx.clock.now())
    wait_for_expiry(store, "loaf")

    other_leases: list[tuple[Lease, ...]] = []
    with store.transaction(actor=WORKER, reason="a part of the work") as tx:
        tx.tasks.require_lease(lease)
        other = Thread(target=lambda: other_leases.append(claim_one(store)))
        other.start()
        other.join(TIMEOUT_SECONDS)
    assert other_leases == [()]

    wait_until(lambda: len(claim_one(store)) == 1)
    store.dispose()


def claim_one(store: TaskStore) -> tuple[Lease, ...]:
    """Claim a task of the bakery for a minute."""
    with store.transaction(actor=MAYA, reason="another worker") as tx:
        until = tx.clock.now() + timedelta(minutes=1)
        return tx.tasks.claim("bake", limit=1, until=until)


def test_a_task_that_is_locked_is_not_waited_for(database: PostgresServer) -> None:
    store = open_store(database.url, policy=POLICY)
    enqueue(store, "loaf")
    (lease,) = claim_one(store)
    lost = evolve(lease, fence=lease.fence + 1)
    codes: list[str] = []

    def report_and_lock() -> None:
        for wanted in (lease, lost):
            command = ReportProgress(lease=wanted, percent=40)
            codes.append(code(partial(report, store, command)))
            codes.append(code(partial(lock_now, store, wanted)))

    with store.transaction(actor=WORKER, reason="a part of the work") as tx:
        tx.tasks.require_lease(lease)
        other = Thread(target=report_and_lock)
        other.start()
        other.join(TIMEOUT_SECONDS)
        assert codes == ["TASK_LOCKED", "TASK_LOCKED", "LEASE_LOST", "LEASE_LOST"]

        tx.tasks.report_progress(lease, 40)
        tx.tasks.require_lease(lease, can_wait=False)

    assert get_task(store, "loaf").progress == 40
    store.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("limit_seconds", [1, 3_600])
@pytest.mark.parametrize("store", ["postgresql"], indirect=True)
def test_a_transaction_of_a_task_that_hangs_costs_no_other_lease(
    store: TaskStore, bakery: Bakery, limit_seconds: int
) -> None:
    gate = Event()

    def hold_lock(name: str, handle: LeaseHandle) -> str:
        with store.transaction(actor=WORKER, reason="a part of the work") as tx:
            tx.tasks.require_lease(handle.lease)
            handle.set_progress(40)
            assert gate.wait(TIMEOUT_SECONDS)
        return bakery.perform(name, handle)

    enqueue(store, "hang-on", stage="oven")
    enqueue(store, "wait-loaf")
    worker = Worker(store=store, actor=WORKER)
    oven = bakery.stage(name="oven", batch=1, timeout_seconds=limit_seconds)
    stages = [evolve(oven, perform=hold_lock), bakery.stage(batch=1, lease_seconds=3)]
    with worker.heartbeat():
        threads = [Thread(target=process_one, args=(worker, stage)) for stage in stages]
        for thread in threads:
            thread.start()
        assert bakery.started.wait(TIMEOUT_SECONDS)

        # The lease has been extended since the first task exceeded its limit or set its progress.
        end = datetime.now(UTC) + timedelta(seconds=LOCKED_SECONDS)
        wait_until(lambda: lease_end(store, "wait-loaf") > end, 3 * LOCKED_SECONDS)
        assert get_task(store, "hang-on", "oven").progress is None

        gate.set()
        bakery.gate.set()
        for thread in threads:
            thread.join(TIMEOUT_SECONDS)
        expected = 1 if limit_seconds == 1 else 0
        wait_until(lambda: len(failures(store, "hang-on")) == expected)

    assert are_completed(store, "wait-loaf")
    assert get_task(store, "wait-loaf").fence == 1


def report(store: TaskStore, command: ReportProgress) -> None:
    store.run(report_progress, command, actor=WORKER, reason="progress")


def lock_now(store: TaskStore, lease: Lease) -> None:
    with store.transaction(actor=WORKER, reason="a lock") as tx:
        tx.tasks.require_lease(lease, can_wait=False)


def process_one(worker: Worker, stage: Stage[TasksWrite, str, str]) -> None:
    process_batch(worker.store, stage, actor=WORKER, worker=worker)


def lease_end(store: TaskStore, name: str) -> datetime:
    """Return the end of a task's lease."""
    end = get_task(store, name).lease_until
    assert end is not None
    return end


def failures(store: TaskStore, name: str) -> list[Attempt]:
    """Return the failed attempts of a task of the oven."""
    recorded = attempts(store, name, stage="oven")
    return [attempt for attempt in recorded if attempt.outcome is AttemptOutcome.FAILED]
