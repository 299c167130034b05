"""The errors of tasks."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel.errors import Conflict, Invalid, NotFound


@frozen
class TaskNotFound(NotFound):
    """A stage has no task of this id."""

    code: ClassVar[str] = "TASK_NOT_FOUND"
    message: ClassVar[str] = "Stage {stage} has no task for {entity_id}."
    stage: str
    entity_id: str


@frozen
class TaskEntityNotFound(NotFound):
    """The tasks of a stage belong to aggregates of a lifecycle, and there is none of this id."""

    code: ClassVar[str] = "TASK_ENTITY_NOT_FOUND"
    message: ClassVar[str] = (
        "Stage {stage} takes no task for {entity_id}: lifecycle {lifecycle} has no such aggregate."
    )
    stage: str
    entity_id: str
    lifecycle: str


@frozen
class LeaseLost(Conflict):
    """A lease has ended, or the task was claimed again."""

    code: ClassVar[str] = "LEASE_LOST"
    message: ClassVar[str] = (
        "The lease on task {entity_id} of stage {stage} (fence {fence}) has ended; its result "
        "is discarded."
    )
    stage: str
    entity_id: str
    fence: int


@frozen
class TaskNotDead(Conflict):
    """Only a dead task can be requeued."""

    code: ClassVar[str] = "TASK_NOT_DEAD"
    message: ClassVar[str] = (
        "Task {entity_id} of stage {stage} is not dead, so it cannot be requeued."
    )
    stage: str
    entity_id: str


@frozen
class AttemptRecorded(Conflict):
    """An outcome of an attempt is recorded once."""

    code: ClassVar[str] = "ATTEMPT_RECORDED"
    message: ClassVar[str] = (
        "Outcome {outcome} of task {entity_id} of stage {stage} (fence {fence}) was recorded "
        "before."
    )
    stage: str
    entity_id: str
    fence: int
    outcome: str


@frozen
class LeaseTooLong(Invalid):
    """A lease ends too far in the future; a worker that is still alive extends its leases."""

    code: ClassVar[str] = "LEASE_TOO_LONG"
    message: ClassVar[str] = (
        "The lease would last {seconds} seconds: at most {max_seconds} are allowed."
    )
    seconds: int
    max_seconds: int
