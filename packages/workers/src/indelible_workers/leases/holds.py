"""The leases that a thread of this process holds, and the task that it performs."""

from collections.abc import Callable
from threading import Lock
from typing import Any, Final

from attrs import define, field

from indelible.kernel.lease_handles import LeaseHandle, StopReason
from indelible.kernel.stages import Stage
from indelible.kernel.tasks import Leases
from indelible_workers.children.processes import ChildProcess
from indelible_workers.clocks.thread_clock import WaitingClock

RETURN_SECONDS: Final = 1  # in which a task that is asked to stop at its limit may still return
KILL_SECONDS: Final = 10  # in which a thread must notice that its child process was killed


class TaskAbandoned(Exception):
    """A task exceeded its time limit: its failure is recorded, its batch completed or released."""


@define(eq=False)
class RunningTask:
    """A task that a thread performs, itself or in a child process."""

    handle: LeaseHandle
    timeout_seconds: int
    _clock: WaitingClock
    started_at: float = field(init=False)
    is_killed: bool = field(default=False, init=False)
    stored_progress: int | None = field(default=None, init=False)
    _child: ChildProcess | None = field(default=None, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def __attrs_post_init__(self) -> None:
        self.started_at = self._clock.monotonic()

    def seconds(self) -> float:
        """Return for how long the task has been performed."""
        return self._clock.monotonic() - self.started_at

    def attach(self, child: ChildProcess) -> None:
        """Let the child process perform the task, and pass on to it what was requested before."""
        with self._lock:
            self._child = child
            if self.handle.stop_reason is not None:
                child.request_stop(self.handle.lease, self.handle.stop_reason)

    def detach(self) -> None:
        """Leave the child process alone from now on: it may perform another task."""
        with self._lock:
            self._child = None

    def request_stop(self, reason: StopReason) -> None:
        """Ask the task to stop; a child process is sent only a reason that is new to it.

        Requests come again and again. A child that reads none would let the pipe to it fill up.
        """
        with self._lock:
            earlier_reason = self.handle.stop_reason
            self.handle.request_stop(reason)
            if self._child is not None and self.handle.stop_reason is not earlier_reason:
                self._child.request_stop(self.handle.lease, reason)

    def enforce_limit(self) -> None:
        """Ask a task beyond its limit to stop; kill its child process."""
        if self.seconds() < self.timeout_seconds:
            return

        self.request_stop(StopReason.TIMED_OUT)
        with self._lock:
            if self._child is not None:
                self.is_killed = True
                self._child.kill()

    def ignores_limit(self) -> bool:
        """Return True if the task did not end although its limit is over."""
        grace_seconds = KILL_SECONDS if self.is_killed else RETURN_SECONDS
        return self.seconds() > self.timeout_seconds + grace_seconds


def _ignore(_: RunningTask) -> None:
    """Do nothing: a batch that performs no task has none that hangs."""


@define(eq=False)
class HeldLeases:
    """The leases of a batch that is being processed; the callbacks are for tasks that hang."""

    stage: Stage[Any, Any, Any]
    leases: Leases
    clock: WaitingClock
    on_abandoned: Callable[[RunningTask], None] = _ignore
    record_timed_out: Callable[[RunningTask], None] = _ignore  # while the database is available
    since: float = field(init=False)  # the last begin or end of a task
    running: RunningTask | None = None
    is_abandoned: bool = False
    _lock: Lock = field(factory=Lock)

    def __attrs_post_init__(self) -> None:
        self.since = self.clock.monotonic()

    def begin(self, handle: LeaseHandle) -> RunningTask:
        """Note that a task begins."""
        self.running = RunningTask(handle, self.stage.timeout_seconds, self.clock)
        self.since = self.clock.monotonic()
        return self.running

    def end(self) -> bool:
        """Note that the task has ended; return False if it was abandoned before."""
        with self._lock:
            self.running = None
            self.since = self.clock.monotonic()
            return not self.is_abandoned

    def abandon(self, running: RunningTask) -> bool:
        """Give up the whole batch and return True, unless the task has just ended."""
        with self._lock:
            if self.running is not running or self.is_abandoned:
                return False

            self.is_abandoned = True
            self.on_abandoned(running)
            return True
