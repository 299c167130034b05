"""Lists of tasks in memory."""

from collections.abc import Iterable
from datetime import datetime

from indelible.kernel.minutes import MinuteCounts
from indelible.kernel.task_lists import MAX_LEASED_SEARCHED, TaskFilter
from indelible.kernel.tasks import Priority, Task, TaskState


def list_tasks(
    tasks: Iterable[Task], matching: TaskFilter, *, now: datetime, after: str, limit: int
) -> tuple[Task, ...]:
    """Return the next `limit` tasks after a position, in the filter's order."""
    start = matching.values_at(after)
    candidates = list(tasks)
    if matching.state is TaskState.RUNNING:
        candidates = _first_in_claim_order(candidates)

    listed: list[Task] = []
    for task in candidates:
        if matching.matches(task, now) and _is_past(task, matching, start):
            listed.append(task)

    listed.sort(key=matching.sort_key, reverse=matching.is_descending)
    return tuple(listed[:limit])


def finished_by_minute(tasks: Iterable[Task], *, since: datetime, limit: int) -> MinuteCounts:
    """Return how many tasks finished in each minute since a time, of the last `limit`."""
    times: list[datetime] = []
    for task in tasks:
        if task.finished_at is not None:
            times.append(task.finished_at)

    return MinuteCounts.of_times(sorted(times), since=since, limit=limit)


def _first_in_claim_order(tasks: list[Task]) -> list[Task]:
    """Return the first tasks of each priority, among which the leased ones are."""
    first: list[Task] = []
    for priority in Priority:
        due = [task for task in tasks if task.due_at is not None and task.priority is priority]
        due.sort(key=lambda task: task.sort_key)
        first += due[:MAX_LEASED_SEARCHED]

    return first


def _is_past(task: Task, matching: TaskFilter, start: tuple[object, ...] | None) -> bool:
    if start is None:
        return True
    if matching.is_descending:
        return matching.sort_key(task) < start
    return matching.sort_key(task) > start
