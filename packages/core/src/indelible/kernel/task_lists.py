"""Lists of the tasks of a stage by state, and the number of tasks that finished in each minute."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, Protocol

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel.json import instant_text
from indelible.kernel.lists import InvalidPosition, parse_instant
from indelible.kernel.minutes import MinuteCounts
from indelible.kernel.tasks import MAX_COUNTED, Task, TaskState
from indelible.kernel.values import IDENTIFIER, instance_of, is_identifier

# No index finds leased tasks, so that they are looked for among the first tasks of each priority.
MAX_LEASED_SEARCHED: Final = 2 * MAX_COUNTED

CLAIM_FIELDS: Final = ("priority", "due_at", "entity_id")
FINISH_FIELDS: Final = ("finished_at", "entity_id")
ORDER_FIELDS: Final[Mapping[TaskState, tuple[str, ...]]] = {
    TaskState.WAITING: CLAIM_FIELDS,
    TaskState.RUNNING: CLAIM_FIELDS,
    TaskState.COMPLETED: FINISH_FIELDS,
    TaskState.CANCELED: FINISH_FIELDS,
    TaskState.DEAD: ("entity_id",),
}
PARSERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "priority": int,
    "due_at": parse_instant,
    "finished_at": parse_instant,
    "entity_id": str,
}


@frozen(kw_only=True, slots=False)  # A class with slots cannot be a second base.
class TaskFilter:
    """The tasks of a stage in one state, and their order.

    Waiting and running tasks are in the order of claims. Completed and canceled ones are in the
    order in which they finished, the latest first. Dead ones are in the order of their ids;
    `error_class` selects among them only.
    """

    stage: str = field(validator=is_identifier, metadata=IDENTIFIER)
    state: TaskState = field(validator=instance_of(TaskState))
    error_class: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )

    @property
    def order_fields(self) -> tuple[str, ...]:
        """Return the fields that the list is ordered by; the last one is different for each."""
        return ORDER_FIELDS[self.state]

    @property
    def is_descending(self) -> bool:
        """Return True if the latest tasks come first."""
        return self.order_fields == FINISH_FIELDS

    @property
    def has_error_class(self) -> bool:
        """Return True if the list has only the dead tasks of one error class."""
        return self.state is TaskState.DEAD and self.error_class is not None

    def matches(self, task: Task, now: datetime) -> bool:
        """Return True if the task belongs to the list at this time.

        This is the meaning of the filter; SQL stores have the same conditions in statements.
        """
        if task.stage != self.stage or task.state(now) is not self.state:
            return False

        return not self.has_error_class or task.error_class == self.error_class

    def sort_key(self, task: Task) -> tuple[Any, ...]:
        """Return the values that the list is ordered by."""
        return tuple(getattr(task, name) for name in self.order_fields)

    def position_of(self, task: Task) -> str:
        """Return the position of a task: the list continues after it, whatever changes then."""
        texts: list[str] = [self.state]
        for value in self.sort_key(task):
            texts.append(instant_text(value) if isinstance(value, datetime) else str(value))

        return " ".join(texts)

    def values_at(self, position: str) -> tuple[Any, ...] | None:
        """Return the sort key at a position; None for '', the beginning.

        Raises:
            InvalidPosition: The position does not belong to a list of this state.
        """
        if not position:
            return None

        state, *texts = position.split(" ")
        if state != self.state or len(texts) != len(self.order_fields):
            raise InvalidPosition(position)
        values: list[Any] = []
        try:
            for name, text in zip(self.order_fields, texts, strict=True):
                values.append(PARSERS[name](text))
        except ValueError as error:
            raise InvalidPosition(position) from error

        return tuple(values)


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
