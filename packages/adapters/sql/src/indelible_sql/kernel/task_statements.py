"""The statements of tasks.

A leased task that was enqueued again has 0 attempts: it stays due when its lease ends.
"""

from functools import cache
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Insert,
    Integer,
    Select,
    Text,
    TextClause,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.sql.dml import ReturningUpdate

from indelible.kernel.stages import StageStatus
from indelible.kernel.tasks import MAX_COUNTED
from indelible_sql.engine.atomic_write import row_values
from indelible_sql.kernel.task_guards import DATABASE_NOW
from indelible_sql.kernel.task_tables import IS_DUE, STAGES, TASK_ATTEMPTS, TASKS
from indelible_sql.schema.columns import ACTOR, IDENTIFIER, INSTANT, NONBLANK_TEXT
from indelible_sql.schema.expressions import DialectExpression, in_json_list
from indelible_sql.schema.tables import HISTORY, rows_by


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
        "sqlite": f"min({{}}, {DATABASE_NOW['sqlite']})",
        "postgresql": f"least({{}}, {DATABASE_NOW['postgresql']})",
    }


_NOW = bindparam("now", type_=INSTANT)
_LEASE_NOW = EarlierOfNow(_NOW)
_DUE = bindparam("due", type_=INSTANT)
_UNTIL = bindparam("until", type_=INSTANT)
_OF_STAGE = TASKS.c.stage == bindparam("task_stage", type_=IDENTIFIER)
_OF_TASK = and_(_OF_STAGE, TASKS.c.entity_id == bindparam("task_id", type_=IDENTIFIER))
_CLAIM_ORDER = (TASKS.c.due_at, TASKS.c.entity_id)
_NO_LEASE = {"lease_owner": null(), "lease_until": null()}
_FENCE = type_coerce(TASKS.c.fence, BigInteger())
_ATTEMPTS = type_coerce(TASKS.c.attempts, BigInteger())
_WAS_ENQUEUED_AGAIN = TASKS.c.attempts == 0

# Claims.
_IS_FREE = or_(TASKS.c.lease_until.is_(None), TASKS.c.lease_until <= _LEASE_NOW)
_IS_PAUSED = (
    exists()
    .where(STAGES.c.id == bindparam("task_stage", type_=IDENTIFIER))
    .where(STAGES.c.status == StageStatus.PAUSED.value)
)
_CLAIMABLE = (
    select(TASKS.c.entity_id)
    .where(_OF_STAGE)
    .where(TASKS.c.due_at <= _NOW)
    .where(_IS_FREE)
    .where(~_IS_PAUSED)
)
_CLAIMED_ROWS = (
    _CLAIMABLE.order_by(*_CLAIM_ORDER).limit(bindparam("limit")).with_for_update(skip_locked=True)
)
_IS_BEHIND = tuple_(*_CLAIM_ORDER) > tuple_(
    bindparam("after_due", type_=INSTANT), bindparam("after_id", type_=IDENTIFIER)
)


def _claim(claimed_rows: Select[Any]) -> ReturningUpdate[Any, Any, Any, Any]:
    """Return the statement that leases the rows of a query."""
    return (
        update(TASKS)
        .where(_OF_STAGE, InSubquery(TASKS.c.entity_id, claimed_rows.scalar_subquery()))
        .values(
            fence=_FENCE + 1,
            attempts=_ATTEMPTS + 1,
            lease_owner=bindparam("owner", type_=ACTOR),
            lease_until=_UNTIL,
        )
        .returning(TASKS.c.entity_id, TASKS.c.fence, TASKS.c.attempts, TASKS.c.due_at)
    )


CLAIM = _claim(_CLAIMED_ROWS)
CLAIM_BEHIND = _claim(_CLAIMED_ROWS.where(_IS_BEHIND))

# The ends of leases.
_IS_UNDER_LEASE = and_(
    _OF_STAGE,
    in_json_list(TASKS.c.entity_id, "ids"),
    in_json_list(TASKS.c.entity_id + " " + cast(TASKS.c.fence, Text()), "ids_with_fences"),
    TASKS.c.lease_owner.is_not(None),
)
_DUE_IF_ENQUEUED_AGAIN = case((_WAS_ENQUEUED_AGAIN, TASKS.c.due_at))
COMPLETE = update(TASKS).where(_IS_UNDER_LEASE).values(due_at=_DUE_IF_ENQUEUED_AGAIN, **_NO_LEASE)
# PostgreSQL alone: a division by zero takes everything back where a lease has ended.
_COMPLETED = COMPLETE.returning(TASKS.c.entity_id).cte("completed")
_IS_COMPLETE = func.count() == bindparam("number", type_=BigInteger())
COMPLETE_ALL_OR_NONE = select(
    (literal(1) // cast(_IS_COMPLETE, Integer)).label("complete")
).select_from(_COMPLETED)
_SOONER = case((and_(_WAS_ENQUEUED_AGAIN, TASKS.c.due_at < _DUE), TASKS.c.due_at), else_=_DUE)
RETRY_LATER = update(TASKS).where(_IS_UNDER_LEASE).values(due_at=_SOONER, **_NO_LEASE)
MARK_DEAD = (
    update(TASKS)
    .where(_IS_UNDER_LEASE)
    .values(
        due_at=_DUE_IF_ENQUEUED_AGAIN,
        dead_reason=case((TASKS.c.attempts > 0, bindparam("reason", type_=NONBLANK_TEXT))),
        **_NO_LEASE,
    )
)
RELEASE = (
    update(TASKS)
    .where(_IS_UNDER_LEASE)
    .values(attempts=case((_WAS_ENQUEUED_AGAIN, 0), else_=_ATTEMPTS - 1), **_NO_LEASE)
)
# A row that a long `finish` has locked is passed: the heartbeat must not wait for it.
_UNLOCKED_ROWS = (
    select(TASKS.c.entity_id)
    .where(_IS_UNDER_LEASE, TASKS.c.lease_until < _UNTIL)
    .with_for_update(skip_locked=True)
)
EXTEND = (
    update(TASKS)
    .where(_OF_STAGE, InSubquery(TASKS.c.entity_id, _UNLOCKED_ROWS.scalar_subquery()))
    .values(lease_until=_UNTIL)
)
REQUEUE = update(TASKS).where(_OF_TASK).values(dead_reason=null(), attempts=0, due_at=_DUE)

# Enqueueing: on SQLite an insert and an update, because its guards refuse an upsert.
_IS_LEASED = TASKS.c.lease_until > _LEASE_NOW
_NEEDS_CHANGE = or_(
    TASKS.c.due_at.is_(None), TASKS.c.due_at > _DUE, TASKS.c.lease_owner.is_not(None)
)
_SOONEST = func.min(func.coalesce(TASKS.c.due_at, _DUE), _DUE)
RESCHEDULE = (
    update(TASKS)
    .where(_OF_TASK, TASKS.c.dead_reason.is_(None), _NEEDS_CHANGE)
    .values(
        due_at=case((and_(_IS_LEASED, TASKS.c.attempts > 0), _DUE), else_=_SOONEST),
        attempts=case((or_(_IS_LEASED, TASKS.c.due_at.is_(None)), 0), else_=TASKS.c.attempts),
        lease_owner=case((_IS_LEASED, TASKS.c.lease_owner)),
        lease_until=case((_IS_LEASED, TASKS.c.lease_until)),
    )
)
_TASK_EXISTS = (
    exists()
    .where(TASKS.c.stage == bindparam("task_stage"))
    .where(TASKS.c.entity_id == bindparam("task_id"))
)
_NEW_ROW = select(
    bindparam("task_stage", type_=IDENTIFIER),
    bindparam("task_id", type_=IDENTIFIER),
    _DUE,
    literal(0),
    literal(0),
).where(~_TASK_EXISTS)
_NEW_COLUMNS = ["stage", "entity_id", "due_at", "fence", "attempts"]
INSERT_ON_SQLITE = insert(TASKS).from_select(_NEW_COLUMNS, _NEW_ROW, include_defaults=False)
INSERT_ON_POSTGRESQL = (
    postgresql_insert(TASKS)
    .from_select(_NEW_COLUMNS, _NEW_ROW, include_defaults=False)
    .on_conflict_do_nothing()
)


@cache
def enqueue_all(schema_prefix: str) -> TextClause:
    """Return PostgreSQL's statement that enqueues many tasks; `schema_prefix` qualifies tables."""
    lease_now = f"least(:now, {DATABASE_NOW['postgresql']})"
    return text(f"""
        INSERT INTO {schema_prefix}tasks AS tasks (stage, entity_id, due_at, fence, attempts)
        SELECT :task_stage, key, CAST(value AS timestamptz), 0, 0
        FROM json_each_text(CAST(:dues AS json))
        ORDER BY key
        ON CONFLICT (stage, entity_id) DO UPDATE SET
            due_at = CASE
                WHEN tasks.lease_until > {lease_now} AND tasks.attempts > 0 THEN EXCLUDED.due_at
                ELSE least(tasks.due_at, EXCLUDED.due_at)
            END,
            attempts = CASE
                WHEN tasks.lease_until > {lease_now} OR tasks.due_at IS NULL THEN 0
                ELSE tasks.attempts
            END,
            lease_owner = CASE WHEN tasks.lease_until > {lease_now} THEN tasks.lease_owner END,
            lease_until = CASE WHEN tasks.lease_until > {lease_now} THEN tasks.lease_until END
        WHERE tasks.dead_reason IS NULL
            AND (
                tasks.due_at IS NULL
                OR tasks.due_at > EXCLUDED.due_at
                OR tasks.lease_owner IS NOT NULL
            )
    """)


def _record_attempt() -> Insert:
    """Return the insert of an attempt of a task that is leased under the attempt's fence."""
    values = row_values(TASK_ATTEMPTS)
    is_leased = (
        exists()
        .where(TASKS.c.stage == values["stage"])
        .where(TASKS.c.entity_id == values["entity_id"])
        .where(TASKS.c.fence == values["fence"])
        .where(TASKS.c.lease_owner.is_not(None))
    )
    selected = select(*values.values()).where(is_leased)
    return insert(TASK_ATTEMPTS).from_select(list(values), selected, include_defaults=False)


RECORD_ATTEMPT = _record_attempt()
RECORD_REQUEUE = insert(TASK_ATTEMPTS).values(row_values(TASK_ATTEMPTS))

# Queries.
GET_TASK = rows_by(TASKS, "stage", "entity_id")
LOCK_TASK = GET_TASK.with_for_update()
DEAD_TASKS = (
    rows_by(TASKS, "stage")
    .where(TASKS.c.dead_reason.is_not(None))
    .where(TASKS.c.entity_id > bindparam("after"))
    .order_by(TASKS.c.entity_id)
    .limit(bindparam("limit"))
)
ATTEMPTS_OF_TASK = (
    rows_by(TASK_ATTEMPTS, "stage", "entity_id")
    .order_by(TASK_ATTEMPTS.c.fence.desc(), TASK_ATTEMPTS.c.at.desc(), TASK_ATTEMPTS.c.outcome)
    .limit(bindparam("limit"))
)
# Which of these aggregates exist?
EXISTING_ENTITIES = (
    select(HISTORY.c.entity_id)
    .where(
        HISTORY.c.lifecycle == bindparam("lifecycle", type_=IDENTIFIER),
        in_json_list(HISTORY.c.entity_id, "ids"),
        HISTORY.c.seq == 1,
    )
    .order_by(HISTORY.c.entity_id)
)

# Leased tasks are among those that were due first. No index finds them, and of a long backlog
# only the first rows are read.
_FIRST_ROWS = (
    select(TASKS.c.lease_until)
    .where(_OF_STAGE, IS_DUE)
    .order_by(*_CLAIM_ORDER)
    .limit(2 * MAX_COUNTED)
    .subquery()
)
_RUNNING_ROWS = (
    select(literal(1)).where(_FIRST_ROWS.c.lease_until > _NOW).limit(MAX_COUNTED).subquery()
)
_DUE_ROWS = (
    select(TASKS.c.due_at)
    .where(_OF_STAGE, TASKS.c.due_at <= _NOW, _IS_FREE)
    .order_by(*_CLAIM_ORDER)
    .limit(MAX_COUNTED)
    .subquery()
)
_DEAD_ROWS = (
    select(literal(1))
    .where(_OF_STAGE, TASKS.c.dead_reason.is_not(None))
    .limit(MAX_COUNTED)
    .subquery()
)
STAGE_STATS = select(
    func.count().label("due"),
    func.min(_DUE_ROWS.c.due_at, type_=INSTANT).label("oldest"),
    select(func.count()).select_from(_RUNNING_ROWS).scalar_subquery().label("running"),
    select(func.count()).select_from(_DEAD_ROWS).scalar_subquery().label("dead"),
).select_from(_DUE_ROWS)
COUNT_READY = select(func.count().label("ready")).select_from(
    _CLAIMABLE.limit(bindparam("limit")).subquery()
)
_FENCES = select(_FENCE.label("fence")).where(_OF_STAGE).limit(bindparam("limit")).subquery()
COUNT_CLAIMS = select(
    func.count().label("tasks"),
    cast(func.coalesce(func.sum(_FENCES.c.fence), 0), BigInteger()).label("claims"),
).select_from(_FENCES)
NEXT_STAGE = select(func.min(TASKS.c.stage, type_=IDENTIFIER).label("name")).where(
    TASKS.c.stage > bindparam("after")
)
