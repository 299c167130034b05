"""The statements of queries on tasks."""

from sqlalchemy import (
    and_,
    bindparam,
    func,
    literal,
    select,
)

from indelible.kernel.tasks import MAX_COUNTED
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS
from indelible_sql.kernel.task_terms import (
    ERROR_CLASS,
    IS_FREE,
    NOW,
    OF_STAGE,
    ORDER_OF_PRIORITY,
    PRIORITY,
    first_claimable,
)
from indelible_sql.schema.columns import (
    IDENTIFIER,
    INSTANT,
    NATURAL,
)
from indelible_sql.schema.expressions import in_json_list
from indelible_sql.schema.tables import HISTORY, rows_by

# Queries.
GET_TASK = rows_by(TASKS, "stage", "entity_id")
LOCK_TASK = GET_TASK.with_for_update()
LOCK_TASK_IF_UNLOCKED = GET_TASK.with_for_update(skip_locked=True)
DEAD_TASKS = (
    rows_by(TASKS, "stage")
    .where(TASKS.c.dead_reason.is_not(None))
    .where(TASKS.c.entity_id > bindparam("after"))
    .order_by(TASKS.c.entity_id)
    .limit(bindparam("limit"))
)
DEAD_TASKS_OF_CLASS = DEAD_TASKS.where(TASKS.c.error_class == ERROR_CLASS)
LOCK_DEAD_TASKS = DEAD_TASKS.with_for_update(skip_locked=True)
LOCK_DEAD_TASKS_OF_CLASS = DEAD_TASKS_OF_CLASS.with_for_update(skip_locked=True)
# With the id's condition and order SQLite chooses the index of dead tasks, not the key of all.
_IS_DEAD = and_(TASKS.c.dead_reason.is_not(None), TASKS.c.entity_id > "")
_DEAD_OF_STAGE = (
    select(TASKS.c.error_class, TASKS.c.dead_reason)
    .where(OF_STAGE, _IS_DEAD)
    .order_by(TASKS.c.entity_id)
    .limit(MAX_COUNTED)
    .subquery()
)
ERROR_COUNTS = (
    select(_DEAD_OF_STAGE.c.error_class, func.count().label("tasks"))
    .group_by(_DEAD_OF_STAGE.c.error_class)
    .order_by(func.count().desc(), func.coalesce(_DEAD_OF_STAGE.c.error_class, ""))
)
ATTEMPTS_OF_TASK = (
    rows_by(TASK_ATTEMPTS, "stage", "entity_id")
    .order_by(TASK_ATTEMPTS.c.fence.desc(), TASK_ATTEMPTS.c.at.desc(), TASK_ATTEMPTS.c.outcome)
    .limit(bindparam("limit"))
)
# The first record under the fences from one on.
FIRST_RECORD = (
    rows_by(TASK_ATTEMPTS, "stage", "entity_id")
    .with_only_columns(TASK_ATTEMPTS.c.at)
    .where(TASK_ATTEMPTS.c.fence >= bindparam("first_fence", type_=NATURAL))
    .order_by(TASK_ATTEMPTS.c.fence, TASK_ATTEMPTS.c.at)
    .limit(1)
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
_OF_PRIORITY = TASKS.c.priority == PRIORITY
_FIRST_ROWS = (
    select(TASKS.c.lease_until)
    .where(OF_STAGE, _OF_PRIORITY, TASKS.c.due_at.is_not(None))
    .order_by(*ORDER_OF_PRIORITY)
    .limit(2 * MAX_COUNTED)
    .subquery()
)
_RUNNING_ROWS = (
    select(literal(1)).where(_FIRST_ROWS.c.lease_until > NOW).limit(MAX_COUNTED).subquery()
)
_DUE_ROWS = (
    select(TASKS.c.due_at)
    .where(OF_STAGE, _OF_PRIORITY, TASKS.c.due_at <= NOW, IS_FREE)
    .order_by(*ORDER_OF_PRIORITY)
    .limit(MAX_COUNTED)
    .subquery()
)
STATS_OF_PRIORITY = select(
    func.count().label("due"),
    func.min(_DUE_ROWS.c.due_at, type_=INSTANT).label("oldest"),
    select(func.count()).select_from(_RUNNING_ROWS).scalar_subquery().label("running"),
).select_from(_DUE_ROWS)
COUNT_DEAD = select(func.count(_DEAD_OF_STAGE.c.dead_reason).label("dead"))
COUNT_READY = select(func.count().label("ready")).select_from(
    first_claimable(is_behind=False, is_locking=False).subquery()
)
NEXT_STAGE = select(func.min(TASKS.c.stage, type_=IDENTIFIER).label("name")).where(
    TASKS.c.stage > bindparam("after")
)
