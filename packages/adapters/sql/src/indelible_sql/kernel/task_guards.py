"""The guards of tasks: a row changes only by the edges of a task's life.

An edge is checked over fence, lease, attempts and due time. Who may write the table can still
claim what is free and end what it has claimed: docs/decisions/0061-tasks-change-by-edges.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sqlalchemy import Table

from indelible.kernel.tasks import MAX_LEASE_SECONDS, AttemptOutcome
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.guards import undeletable_guards
from indelible_sql.schema.sqlite_guards import value_guards

# The stores limit a lease by their own clock, which may be ahead of the database's.
MAX_LEASE_BY_DATABASE_SECONDS: Final = 2 * MAX_LEASE_SECONDS

# The database's clock. SQLite's has milliseconds.
_SQLITE_FORMAT: Final = "'%Y-%m-%dT%H:%M:%f000+00:00', 'now'"
DATABASE_NOW: Final[Mapping[str, str]] = {
    "sqlite": f"strftime({_SQLITE_FORMAT})",
    "postgresql": "statement_timestamp()",
}
_LATEST_LEASE_END: Final[Mapping[str, str]] = {
    "sqlite": f"strftime({_SQLITE_FORMAT}, '+{MAX_LEASE_BY_DATABASE_SECONDS} seconds')",
    "postgresql": (f"statement_timestamp() + interval '{MAX_LEASE_BY_DATABASE_SECONDS} seconds'"),
}

_IS_NEW: Final = (
    "NEW.fence = 0 AND NEW.attempts = 0 AND NEW.due_at IS NOT NULL AND NEW.lease_owner IS NULL"
)
_IS_SAME_TASK: Final = "NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id"
_IS_SOONER: Final = "NEW.due_at <= OLD.due_at"

# The edges of a task without a lease.
_IS_REQUEUE: Final = "NEW.due_at IS NOT NULL AND NEW.attempts = 0"
_IS_ENQUEUED_AGAIN: Final = "NEW.due_at IS NOT NULL AND NEW.attempts = 0"
_IS_MOVED_EARLIER: Final = f"{_IS_SOONER} AND NEW.attempts = OLD.attempts"

# The edges of a task under a lease. Attempts of 0 mean that it was enqueued during its lease.
_IS_ENQUEUED_DURING_LEASE: Final = (
    f"NEW.lease_until = OLD.lease_until AND NEW.attempts = 0 AND (OLD.attempts > 0 OR {_IS_SOONER})"
)
_IS_DEATH_OR_COMPLETION: Final = "OLD.attempts > 0 AND NEW.attempts = OLD.attempts"
_IS_RELEASE: Final = "NEW.attempts = OLD.attempts - 1 AND NEW.due_at = OLD.due_at"
# A failure, which needs a record; a completion although enqueued again; an expired lease.
_IS_DUE_AGAIN: Final = f"NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR {_IS_SOONER})"

_ENDS_LEASE: Final = "OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL"
# A short condition, because PostgreSQL parses it for each statement.
_MAY_NEED_RECORD: Final = (
    "NEW.lease_owner IS NULL AND (OLD.dead_reason IS NOT NULL OR NEW.dead_reason IS NOT NULL"
    " OR OLD.lease_owner IS NOT NULL AND NEW.due_at IS NOT NULL)"
)
_IS_COMPLETION_OF_ENQUEUED: Final = "OLD.attempts = 0 AND NEW.due_at = OLD.due_at"


def task_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of tasks and of their attempts."""
    yield from undeletable_guards(TASKS, dialect)
    yield Guard(table=TASKS, rule="new", event="INSERT", condition=_IS_NEW)
    yield Guard(table=TASKS, rule="fence", event="UPDATE", condition=_fence_condition(dialect))
    yield Guard(
        table=TASKS,
        rule="edge",
        event="UPDATE",
        condition=_edge_condition(dialect),
        is_long=True,
    )
    yield _recorded_guard(dialect)
    if dialect == "sqlite":
        yield from value_guards(TASKS, "INSERT", "UPDATE")
        yield from value_guards(TASK_ATTEMPTS, "INSERT")
    yield _attempt_guard(dialect)


def task_entity_guard(head: Table, stages: Iterable[str], dialect: str) -> Guard:
    """Return the guard that a new task of these stages belongs to an aggregate of the head."""
    names = ", ".join(f"'{stage}'" for stage in stages)
    condition = (
        f"NEW.stage NOT IN ({names}) OR EXISTS (SELECT 1 FROM {qualified_name(head, dialect)}"
        " AS head WHERE head.id = NEW.entity_id)"
    )
    return Guard(
        table=TASKS,
        rule=f"needs_{head.name}",
        event="INSERT",
        condition=condition,
        row_filter=f"NEW.stage IN ({names})",
    )


def _fence_condition(dialect: str) -> str:
    """Return the condition that only a claim raises the fence, and that it takes no live lease."""
    is_claim = (
        "NEW.fence = OLD.fence + 1 AND NEW.lease_owner IS NOT NULL"
        f" AND (OLD.lease_until IS NULL OR OLD.lease_until <= {DATABASE_NOW[dialect]})"
    )
    is_same_fence = (
        "NEW.fence = OLD.fence AND (NEW.lease_owner IS NULL OR NEW.lease_owner = OLD.lease_owner)"
    )
    return f"{_IS_SAME_TASK} AND ({is_claim} OR {is_same_fence})"


def _edge_condition(dialect: str) -> str:
    """Return the condition that due time, lease and attempts change by an edge of a task's life."""
    ends_in_time = f"NEW.lease_until <= {_LATEST_LEASE_END[dialect]}"
    is_claim = f"NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND {ends_in_time}"
    is_extension = (
        "NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at"
        f" AND NEW.lease_until >= OLD.lease_until AND {ends_in_time}"
    )
    return (
        f"CASE WHEN NEW.fence <> OLD.fence THEN {is_claim}"
        f" WHEN OLD.dead_reason IS NOT NULL THEN {_IS_REQUEUE}"
        f" WHEN OLD.due_at IS NULL THEN {_IS_ENQUEUED_AGAIN}"
        f" WHEN OLD.lease_owner IS NULL THEN {_IS_MOVED_EARLIER}"
        f" WHEN NEW.lease_owner IS NOT NULL THEN {is_extension} OR {_IS_ENQUEUED_DURING_LEASE}"
        f" WHEN NEW.due_at IS NULL THEN {_IS_DEATH_OR_COMPLETION}"
        f" ELSE {_IS_RELEASE} OR {_IS_DUE_AGAIN} END"
    )


def _recorded_guard(dialect: str) -> Guard:
    """Return the guard that failure, death and requeue have their attempt's record."""
    is_failure = (
        f"{_ENDS_LEASE} AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts"
        f" AND NOT ({_IS_COMPLETION_OF_ENQUEUED})"
        f" AND NOT (OLD.lease_until <= {DATABASE_NOW[dialect]} AND {_IS_SOONER})"
    )
    outcome = (
        f"CASE WHEN OLD.dead_reason IS NOT NULL THEN '{AttemptOutcome.REQUEUED}'"
        f" WHEN NEW.dead_reason IS NOT NULL THEN '{AttemptOutcome.DEAD}'"
        f" WHEN {is_failure} THEN '{AttemptOutcome.FAILED}' END"
    )
    attempts = qualified_name(TASK_ATTEMPTS, dialect)
    is_recorded = (
        f"EXISTS (SELECT 1 FROM {attempts} AS attempt WHERE attempt.stage = OLD.stage"
        " AND attempt.entity_id = OLD.entity_id AND attempt.fence = OLD.fence"
        f" AND attempt.outcome = {outcome}"
        " AND (NEW.dead_reason IS NULL OR attempt.reason = NEW.dead_reason))"
    )
    return Guard(
        table=TASKS,
        rule="recorded",
        event="UPDATE",
        condition=f"{outcome} IS NULL OR {is_recorded}",
        row_filter=_MAY_NEED_RECORD,
    )


def _attempt_guard(dialect: str) -> Guard:
    """Return the guard that an attempt is recorded under its lease, a requeue of a dead task."""
    tasks = qualified_name(TASKS, dialect)
    condition = (
        f"EXISTS (SELECT 1 FROM {tasks} AS head WHERE head.stage = NEW.stage"
        " AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence"
        f" AND CASE WHEN NEW.outcome = '{AttemptOutcome.REQUEUED}'"
        " THEN head.dead_reason IS NOT NULL ELSE head.lease_owner IS NOT NULL END)"
    )
    return Guard(table=TASK_ATTEMPTS, rule="needs_head", event="INSERT", condition=condition)
