"""Lists of tasks in memory."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from attrs import frozen

from indelible.kernel.minutes import MinuteCounts
from indelible.kernel.task_lists import (
    DEATH_FIELDS,
    MAX_LEASED_SEARCHED,
    TaskFilter,
    time_of_death,
)
from indelible.kernel.tasks import Attempt, Priority, Task, TaskState

SortKey = tuple[object, ...]
# The records of a task under a fence.
RecordsOf = Callable[[str, int], Sequence[Attempt]]


@frozen
class TaskList:
    """The tasks of a stage, and the records that a list of them needs."""

    tasks: Sequence[Task]
    records_of: RecordsOf

    def page(
        self, matching: TaskFilter, *, now: datetime, after: str, limit: int
    ) -> tuple[Task, ...]:
        """Return the next `limit` tasks after a position, in the filter's order."""
        position = matching.values_at(after)
        start: SortKey | None = position
        if position is not None and matching.order_fields == DEATH_FIELDS:
            fence, entity_id = position
            died_at = time_of_death(self.records_of(entity_id, fence))
            if died_at is None:
                return ()
            start = (died_at, entity_id)

        keyed: list[tuple[SortKey, Task]] = []
        for task in self._candidates(matching):
            records = self.records_of(task.entity_id, task.fence)
            key = matching.sort_key(task, records)
            if matching.matches(task, now, records) and _is_past(key, matching, start):
                keyed.append((key, task))

        keyed.sort(key=lambda entry: entry[0], reverse=matching.is_descending)
        return tuple(task for _, task in keyed[:limit])

    def _candidates(self, matching: TaskFilter) -> Sequence[Task]:
        if matching.state is TaskState.RUNNING:
            return first_in_claim_order(self.tasks, MAX_LEASED_SEARCHED)
        return self.tasks


def finished_by_minute(tasks: Iterable[Task], *, since: datetime, limit: int) -> MinuteCounts:
    """Return how many tasks finished in each minute since a time, of the last `limit`."""
    times: list[datetime] = []
    for task in tasks:
        if task.finished_at is not None:
            times.append(task.finished_at)

    return MinuteCounts.of_times(sorted(times), since=since, limit=limit)


def first_in_claim_order(tasks: Sequence[Task], limit: int) -> list[Task]:
    """Return the first unfinished tasks of each priority, at most `limit` of each."""
    first: list[Task] = []
    for priority in Priority:
        due = [task for task in tasks if task.due_at is not None and task.priority is priority]
        due.sort(key=lambda task: task.sort_key)
        first += due[:limit]

    return first


def _is_past(key: SortKey, matching: TaskFilter, start: SortKey | None) -> bool:
    if start is None:
        return True
    if matching.is_descending:
        return key < start
    return key > start
