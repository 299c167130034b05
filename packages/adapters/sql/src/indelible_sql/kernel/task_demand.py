"""The statement that tells a dispatcher what is due in all stages, and when to look again."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ScalarSelect,
    Select,
    Text,
    TextClause,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
)

from indelible.kernel.stages import StageStatus
from indelible_sql.kernel.breaker_tables import BREAKERS
from indelible_sql.kernel.task_tables import STAGES, TASKS
from indelible_sql.kernel.task_terms import (
    NOW,
    due_tasks,
    earliest_due,
    of_each_priority,
)
from indelible_sql.schema.columns import IDENTIFIER
from indelible_sql.schema.expressions import TextList
from indelible_sql.schema.feed import END_OF_FEED
from indelible_sql.schema.tables import HISTORY

# The stages, one row each. The subqueries name this column in full: SQLAlchemy would add its table
# to each of them.
_STAGE: Final = literal_column("names.value", IDENTIFIER)
_OF_STAGE = TASKS.c.stage == _STAGE
_STAGES_PARAMETER = bindparam("stages", type_=TextList())
_STAGES_ON_SQLITE = text("json_each(:stages) AS names").bindparams(_STAGES_PARAMETER)
_STAGES_ON_POSTGRESQL = text(
    "json_array_elements_text(CAST(:stages AS json)) AS names(value)"
).bindparams(_STAGES_PARAMETER)
# The last change that the feed returns.
_LAST = select(cast(func.max(HISTORY.c.position), Text()))
_LAST_ON_SQLITE = _LAST.scalar_subquery()
_END = func.coalesce(bindparam("end", type_=BigInteger()), END_OF_FEED)
_LAST_ON_POSTGRESQL = _LAST.where(
    HISTORY.c.position <= select(_END).scalar_subquery()
).scalar_subquery()


def _count_due() -> ScalarSelect[Any]:
    """Return the number of due tasks; each priority is searched by itself, as a claim does."""
    rows = of_each_priority(lambda _: due_tasks(_OF_STAGE))
    first_rows = rows.limit(bindparam("limit")).subquery("first_rows")
    return select(func.count()).select_from(first_rows).scalar_subquery()


def _demand(stages: TextClause, last_change: ScalarSelect[Any]) -> Select[*tuple[Any, ...]]:
    is_last_change = and_(
        HISTORY.c.lifecycle == STAGES.c.lifecycle,
        HISTORY.c.entity_id == STAGES.c.id,
        HISTORY.c.seq == STAGES.c.seq,
    )
    paused_by = (
        select(HISTORY.c.actor)
        .join_from(STAGES, HISTORY, is_last_change)
        .where(STAGES.c.id == _STAGE, STAGES.c.status == StageStatus.PAUSED.value)
        .scalar_subquery()
    )
    probe_at = select(BREAKERS.c.probe_at).where(BREAKERS.c.stage == _STAGE).scalar_subquery()
    return (
        select(
            _STAGE.label("stage"),
            _count_due().label("due"),
            earliest_due(_OF_STAGE, TASKS.c.due_at > NOW).label("next_due"),
            paused_by.label("paused_by"),
            probe_at.label("probe_at"),
            last_change.label("last_change"),
        )
        .select_from(stages)
        .order_by(_STAGE)
    )


DEMAND_ON_SQLITE = _demand(_STAGES_ON_SQLITE, _LAST_ON_SQLITE)
DEMAND_ON_POSTGRESQL = _demand(_STAGES_ON_POSTGRESQL, _LAST_ON_POSTGRESQL)
