"""The statements of lists of tasks, one for each state, order and set of filters."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, Self

from attrs import evolve, frozen
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union,
)

from indelible.kernel.task_lists import (
    DEATH_FIELDS,
    MAX_LEASED_SEARCHED,
    TIME_ORDER_FIELDS,
    TaskFilter,
    TaskOrder,
    is_latest_first,
    order_fields,
)
from indelible.kernel.tasks import AttemptOutcome, Priority, TaskState
from indelible_sql.engine.session import Query
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS
from indelible_sql.kernel.task_terms import (
    NOW,
    OF_STAGE,
    ORDER_OF_PRIORITY,
    InSubquery,
    of_each_priority,
)
from indelible_sql.schema.columns import ACTOR, IDENTIFIER, INSTANT, NATURAL

# A list of an actor with more records is read in its order, where their tasks are frequent.
MAX_RECORDS_JOINED: Final = 1_000

# Comparisons of columns, by which SQLite knows that a partial index has all rows of the query.
_IS_DUE = TASKS.c.due_at.is_not(None)
IS_FINISHED = TASKS.c.finished_at.is_not(None)
# SQLite knows the condition of the partial index only as a comparison with a literal.
_IS_DEATH = TASK_ATTEMPTS.c.outcome == literal_column(f"'{AttemptOutcome.DEAD.value}'")
_STAGE: Final = bindparam("task_stage", type_=IDENTIFIER)
_ACTOR: Final = bindparam("actor", type_=ACTOR)
_LIMIT: Final = bindparam("limit", type_=Integer())
_AFTER_ID: Final = bindparam("after_entity_id", type_=IDENTIFIER)


# Leased tasks are among those that are claimed first. No index finds them, and of a long backlog
# only the first rows are read.
_FIRST_ROWS = (
    select(TASKS).where(OF_STAGE, _IS_DUE).order_by(*ORDER_OF_PRIORITY).limit(MAX_LEASED_SEARCHED)
)
_FIRST_TASKS = of_each_priority(lambda _: _FIRST_ROWS).subquery()
_RECORDS = TASK_ATTEMPTS.alias("records")
_IDS_OF_RECORDS = select(_RECORDS.c.entity_id).where(
    _RECORDS.c.stage == _STAGE, _RECORDS.c.actor == _ACTOR
)
_IDS_OF_LEASES = select(_FIRST_TASKS.c.entity_id).where(_FIRST_TASKS.c.lease_owner == _ACTOR)


def _tasks_with(name: str, ids: ScalarSelect[Any]) -> FromClause:
    """Return the tasks with these ids; the limit lets no database look for them in another way."""
    rows = select(TASKS).where(OF_STAGE, InSubquery(TASKS.c.entity_id, ids))
    most_rows = MAX_RECORDS_JOINED + len(Priority) * MAX_LEASED_SEARCHED
    return rows.limit(most_rows).subquery(name)


_RECORDED_TASKS = _tasks_with("recorded", _IDS_OF_RECORDS.scalar_subquery())
# A waiting task can have a lease that has expired.
_RECORDED_OR_LEASED_TASKS = _tasks_with(
    "recorded_or_leased", union(_IDS_OF_RECORDS, _IDS_OF_LEASES).scalar_subquery()
)
# How many records of tasks of the stage has the actor?
RECORDS_OF_ACTOR: Final[Query] = select(func.count().label("number")).select_from(
    _IDS_OF_RECORDS.limit(_LIMIT).subquery("of_actor")
)
# The record of the death of a task, which has the fence of its last claim.
_DEATHS = (
    select(
        TASK_ATTEMPTS.c.entity_id.label("entity_id"),
        TASK_ATTEMPTS.c.fence.label("fence"),
        TASK_ATTEMPTS.c.at.label("died_at"),
    )
    .where(TASK_ATTEMPTS.c.stage == _STAGE, _IS_DEATH)
    .subquery("deaths")
)
# When did the task of this position die?
_AFTER_DEATH = (
    select(TASK_ATTEMPTS.c.at)
    .where(TASK_ATTEMPTS.c.stage == _STAGE)
    .where(TASK_ATTEMPTS.c.entity_id == _AFTER_ID)
    .where(TASK_ATTEMPTS.c.fence == bindparam("after_fence", type_=NATURAL))
    .where(_IS_DEATH)
    .scalar_subquery()
)


@frozen(kw_only=True)
class TaskListShape:
    """The parts of a list's statement that are not parameters."""

    state: TaskState
    order: TaskOrder | None = None
    has_class: bool = False
    has_actor: bool = False
    is_from_records: bool = False  # The actor has few: the list is read from their tasks.
    has_since: bool = False
    has_until: bool = False
    is_continued: bool = False

    @classmethod
    def of(cls, matching: TaskFilter, *, is_continued: bool = False) -> Self:
        """Return the shape of the filter's statement."""
        return cls(
            state=matching.state,
            order=matching.order,
            has_class=matching.has_error_class,
            has_actor=matching.actor is not None,
            has_since=matching.since is not None,
            has_until=matching.until is not None,
            is_continued=is_continued,
        )

    @property
    def table(self) -> FromClause:
        """Return the rows that the conditions are about."""
        if self.state is TaskState.RUNNING:
            return _FIRST_TASKS
        if self.is_from_records and self.state is TaskState.WAITING:
            return _RECORDED_OR_LEASED_TASKS
        return _RECORDED_TASKS if self.is_from_records else TASKS

    @property
    def needs_deaths(self) -> bool:
        """Return True if the statement asks for the times at which tasks died."""
        has_time = self.has_since or self.has_until or self.order is not None
        return self.state is TaskState.DEAD and has_time

    @property
    def order_names(self) -> tuple[str, ...]:
        """Return the names of the columns that the list is ordered by."""
        return order_fields(self.state, self.order)

    @property
    def is_descending(self) -> bool:
        """Return True if the latest tasks come first."""
        return is_latest_first(self.state, self.order)


@cache
def count_statement(shape: TaskListShape) -> Query:
    """Return the statement that counts the first tasks of a list."""
    listed = list_statement(evolve(shape, order=None))
    return select(func.count().label("number")).select_from(listed.subquery())


@cache
def list_statement(shape: TaskListShape) -> Query:
    """Return the statement of a page; the keyset of the page before it bounds its rows."""
    has_time_order = shape.state is TaskState.WAITING and shape.order is not None
    if has_time_order and not shape.is_from_records:
        return _waiting_by_time(shape)

    return _rows_of(shape).order_by(*_order(shape, shape.table)).limit(_LIMIT)


def _waiting_by_time(shape: TaskListShape) -> Query:
    """Return the statement of waiting tasks by their due time, searched in each priority."""
    first_rows = _rows_of(shape).order_by(*_order(shape, TASKS)).limit(_LIMIT)
    listed = of_each_priority(lambda _: first_rows).subquery("listed")
    return select(listed).order_by(*_order(shape, listed)).limit(_LIMIT)


def _rows_of(shape: TaskListShape) -> Select[Any]:
    """Return the query for the rows of the list, without an order."""
    table = shape.table
    rows = select(table)
    if table is TASKS:
        rows = rows.where(OF_STAGE)
    if shape.needs_deaths:
        is_its_death = and_(
            _DEATHS.c.entity_id == table.c.entity_id, _DEATHS.c.fence == table.c.fence
        )
        rows = rows.join_from(_DEATHS, table, is_its_death).where(table.c.dead_reason.is_not(None))
    else:
        rows = rows.where(*_state_conditions(shape.state, table))

    return rows.where(*_conditions(shape))


def _state_conditions(state: TaskState, table: FromClause) -> list[ColumnElement[bool]]:
    columns = table.c
    match state:
        case TaskState.WAITING:
            is_free = or_(columns.lease_until.is_(None), columns.lease_until <= NOW)
            return [columns.due_at.is_not(None), is_free]
        case TaskState.RUNNING:
            return [columns.lease_until > NOW]
        case TaskState.DEAD:
            # SQLite would choose the key of all tasks without a condition on the id.
            return [columns.dead_reason.is_not(None), columns.entity_id > ""]
        case TaskState.COMPLETED:
            return [columns.finished_at.is_not(None), columns.cancel_reason.is_(None)]
        case TaskState.CANCELED:
            return [columns.cancel_reason.is_not(None)]


def _order(shape: TaskListShape, table: FromClause) -> list[ColumnElement[Any]]:
    columns: list[ColumnElement[Any]] = []
    for column in _columns(shape, table):
        columns.append(column.desc() if shape.is_descending else column)

    return columns


def _columns(shape: TaskListShape, table: FromClause) -> list[ColumnElement[Any]]:
    """Return the columns that the list is ordered by."""
    if shape.order_names == DEATH_FIELDS:
        return _time_columns(shape)
    return [table.c[name] for name in shape.order_names]


def _conditions(shape: TaskListShape) -> list[ColumnElement[bool]]:
    table = shape.table
    conditions: list[ColumnElement[bool]] = []
    if shape.has_class:
        conditions.append(table.c.error_class == bindparam("error_class"))
    if shape.has_actor:
        conditions.append(_is_of_actor(table))
    # A comparison of the time alone would let SQLite choose the index of all finished tasks for
    # the canceled ones. No id sorts before the empty text.
    time = tuple_(*_time_columns(shape))
    if shape.has_since:
        conditions.append(time >= tuple_(bindparam("since", type_=INSTANT), literal_column("''")))
    if shape.has_until:
        conditions.append(time < tuple_(bindparam("until", type_=INSTANT), literal_column("''")))
    if shape.is_continued:
        conditions.append(_is_past(shape))

    return conditions


def _time_columns(shape: TaskListShape) -> list[ColumnElement[Any]]:
    """Return the columns with the time of the list's state, and with the id."""
    if shape.state is TaskState.DEAD:
        return [_DEATHS.c.died_at, _DEATHS.c.entity_id]
    return [shape.table.c[name] for name in TIME_ORDER_FIELDS[shape.state]]


def _is_of_actor(table: FromClause) -> ColumnElement[bool]:
    """Return the condition that the actor has leased the task, or is in a record of its fence."""
    is_recorded = (
        exists()
        .where(_RECORDS.c.stage == table.c.stage)
        .where(_RECORDS.c.entity_id == table.c.entity_id)
        .where(_RECORDS.c.fence == table.c.fence)
        .where(_RECORDS.c.actor == _ACTOR)
    )
    return or_(table.c.lease_owner == _ACTOR, is_recorded)


def _is_past(shape: TaskListShape) -> ColumnElement[bool]:
    """Return the condition that a row comes after the last one of the page before."""
    columns = _columns(shape, shape.table)
    starts = _starts(shape, columns)
    if shape.is_descending:
        return tuple_(*columns) < tuple_(*starts)

    return tuple_(*columns) > tuple_(*starts)


def _starts(
    shape: TaskListShape, columns: Sequence[ColumnElement[Any]]
) -> Sequence[ColumnElement[Any]]:
    """Return the values of the columns at the position."""
    if shape.order_names == DEATH_FIELDS:
        return [_AFTER_DEATH, _AFTER_ID]
    return [bindparam(f"after_{column.key}", type_=column.type) for column in columns]
