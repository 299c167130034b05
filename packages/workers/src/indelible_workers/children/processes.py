"""Child processes of a worker: each performs tasks of one stage and ends with the worker."""

import atexit
import os
import pickle
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from signal import SIGKILL
from threading import Lock
from typing import Any, ClassVar, Final

from attrs import define, field, frozen

from indelible.kernel import Conflict, Invalid
from indelible.kernel.lease_handles import LeaseHandle, StopReason
from indelible.kernel.stages import Stage
from indelible.kernel.tasks import Lease
from indelible_workers.children.program import (
    MAX_REPLY_BYTES,
    ChildFailure,
    Order,
    ProgressReport,
    StopOrder,
    Success,
    run_child,
    task_of,
)
from indelible_workers.children.watchers import end_watcher, start_watcher
from indelible_workers.masking import DescribedError

MAX_CHILD_TASKS: Final = 1_000  # a child is replaced then, so that what leaks is bounded
POLL_SECONDS: Final = 0.25
EXIT_SECONDS: Final = 5  # after a kill
# The program of the shell that watches. $0 is the child, which leads a group of its own as soon as
# it runs our program.
KILL_ORPHAN: Final = 'read -r _; kill -9 "-$0" || kill -9 "$0"'

AnyStage = Stage[Any, Any, Any]


@frozen
class PerformNotPicklable(Invalid):
    """A stage asks for a child process, but its `perform` cannot be sent to one."""

    message: ClassVar[str] = (
        "Stage {stage} runs in a child process, so its perform must be a function of a module, or "
        "a functools.partial of one with picklable values: {reason}."
    )
    stage: str
    reason: str


@frozen
class ChildEnded(Conflict):
    """A child process ended before it returned the outcome of its task."""

    message: ClassVar[str] = (
        "The child process of stage {stage} ended with exit code {exit_code} while it performed "
        "task {entity_id}."
    )
    stage: str
    entity_id: str
    exit_code: int | None


def check_child_stages(stages: Iterable[AnyStage]) -> None:
    """Raise PerformNotPicklable for a stage that cannot run in a child process."""
    for stage in stages:
        if not stage.in_child:
            continue
        try:
            pickle.dumps(stage.perform)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise PerformNotPicklable(stage.name, str(error)) from error


@define(eq=False)
class ChildProcess:
    """A child process, the pipes to it, and the shell that kills it if this process dies."""

    stage: AnyStage
    tasks: int = 0
    _process: SpawnProcess = field(init=False)
    _orders: Connection = field(init=False)
    _stops: Connection = field(init=False)
    _watcher: subprocess.Popen[bytes] = field(init=False)
    is_killed: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        context = get_context("spawn")
        self._orders, orders = context.Pipe()
        stops, self._stops = context.Pipe(duplex=False)
        with orders, stops:
            self._process = context.Process(
                target=run_child,
                args=(self.stage.perform, orders, stops, self.stage.memory_mebibytes),
                name=f"indelible-{self.stage.name}",
            )
            self._process.start()
        try:
            self._watcher = start_watcher(KILL_ORPHAN, self._process.pid or 0)
        except OSError:
            self._process.kill()
            raise

    @property
    def pid(self) -> int | None:
        """Return the id of the process, which is that of its group too."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Return True unless the process has ended."""
        return self._process.is_alive()

    def perform(self, work: Any, handle: LeaseHandle) -> Any:  # noqa: ANN401 - the stage's own
        """Perform a task and return its outcome.

        Raises: PermanentFailure, RetryLater, Postpone, PerformStopped, DescribedError, ChildEnded.
        """
        order = pickle.dumps(Order(handle.lease, work))
        self.tasks += 1
        try:
            self._orders.send_bytes(order)
            reply = self._receive(handle)
        except (EOFError, OSError) as error:
            raise self._ended(handle) from error

        if isinstance(reply, ChildFailure):
            raise _error(reply)
        return reply.outcome

    def request_stop(self, lease: Lease, reason: StopReason) -> None:
        """Tell the child that its task should stop."""
        with suppress(OSError):
            self._stops.send_bytes(pickle.dumps(StopOrder(task_of(lease), reason)))

    def kill(self) -> None:
        """Kill the child and the processes that it has started; a second call does nothing."""
        pid = self._process.pid
        if self.is_killed or pid is None:
            return

        self.is_killed = True
        # Until it has entered a group of its own, it is in that of this process.
        with suppress(ProcessLookupError):
            os.killpg(pid, SIGKILL)
        self._process.kill()

    def close(self) -> None:
        """Kill the child and release what belongs to it."""
        self.kill()
        self._process.join(EXIT_SECONDS)
        end_watcher(self._watcher)
        self._orders.close()
        self._stops.close()

    def _receive(self, handle: LeaseHandle) -> Success | ChildFailure:
        """Return the outcome of the task; pass on the progress that comes before it."""
        while True:
            # A process that the child has left behind may keep the pipe open after its end.
            while not self._orders.poll(POLL_SECONDS):
                if not self._process.is_alive() and not self._orders.poll():
                    raise self._ended(handle)

            reply = self._receive_one()
            if not isinstance(reply, ProgressReport):
                return reply
            if reply.task == task_of(handle.lease):
                handle.set_progress(reply.percent)

    def _receive_one(self) -> Success | ChildFailure | ProgressReport:
        reply = self._orders.recv_bytes(MAX_REPLY_BYTES)
        message: Success | ChildFailure | ProgressReport
        message = pickle.loads(reply)  # noqa: S301 - it is our own child's
        return message

    def _ended(self, handle: LeaseHandle) -> ChildEnded:
        self._process.join(EXIT_SECONDS)
        lease = handle.lease
        return ChildEnded(lease.stage, lease.entity_id, self._process.exitcode)


@define(eq=False)
class Children:
    """The idle child processes of a worker, by stage."""

    _idle: dict[str, list[ChildProcess]] = field(factory=dict[str, list[ChildProcess]])
    _lock: Lock = field(factory=Lock)
    _is_registered: bool = False

    def take(self, stage: AnyStage) -> ChildProcess:
        """Return an idle child of the stage, or start one."""
        while True:
            with self._lock:
                idle = self._idle.get(stage.name, [])
                child = idle.pop() if idle else None
            if child is None:
                return self._start(stage)
            if child.stage is stage and child.is_alive:
                return child
            child.close()

    def give_back(self, child: ChildProcess) -> None:
        """Let another task use the child, unless it has performed many already."""
        if child.tasks >= MAX_CHILD_TASKS:
            child.close()
            return

        with self._lock:
            self._idle.setdefault(child.stage.name, []).append(child)

    def close(self) -> None:
        """End all idle children."""
        atexit.unregister(self.close)
        with self._lock:
            idle: list[ChildProcess] = []
            for children in self._idle.values():
                idle.extend(children)
            self._idle.clear()
            self._is_registered = False

        for child in idle:
            child.close()

    def _start(self, stage: AnyStage) -> ChildProcess:
        check_child_stages([stage])
        with self._lock:
            if not self._is_registered:
                # Otherwise `multiprocessing` waits at the end of the interpreter for children of
                # a worker that has no heartbeat.
                atexit.register(self.close)
                self._is_registered = True

        return ChildProcess(stage)


def _error(failure: ChildFailure) -> Exception:
    """Return the error of a task as the child has described it.

    A stage may have raised the decision from another error, by whose class it is grouped.
    """
    described = DescribedError(failure.class_name, failure.reason, failure.traceback)
    decision = failure.decision
    if decision is None:
        return described

    if described.class_name != type(decision).__name__:
        decision.__cause__ = described
    return decision
