"""Operational rows, which are deleted some time after they are over; records stay for ever.

`RETENTIONS` names for each table the setting that says how long. A setting has a history, which
tells who decided it. Without it no row is deleted.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final, Protocol

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel.aggregates import save_change
from indelible.kernel.errors import UsageError
from indelible.kernel.history import AggregateReader, AggregateRepository
from indelible.kernel.settings import ConfigUnavailable, Setting, SettingNotFound
from indelible.kernel.tasks import Attempt, Task
from indelible.kernel.transaction import Transaction, single_statement
from indelible.kernel.values import bounded_int, instance_of

MAX_RETENTION_DIGITS: Final = 9
RETENTION_SECONDS: Final = {"minimum": 0, "maximum": 10**MAX_RETENTION_DIGITS - 1}
MAX_PRUNED: Final = 1_000  # in one transaction
PRUNE_LIMIT: Final = {"minimum": 1, "maximum": MAX_PRUNED}
MAX_DELETED_ROWS: Final = 10**15  # the number of deleted rows stays there
# A change of a setting has the time of a process, and the databases compare with their own.
MAX_CLOCK_DIFFERENCE: Final = timedelta(days=1)


class OperationalTable(StrEnum):
    """The tables of operational rows."""

    TASKS = "tasks"
    ATTEMPTS = "task_attempts"
    WEBHOOK_REJECTIONS = "webhook_rejections"


@frozen
class Retention:
    """The age of a table's rows, and who decides how old they become.

    `age_column` says since when a row is over. `setting` is the name of the setting that holds the
    retention in seconds; by default it is not set, and every row stays.
    """

    age_column: str
    setting: str


RETENTIONS: Final[Mapping[OperationalTable, Retention]] = {
    OperationalTable.TASKS: Retention("finished_at", "task_retention_seconds"),
    OperationalTable.ATTEMPTS: Retention("at", "attempt_retention_seconds"),
    OperationalTable.WEBHOOK_REJECTIONS: Retention("at", "webhook_rejection_retention_seconds"),
}


@frozen(order=True)
class RowPosition:
    """The age and the primary key of a row: its position in the order of deletions."""

    at: datetime
    key: tuple[str | int, ...]


@frozen(kw_only=True)
class PrunedRows:
    """The number of rows that a transaction deleted, and the last row that it considered.

    `last` is None where no older row is left to consider.
    """

    number: int
    last: RowPosition | None


class OperationalRowsReader(Protocol):
    """Numbers of the rows that were deleted from the operational tables of a store."""

    def deleted(self) -> Mapping[OperationalTable, int]:
        """Return how many rows were ever deleted, of each table that has lost any."""
        ...


class OperationalRows(OperationalRowsReader, Protocol):
    """The operational tables of a store, for deletions."""

    def prune(
        self,
        table: OperationalTable,
        *,
        seconds: int,
        limit: int,
        after: RowPosition | None = None,
    ) -> PrunedRows:
        """Consider the first `limit` rows after a position, and delete those that may be deleted.

        Only rows that are over for so many seconds are considered. Tasks are pruned by stage:
        `TaskQueue.prune`. An attempt stays while its task needs it: `is_attempt_over`. A row that a
        seal covers stays until the seal is as old.
        """
        ...


class RetentionRead(Protocol):
    """The transaction that queries on retention need."""

    @property
    def operational_rows(self) -> OperationalRowsReader: ...


class SettingsWrite(Transaction, Protocol):
    """The transaction that changes a retention."""

    @property
    def settings(self) -> AggregateRepository[Setting]: ...


class RetentionWrite(SettingsWrite, RetentionRead, Protocol):
    """The transaction that deletes operational rows."""

    @property
    def operational_rows(self) -> OperationalRows: ...


@frozen(kw_only=True)
class SetRetention:
    """Decide how many seconds after they are over the rows of a table may be deleted."""

    command_name: ClassVar[str] = "set_retention"
    table: OperationalTable = field(validator=instance_of(OperationalTable))
    seconds: int = field(validator=bounded_int, metadata=RETENTION_SECONDS)


@frozen(kw_only=True)
class PruneRows:
    """Delete attempts or rejections of webhooks that are older than the retention.

    `limit` rows after the position are considered, the oldest first.
    """

    command_name: ClassVar[str] = "prune_rows"
    table: OperationalTable = field(validator=instance_of(OperationalTable))
    limit: int = field(default=MAX_PRUNED, validator=bounded_int, metadata=PRUNE_LIMIT)
    after: RowPosition | None = field(default=None, validator=optional(instance_of(RowPosition)))


def set_retention(tx: SettingsWrite, command: SetRetention) -> Setting:
    """Decide how many seconds after they are over the rows of a table may be deleted."""
    name = RETENTIONS[command.table].setting
    now = tx.clock.now()
    value = str(command.seconds)
    stored = tx.settings.find({"id": name}, limit=1)
    if not stored:
        setting = Setting.create("change", now=now, id=name, value=value)
        save_change(tx, tx.settings, None, setting, "change")
        return setting

    head = tx.settings.lock(name)
    setting = head.entity.transition("change", now=now, value=value)
    save_change(tx, tx.settings, head, setting, "change")
    return setting


def prune_rows(tx: RetentionWrite, command: PruneRows) -> PrunedRows:
    """Delete rows of a table that are older than its retention; the next call begins behind them.

    Raises:
        ConfigUnavailable: The retention was never decided.
        UsageError: Tasks are deleted by their stages.
    """
    if command.table is OperationalTable.TASKS:
        raise UsageError("tasks are deleted by their stages: run prune_tasks")

    seconds = locked_retention(tx.settings, command.table)
    return tx.operational_rows.prune(
        command.table, seconds=seconds, limit=command.limit, after=command.after
    )


@single_statement
def deleted_rows(tx: RetentionRead) -> Mapping[OperationalTable, int]:
    """Return how many rows of each table were ever deleted."""
    numbers = dict.fromkeys(OperationalTable, 0)
    numbers.update(tx.operational_rows.deleted())
    return numbers


def is_attempt_over(attempt: Attempt, task: Task | None, first_start: int | None) -> bool:
    """Return whether nobody needs an attempt; `task` is None if it was deleted.

    A task that is not finished needs all of its attempts: a postponement takes back the number of
    an attempt, so that the first one of the run is not known. A finished task needs those of its
    last run, and all rows with the fence of its first start: later starts are numbered after it,
    and its other rows say how it ended.
    """
    if task is None:
        return True
    if task.finished_at is None:
        return False
    if attempt.fence == first_start:
        return False

    return attempt.fence < task.fence and attempt.fence <= task.fence - task.attempts


def permitted_cutoff(changes: Iterable[tuple[datetime, str]], now: datetime) -> datetime | None:
    """Return the latest time before which the history of a setting ever let rows be deleted.

    `changes` are all times and texts of the setting, in order. Each text was in force until the
    next change, the last one is until now. Returns None if no text was a number of seconds.
    """
    in_order = list(changes)
    ends = [at + MAX_CLOCK_DIFFERENCE for at, _ in in_order[1:]]
    cutoffs: list[datetime] = []
    for (_, text), end in zip(in_order, [*ends, now], strict=False):
        seconds = parsed_seconds(text)
        if seconds is not None:
            cutoffs.append(min(end, now) - timedelta(seconds=seconds))

    return max(cutoffs, default=None)


def parsed_seconds(text: str) -> int | None:
    """Return the number of seconds that the text of a retention states, None if it states none."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_RETENTION_DIGITS
    return int(text) if is_number else None


def stored_retention(settings: AggregateReader[Setting], table: OperationalTable) -> int:
    """Return the retention of a table.

    Raises:
        ConfigUnavailable: It was never decided, or its text is no number of seconds.
    """
    stored = settings.find({"id": RETENTIONS[table].setting}, limit=1)
    if not stored:
        raise _never_decided(table)

    return _seconds_of(stored[0].entity)


def locked_retention(settings: AggregateRepository[Setting], table: OperationalTable) -> int:
    """Return the retention of a table, which nobody else can change before the transaction ends.

    The guards of a deletion compare each row with the retention that is stored when they run.

    Raises:
        ConfigUnavailable: It was never decided, or its text is no number of seconds.
    """
    try:
        head = settings.lock(RETENTIONS[table].setting)
    except SettingNotFound:
        raise _never_decided(table) from None

    return _seconds_of(head.entity)


def _never_decided(table: OperationalTable) -> ConfigUnavailable:
    name = RETENTIONS[table].setting
    return ConfigUnavailable(name, f"never decided, so no row of {table} is deleted")


def _seconds_of(setting: Setting) -> int:
    """Return the number of seconds that a stored retention states."""
    seconds = parsed_seconds(setting.value)
    if seconds is None:
        raise ConfigUnavailable(setting.id, f"{setting.value!r} is no number of seconds")

    return seconds
