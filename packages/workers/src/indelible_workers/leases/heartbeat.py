"""The heartbeat: extend leases, store progress, enforce limits, and ask running tasks to stop."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from threading import Event
from typing import Final

from attrs import define, field

from indelible.kernel import Actor, Store
from indelible.kernel.lease_handles import StopReason
from indelible.kernel.stages import TasksRead, TasksWrite
from indelible.kernel.task_commands import ReportProgress, report_progress
from indelible.kernel.task_errors import LeaseLost, TaskLocked, TaskNotFound
from indelible.kernel.tasks import Lease
from indelible_workers.clocks.thread_clock import WaitingClock
from indelible_workers.leases.holds import HeldLeases, RunningTask
from indelible_workers.threads.hung_threads import HungThreadReporter

HEARTBEAT_SECONDS: Final = 0.25
WATCH_SECONDS: Final = 0.1
# A task that runs for longer is looked up this often: a shorter one costs no query.
LOOKUP_SECONDS: Final = 1.0
MAX_HOLD_SECONDS: Final = 3_600  # without a running task; then it is left to another process
logger = logging.getLogger("indelible.workers")


@define(eq=False)
class Heartbeat:
    """The two loops of a worker: one asks the database, the other one must never wait for it."""

    _store: Store[TasksRead, TasksWrite]
    _actor: Actor
    _stopping: Event
    _holds: list[HeldLeases]  # other threads add and remove meanwhile
    _holding: Event  # set after each addition
    _hung_threads: HungThreadReporter
    _on_beat: Callable[[], object]  # called after each round without a failure
    _clock: WaitingClock
    _extended_at: float = field(init=False)
    _looked_up_at: float = field(init=False)
    _progress_at: float = field(init=False)
    _unrecorded: list[Callable[[], None]] = field(factory=list[Callable[[], None]])

    def __attrs_post_init__(self) -> None:
        now = self._clock.monotonic()
        self._extended_at = now
        self._looked_up_at = now
        self._progress_at = now

    # Without the database

    def watch(self) -> None:
        """Enforce time limits and pass on the shutdown; clear the event if nothing is held."""
        self._holding.clear()
        if self._holds:  # looked at after that, so that no addition is missed
            self._holding.set()

        for hold in tuple(self._holds):
            running = hold.running  # its thread may set it to None at any time
            if running is not None:
                self._watch(running)

    def _watch(self, running: RunningTask) -> None:
        try:
            running.enforce_limit()
            if self._stopping.is_set() and not running.handle.stop_requested:
                running.request_stop(StopReason.SHUTDOWN)
        except Exception as error:  # noqa: BLE001 - the limits of the other tasks must be enforced
            lease = running.handle.lease
            logger.warning(
                "stage %s: task %s cannot be stopped (%s)",
                lease.stage,
                lease.entity_id,
                type(error).__name__,
            )

    # With the database

    def beat(self) -> None:
        """Record exceeded limits, extend leases and look for lost ones."""
        steps: dict[str, Callable[[], None]] = {
            "timed-out tasks not given up": self._abandon_timed_out,
            "timed-out tasks not recorded": self._record_timed_out,
            "leases not extended": self._extend_due,
            "leases not looked up": self._look_up_due,
            "progress not stored": self._store_progress,
            "hung threads not reported": self._hung_threads.report_due,
        }
        results = [self._try(step, failure) for failure, step in steps.items()]
        if all(results):
            self._on_beat()

    def end_reports(self) -> None:
        """End what is reported about hung threads, because the process ends."""
        self._hung_threads.end_reports()

    def _try(self, step: Callable[[], None], failure: str) -> bool:
        """Return False for a step that has failed."""
        try:
            step()
        except Exception as error:  # noqa: BLE001 - tried again; the fence protects the result
            logger.warning("heartbeat: %s (%s)", failure, type(error).__name__)
            return False
        return True

    def _abandon_timed_out(self) -> None:
        for hold in tuple(self._holds):
            running = hold.running
            if running is None or not running.ignores_limit():
                continue
            if hold.abandon(running):
                self._unrecorded.append(partial(hold.record_timed_out, running))

    def _record_timed_out(self) -> None:
        """Record exceeded limits; one that fails is tried again, after the others."""
        for _ in range(len(self._unrecorded)):
            record_timed_out = self._unrecorded.pop(0)
            try:
                record_timed_out()
            except TaskLocked:  # by a transaction that hangs as well
                self._unrecorded.append(record_timed_out)
            except Exception:
                self._unrecorded.append(record_timed_out)
                raise

    def _extend_due(self) -> None:
        held_leases = self._live_holds()
        if not held_leases:
            return

        shortest_seconds = min(hold.stage.lease_seconds for hold in held_leases)
        if self._clock.monotonic() - self._extended_at <= shortest_seconds / 3:
            return

        with self._store.transaction(actor=self._actor, reason="lease extension") as tx:
            for hold in held_leases:
                until = tx.clock.now() + timedelta(seconds=hold.stage.lease_seconds)
                tx.tasks.extend(hold.leases, until=until)
        self._extended_at = self._clock.monotonic()

    def _live_holds(self) -> list[HeldLeases]:
        now = self._clock.monotonic()
        live: list[HeldLeases] = []
        for hold in tuple(self._holds):
            is_active = hold.running is not None or now - hold.since < MAX_HOLD_SECONDS
            if is_active and not hold.is_abandoned:
                live.append(hold)

        return live

    def _look_up_due(self) -> None:
        """Ask each task that runs for long to stop if its lease is lost."""
        if self._clock.monotonic() - self._looked_up_at < LOOKUP_SECONDS:
            return

        self._looked_up_at = self._clock.monotonic()
        tasks = self._long_tasks()
        if not tasks:
            return

        leases = [running.handle.lease for running in tasks]
        reasons = self._store.read(_stop_reasons, leases)
        for running, reason in zip(tasks, reasons, strict=True):
            if reason is not None:
                running.request_stop(reason)

    def _store_progress(self) -> None:
        """Store the progress that tasks have set since the last time; one statement for each."""
        if self._clock.monotonic() - self._progress_at < LOOKUP_SECONDS:
            return

        self._progress_at = self._clock.monotonic()
        for running in self._long_tasks():
            percent = running.handle.progress
            if percent is None or percent == running.stored_progress:
                continue

            command = ReportProgress(lease=running.handle.lease, percent=percent)
            # A task whose lease is lost is looked up, which stops it.
            with suppress(LeaseLost):
                try:
                    self._store.run(
                        report_progress, command, actor=self._actor, reason="progress of a task"
                    )
                except TaskLocked:  # by a transaction of the task's own: try again
                    continue
            running.stored_progress = percent

    def _long_tasks(self) -> list[RunningTask]:
        """Return the tasks that have run for longer than a lookup's interval."""
        tasks: list[RunningTask] = []
        for hold in tuple(self._holds):
            running = hold.running
            if running is not None and running.seconds() > LOOKUP_SECONDS:
                tasks.append(running)

        return tasks


def _stop_reasons(tx: TasksRead, leases: Sequence[Lease]) -> list[StopReason | None]:
    """Return for each lease why its task should stop, or None."""
    return [_stop_reason(tx, lease) for lease in leases]


def _stop_reason(tx: TasksRead, lease: Lease) -> StopReason | None:
    try:
        task = tx.tasks.get(lease.stage, lease.entity_id)
    except TaskNotFound:
        return StopReason.LEASE_LOST

    # A cancellation takes the fence after the lease's.
    if task.cancel_reason is not None and task.fence == lease.fence + 1:
        return StopReason.CANCELED
    return None if task.has_lease(lease) else StopReason.LEASE_LOST
