"""The age at which finished tasks are deleted: a setting, whose history tells who decided it."""

from typing import ClassVar, Final

from attrs import field, frozen

from indelible.kernel.history import AggregateRepository
from indelible.kernel.retention import (
    MAX_PRUNED,
    PRUNE_LIMIT,
    RETENTION_SECONDS,
    RETENTIONS,
    OperationalTable,
    SetRetention,
    locked_retention,
    set_retention,
)
from indelible.kernel.settings import Setting
from indelible.kernel.stages import TasksWrite
from indelible.kernel.values import IDENTIFIER, bounded_int, is_identifier

TASK_RETENTION: Final = RETENTIONS[OperationalTable.TASKS].setting  # the name of the setting


@frozen(kw_only=True)
class SetTaskRetention:
    """Decide how many seconds after their end finished tasks may be deleted."""

    command_name: ClassVar[str] = "set_task_retention"
    seconds: int = field(validator=bounded_int, metadata=RETENTION_SECONDS)


@frozen(kw_only=True)
class PruneTasks:
    """Delete tasks of a stage that finished longer ago than the retention."""

    command_name: ClassVar[str] = "prune_tasks"
    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    limit: int = field(default=MAX_PRUNED, validator=bounded_int, metadata=PRUNE_LIMIT)


def set_task_retention(tx: TasksWrite, command: SetTaskRetention) -> Setting:
    """Decide how many seconds after their end finished tasks may be deleted."""
    retention = SetRetention(table=OperationalTable.TASKS, seconds=command.seconds)
    return set_retention(tx, retention)


def prune_tasks(tx: TasksWrite, command: PruneTasks) -> int:
    """Delete tasks that finished longer ago than the retention, and return how many.

    Raises:
        ConfigUnavailable: The retention was never decided.
    """
    return tx.tasks.prune(command.stage, limit=command.limit)


def retention_seconds(settings: AggregateRepository[Setting]) -> int:
    """Return the retention of finished tasks, locked until the transaction ends.

    Raises:
        ConfigUnavailable: It was never decided, or its text is no number of seconds.
    """
    return locked_retention(settings, OperationalTable.TASKS)
