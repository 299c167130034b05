"""Lists of the tasks of a stage by state, and the number of tasks that finished in each minute."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel.audit import Actor
from indelible.kernel.json import instant_text
from indelible.kernel.lists import InvalidPosition, parse_instant
from indelible.kernel.minutes import MinuteCounts
from indelible.kernel.tasks import MAX_COUNTED, Attempt, AttemptOutcome, Task, TaskState
from indelible.kernel.values import IDENTIFIER, instance_of, is_identifier, is_instant

# No index finds leased tasks, so that they are looked for among the first tasks of each priority.
MAX_LEASED_SEARCHED: Final = 2 * MAX_COUNTED

CLAIM_FIELDS: Final = ("priority", "due_at", "entity_id")
FINISH_FIELDS: Final = ("finished_at", "entity_id")
# A dead task has no time of its own: the record of its death has one.
DEATH_FIELDS: Final = ("died_at", "entity_id")
ORDER_FIELDS: Final[Mapping[TaskState, tuple[str, ...]]] = {
    TaskState.WAITING: CLAIM_FIELDS,
    TaskState.RUNNING: CLAIM_FIELDS,
    TaskState.COMPLETED: FINISH_FIELDS,
    TaskState.CANCELED: FINISH_FIELDS,
    TaskState.DEAD: ("entity_id",),
}
TIME_ORDER_FIELDS: Final[Mapping[TaskState, tuple[str, ...]]] = {
    TaskState.WAITING: ("due_at", "entity_id"),
    TaskState.RUNNING: ("due_at", "entity_id"),
    TaskState.COMPLETED: FINISH_FIELDS,
    TaskState.CANCELED: FINISH_FIELDS,
    TaskState.DEAD: DEATH_FIELDS,
}
# The position after a dead task names its fence instead of the time, which a record has.
DEATH_POSITION: Final = ("fence", "entity_id")
PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "priority": int,
    "due_at": parse_instant,
    "finished_at": parse_instant,
    "fence": int,
    "entity_id": str,
}
NO_RECORDS: Final[Sequence[Attempt]] = ()


class TaskOrder(StrEnum):
    """The orders of a list of tasks by the time of their state."""

    OLDEST = "oldest"
    NEWEST = "newest"


def order_fields(state: TaskState, order: TaskOrder | None) -> tuple[str, ...]:
    """Return the fields that a list is ordered by."""
    fields = ORDER_FIELDS if order is None else TIME_ORDER_FIELDS
    return fields[state]


def is_latest_first(state: TaskState, order: TaskOrder | None) -> bool:
    """Return True if the latest tasks of a list come first."""
    if order is None:
        return ORDER_FIELDS[state] == FINISH_FIELDS

    return order is TaskOrder.NEWEST


@frozen(kw_only=True, slots=False)  # A class with slots cannot be a second base.
class TaskFilter:
    """The tasks of a stage in one state, and their order; a field that is None excludes nothing.

    `error_class` selects among dead tasks only. `actor` selects the tasks that this actor has
    leased, or that a record of their last claim names: a worker that failed at it, an operator who
    canceled or requeued it. `since` is the first instant and `until` the first one that no longer
    belongs to the time. The time is that of the state: of waiting and running tasks the due time,
    of completed and canceled ones that of their end, of dead ones that of their death.

    Without an order, waiting and running tasks are in the order of claims, completed and canceled
    ones the latest first, and dead ones in the order of their ids.
    """

    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    state: TaskState = field(validator=instance_of(TaskState))
    error_class: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )
    actor: Actor | None = None
    since: datetime | None = field(default=None, validator=optional(is_instant))
    until: datetime | None = field(default=None, validator=optional(is_instant))
    order: TaskOrder | None = None

    @property
    def order_fields(self) -> tuple[str, ...]:
        """Return the fields that the list is ordered by; the last one is different for each."""
        return order_fields(self.state, self.order)

    @property
    def position_fields(self) -> tuple[str, ...]:
        """Return the fields of a task that its position names."""
        fields = self.order_fields
        return DEATH_POSITION if fields == DEATH_FIELDS else fields

    @property
    def is_descending(self) -> bool:
        """Return True if the latest tasks come first."""
        return is_latest_first(self.state, self.order)

    @property
    def has_error_class(self) -> bool:
        """Return True if the list has only the dead tasks of one error class."""
        return self.state is TaskState.DEAD and self.error_class is not None

    def matches(self, task: Task, now: datetime, records: Sequence[Attempt] = NO_RECORDS) -> bool:
        """Return True if the task belongs to the list at this time.

        `records` are those of the task's fence. This is the meaning of the filter; SQL stores have
        the same conditions in statements.
        """
        if task.stage != self.stage or task.state(now) is not self.state:
            return False
        if self.has_error_class and task.error_class != self.error_class:
            return False
        if self.actor is not None:
            actors = {task.lease_owner, *(record.actor for record in records)}
            if self.actor not in actors:
                return False

        return self._is_in_time(self.time_of(task, records))

    def time_of(self, task: Task, records: Sequence[Attempt] = NO_RECORDS) -> datetime | None:
        """Return the time of the task's state."""
        if self.state is TaskState.DEAD:
            return time_of_death(records)
        return task.due_at or task.finished_at

    def sort_key(self, task: Task, records: Sequence[Attempt] = NO_RECORDS) -> tuple[Any, ...]:
        """Return the values that the list is ordered by."""
        if self.order is not None:
            return self.time_of(task, records), task.entity_id
        return tuple(getattr(task, name) for name in self.order_fields)

    def position_of(self, task: Task) -> str:
        """Return the position of a task: the list continues after it, whatever changes then."""
        texts: list[str] = [self._list_name]
        for name in self.position_fields:
            value: object = getattr(task, name)
            texts.append(instant_text(value) if isinstance(value, datetime) else str(value))

        return " ".join(texts)

    def values_at(self, position: str) -> tuple[Any, ...] | None:
        """Return the values of the position's fields; None for '', the beginning.

        Raises:
            InvalidPosition: The position does not belong to a list of this state and order.
        """
        if not position:
            return None

        list_name, *texts = position.split(" ")
        names = self.position_fields
        if list_name != self._list_name or len(texts) != len(names):
            raise InvalidPosition(position)
        values: list[Any] = []
        try:
            for name, text in zip(names, texts, strict=True):
                values.append(PARSERS[name](text))
        except ValueError as error:
            raise InvalidPosition(position) from error

        return tuple(values)

    @property
    def _list_name(self) -> str:
        """Return the first word of a position, which belongs to one state and order."""
        if self.order is None:
            return self.state.value
        return f"{self.state.value}:{self.order.value}"

    def _is_in_time(self, time: datetime | None) -> bool:
        if self.since is None and self.until is None:
            return True
        if time is None:
            return False

        is_late_enough = self.since is None or time >= self.since
        return is_late_enough and (self.until is None or time < self.until)


def time_of_death(records: Sequence[Attempt]) -> datetime | None:
    """Return the time at which a task died, of the records of its fence."""
    for record in records:
        if record.outcome is AttemptOutcome.DEAD:
            return record.at

    return None


class TaskListReader(Protocol):
    """Read access to lists of tasks."""

    def list_tasks(
        self, matching: TaskFilter, *, now: datetime, after: str, limit: int
    ) -> tuple[Task, ...]:
        """Return the next `limit` tasks after a position, in the filter's order.

        Running tasks are looked for among the first `MAX_LEASED_SEARCHED` of each priority.

        Raises:
            InvalidPosition: The position does not belong to a list of this state.
        """
        ...

    def count_tasks(self, matching: TaskFilter, *, now: datetime, limit: int) -> int:
        """Return the number of tasks in the list, at most `limit`."""
        ...

    def finished_by_minute(self, stage: str, *, since: datetime, limit: int) -> MinuteCounts:
        """Return how many tasks finished in each minute since a time, of the last `limit`.

        A task counts once, at its last completion or cancellation.
        """
        ...
