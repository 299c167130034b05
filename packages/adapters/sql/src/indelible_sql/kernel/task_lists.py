"""Lists of the tasks of a stage by state, and the number of tasks that finished in each minute."""

from datetime import datetime
from typing import Any, Final

from attrs import evolve, frozen

from indelible.kernel.minutes import MinuteCounts
from indelible.kernel.task_lists import TaskFilter
from indelible.kernel.tasks import Task, TaskState
from indelible_sql.engine.session import Session
from indelible_sql.kernel.history import fetch_all
from indelible_sql.kernel.minutes import count_by_minute, read_minutes
from indelible_sql.kernel.task_list_statements import (
    IS_FINISHED,
    MAX_RECORDS_JOINED,
    RECORDS_OF_ACTOR,
    TaskListShape,
    count_statement,
    list_statement,
)
from indelible_sql.kernel.task_tables import TASKS
from indelible_sql.kernel.task_terms import OF_STAGE

LEASE_STATES: Final = frozenset({TaskState.WAITING, TaskState.RUNNING})  # They depend on now.
FINISHED_BY_MINUTE: Final = count_by_minute(TASKS.c.finished_at, OF_STAGE, IS_FINISHED)


@frozen
class SqlTaskLists:
    """Read access to lists of tasks."""

    _session: Session

    def list_tasks(
        self, matching: TaskFilter, *, now: datetime, after: str, limit: int
    ) -> tuple[Task, ...]:
        """Return the next `limit` tasks after a position, in the filter's order."""
        start = matching.values_at(after)
        values = _values(matching, now=now, limit=limit)
        if start is not None:
            for name, value in zip(matching.position_fields, start, strict=True):
                values[f"after_{name}"] = value

        shape = self._shape_of(matching, is_continued=start is not None)
        return fetch_all(self._session, Task, list_statement(shape), values)

    def count_tasks(self, matching: TaskFilter, *, now: datetime, limit: int) -> int:
        """Return the number of tasks in the list, at most `limit`."""
        statement = count_statement(self._shape_of(matching))
        rows = self._session.rows(statement, _values(matching, now=now, limit=limit))
        return int(rows[0]["number"])

    def finished_by_minute(self, stage: str, *, since: datetime, limit: int) -> MinuteCounts:
        """Return how many tasks finished in each minute since a time, of the last `limit`."""
        return read_minutes(
            self._session, FINISHED_BY_MINUTE, since=since, limit=limit, task_stage=stage
        )

    def _shape_of(self, matching: TaskFilter, *, is_continued: bool = False) -> TaskListShape:
        """Return the shape of the filter's statement, which depends on the records of an actor.

        In the order of a list, the few tasks of an operator could come after a million others. The
        tasks of a worker are too many to sort for each page.
        """
        shape = TaskListShape.of(matching, is_continued=is_continued)
        if not shape.has_actor or matching.state is TaskState.RUNNING:
            return shape

        values = {
            "task_stage": matching.stage,
            "actor": matching.actor,
            "limit": MAX_RECORDS_JOINED + 1,
        }
        (row,) = self._session.rows(RECORDS_OF_ACTOR, values)
        return evolve(shape, is_from_records=row["number"] <= MAX_RECORDS_JOINED)


def _values(matching: TaskFilter, *, now: datetime, limit: int) -> dict[str, Any]:
    """Return the values of a statement that selects the filter's tasks."""
    values: dict[str, Any] = {"task_stage": matching.stage, "limit": limit}
    if matching.state in LEASE_STATES:
        values["now"] = now
    if matching.has_error_class:
        values["error_class"] = matching.error_class
    for name in ("actor", "since", "until"):
        value = getattr(matching, name)
        if value is not None:
            values[name] = value

    return values
