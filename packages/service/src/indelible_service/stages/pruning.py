"""Delete operational rows that are over long ago: a recurring task, its stage, and what both do."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar, Final

from attrs import evolve, frozen

from indelible.kernel import Actor, Conflict, SystemClock
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.retention import (
    MAX_PRUNED,
    OperationalTable,
    PruneRows,
    SetRetention,
    prune_rows,
    set_retention,
    stored_retention,
)
from indelible.kernel.settings import ConfigUnavailable
from indelible.kernel.stages import Stage, TasksRead, TasksWrite
from indelible.kernel.task_retention import PruneTasks, prune_tasks
from indelible_service.settings.service import Settings
from indelible_sql import SqlStore
from indelible_workers import RecurringTask

PRUNER: Final = Actor.system("pruner")
STAGE: Final = "prune"
TASK: Final = "prune"
EVERY_SECONDS: Final = 3_600
DAY_SECONDS: Final = 86_400
REASON: Final = "retention of operational rows"
# The settings of this program, by the tables whose rows they let go.
VARIABLES: Final[Mapping[OperationalTable, str]] = {
    OperationalTable.TASKS: "INDELIBLE_TASK_RETENTION_DAYS",
    OperationalTable.ATTEMPTS: "INDELIBLE_ATTEMPT_RETENTION_DAYS",
    OperationalTable.WEBHOOK_REJECTIONS: "INDELIBLE_WEBHOOK_REJECTION_RETENTION_DAYS",
}

RetentionDays = Mapping[OperationalTable, int]


@frozen
class RetentionNotSet(Conflict):
    """No setting lets operational rows be deleted."""

    message: ClassVar[str] = "No row may be deleted: set at least one of {variables}."
    variables: str


def retention_days(settings: Settings) -> RetentionDays:
    """Return the days that each table's rows stay; a table without a retention is left out."""
    days = {
        OperationalTable.TASKS: settings.task_retention_days,
        OperationalTable.ATTEMPTS: settings.attempt_retention_days,
        OperationalTable.WEBHOOK_REJECTIONS: settings.webhook_rejection_retention_days,
    }
    return {table: number for table, number in days.items() if number}


def prune_stage(store: SqlStore, days: RetentionDays) -> Stage[TasksWrite, str, None]:
    """Return the stage that deletes the rows that are over for so many days."""
    return Stage(
        name=STAGE,
        batch=1,
        lifecycle=None,
        acts_outside=False,
        perform=partial(_perform, store, days),
    )


def prune_task() -> RecurringTask:
    """Return the recurring task of the stage."""
    return RecurringTask(name=TASK, stage=STAGE, every_seconds=EVERY_SECONDS)


def prune(
    store: SqlStore,
    days: RetentionDays,
    *,
    actor: Actor,
    reason: str,
    handle: LeaseHandle | None = None,
) -> Mapping[OperationalTable, int]:
    """Store each retention that has changed, delete what is older, and return the numbers of rows.

    Each transaction deletes at most MAX_PRUNED rows. Tasks come first, because attempts stay while
    their task exists. `handle` is that of a worker's task, which may be stopped between them.

    Raises:
        RetentionNotSet: `days` is empty.
        PerformStopped: The worker has asked the task to stop.
    """
    if not days:
        raise RetentionNotSet(", ".join(VARIABLES.values()))

    pruning = _Pruning(store, actor, reason, handle)
    numbers: dict[OperationalTable, int] = {}
    for table in OperationalTable:
        if table not in days:
            continue
        _store_retention(store, table, days[table] * DAY_SECONDS, actor, reason)
        if table is OperationalTable.TASKS:
            numbers[table] = pruning.prune_tasks()
        else:
            numbers[table] = pruning.prune_rows(table)

    return numbers


def _perform(store: SqlStore, days: RetentionDays, _: str, handle: LeaseHandle) -> None:
    """Delete old rows, and the reports of hung threads that have expired."""
    prune(store, days, actor=PRUNER, reason=REASON, handle=handle)
    with store.transaction(actor=PRUNER, reason="expired reports of hung threads") as tx:
        tx.tasks.prune_hung_threads()


def _store_retention(
    store: SqlStore, table: OperationalTable, seconds: int, actor: Actor, reason: str
) -> None:
    if store.read(_stored_seconds, table) != seconds:
        command = SetRetention(table=table, seconds=seconds)
        store.run(set_retention, command, actor=actor, reason=reason)


@frozen
class _Pruning:
    """The deletions of one call, each in a transaction of its own."""

    _store: SqlStore
    _actor: Actor
    _reason: str
    _handle: LeaseHandle | None

    def prune_tasks(self) -> int:
        """Delete the old tasks of each stage, and return how many."""
        total = 0
        for stage in self._store.read(_stage_names):
            command = PruneTasks(stage=stage)
            number = MAX_PRUNED
            while number == MAX_PRUNED:
                self._check()
                number = self._store.run(
                    prune_tasks, command, actor=self._actor, reason=self._reason
                )
                total += number
        return total

    def prune_rows(self, table: OperationalTable) -> int:
        """Consider each old row once, in order of age, and return how many were deleted."""
        command = PruneRows(table=table)
        total = 0
        while True:
            self._check()
            pruned = self._store.run(prune_rows, command, actor=self._actor, reason=self._reason)
            total += pruned.number
            if pruned.last is None:
                return total
            command = evolve(command, after=pruned.last)

    def _check(self) -> None:
        """Raise PerformStopped once the worker wants its task to stop."""
        if self._handle is not None:
            self._handle.check()


def _stored_seconds(tx: TasksRead, table: OperationalTable) -> int | None:
    """Return the stored retention; None where it was never decided or is no number."""
    try:
        return stored_retention(tx.settings, table)
    except ConfigUnavailable:
        return None


def _stage_names(tx: TasksRead) -> tuple[str, ...]:
    """Return the stages that ever had a task."""
    statistics = tx.tasks.backlogs(SystemClock().now())
    return tuple(stage.stage for stage in statistics)
