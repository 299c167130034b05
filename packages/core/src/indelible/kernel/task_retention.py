"""The age at which finished tasks are deleted: a setting, whose history tells who decided it."""

from typing import ClassVar, Final

from attrs import field, frozen

from indelible.kernel.aggregates import save_change
from indelible.kernel.history import AggregateReader
from indelible.kernel.settings import ConfigUnavailable, Setting
from indelible.kernel.stages import TasksWrite
from indelible.kernel.values import IDENTIFIER, bounded_int, is_identifier

TASK_RETENTION: Final = "task_retention_seconds"  # the name of the setting
MAX_RETENTION_DIGITS: Final = 9
RETENTION_SECONDS: Final = {"minimum": 0, "maximum": 10**MAX_RETENTION_DIGITS - 1}
MAX_PRUNED: Final = 1_000  # in one transaction
PRUNE_LIMIT: Final = {"minimum": 1, "maximum": MAX_PRUNED}


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
    now = tx.clock.now()
    value = str(command.seconds)
    stored = tx.settings.find({"id": TASK_RETENTION}, limit=1)
    if not stored:
        setting = Setting.create("change", now=now, id=TASK_RETENTION, value=value)
        save_change(tx, tx.settings, None, setting, "change")
        return setting

    head = tx.settings.lock(TASK_RETENTION)
    setting = head.entity.transition("change", now=now, value=value)
    save_change(tx, tx.settings, head, setting, "change")
    return setting


def prune_tasks(tx: TasksWrite, command: PruneTasks) -> int:
    """Delete tasks that finished longer ago than the retention, and return how many.

    Raises:
        ConfigUnavailable: The retention was never decided.
    """
    return tx.tasks.prune(command.stage, limit=command.limit)


def retention_seconds(settings: AggregateReader[Setting]) -> int:
    """Return the retention of finished tasks.

    Raises:
        ConfigUnavailable: It was never decided, or its text is no number of seconds.
    """
    stored = settings.find({"id": TASK_RETENTION}, limit=1)
    if not stored:
        raise ConfigUnavailable(TASK_RETENTION, "never decided, so no task is deleted")

    text = stored[0].entity.value
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_RETENTION_DIGITS
    if not is_number:
        raise ConfigUnavailable(TASK_RETENTION, f"{text!r} is no number of seconds")

    return int(text)
