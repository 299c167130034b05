"""The statements that enqueue tasks, and those that prune finished ones."""

from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    DateTime,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as postgresql_insert

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
from indelible_sql.schema.expressions import in_json_list
from indelible_sql.schema.isolation import TransactionIsolation
from indelible_sql.schema.tables import rows_by
from indelible_sql.schema.writes import row_values

_IS_LEASED = TASKS.c.lease_until > LEASE_NOW
_WAS_OVER = TASKS.c.due_at.is_(None)
_ARGUMENTS = bindparam("arguments", type_=TASK_ARGUMENTS)


def _needs_change(due: ColumnElement[Any], priority: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition for a task that is enqueued for that time: it is not halted, or as due.

    An expired lease ends here, so that a leased task always changes.
    """
    is_changed = or_(
        _WAS_OVER,
        TASKS.c.due_at > due,
        TASKS.c.lease_owner.is_not(None),
        TASKS.c.priority > priority,
    )
    return and_(TASKS.c.dead_reason.is_(None), TASKS.c.cancel_reason.is_(None), is_changed)


def _rescheduled(due: ColumnElement[Any]) -> dict[str, ColumnElement[Any]]:
    """Return the values of a task that is enqueued for that time, except those of its run."""
    soonest = Least(func.coalesce(TASKS.c.due_at, due), due)
    return {
        "due_at": case((and_(_IS_LEASED, TASKS.c.attempts > 0), due), else_=soonest),
        "attempts": case((or_(_IS_LEASED, _WAS_OVER), 0), else_=TASKS.c.attempts),
        "lease_owner": case((_IS_LEASED, TASKS.c.lease_owner)),
        "lease_until": case((_IS_LEASED, TASKS.c.lease_until)),
        "result": null(),
        "progress": case((TASKS.c.due_at.is_not(None), TASKS.c.progress)),
        "error_class": case((TASKS.c.due_at.is_not(None), TASKS.c.error_class)),
        "finished_at": null(),
    }


def _of_run(
    priority: ColumnElement[Any], arguments: ColumnElement[Any]
) -> dict[str, ColumnElement[Any]]:
    """Return the priority and arguments of a task that is enqueued.

    They change where a run begins; during a run, a priority only becomes more urgent.
    """
    return {
        "priority": case((_WAS_OVER, priority), else_=Least(TASKS.c.priority, priority)),
        "arguments": case((_WAS_OVER, arguments), else_=TASKS.c.arguments),
    }


# On SQLite an insert and an update, because its guards refuse an upsert.
RESCHEDULE = (
    update(TASKS)
    .where(OF_TASK, _needs_change(DUE, PRIORITY))
    .values(**_of_run(PRIORITY, _ARGUMENTS), **_rescheduled(DUE))
)
_SLOT = bindparam("slot", type_=INSTANT)
# A slot has no arguments, so that a run that begins with it has none.
_ARGUMENTS_OF_RUN = case((TASKS.c.due_at.is_not(None), TASKS.c.arguments))
MOVE_TO_SLOT = (
    update(TASKS)
    .where(OF_TASK)
    .values(slot=_SLOT, arguments=_ARGUMENTS_OF_RUN, **_rescheduled(DUE))
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

# PostgreSQL enqueues many tasks at once.
_DOCUMENTS = cast(bindparam("documents", type_=Text()), JSONB)
_COMMON = (
    select(_DOCUMENTS.label("documents"), func.coalesce(_PRUNED_FENCE, 0).label("fence"))
    .cte("common")
    .prefix_with("MATERIALIZED")
)
_DUES = func.json_each_text(cast(bindparam("dues", type_=Text()), JSON)).table_valued(
    "key", "value"
)
_NEW_ROWS = (
    select(
        bindparam("task_stage", type_=IDENTIFIER),
        _DUES.c.key,
        cast(_DUES.c.value, DateTime(timezone=True)),
        _COMMON.c.fence,
        literal(0),
        PRIORITY,
        cast(_COMMON.c.documents.op("->>")(_DUES.c.key), JSONB),
    )
    .select_from(_COMMON.join(_DUES, true()))
    .order_by(_DUES.c.key)
)
_INSERT_ALL = postgresql_insert(TASKS).from_select(
    ["stage", "entity_id", "due_at", "fence", "attempts", "priority", "arguments"],
    _NEW_ROWS,
    include_defaults=False,
)
_NEW = _INSERT_ALL.excluded
ENQUEUE_ALL = _INSERT_ALL.on_conflict_do_update(
    index_elements=["stage", "entity_id"],
    set_={**_rescheduled(_NEW.due_at), **_of_run(_NEW.priority, _NEW.arguments)},
    where=_needs_change(_NEW.due_at, _NEW.priority),
)

# Pruning: the highest fence of the stage is kept before its task is deleted.
PRUNABLE_TASKS = (
    select(TASKS.c.entity_id, TASKS.c.fence, TransactionIsolation().label("isolation"))
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
