"""Lists of the tasks of a stage by state, and the number of tasks that finished in each minute."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from attrs import frozen
from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)

from indelible.kernel.minutes import MinuteCounts
from indelible.kernel.task_lists import (
    FINISH_FIELDS,
    MAX_LEASED_SEARCHED,
    ORDER_FIELDS,
    TaskFilter,
)
from indelible.kernel.tasks import Priority, Task, TaskState
from indelible_sql.engine.session import Query, Session
from indelible_sql.kernel.history import fetch_all
from indelible_sql.kernel.minutes import count_by_minute, read_minutes
from indelible_sql.kernel.task_tables import TASKS
from indelible_sql.kernel.task_terms import NOW, OF_STAGE, ORDER_OF_PRIORITY

LEASE_STATES: Final = frozenset({TaskState.WAITING, TaskState.RUNNING})  # They depend on now.
# Comparisons of columns, by which SQLite knows that a partial index has all rows of the query.
_IS_DUE = TASKS.c.due_at.is_not(None)
# SQLite would choose the key of all tasks without a condition on the id.
_IS_DEAD = and_(TASKS.c.dead_reason.is_not(None), TASKS.c.entity_id > "")
_IS_FINISHED = TASKS.c.finished_at.is_not(None)
_IS_CANCELED = TASKS.c.cancel_reason.is_not(None)
_IS_FREE = or_(TASKS.c.lease_until.is_(None), TASKS.c.lease_until <= NOW)


def _first_tasks(priority: Priority) -> Select[Any]:
    """Return the query for the tasks of a priority that are claimed first."""
    rows = (
        select(TASKS)
        .where(OF_STAGE, _IS_DUE, TASKS.c.priority == literal_column(str(priority.value)))
        .order_by(*ORDER_OF_PRIORITY)
        .limit(MAX_LEASED_SEARCHED)
    )
    return select(rows.subquery(f"of_priority_{priority.value}"))


# Leased tasks are among those that are claimed first. No index finds them, and of a long backlog
# only the first rows are read.
_FIRST_TASKS = union_all(*(_first_tasks(priority) for priority in Priority)).subquery()

# Which tasks of the stage are in this state?
_BY_STATE: Final[Mapping[TaskState, Query]] = {
    TaskState.WAITING: select(TASKS).where(OF_STAGE, _IS_DUE, _IS_FREE),
    TaskState.RUNNING: select(_FIRST_TASKS).where(_FIRST_TASKS.c.lease_until > NOW),
    TaskState.DEAD: select(TASKS).where(OF_STAGE, _IS_DEAD),
    TaskState.COMPLETED: select(TASKS).where(
        OF_STAGE, _IS_FINISHED, TASKS.c.cancel_reason.is_(None)
    ),
    TaskState.CANCELED: select(TASKS).where(OF_STAGE, _IS_CANCELED),
}

FINISHED_BY_MINUTE: Final = count_by_minute(TASKS.c.finished_at, OF_STAGE, _IS_FINISHED)


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
            for name, value in zip(matching.order_fields, start, strict=True):
                values[f"after_{name}"] = value

        statement = list_statement(
            matching.state, has_class=matching.has_error_class, is_continued=start is not None
        )
        return fetch_all(self._session, Task, statement, values)

    def count_tasks(self, matching: TaskFilter, *, now: datetime, limit: int) -> int:
        """Return the number of tasks in the list, at most `limit`."""
        statement = count_statement(matching.state, has_class=matching.has_error_class)
        rows = self._session.rows(statement, _values(matching, now=now, limit=limit))
        return int(rows[0]["number"])

    def finished_by_minute(self, stage: str, *, since: datetime, limit: int) -> MinuteCounts:
        """Return how many tasks finished in each minute since a time, of the last `limit`."""
        return read_minutes(
            self._session, FINISHED_BY_MINUTE, since=since, limit=limit, task_stage=stage
        )


def _values(matching: TaskFilter, *, now: datetime, limit: int) -> dict[str, Any]:
    """Return the values of a statement that selects the filter's tasks."""
    values: dict[str, Any] = {"task_stage": matching.stage, "limit": limit}
    if matching.state in LEASE_STATES:
        values["now"] = now
    if matching.has_error_class:
        values["error_class"] = matching.error_class

    return values


@cache
def count_statement(state: TaskState, *, has_class: bool) -> Query:
    """Return the statement that counts the first tasks of a list."""
    listed = list_statement(state, has_class=has_class, is_continued=False)
    return select(func.count().label("number")).select_from(listed.subquery())


@cache
def list_statement(state: TaskState, *, has_class: bool, is_continued: bool) -> Query:
    """Return the statement of a page; the keyset of the page before it bounds its rows."""
    statement = _BY_STATE[state]
    table = _FIRST_TASKS if state is TaskState.RUNNING else TASKS
    names = ORDER_FIELDS[state]
    columns = [table.c[name] for name in names]
    is_descending = names == FINISH_FIELDS
    if has_class:
        statement = statement.where(table.c.error_class == bindparam("error_class"))
    if is_continued:
        statement = statement.where(_is_past(columns, is_descending=is_descending))

    order = [column.desc() if is_descending else column for column in columns]
    return statement.order_by(*order).limit(bindparam("limit"))


def _is_past(columns: Sequence[ColumnElement[Any]], *, is_descending: bool) -> ColumnElement[bool]:
    """Return the condition that a row comes after the last one of the page before."""
    starts: list[ColumnElement[Any]] = []
    for column in columns:
        starts.append(bindparam(f"after_{column.key}", type_=column.type))
    if is_descending:
        return tuple_(*columns) < tuple_(*starts)

    return tuple_(*columns) > tuple_(*starts)
