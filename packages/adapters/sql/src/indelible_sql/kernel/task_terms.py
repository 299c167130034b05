"""The expressions that the statements of tasks share."""

from collections.abc import Callable
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    type_coerce,
    union_all,
)

from indelible.kernel.stages import StageStatus
from indelible.kernel.tasks import Priority
from indelible_sql.kernel.task_tables import STAGES, TASKS
from indelible_sql.schema.columns import (
    IDENTIFIER,
    INSTANT,
    NATURAL,
)
from indelible_sql.schema.database_time import IN_STATEMENTS, STATEMENT_NOW, seconds_ago
from indelible_sql.schema.expressions import DialectExpression


class InSubquery(DialectExpression):
    """A comparison of a column with the rows of a subquery that runs once."""

    type = Boolean()
    inherit_cache = True
    templates: ClassVar = {"sqlite": "{} IN {}", "postgresql": "{} = ANY(ARRAY{})"}

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the expression without parentheses."""
        return self


class EarlierOfNow(DialectExpression):
    """The store's time or the database's, whichever is earlier: the guards know only the second."""

    type = INSTANT
    inherit_cache = True
    templates: ClassVar = {
        "sqlite": f"min({{}}, {STATEMENT_NOW['sqlite']})",
        "postgresql": f"least({{}}, {STATEMENT_NOW['postgresql']})",
    }


class LatestSuccess(DialectExpression):
    """The last success, which is now unless the database's clock was set back."""

    type = INSTANT
    inherit_cache = True
    templates: ClassVar = {
        "sqlite": f"max(coalesce({{}}, ''), {STATEMENT_NOW['sqlite']})",
        "postgresql": f"greatest({{}}, {STATEMENT_NOW['postgresql']})",
    }


class SecondsAgo(DialectExpression):
    """The database's time a number of seconds ago."""

    type = INSTANT
    inherit_cache = True
    templates: ClassVar = {
        "sqlite": seconds_ago("{}", "sqlite"),
        "postgresql": seconds_ago("{}", "postgresql", IN_STATEMENTS),
    }


class Least(DialectExpression):
    """The lower of two values."""

    inherit_cache = True
    templates: ClassVar = {"sqlite": "min({}, {})", "postgresql": "least({}, {})"}


class DocumentOf(DialectExpression):
    """The document of a key in a parameter that maps keys to JSON texts; NULL without one."""

    inherit_cache = True
    templates: ClassVar = {
        "sqlite": "(SELECT value FROM json_each({}) WHERE key = {})",
        "postgresql": "CAST((SELECT CAST({} AS jsonb)) ->> CAST({} AS text) AS jsonb)",
    }


NOW = bindparam("now", type_=INSTANT)
LEASE_NOW = EarlierOfNow(NOW)
DUE = bindparam("due", type_=INSTANT)
UNTIL = bindparam("until", type_=INSTANT)
GIVEN_STAGE = bindparam("task_stage", type_=IDENTIFIER)
OF_STAGE = TASKS.c.stage == GIVEN_STAGE
OF_TASK = and_(OF_STAGE, TASKS.c.entity_id == bindparam("task_id", type_=IDENTIFIER))
ORDER_OF_PRIORITY = (TASKS.c.due_at, TASKS.c.entity_id)  # of the tasks of one priority
NO_LEASE = {"lease_owner": null(), "lease_until": null()}
FENCE = type_coerce(TASKS.c.fence, BigInteger())
ATTEMPTS = type_coerce(TASKS.c.attempts, BigInteger())
# A claim counts an attempt, and enqueuing a leased task resets their number: the task stays due.
WAS_ENQUEUED_DURING_LEASE = TASKS.c.attempts == 0
ENDS_WITH_LEASE = TASKS.c.attempts > 0

PRIORITY = bindparam("priority", type_=NATURAL)
ERROR_CLASS = bindparam("error_class", type_=IDENTIFIER)
REVIVED = {
    "due_at": DUE,
    "attempts": 0,
    "dead_reason": null(),
    "cancel_reason": null(),
    "error_class": null(),
    "progress": null(),
    "finished_at": null(),
}


# Claims.
IS_FREE = or_(TASKS.c.lease_until.is_(None), TASKS.c.lease_until <= LEASE_NOW)
_IS_PAUSED = exists().where(STAGES.c.id == GIVEN_STAGE, STAGES.c.status == StageStatus.PAUSED.value)


def of_each_priority(first_rows: Callable[[Priority], Select[Any]]) -> CompoundSelect[Any]:
    """Return the first rows of each priority, the most urgent ones first.

    The index has the tasks of one priority in the order of their due times, so each priority has a
    search of its own, which runs only where the earlier ones found too few.
    """
    searches: list[Select[Any]] = []
    for priority in Priority:
        # A literal, so that the databases know what the search reads of the index.
        is_of_priority = TASKS.c.priority == literal_column(str(priority.value))
        rows = first_rows(priority).where(is_of_priority)
        searches.append(select(rows.subquery(f"of_priority_{priority.value}")))

    return union_all(*searches)


def due_tasks(is_of_stage: ColumnElement[bool]) -> Select[Any]:
    """Return the query for the ids of a stage's free tasks that are due, in the order of claims.

    The order lets PostgreSQL use the index: it could read the whole table for a few rows.
    """
    return (
        select(TASKS.c.entity_id)
        .where(is_of_stage, TASKS.c.due_at <= NOW, IS_FREE)
        .order_by(*ORDER_OF_PRIORITY)
        .limit(bindparam("limit"))
    )


def earliest_due(*conditions: ColumnElement[bool]) -> ScalarSelect[Any]:
    """Return the earliest due time of a stage's tasks, without sorting them.

    The conditions name the stage, and what is asked of the due time.
    """
    first = select(TASKS.c.due_at).where(*conditions).order_by(TASKS.c.due_at).limit(1)
    times = of_each_priority(lambda _: first).subquery("times")
    return select(func.min(times.c.due_at, type_=INSTANT)).scalar_subquery()


def first_claimable(
    *, is_behind: bool, is_locking: bool = True, is_probe: bool = False
) -> CompoundSelect[Any]:
    """Return the query for the ids of the tasks that are claimed next.

    `is_behind` begins the search of each priority behind a position, of which `behind_parameters`
    names the values. A probe ignores that the stage is paused.
    """

    def first_rows(priority: Priority) -> Select[Any]:
        rows = due_tasks(OF_STAGE)
        if not is_probe:
            rows = rows.where(~_IS_PAUSED)
        if is_behind:
            due_name, id_name = behind_parameters(priority)
            position = tuple_(
                bindparam(due_name, type_=INSTANT), bindparam(id_name, type_=IDENTIFIER)
            )
            rows = rows.where(tuple_(*ORDER_OF_PRIORITY) > position)

        return rows.with_for_update(skip_locked=True) if is_locking else rows

    return of_each_priority(first_rows).limit(bindparam("limit"))


def behind_parameters(priority: Priority) -> tuple[str, str]:
    """Return the names of the parameters with the position in the tasks of a priority."""
    return f"after_due_{priority.value}", f"after_id_{priority.value}"
