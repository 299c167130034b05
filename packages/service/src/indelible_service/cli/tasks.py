"""List, cancel and requeue tasks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

import click
from attrs import frozen

from indelible.app import ReadTx
from indelible.kernel import Actor, SystemClock, canonical_json, to_json_value
from indelible.kernel.stages import RequeueTask, requeue_task
from indelible.kernel.task_commands import (
    MAX_REQUEUED,
    CancelTask,
    RequeueTasks,
    cancel_task,
    requeue_tasks,
)
from indelible.kernel.task_lists import TaskFilter, TaskOrder
from indelible.kernel.tasks import Attempt, Task, TaskState
from indelible_service.cli.lists import INSTANT, in_utc, read_all
from indelible_service.cli.output import (
    Command,
    open_settings_store,
    print_result,
    print_results,
    print_table,
    wants_json,
)

STAGE_COLUMNS: Final = ("stage", "due", "running", "dead", "hung_threads", "oldest")
LIST_COLUMNS: Final = (
    "entity_id",
    "due_at",
    "attempts",
    "progress",
    "error_class",
    "dead_reason",
    "cancel_reason",
    "finished_at",
)
TASK_FIELDS: Final = (
    "due_at",
    "lease_owner",
    "lease_until",
    "fence",
    "attempts",
    "priority",
    "progress",
    "slot",
    "error_class",
    "dead_reason",
    "cancel_reason",
    "finished_at",
    "arguments",
    "result",
)
ATTEMPT_COLUMNS: Final = ("at", "fence", "outcome", "actor", "reason")
ERROR_COLUMNS: Final = ("error_class", "tasks")
MAX_ATTEMPTS: Final = 100
MAX_COUNT: Final = 10_000_000
BY_OPTION: Final = click.option(
    "--by", default="system:cli", show_default=True, help="The actor in the records."
)
REASON_OPTION: Final = click.option(
    "--reason", required=True, help="The reason, which is recorded with each task."
)
ERROR_CLASS_OPTION: Final = click.option(
    "--error-class", help="Only dead tasks whose last failure had this class."
)


@frozen
class TaskDetails:
    """A task, and its last attempts, newest first."""

    task: Task
    attempts: tuple[Attempt, ...]


@frozen
class Requeued:
    """The number of tasks that a command has requeued."""

    number: int


@click.group()
def task() -> None:
    """List, cancel and requeue tasks."""


@task.command(cls=Command)
def stages() -> None:
    """List the stages with the numbers of their tasks, none counted beyond 10,000."""
    with open_settings_store() as store:
        backlogs = store.read(lambda tx: tx.tasks.backlogs(SystemClock().now()))

    print_results(backlogs, STAGE_COLUMNS, f"Stages: {len(backlogs)}")


@task.command("list", cls=Command)
@click.argument("stage")
@click.option(
    "--state",
    type=click.Choice([state.value for state in TaskState]),
    default=TaskState.DEAD.value,
    show_default=True,
)
@ERROR_CLASS_OPTION
@click.option(
    "--actor",
    help="Only tasks that this actor has claimed last, failed at, canceled or requeued.",
)
@click.option(
    "--since", type=INSTANT, help="Only tasks that were due, died or finished then or later."
)
@click.option("--until", type=INSTANT, help="Only tasks that were due, died or finished before.")
@click.option(
    "--order",
    type=click.Choice([order.value for order in TaskOrder]),
    help="The order, by the time at which the tasks are due, died or finished.",
)
@click.option("--limit", type=click.IntRange(1), help="The maximum number. By default all.")
def list_command(
    stage: str,
    state: str,
    limit: int | None,
    **filters: Any,  # noqa: ANN401 - of several types
) -> None:
    """List the tasks of a stage in one state, dead ones by default."""
    matching = _filter_of(stage, TaskState(state), filters)
    now = SystemClock().now()
    with open_settings_store() as store:

        def read_page(after: str, page_size: int) -> Sequence[Task]:
            return store.read(
                lambda tx: tx.tasks.list_tasks(matching, now=now, after=after, limit=page_size)
            )

        tasks = read_all(read_page, matching.position_of, limit)

    print_results(tasks, LIST_COLUMNS, f"Tasks that are {state}: {len(tasks)}")


def _filter_of(stage: str, state: TaskState, filters: dict[str, Any]) -> TaskFilter:
    actor: str | None = filters["actor"]
    order: str | None = filters["order"]
    return TaskFilter(
        stage=stage,
        state=state,
        error_class=filters["error_class"],
        actor=None if actor is None else Actor.parse(actor),
        since=_instant(filters["since"]),
        until=_instant(filters["until"]),
        order=None if order is None else TaskOrder(order),
    )


def _instant(value: datetime | None) -> datetime | None:
    return None if value is None else in_utc(value)


@task.command(cls=Command)
@click.argument("stage")
@click.argument("task_id")
def show(stage: str, task_id: str) -> None:
    """Show a task with its documents and its attempts."""
    with open_settings_store() as store:
        details = store.read(_details, stage, task_id)

    state = details.task.state(SystemClock().now())
    print_result(details, f"Task {task_id} of stage {stage} is {state}.")
    if not wants_json():
        fields = cast("dict[str, object]", to_json_value(details.task))
        for name in ("arguments", "result"):
            fields[name] = "" if fields[name] is None else canonical_json(fields[name])
        fields["priority"] = details.task.priority.name
        print_table(("field", "value"), [(name, fields[name]) for name in TASK_FIELDS])
        print_results(details.attempts, ATTEMPT_COLUMNS, f"Records: {len(details.attempts)}")


def _details(tx: ReadTx, stage: str, task_id: str) -> TaskDetails:
    task = tx.tasks.get(stage, task_id)
    return TaskDetails(task, tx.tasks.attempts_of(stage, task_id, limit=MAX_ATTEMPTS))


@task.command(cls=Command)
@click.argument("stage")
def errors(stage: str) -> None:
    """Count the dead tasks of a stage by the class of their last error."""
    with open_settings_store() as store:
        counts = store.read(lambda tx: tx.tasks.error_counts(stage))

    print_results(counts, ERROR_COLUMNS, f"Classes of errors: {len(counts)}")


@task.command(cls=Command)
@click.argument("stage")
@click.argument("task_id")
@REASON_OPTION
@BY_OPTION
def cancel(stage: str, task_id: str, reason: str, by: str) -> None:
    """Cancel a waiting or running task; the result of a running attempt is discarded."""
    command = CancelTask(stage=stage, entity_id=task_id)
    with open_settings_store() as store:
        store.run(cancel_task, command, actor=Actor.parse(by), reason=reason)
        details = store.read(_details, stage, task_id)

    print_result(details, f"Task {task_id} of stage {stage} is canceled.")


@task.command(cls=Command)
@click.argument("stage")
@click.argument("task_id", required=False)
@ERROR_CLASS_OPTION
@REASON_OPTION
@BY_OPTION
def requeue(stage: str, task_id: str | None, error_class: str | None, reason: str, by: str) -> None:
    """Make a dead or canceled task due now, or without TASK_ID all dead tasks of the stage.

    All dead tasks are requeued in transactions of 1,000, so that the command may be stopped and
    repeated.
    """
    if task_id is not None and error_class is not None:
        raise click.UsageError("Pass either TASK_ID or --error-class, not both.")

    actor = Actor.parse(by)
    number = 0
    with open_settings_store() as store:
        if task_id is not None:
            one = RequeueTask(stage=stage, entity_id=task_id)
            store.run(requeue_task, one, actor=actor, reason=reason)
            number = 1
        else:
            command = RequeueTasks(stage=stage, error_class=error_class, limit=MAX_REQUEUED)
            # A task that dies again meanwhile is not requeued once more.
            dead = store.read(_count_dead, command)
            while number < dead:
                requeued = store.run(requeue_tasks, command, actor=actor, reason=reason)
                number += requeued
                if requeued < MAX_REQUEUED:
                    break

    print_result(Requeued(number), f"Requeued tasks of stage {stage}: {number}.")


def _count_dead(tx: ReadTx, command: RequeueTasks) -> int:
    matching = TaskFilter(
        stage=command.stage, state=TaskState.DEAD, error_class=command.error_class
    )
    return tx.tasks.count_tasks(matching, now=SystemClock().now(), limit=MAX_COUNT)
