"""The statements of leases: claims, their ends, cancellations and requeues.

A leased task that was enqueued again has 0 attempts: it stays due when its lease ends.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Insert,
    Integer,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import ReturningUpdate

from indelible_sql.kernel.rate_statements import within_rate
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS
from indelible_sql.kernel.task_terms import (
    ATTEMPTS,
    DUE,
    ENDS_WITH_LEASE,
    ERROR_CLASS,
    FENCE,
    NO_LEASE,
    NOW,
    OF_STAGE,
    OF_TASK,
    REVIVED,
    UNTIL,
    WAS_ENQUEUED_DURING_LEASE,
    DocumentOf,
    InSubquery,
    LatestSuccess,
    first_claimable,
)
from indelible_sql.schema.columns import (
    ACTOR,
    NATURAL,
    NONBLANK_TEXT,
)
from indelible_sql.schema.database_time import DatabaseNow
from indelible_sql.schema.expressions import in_json_list
from indelible_sql.schema.writes import row_values


def _claim(claimed_rows: CompoundSelect[Any]) -> ReturningUpdate[*tuple[Any, ...]]:
    """Return the statement that leases the rows of a query."""
    return (
        update(TASKS)
        .where(OF_STAGE, InSubquery(TASKS.c.entity_id, claimed_rows.scalar_subquery()))
        .values(
            fence=FENCE + 1,
            attempts=ATTEMPTS + 1,
            lease_owner=bindparam("owner", type_=ACTOR),
            lease_until=UNTIL,
        )
        .returning(
            TASKS.c.entity_id,
            TASKS.c.fence,
            TASKS.c.attempts,
            TASKS.c.due_at,
            TASKS.c.priority,
            TASKS.c.arguments,
            TASKS.c.slot,
        )
    )


CLAIM = _claim(first_claimable(is_behind=False))
CLAIM_BEHIND = _claim(first_claimable(is_behind=True))
CLAIM_PROBE = _claim(first_claimable(is_behind=False, is_probe=True))
# The claims of a stage with a rate, on PostgreSQL.
WITHIN_RATE: Mapping[Executable, Select[Any]] = {
    CLAIM: within_rate(_claim, first_claimable(is_behind=False)),
    CLAIM_BEHIND: within_rate(_claim, first_claimable(is_behind=True)),
    CLAIM_PROBE: within_rate(_claim, first_claimable(is_behind=False, is_probe=True)),
}

# A task that waits for its next run has no lease and no attempts; one that is retried has some.
ADVANCE = (
    update(TASKS)
    .where(OF_STAGE, TASKS.c.due_at > NOW, TASKS.c.lease_owner.is_(None), TASKS.c.attempts == 0)
    .values(due_at=NOW)
)

# The ends of leases.
_IS_UNDER_LEASE = and_(
    OF_STAGE,
    in_json_list(TASKS.c.entity_id, "ids"),
    in_json_list(TASKS.c.entity_id + " " + cast(TASKS.c.fence, Text()), "ids_with_fences"),
    TASKS.c.lease_owner.is_not(None),
)
_DUE_IF_ENQUEUED_DURING_LEASE = case((WAS_ENQUEUED_DURING_LEASE, TASKS.c.due_at))
_FINISHED_NOW = case((ENDS_WITH_LEASE, DatabaseNow()))
COMPLETE = (
    update(TASKS)
    .where(_IS_UNDER_LEASE)
    .values(
        due_at=_DUE_IF_ENQUEUED_DURING_LEASE,
        finished_at=_FINISHED_NOW,
        succeeded_at=LatestSuccess(TASKS.c.succeeded_at),
        **NO_LEASE,
    )
)
_RESULT = DocumentOf(bindparam("results", type_=Text()), TASKS.c.entity_id)
COMPLETE_WITH_RESULTS = COMPLETE.values(result=case((ENDS_WITH_LEASE, _RESULT)))


def _all_or_none(completion: Update) -> Select[Any]:
    """Return the statement that completes all of a number of tasks or fails, for PostgreSQL.

    It divides 1 by the answer to "are all completed?", as a number. Where a lease has ended that is
    0, and the error NOT_ALL_UPDATED takes the completion of the others back. A condition cannot do
    that: an UPDATE of fewer rows is no error, and this statement commits by itself.
    """
    completed = completion.returning(TASKS.c.entity_id).cte("completed")
    are_all_completed = func.count() == bindparam("number", type_=BigInteger())
    one_or_error = literal(1) // cast(are_all_completed, Integer)
    return select(one_or_error.label("complete")).select_from(completed)


COMPLETE_ALL_OR_NONE = _all_or_none(COMPLETE)
COMPLETE_WITH_RESULTS_ALL_OR_NONE = _all_or_none(COMPLETE_WITH_RESULTS)
_SOONER = case((and_(WAS_ENQUEUED_DURING_LEASE, TASKS.c.due_at < DUE), TASKS.c.due_at), else_=DUE)
RETRY_LATER = (
    update(TASKS).where(_IS_UNDER_LEASE).values(due_at=_SOONER, error_class=ERROR_CLASS, **NO_LEASE)
)
MARK_DEAD = (
    update(TASKS)
    .where(_IS_UNDER_LEASE)
    .values(
        due_at=_DUE_IF_ENQUEUED_DURING_LEASE,
        dead_reason=case((ENDS_WITH_LEASE, bindparam("reason", type_=NONBLANK_TEXT))),
        error_class=ERROR_CLASS,
        **NO_LEASE,
    )
)
_UNCOUNTED = case((WAS_ENQUEUED_DURING_LEASE, 0), else_=ATTEMPTS - 1)
RELEASE = update(TASKS).where(_IS_UNDER_LEASE).values(attempts=_UNCOUNTED, **NO_LEASE)
# Two steps, because the end of a lease does not move a task that was enqueued meanwhile.
ADVANCE_ENQUEUED_DURING_LEASE = (
    update(TASKS)
    .where(_IS_UNDER_LEASE, WAS_ENQUEUED_DURING_LEASE, TASKS.c.due_at > DUE)
    .values(due_at=DUE)
)
POSTPONE = (
    update(TASKS).where(_IS_UNDER_LEASE).values(due_at=_SOONER, attempts=_UNCOUNTED, **NO_LEASE)
)


def _update_of_unlocked(*conditions: ColumnElement[bool]) -> Update:
    """Return an update of the leased tasks that no other transaction has locked.

    The heartbeat must not wait for a long `finish`, or for a long transaction of a `perform`.
    """
    rows = select(TASKS.c.entity_id).where(_IS_UNDER_LEASE, *conditions)
    unlocked_rows = rows.with_for_update(skip_locked=True).scalar_subquery()
    return update(TASKS).where(OF_STAGE, InSubquery(TASKS.c.entity_id, unlocked_rows))


EXTEND = _update_of_unlocked(TASKS.c.lease_until < UNTIL).values(lease_until=UNTIL)
REPORT_PROGRESS = _update_of_unlocked().values(progress=bindparam("percent", type_=NATURAL))
CANCEL = (
    update(TASKS)
    .where(OF_TASK)
    .values(
        fence=FENCE + 1,
        due_at=null(),
        cancel_reason=bindparam("reason", type_=NONBLANK_TEXT),
        finished_at=DatabaseNow(),
        **NO_LEASE,
    )
)
REQUEUE = update(TASKS).where(OF_STAGE, in_json_list(TASKS.c.entity_id, "ids")).values(**REVIVED)


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
