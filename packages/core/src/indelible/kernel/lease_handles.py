"""Lease handles: a running `perform` learns from its handle that it should stop, and why."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from threading import Event, Lock
from typing import Any, ClassVar, Final, Protocol

from attrs import define, field, frozen

from indelible.kernel.errors import Conflict
from indelible.kernel.tasks import Lease, Progress
from indelible.kernel.values import bounded_int


class StopReason(StrEnum):
    """The reasons for which a worker asks a running `perform` to stop."""

    SHUTDOWN = "SHUTDOWN"  # the worker ends; the task is released and does not count an attempt
    TIMED_OUT = "TIMED_OUT"  # the time limit of the stage is over; the attempt has failed
    CANCELED = "CANCELED"  # an operator has canceled the task; whatever is returned is discarded
    LEASE_LOST = "LEASE_LOST"  # another worker has the task; whatever is returned is discarded


# A worker that ends asks once. A reason that comes later decides what becomes of the task.
REPLACEABLE: Final = (None, StopReason.SHUTDOWN)
CREATION_LOCK: Final = Lock()  # several threads of one task may wait
# One lock for the process groups of all handles: a handle of its own would cost every task.
GROUPS_LOCK: Final = Lock()
GROUP_ID: Final = {"minimum": 2, "maximum": 2**31 - 1}  # 0 and 1 would address other processes


@frozen
class PerformStopped(Conflict):
    """The worker has asked a running `perform` to stop, and it has stopped."""

    message: ClassVar[str] = "Task {entity_id} of stage {stage} was stopped: {reason}."
    stage: str
    entity_id: str
    reason: StopReason


@frozen
class TimeLimitExceeded(Conflict):
    """A `perform` took longer than the time limit of its stage."""

    message: ClassVar[str] = (
        "Task {entity_id} of stage {stage} was performed for longer than its limit of "
        "{timeout_seconds} seconds."
    )
    stage: str
    entity_id: str
    timeout_seconds: int


class ProcessGroup(Protocol):
    """A group of processes that a task has started, as its worker kills it."""

    def kill(self) -> None:
        """Kill every process of the group; none may be left, and a second call is allowed."""
        ...

    def release(self) -> None:
        """Leave the group alone from now on."""
        ...


@frozen
class ProcessGroupId:
    """The validated id of a process group."""

    group_id: int = field(validator=bounded_int, metadata=GROUP_ID)


class UnwatchedGroup:
    """The group of a handle that no worker has made; nothing kills it."""

    def __init__(self, group_id: int) -> None:
        """Accept every group."""

    def kill(self) -> None:
        """Do nothing."""

    def release(self) -> None:
        """Do nothing."""


@define(eq=False)
class LeaseHandle:
    """The lease of a running task, and the request to stop it.

    A `perform` that takes long calls `check` between its steps, or `wait` instead of `sleep`. A
    transaction of its own calls `tx.tasks.require_lease(handle.lease)` first.

    A `perform` that starts processes gives them a group of their own and registers it. A request to
    stop kills the registered groups, except at a shutdown. Once the leader of a group was waited
    for, its id may belong to other processes: unregister the group first. `open_group`
    and `wait_for`, which waits for an event and returns True if it was set, are the worker's.
    """

    lease: Lease
    stop_reason: StopReason | None = field(default=None, init=False)
    progress: int | None = field(default=None, init=False)  # in percent, as last set
    has_killed_groups: bool = field(default=False, init=False)
    open_group: Callable[[int], ProcessGroup] = field(default=UnwatchedGroup, kw_only=True)
    wait_for: Callable[[Event, float], bool] = field(default=Event.wait, kw_only=True)
    _stop: Event | None = field(default=None, init=False)
    _groups: dict[int, ProcessGroup] | None = field(default=None, init=False)

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

        return self.wait_for(self._stop, seconds)

    def request_stop(self, reason: StopReason) -> None:
        """Ask the task to stop. A worker calls it, and a test of a stage may do so too."""
        if self.stop_reason in REPLACEABLE:
            self.stop_reason = reason
        stop = self._stop
        if stop is not None:
            stop.set()
        with GROUPS_LOCK:
            if self._kills_groups:
                self._kill_groups()

    @contextmanager
    def process_group(self, group_id: int) -> Generator[None]:
        """Register a process group for a block; a block that raises an error kills the group.

        Wait for the exit code of the leader behind the block, which gives its id away. Inside it,
        `os.waitid` with `WNOWAIT` waits for the end of the leader.

        Raises:
            Those of `register_process_group`.
        """
        self.register_process_group(group_id)
        try:
            yield
        except BaseException:
            self._kill_group(group_id)
            raise
        finally:
            self.unregister_process_group(group_id)

    def register_process_group(self, group_id: int) -> None:
        """Let the worker kill the group if the task must stop, or if the worker itself is killed.

        A group that is registered after such a request is killed at once. So is one that is still
        registered when `perform` ends.

        Raises:
            PerformStopped: The task must stop already.
            NumberOutOfRange: The number is no id of a process group.
            ProcessGroupInvalid: The group does not exist, or is the worker's own.
        """
        group = self.open_group(ProcessGroupId(group_id).group_id)
        with GROUPS_LOCK:
            groups = self._groups or {}
            self._groups = groups
            earlier_group = groups.pop(group_id, None)
            groups[group_id] = group
            is_too_late = self._kills_groups
            if is_too_late:
                self._kill_groups()

        if earlier_group is not None:
            earlier_group.release()
        if is_too_late:
            self.unregister_process_group(group_id)
            self.check()

    def unregister_process_group(self, group_id: int) -> None:
        """Leave the group alone; call it before the leader is waited for.

        A group that is not registered is left alone already.
        """
        with GROUPS_LOCK:
            group = (self._groups or {}).pop(group_id, None)
        if group is not None:
            group.release()

    def end_process_groups(self) -> None:
        """Kill what `perform` has left registered. A worker calls it when `perform` has ended."""
        if not self._groups:
            return

        for group_id in tuple(self._groups):
            self._kill_group(group_id)
            self.unregister_process_group(group_id)

    @property
    def _kills_groups(self) -> bool:
        return self.stop_reason not in REPLACEABLE

    def _kill_groups(self) -> None:
        for group in (self._groups or {}).values():
            group.kill()
            self.has_killed_groups = True

    def _kill_group(self, group_id: int) -> None:
        with GROUPS_LOCK:
            group = (self._groups or {}).get(group_id)
            if group is not None:
                group.kill()
