"""Lease handles: a running `perform` learns from its handle that it should stop, and why."""

from collections.abc import Mapping
from enum import StrEnum
from threading import Event, Lock
from typing import Any, ClassVar, Final

from attrs import define, field, frozen

from indelible.kernel.errors import Conflict
from indelible.kernel.tasks import Lease, Progress


class StopReason(StrEnum):
    """The reasons for which a worker asks a running `perform` to stop."""

    SHUTDOWN = "SHUTDOWN"  # the worker ends; the task is released and does not count an attempt
    TIMED_OUT = "TIMED_OUT"  # the time limit of the stage is over; the attempt has failed
    CANCELED = "CANCELED"  # an operator has canceled the task; whatever is returned is discarded
    LEASE_LOST = "LEASE_LOST"  # another worker has the task; whatever is returned is discarded


# A worker that ends asks once. A reason that comes later decides what becomes of the task.
REPLACEABLE: Final = (None, StopReason.SHUTDOWN)
CREATION_LOCK: Final = Lock()  # several threads of one task may wait


@frozen
class PerformStopped(Conflict):
    """The worker has asked a running `perform` to stop, and it has stopped."""

    code: ClassVar[str] = "PERFORM_STOPPED"
    message: ClassVar[str] = "Task {entity_id} of stage {stage} was stopped: {reason}."
    stage: str
    entity_id: str
    reason: StopReason


@frozen
class TimeLimitExceeded(Conflict):
    """A `perform` took longer than the time limit of its stage."""

    code: ClassVar[str] = "TIME_LIMIT_EXCEEDED"
    message: ClassVar[str] = (
        "Task {entity_id} of stage {stage} was performed for longer than its limit of "
        "{timeout_seconds} seconds."
    )
    stage: str
    entity_id: str
    timeout_seconds: int


@define(eq=False)
class LeaseHandle:
    """The lease of a running task, and the request to stop it.

    A `perform` that takes long calls `check` between its steps, or `wait` instead of `sleep`. A
    transaction of its own calls `tx.tasks.require_lease(handle.lease)` first.
    """

    lease: Lease
    stop_reason: StopReason | None = field(default=None, init=False)
    progress: int | None = field(default=None, init=False)  # in percent, as last set
    _stop: Event | None = field(default=None, init=False)

    @property
    def arguments(self) -> Mapping[str, Any]:
        """Return the arguments with which the task was enqueued."""
        return self.lease.arguments or {}

    @property
    def stop_requested(self) -> bool:
        """Return True once the worker wants the task to stop; `stop_reason` says why."""
        return self.stop_reason is not None

    def set_progress(self, percent: int) -> None:
        """Tell how far the task has come, from 0 to 100 percent.

        A worker stores the last number about once a second, of tasks that run for longer than that.

        Raises:
            NumberOutOfRange: The number is no percentage.
        """
        self.progress = Progress(percent).percent

    def check(self) -> None:
        """Raise PerformStopped once the worker wants the task to stop."""
        if self.stop_reason is not None:
            raise PerformStopped(self.lease.stage, self.lease.entity_id, self.stop_reason)

    def wait(self, seconds: float) -> bool:
        """Sleep, but no longer than until a stop is requested; return True if it is."""
        # Most tasks never wait, and an Event costs as much as all the rest of a short task.
        with CREATION_LOCK:
            if self._stop is None:
                self._stop = Event()
        # A request sets the reason before it reads the event, so this order misses none.
        if self.stop_reason is not None:
            return True

        return self._stop.wait(seconds)

    def request_stop(self, reason: StopReason) -> None:
        """Ask the task to stop. A worker calls it, and a test of a stage may do so too."""
        if self.stop_reason in REPLACEABLE:
            self.stop_reason = reason
        stop = self._stop
        if stop is not None:
            stop.set()
