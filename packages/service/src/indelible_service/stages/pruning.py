"""Delete tasks that finished long ago: a recurring task, and the stage that processes it."""

from functools import partial
from typing import Final

from indelible.kernel import Actor, SystemClock
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.settings import ConfigUnavailable
from indelible.kernel.stages import Stage, TasksRead, TasksWrite
from indelible.kernel.task_retention import (
    MAX_PRUNED,
    PruneTasks,
    SetTaskRetention,
    prune_tasks,
    retention_seconds,
    set_task_retention,
)
from indelible_sql import SqlStore
from indelible_workers import RecurringTask

PRUNER: Final = Actor.system("pruner")
STAGE: Final = "prune"
TASK: Final = "prune"
EVERY_SECONDS: Final = 3_600
DAY_SECONDS: Final = 86_400
REASON: Final = "retention of finished tasks"


def prune_stage(store: SqlStore, retention_days: int) -> Stage[TasksWrite, str, None]:
    """Return the stage that deletes the tasks that finished so many days ago."""
    return Stage(
        name=STAGE,
        batch=1,
        lifecycle=None,
        acts_outside=False,
        perform=partial(_perform, store, retention_days),
    )


def prune_task() -> RecurringTask:
    """Return the recurring task of the stage."""
    return RecurringTask(name=TASK, stage=STAGE, every_seconds=EVERY_SECONDS)


def _perform(store: SqlStore, retention_days: int, _: str, __: LeaseHandle) -> None:
    """Store the retention if it has changed, and delete what has finished or expired."""
    seconds = retention_days * DAY_SECONDS
    if store.read(_stored_seconds) != seconds:
        command = SetTaskRetention(seconds=seconds)
        store.run(set_task_retention, command, actor=PRUNER, reason=REASON)

    for stage in store.read(_stage_names):
        _prune(store, stage)
    with store.transaction(actor=PRUNER, reason="expired reports of hung threads") as tx:
        tx.tasks.prune_hung_threads()


def _prune(store: SqlStore, stage: str) -> None:
    number = MAX_PRUNED
    while number == MAX_PRUNED:
        command = PruneTasks(stage=stage)
        number = store.run(prune_tasks, command, actor=PRUNER, reason=REASON)


def _stored_seconds(tx: TasksRead) -> int | None:
    """Return the stored retention; None where it was never decided or is no number."""
    try:
        return retention_seconds(tx.settings)
    except ConfigUnavailable:
        return None


def _stage_names(tx: TasksRead) -> tuple[str, ...]:
    """Return the stages that ever had a task."""
    statistics = tx.tasks.backlogs(SystemClock().now())
    return tuple(stage.stage for stage in statistics)
