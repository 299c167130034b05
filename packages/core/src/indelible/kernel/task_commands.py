"""Commands on tasks.

Claims, completions, progress and advances are whole transactions: no other write goes with them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel.stages import LEASE_SECONDS, Stage, TasksWrite
from indelible.kernel.task_arguments import normalize_arguments
from indelible.kernel.task_ports import NO_DOCUMENTS
from indelible.kernel.tasks import Lease, Leases, Priority
from indelible.kernel.transaction import single_update
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    bounded_int,
    instance_of,
    is_identifier,
    is_instant,
)

MAX_REQUEUED: Final = 1_000  # in one transaction
REQUEUE_LIMIT: Final = {"minimum": 1, "maximum": MAX_REQUEUED}


@frozen(kw_only=True)
class ClaimTasks:
    """Lease the free tasks of a stage that have been due longest, behind a lease where given."""

    command_name: ClassVar[str] = "claim_tasks"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    limit: int = field(validator=bounded_int, metadata=COUNT)
    lease_seconds: int = field(default=60, validator=bounded_int, metadata=LEASE_SECONDS)
    after: Lease | None = None


@frozen(kw_only=True)
class CompleteTasks:
    """Mark the tasks of leases as done, all of one stage."""

    command_name: ClassVar[str] = "complete_tasks"
    leases: Leases
    results: Mapping[str, Any] = NO_DOCUMENTS


@frozen(kw_only=True)
class ReportProgress:
    """Store the progress of a running task in percent."""

    command_name: ClassVar[str] = "report_progress"
    lease: Lease
    percent: int


@frozen(kw_only=True)
class AdvanceTasks:
    """Make the tasks of a stage that wait for their next run due now."""

    command_name: ClassVar[str] = "advance_tasks"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class EnqueueTask:
    """Make a task of a stage due, now unless a time is given."""

    command_name: ClassVar[str] = "enqueue_task"
    stage: Stage[Any, Any, Any] = field(validator=instance_of(Stage))
    entity_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    due_at: datetime | None = None
    arguments: Mapping[str, Any] | None = None
    priority: Priority = field(default=Priority.NORMAL, converter=Priority)


@frozen(kw_only=True)
class RescheduleTask:
    """Make a waiting or running task due at exactly a time, also later than before."""

    command_name: ClassVar[str] = "reschedule_task"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    entity_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    due_at: datetime = field(validator=is_instant)


@frozen(kw_only=True)
class CancelTask:
    """Cancel a waiting or running task; the reason is the transaction's."""

    command_name: ClassVar[str] = "cancel_task"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    entity_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class RequeueTasks:
    """Make dead tasks of a stage due again: all, or those of one class of error."""

    command_name: ClassVar[str] = "requeue_tasks"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    error_class: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )
    limit: int = field(default=MAX_REQUEUED, validator=bounded_int, metadata=REQUEUE_LIMIT)


@single_update
def claim_tasks(tx: TasksWrite, command: ClaimTasks) -> tuple[Lease, ...]:
    """Lease tasks and return the leases, in the order in which they were due."""
    until = tx.clock.now() + timedelta(seconds=command.lease_seconds)
    return tx.tasks.claim(command.stage, limit=command.limit, until=until, after=command.after)


@single_update
def complete_tasks(tx: TasksWrite, command: CompleteTasks) -> None:
    """Mark the tasks as done, except those that were enqueued during their lease.

    Raises:
        LeaseLost: One of the leases has ended; no task is marked.
    """
    tx.tasks.complete(command.leases, results=command.results)


@single_update
def report_progress(tx: TasksWrite, command: ReportProgress) -> None:
    """Store the progress of a running task.

    Raises:
        LeaseLost: The lease has ended.
        TaskLocked: Another transaction has locked the task.
        NumberOutOfRange: The number is no percentage.
    """
    tx.tasks.report_progress(command.lease, command.percent)


@single_update
def advance_tasks(tx: TasksWrite, command: AdvanceTasks) -> int:
    """Make the stage's tasks that wait for their next run due now, and return how many."""
    return tx.tasks.advance(command.stage)


def enqueue_task(tx: TasksWrite, command: EnqueueTask) -> None:
    """Make the task due, or leave it due sooner; a dead or canceled one stays as it is.

    Raises:
        TaskArgumentSecret: An argument has the name of a secret, of which the stage declares some.
        Others: those of `TaskQueue.enqueue`.
    """
    due_at = command.due_at
    if due_at is None:
        due_at = tx.clock.now()

    arguments: dict[str, Mapping[str, Any]] = {}
    if command.arguments is not None:
        normal = normalize_arguments(command.arguments, command.stage.secret_arguments)
        arguments[command.entity_id] = normal
    tx.tasks.enqueue(
        command.stage.name,
        {command.entity_id: due_at},
        arguments=arguments,
        priority=command.priority,
    )


def reschedule_task(tx: TasksWrite, command: RescheduleTask) -> None:
    """Make a waiting task due at that time; a running one is due then after its lease.

    Raises:
        TaskNotFound: The stage has no task of this id.
        TaskEnded: The task is completed, dead or canceled.
    """
    tx.tasks.reschedule(command.stage, command.entity_id, due_at=command.due_at)


def cancel_task(tx: TasksWrite, command: CancelTask) -> None:
    """Cancel a waiting or running task; the lease of a running one ends at once.

    Raises:
        TaskNotFound: The stage has no task of this id.
        TaskEnded: The task is completed, dead or canceled.
    """
    tx.tasks.cancel(command.stage, command.entity_id)


def requeue_tasks(tx: TasksWrite, command: RequeueTasks) -> int:
    """Make dead tasks due again and return how many; repeat while it returns the limit."""
    return tx.tasks.requeue_dead(
        command.stage, error_class=command.error_class, limit=command.limit
    )
