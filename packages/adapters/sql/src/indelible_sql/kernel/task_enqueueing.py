"""The statements that enqueue tasks, and those that prune finished ones."""

from functools import cache

from sqlalchemy import (
    Integer,
    TextClause,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert

from indelible_sql.engine.atomic_write import row_values
from indelible_sql.kernel.task_tables import PRUNED_STAGES, TASK_ARGUMENTS, TASKS
from indelible_sql.kernel.task_terms import (
    DUE,
    LEASE_NOW,
    NO_LEASE,
    OF_STAGE,
    OF_TASK,
    PRIORITY,
    REVIVED,
    Least,
    SecondsAgo,
)
from indelible_sql.schema.columns import (
    IDENTIFIER,
    INSTANT,
)
from indelible_sql.schema.database_time import database_now
from indelible_sql.schema.expressions import in_json_list
from indelible_sql.schema.tables import rows_by

# Enqueueing: on SQLite an insert and an update, because its guards refuse an upsert.
_IS_LEASED = TASKS.c.lease_until > LEASE_NOW
_WAS_OVER = TASKS.c.due_at.is_(None)
_NEEDS_CHANGE = or_(
    _WAS_OVER,
    TASKS.c.due_at > DUE,
    TASKS.c.lease_owner.is_not(None),
    TASKS.c.priority > PRIORITY,
)
_SOONEST = Least(func.coalesce(TASKS.c.due_at, DUE), DUE)
_RESCHEDULED = {
    "due_at": case((and_(_IS_LEASED, TASKS.c.attempts > 0), DUE), else_=_SOONEST),
    "attempts": case((or_(_IS_LEASED, _WAS_OVER), 0), else_=TASKS.c.attempts),
    "lease_owner": case((_IS_LEASED, TASKS.c.lease_owner)),
    "lease_until": case((_IS_LEASED, TASKS.c.lease_until)),
    "result": null(),
    "progress": case((TASKS.c.due_at.is_not(None), TASKS.c.progress)),
    "error_class": case((TASKS.c.due_at.is_not(None), TASKS.c.error_class)),
    "finished_at": null(),
}
_ARGUMENTS = bindparam("arguments", type_=TASK_ARGUMENTS)
RESCHEDULE = (
    update(TASKS)
    .where(OF_TASK, TASKS.c.dead_reason.is_(None), TASKS.c.cancel_reason.is_(None), _NEEDS_CHANGE)
    .values(
        priority=case((_WAS_OVER, PRIORITY), else_=Least(TASKS.c.priority, PRIORITY)),
        arguments=case((_WAS_OVER, _ARGUMENTS), else_=TASKS.c.arguments),
        **_RESCHEDULED,
    )
)
_SLOT = bindparam("slot", type_=INSTANT)
# A slot has no arguments, so that a run that begins with it has none.
_ARGUMENTS_OF_RUN = case((TASKS.c.due_at.is_not(None), TASKS.c.arguments))
MOVE_TO_SLOT = (
    update(TASKS).where(OF_TASK).values(slot=_SLOT, arguments=_ARGUMENTS_OF_RUN, **_RESCHEDULED)
)
REVIVE_AT_SLOT = update(TASKS).where(OF_TASK).values(slot=_SLOT, **REVIVED)
# Rescheduling: two steps, because the end of an expired lease does not make a task due later. A
# task that stays leased has 0 attempts, as if it were enqueued during its lease.
END_EXPIRED_LEASE = (
    update(TASKS).where(OF_TASK, TASKS.c.lease_until <= LEASE_NOW).values(**NO_LEASE)
)
MOVE_DUE_TIME = (
    update(TASKS)
    .where(OF_TASK)
    .values(due_at=DUE, attempts=case((TASKS.c.lease_owner.is_(None), TASKS.c.attempts), else_=0))
)
_TASK_EXISTS = (
    exists()
    .where(TASKS.c.stage == bindparam("task_stage"))
    .where(TASKS.c.entity_id == bindparam("task_id"))
)
# A new task starts above the fences of the stage's pruned tasks.
_PRUNED_FENCE = (
    select(PRUNED_STAGES.c.fence)
    .where(PRUNED_STAGES.c.stage == bindparam("task_stage", type_=IDENTIFIER))
    .scalar_subquery()
)
_NEW_ROW = select(
    bindparam("task_stage", type_=IDENTIFIER),
    bindparam("task_id", type_=IDENTIFIER),
    DUE,
    func.coalesce(_PRUNED_FENCE, 0),
    literal(0),
    PRIORITY,
    _ARGUMENTS,
    _SLOT,
).where(~_TASK_EXISTS)
_NEW_COLUMNS = [
    "stage",
    "entity_id",
    "due_at",
    "fence",
    "attempts",
    "priority",
    "arguments",
    "slot",
]
INSERT_ON_SQLITE = insert(TASKS).from_select(_NEW_COLUMNS, _NEW_ROW, include_defaults=False)
INSERT_ON_POSTGRESQL = (
    postgresql_insert(TASKS)
    .from_select(_NEW_COLUMNS, _NEW_ROW, include_defaults=False)
    .on_conflict_do_nothing()
)
# Which of these tasks have which arguments?
ARGUMENTS_OF_TASKS = (
    select(TASKS.c.entity_id, TASKS.c.arguments)
    .where(OF_STAGE, in_json_list(TASKS.c.entity_id, "ids"))
    .order_by(TASKS.c.entity_id)
)


# Arguments and priority change where a run begins; during a run, a priority only becomes more
# urgent.
ENQUEUE_TEMPLATE = """
    WITH common AS MATERIALIZED (
        SELECT
            CAST(:documents AS jsonb) AS documents,
            coalesce(
                (SELECT fence FROM {schema_prefix}pruned_stages WHERE stage = :task_stage), 0
            ) AS fence
    )
    INSERT INTO {schema_prefix}tasks AS tasks
        (stage, entity_id, due_at, fence, attempts, priority, arguments)
    SELECT
        :task_stage,
        key,
        CAST(value AS timestamptz),
        common.fence,
        0,
        CAST(:priority AS bigint),
        CAST(common.documents ->> key AS jsonb)
    FROM common, json_each_text(CAST(:dues AS json))
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
        lease_until = CASE WHEN tasks.lease_until > {lease_now} THEN tasks.lease_until END,
        priority = CASE
            WHEN tasks.due_at IS NULL THEN EXCLUDED.priority
            ELSE least(tasks.priority, EXCLUDED.priority)
        END,
        arguments = CASE
            WHEN tasks.due_at IS NULL THEN EXCLUDED.arguments
            ELSE tasks.arguments
        END,
        result = NULL,
        progress = CASE WHEN tasks.due_at IS NOT NULL THEN tasks.progress END,
        error_class = CASE WHEN tasks.due_at IS NOT NULL THEN tasks.error_class END,
        finished_at = NULL
    WHERE tasks.dead_reason IS NULL
        AND tasks.cancel_reason IS NULL
        AND (
            tasks.due_at IS NULL
            OR tasks.due_at > EXCLUDED.due_at
            OR tasks.lease_owner IS NOT NULL
            OR tasks.priority > EXCLUDED.priority
        )
"""


@cache
def enqueue_all(schema_prefix: str) -> TextClause:
    """Return PostgreSQL's statement that enqueues many tasks; `schema_prefix` qualifies tables."""
    lease_now = f"least(:now, {database_now('postgresql', schema_prefix)})"
    return text(ENQUEUE_TEMPLATE.format(schema_prefix=schema_prefix, lease_now=lease_now))


# Pruning: the highest fence of the stage is kept before its task is deleted.
PRUNABLE_TASKS = (
    select(TASKS.c.entity_id, TASKS.c.fence)
    .where(OF_STAGE, TASKS.c.finished_at < SecondsAgo(bindparam("seconds", type_=Integer())))
    .where(TASKS.c.slot.is_(None))  # the slot of a recurring task says what was enqueued
    .order_by(TASKS.c.finished_at, TASKS.c.entity_id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
PRUNED_FENCE = rows_by(PRUNED_STAGES, "stage")
_NEW_FENCE = row_values(PRUNED_STAGES)
INSERT_PRUNED_FENCE = insert(PRUNED_STAGES).values(_NEW_FENCE)
RAISE_PRUNED_FENCE = (
    update(PRUNED_STAGES)
    .where(PRUNED_STAGES.c.stage == _NEW_FENCE["stage"])
    .values(entity_id=_NEW_FENCE["entity_id"], fence=_NEW_FENCE["fence"])
)
KEEP_FENCE_ON_POSTGRESQL = (
    postgresql_insert(PRUNED_STAGES)
    .values(_NEW_FENCE)
    .on_conflict_do_update(
        index_elements=["stage"],
        set_={
            "entity_id": literal_column("excluded.entity_id"),
            "fence": literal_column("excluded.fence"),
        },
        where=PRUNED_STAGES.c.fence < literal_column("excluded.fence"),
    )
)
PRUNE = delete(TASKS).where(OF_STAGE, in_json_list(TASKS.c.entity_id, "ids"))
