"""The program of a child process, which performs the tasks of one stage, one after the other."""

import os
import pickle
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from threading import Lock
from traceback import format_tb
from typing import Any, Final

from attrs import define, field, frozen

from indelible.kernel.lease_handles import LeaseHandle, PerformStopped, StopReason
from indelible.kernel.stages import Outage, PermanentFailure, Postpone, RetryLater
from indelible.kernel.tasks import Lease
from indelible_workers.children.process_groups import WatchedGroup, perform_and_end_groups
from indelible_workers.clocks.thread_clock import ThreadClock
from indelible_workers.masking import failure_class, failure_reason

MEBIBYTE: Final = 2**20
MAX_REPLY_BYTES: Final = 64 * MEBIBYTE  # of an outcome; larger ones belong into a file
Perform = Callable[[Any, LeaseHandle], Any]
TaskOfChild = tuple[str, int]  # its id and fence: all tasks of a child are of one stage


@frozen
class Order:
    """A task to perform."""

    lease: Lease
    work: Any


@frozen
class StopOrder:
    """A request to stop a task, unless it has ended already.

    It is short, because a pipe must take it from a child that does not read.
    """

    task: TaskOfChild
    reason: StopReason


@frozen
class ProgressReport:
    """The progress of a task, which the child sends before the outcome."""

    task: TaskOfChild  # a thread that a task left behind may report late
    percent: int


@frozen
class Success:
    """The outcome of a task."""

    outcome: Any


Decision = PermanentFailure | RetryLater | Postpone | PerformStopped


@frozen
class ChildFailure:
    """The error of a task, as texts without secrets; an error itself may not be picklable.

    `decision` says what becomes of the task, where the stage has raised such an error. It may have
    done so from another one; `class_name` is that one's then.
    """

    class_name: str
    reason: str
    traceback: str
    decision: Decision | None = None


@define(eq=False)
class ChildHandle(LeaseHandle):
    """The handle of a task in a child process, which sends the progress to the worker."""

    send_progress: Callable[[ProgressReport], None] = field(kw_only=True)

    def set_progress(self, percent: int) -> None:
        """Tell the worker how far the task has come."""
        before = self.progress
        LeaseHandle.set_progress(self, percent)
        if self.progress != before:
            self.send_progress(ProgressReport(task_of(self.lease), percent))


def task_of(lease: Lease) -> TaskOfChild:
    """Return the id and the fence of a lease's task, by which its messages are recognized."""
    return lease.entity_id, lease.fence


@define(eq=False)
class ChildProgram:
    """Performs the tasks that come through a pipe, and listens for requests to stop them."""

    perform: Perform
    orders: Connection
    stops: Connection
    _handle: LeaseHandle | None = None
    _last_stop: StopOrder | None = None
    _sending: Lock = field(factory=Lock)  # threads of a task may report progress

    def run(self) -> None:
        """Perform tasks until the worker closes the pipe or dies."""
        ThreadClock().start_loop("indelible-stops", self._listen)
        with suppress(EOFError, OSError):
            while True:
                order: Order = pickle.loads(self.orders.recv_bytes())  # noqa: S301 - our worker's
                self._send(_bounded(self._perform(order)))

    def _perform(self, order: Order) -> bytes:
        """Return the pickled Success or ChildFailure of the task."""
        handle = ChildHandle(
            order.lease, open_group=WatchedGroup, send_progress=self._send_progress
        )
        self._handle = handle
        self._pass_on_stop()
        try:
            outcome = perform_and_end_groups(self.perform, order.work, handle)
            return pickle.dumps(Success(outcome))
        except BaseException as error:  # noqa: BLE001 - whatever it raises, this task failed
            return pickle.dumps(_failure(error))
        finally:
            self._handle = None

    def _send_progress(self, report: ProgressReport) -> None:
        self._send(pickle.dumps(report))

    def _send(self, message: bytes) -> None:
        with self._sending:
            self.orders.send_bytes(message)

    def _listen(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                self._last_stop = pickle.loads(self.stops.recv_bytes())  # noqa: S301 - our worker's
                self._pass_on_stop()

        # The worker has died or has given this child up. Its own children are in its group.
        os.killpg(os.getpid(), signal.SIGKILL)

    def _pass_on_stop(self) -> None:
        """Ask the present task to stop if the last request is for it, which may come first."""
        handle = self._handle
        stop = self._last_stop
        if handle is not None and stop is not None and task_of(handle.lease) == stop.task:
            handle.request_stop(stop.reason)


def run_child(
    perform: Perform, orders: Connection, stops: Connection, memory_mebibytes: int | None
) -> None:
    """Run the program in this process, in a group of its own and within its memory."""
    os.setsid()
    if memory_mebibytes is not None:
        size = memory_mebibytes * MEBIBYTE
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
        # A process that runs out of memory must not fill the disk as well.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    ChildProgram(perform, orders, stops).run()


def _bounded(reply: bytes) -> bytes:
    """Return the reply, or a ChildFailure if it is too large for the worker."""
    if len(reply) <= MAX_REPLY_BYTES:
        return reply

    reason = f"the outcome has {len(reply)} bytes, at most {MAX_REPLY_BYTES} are allowed"
    return pickle.dumps(ChildFailure("OutcomeTooLarge", reason, ""))


def _failure(error: BaseException) -> ChildFailure:
    reason = failure_reason(error)
    decision = _decision(error, reason)
    traceback = ""
    if decision is None:
        traceback = "".join(format_tb(error.__traceback__))

    return ChildFailure(failure_class(error), reason, traceback, decision)


def _decision(error: BaseException, reason: str) -> Decision | None:
    """Return the error by which a stage says what becomes of its task, with the masked reason.

    An error of a host's own class becomes one of ours, which the worker can read.
    """
    match error:
        case PerformStopped():
            return PerformStopped(error.stage, error.entity_id, error.reason)
        case PermanentFailure():
            return PermanentFailure(reason)
        case Outage():
            return Outage(reason, error.after_seconds)
        case RetryLater():
            return RetryLater(reason, error.after_seconds)
        case Postpone():
            return Postpone(error.after_seconds, reason)
        case _:
            return None
