"""Perform a task in its thread, or in a child process."""

from collections.abc import Sequence
from traceback import format_tb
from typing import Any, Final, Generic, TypeVar

from attrs import frozen

from indelible.kernel import OutcomeUnknown, Unavailable
from indelible.kernel.lease_handles import (
    LeaseHandle,
    PerformStopped,
    StopReason,
    TimeLimitExceeded,
)
from indelible.kernel.retries import wait_seconds
from indelible.kernel.stages import (
    MAX_RETRY_SECONDS,
    PermanentFailure,
    Postpone,
    RetryLater,
    Stage,
)
from indelible.kernel.task_errors import LeaseLost
from indelible.kernel.tasks import Lease, Leases
from indelible_workers.children.process_groups import WatchedGroup, perform_and_end_groups
from indelible_workers.children.processes import ChildEnded, Children
from indelible_workers.leases.heartbeat import logger
from indelible_workers.leases.holds import HeldLeases, RunningTask, TaskAbandoned
from indelible_workers.masking import DescribedError
from indelible_workers.processing.documents import checked_result

Work = TypeVar("Work")
Outcome = TypeVar("Outcome")
# The class name of an error after which a child process is not used again.
OUT_OF_MEMORY: Final = MemoryError.__name__
# Errors whose reason says everything: a traceback would not help.
EXPECTED_ERRORS: Final = (RetryLater, PermanentFailure, TimeLimitExceeded, ChildEnded)


@frozen
class PreparedTask(Generic[Work]):
    """A claimed task: its lease and the argument of `perform`; None when nothing is left to do."""

    lease: Lease
    work: Work | None


@frozen
class PerformedTask(Generic[Work, Outcome]):
    """A task that was performed; without an outcome where nothing was left to do.

    `result` is the document that is stored with the completed task.
    """

    lease: Lease
    outcomes: Sequence[tuple[Work, Outcome]]
    result: Any = None


def stored_results(performed: Sequence[PerformedTask[Any, Any]]) -> dict[str, Any]:
    """Map the ids of tasks to the documents that are stored with them; tasks without are absent."""
    results: dict[str, Any] = {}
    for task in performed:
        if task.result is not None:
            results[task.lease.entity_id] = task.result

    return results


def prepared_by_id(leases: Leases) -> list[PreparedTask[Any]]:
    """Return the tasks of a stage without `claim`, whose `perform` takes their ids."""
    return [PreparedTask(lease, lease.entity_id) for lease in leases]


def perform_task(
    stage: Stage[Any, Work, Outcome],
    task: PreparedTask[Work],
    hold: HeldLeases,
    children: Children,
) -> PerformedTask[Work, Outcome]:
    """Perform a task.

    Raises: TaskAbandoned if its failure is recorded already, LeaseLost if its result would be
    discarded, TimeLimitExceeded, PermanentFailure for a result that cannot be stored, and whatever
    `perform` raises.
    """
    if task.work is None:
        return PerformedTask(task.lease, ())

    handle = LeaseHandle(task.lease, open_group=WatchedGroup, wait_for=hold.clock.wait)
    running = hold.begin(handle)
    try:
        outcome = _perform(stage, task.work, running, children)
    except KeyboardInterrupt:
        hold.end()
        raise
    except BaseException as error:
        if not hold.end():
            raise TaskAbandoned from error
        stop_error = _stop_error(running, error)
        if stop_error is not None:
            raise stop_error from error
        raise

    if not hold.end():
        raise TaskAbandoned
    result = checked_result(stage, outcome)
    return PerformedTask(task.lease, ((task.work, outcome),), result)


def _perform(
    stage: Stage[Any, Work, Outcome], work: Work, running: RunningTask, children: Children
) -> Outcome:
    if not stage.in_child:
        return perform_and_end_groups(stage.perform, work, running.handle)

    child = children.take(stage)
    running.attach(child)
    is_usable = False
    try:
        outcome: Outcome = child.perform(work, running.handle)
        is_usable = True
    except DescribedError as error:
        is_usable = error.class_name != OUT_OF_MEMORY
        raise
    except (PermanentFailure, RetryLater, Postpone, PerformStopped):
        is_usable = True
        raise
    finally:
        running.detach()
        if is_usable and not child.is_killed:
            children.give_back(child)
        else:
            child.close()

    return outcome


def _stop_error(running: RunningTask, error: BaseException) -> TimeLimitExceeded | LeaseLost | None:
    """Return why a task was stopped, or None if its own error decides what becomes of it."""
    is_killed = running.is_killed or running.handle.has_killed_groups
    if not isinstance(error, PerformStopped) and not is_killed:
        return None

    lease = running.handle.lease
    match running.handle.stop_reason:
        case StopReason.TIMED_OUT:
            return TimeLimitExceeded(lease.stage, lease.entity_id, running.timeout_seconds)
        case StopReason.LEASE_LOST | StopReason.CANCELED:
            return LeaseLost(lease.stage, lease.entity_id, lease.fence)
        case _:
            return None


def seconds_before_retry(stage: Stage[Any, Any, Any], lease: Lease, error: BaseException) -> float:
    """Return the pause that the error asks for, or the stage's usual one where it is no pause."""
    if isinstance(error, RetryLater):
        seconds: object = error.after_seconds
        if isinstance(seconds, int | float) and 0 <= seconds <= MAX_RETRY_SECONDS:
            return seconds

    return wait_seconds(stage, lease)


def is_database_fault(error: Exception) -> bool:
    """Return True if the database may accept the same transaction later."""
    if isinstance(error, RetryLater | Postpone):
        return False

    return isinstance(error, Unavailable | OutcomeUnknown)


def log_defect(lease: Lease, error: BaseException) -> None:
    """Log where a task failed, but none of the values there: they may be secrets."""
    name = type(error).__name__
    traceback = "".join(format_tb(error.__traceback__))
    if isinstance(error, DescribedError):
        name = error.class_name
        traceback = error.traceback

    logger.warning(
        "stage %s: task %s raised %s in\n%s", lease.stage, lease.entity_id, name, traceback
    )
