"""The errors of tasks."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel.errors import Conflict, Invalid, NotFound, Unavailable


@frozen
class TaskNotFound(NotFound):
    """A stage has no task of this id."""

    message: ClassVar[str] = "Stage {stage} has no task for {entity_id}."
    stage: str
    entity_id: str


@frozen
class TaskEntityNotFound(NotFound):
    """The tasks of a stage belong to aggregates of a lifecycle, and there is none of this id."""

    message: ClassVar[str] = (
        "Stage {stage} takes no task for {entity_id}: lifecycle {lifecycle} has no such aggregate."
    )
    stage: str
    entity_id: str
    lifecycle: str


@frozen
class DueTooLate(Invalid):
    """A task would be due so late that it is put off for ever."""

    message: ClassVar[str] = (
        "The task would be due at {due_at}: at most {max_days} days from now are allowed."
    )
    due_at: str
    max_days: int


@frozen
class LeaseLost(Conflict):
    """A lease has ended, or the task was claimed again."""

    message: ClassVar[str] = (
        "The lease on task {entity_id} of stage {stage} (fence {fence}) has ended; its result "
        "is discarded."
    )
    stage: str
    entity_id: str
    fence: int


@frozen
class TaskLocked(Unavailable):
    """A transaction has locked a task, and the caller must not wait for its end."""

    message: ClassVar[str] = (
        "Task {entity_id} of stage {stage} is locked by another transaction; try again."
    )
    stage: str
    entity_id: str


@frozen
class TaskNotDead(Conflict):
    """Only a dead or canceled task can be requeued."""

    message: ClassVar[str] = (
        "Task {entity_id} of stage {stage} is {state}: only a dead or canceled task can be "
        "requeued."
    )
    stage: str
    entity_id: str
    state: str


@frozen
class TaskEnded(Conflict):
    """Only a waiting or running task can be canceled."""

    message: ClassVar[str] = (
        "Task {entity_id} of stage {stage} is {state}: only a waiting or running task can be "
        "canceled."
    )
    stage: str
    entity_id: str
    state: str


@frozen
class TaskArgumentsDiffer(Conflict):
    """The arguments of a task stay the same until its run has ended."""

    message: ClassVar[str] = (
        "Task {entity_id} of stage {stage} has other arguments, and its run has not ended."
    )
    stage: str
    entity_id: str


@frozen
class TaskArgumentSecret(Invalid):
    """An argument has the name of a secret; arguments are stored and shown."""

    message: ClassVar[str] = (
        "Argument {name} of a task is a secret, which is never stored: pass a reference to it."
    )
    name: str


@frozen
class AttemptRecorded(Conflict):
    """An outcome of an attempt is recorded once."""

    message: ClassVar[str] = (
        "Outcome {outcome} of task {entity_id} of stage {stage} (fence {fence}) was recorded "
        "before."
    )
    stage: str
    entity_id: str
    fence: int
    outcome: str


@frozen
class PostponementOutOfRange(Invalid):
    """A task is postponed by a limited time, which is more than none."""

    message: ClassVar[str] = (
        "A task is postponed by more than 0 and at most {max_seconds} seconds, not by {seconds}."
    )
    seconds: str
    max_seconds: int


@frozen
class LeaseTooLong(Invalid):
    """A lease ends too far in the future; a worker that is still alive extends its leases."""

    message: ClassVar[str] = (
        "The lease would last {seconds} seconds: at most {max_seconds} are allowed."
    )
    seconds: int
    max_seconds: int
