"""The guards of tasks: a row changes only by the edges of a task's life.

An edge is checked over fence, lease, attempts and due time. Who may write the table can still
claim what is free and end what it has claimed: docs/design/tasks.md. The
edges of cancellation and of pruning: docs/design/tasks.md. That of a
postponement: docs/design/workers.md. That of a later due time:
docs/design/values-and-records.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from sqlalchemy import Table

from indelible.kernel.due_times import MAX_DUE_DAYS
from indelible.kernel.retention import RETENTIONS, OperationalTable
from indelible.kernel.silence import SubjectKind
from indelible.kernel.tasks import MAX_LEASE_SECONDS, MAX_POSTPONE_SECONDS, AttemptOutcome
from indelible_sql.kernel.pruned_tables import retention_cutoff
from indelible_sql.kernel.subject_tables import SUBJECTS, rising_success
from indelible_sql.kernel.task_tables import PRUNED_STAGES, TASK_ATTEMPTS, TASKS
from indelible_sql.schema.database_time import (
    MAX_AHEAD_SECONDS,
    database_now,
    seconds_ahead,
)
from indelible_sql.schema.guard import Guard, qualified_name
from indelible_sql.schema.guards import undeletable_guards
from indelible_sql.schema.isolation import if_read_committed
from indelible_sql.schema.sqlite_guards import value_guards, value_guards_by_column

# The stores limit a lease and a postponement by their own clock, which may be ahead of the
# database's.
MAX_LEASE_BY_DATABASE_SECONDS: Final = 2 * MAX_LEASE_SECONDS
MAX_POSTPONE_BY_DATABASE_SECONDS: Final = 2 * MAX_POSTPONE_SECONDS
MAX_DUE_BY_DATABASE_SECONDS: Final = MAX_DUE_DAYS * 86_400 + MAX_AHEAD_SECONDS

_IS_NEW: Final = (
    "NEW.attempts = 0 AND NEW.due_at IS NOT NULL AND NEW.lease_owner IS NULL"
    " AND NEW.progress IS NULL AND NEW.error_class IS NULL AND NEW.succeeded_at IS NULL"
)
_IS_SAME_TASK: Final = "NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id"
_IS_SOONER: Final = "NEW.due_at <= OLD.due_at"

# The ends of a run: a completion, and a death or cancellation, after which it may go on.
_IS_OVER: Final = "OLD.due_at IS NULL"
_IS_COMPLETED: Final = f"{_IS_OVER} AND OLD.dead_reason IS NULL AND OLD.cancel_reason IS NULL"
_WAS_HALTED: Final = "OLD.dead_reason IS NOT NULL OR OLD.cancel_reason IS NOT NULL"

# The edges of a task without a lease.
_IS_REQUEUE: Final = "NEW.due_at IS NOT NULL AND NEW.attempts = 0"
_IS_ENQUEUED_AGAIN: Final = "NEW.due_at IS NOT NULL AND NEW.attempts = 0"
# Enqueueing moves a due time earlier; rescheduling may move it later, and changes nothing else.
_IS_RESCHEDULED: Final = (
    "NEW.due_at > OLD.due_at AND NEW.priority = OLD.priority"
    " AND (NEW.slot = OLD.slot OR NEW.slot IS NULL AND OLD.slot IS NULL)"
)
_IS_MOVED: Final = f"NEW.attempts = OLD.attempts AND ({_IS_SOONER} OR {_IS_RESCHEDULED})"

# The edges of a task under a lease. Attempts of 0 mean that it was enqueued during its lease.
_IS_ENQUEUED_DURING_LEASE: Final = (
    "NEW.lease_until = OLD.lease_until AND NEW.attempts = 0"
    f" AND (OLD.attempts > 0 OR {_IS_SOONER} OR {_IS_RESCHEDULED})"
)
_IS_DEATH_OR_COMPLETION: Final = "OLD.attempts > 0 AND NEW.attempts = OLD.attempts"
# A failure, which needs a record; a completion although enqueued again; an expired lease.
_IS_DUE_AGAIN: Final = f"NEW.attempts = OLD.attempts AND (OLD.attempts > 0 OR {_IS_SOONER})"

# SQLite's guards of values, by the columns that are set together: a claim sets the lease alone.
_VALUE_GUARDS: Final[Mapping[str, tuple[str, ...]]] = {
    "values_of_lease": ("lease_owner", "lease_until"),
    "values_of_end": ("due_at", "finished_at", "succeeded_at"),
    "values_of_run": (
        "stage",
        "entity_id",
        "dead_reason",
        "slot",
        "error_class",
        "cancel_reason",
    ),
}
_ENDS_LEASE: Final = "OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NULL"
# A short condition, because PostgreSQL parses it for each statement.
_MAY_NEED_RECORD: Final = (
    f"NEW.lease_owner IS NULL AND ({_WAS_HALTED} OR NEW.dead_reason IS NOT NULL"
    " OR NEW.cancel_reason IS NOT NULL OR OLD.lease_owner IS NOT NULL AND NEW.due_at IS NOT NULL)"
)
_IS_COMPLETION_OF_ENQUEUED: Final = "OLD.attempts = 0 AND NEW.due_at = OLD.due_at"


def task_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of tasks, of their attempts and of the fences of pruned tasks."""
    for guard in undeletable_guards(TASKS, dialect):
        if guard.event != "DELETE":
            yield guard
    yield _prune_guard(dialect)
    yield Guard(table=TASKS, rule="new", event="INSERT", condition=_IS_NEW)
    yield _first_fence_guard(dialect)
    yield Guard(table=TASKS, rule="fence", event="UPDATE", condition=_fence_condition(dialect))
    yield Guard(
        table=TASKS,
        rule="edge",
        event="UPDATE",
        condition=_edge_condition(dialect),
        is_long=True,
    )
    yield from _due_guards(dialect)
    yield _run_guard()
    yield _success_guard(dialect)
    yield _recorded_guard(dialect)
    if dialect == "sqlite":
        yield from value_guards(TASKS, "INSERT")
        yield from value_guards_by_column(TASKS, _VALUE_GUARDS)
        yield from value_guards(TASK_ATTEMPTS, "INSERT")
        yield from value_guards(PRUNED_STAGES, "INSERT", "UPDATE")
    yield _attempt_guard(dialect)
    yield from _pruned_fence_guards(dialect)


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
    """Return the condition that only a claim or a cancellation raises the fence.

    A claim takes no live lease; a cancellation may.
    """
    is_claim = (
        "NEW.fence = OLD.fence + 1 AND NEW.lease_owner IS NOT NULL"
        f" AND (OLD.lease_until IS NULL OR OLD.lease_until <= {database_now(dialect)})"
    )
    is_cancellation = (
        "NEW.fence = OLD.fence + 1 AND NEW.cancel_reason IS NOT NULL AND OLD.due_at IS NOT NULL"
    )
    is_same_fence = (
        "NEW.fence = OLD.fence AND NEW.cancel_reason IS NULL"
        " AND (NEW.lease_owner IS NULL OR NEW.lease_owner = OLD.lease_owner)"
    )
    return f"{_IS_SAME_TASK} AND ({is_claim} OR {is_cancellation} OR {is_same_fence})"


def _edge_condition(dialect: str) -> str:
    """Return the condition that due time, lease and attempts change by an edge of a task's life."""
    latest_end = seconds_ahead(MAX_LEASE_BY_DATABASE_SECONDS, dialect)
    ends_in_time = f"NEW.lease_until <= {latest_end}"
    is_claim = f"NEW.attempts = OLD.attempts + 1 AND NEW.due_at = OLD.due_at AND {ends_in_time}"
    is_extension = (
        "NEW.attempts = OLD.attempts AND NEW.due_at = OLD.due_at"
        f" AND NEW.lease_until >= OLD.lease_until AND {ends_in_time}"
    )
    latest_due = seconds_ahead(MAX_POSTPONE_BY_DATABASE_SECONDS, dialect)
    is_release = f"NEW.attempts = OLD.attempts - 1 AND NEW.due_at <= {latest_due}"
    finishes_now = f"NEW.finished_at = {database_now(dialect)}"
    is_cancellation = f"NEW.attempts = OLD.attempts AND {finishes_now}"
    return (
        f"CASE WHEN NEW.cancel_reason IS NOT NULL THEN {is_cancellation}"
        f" WHEN NEW.fence <> OLD.fence THEN {is_claim}"
        f" WHEN {_WAS_HALTED} THEN {_IS_REQUEUE}"
        f" WHEN OLD.due_at IS NULL THEN {_IS_ENQUEUED_AGAIN}"
        f" WHEN OLD.lease_owner IS NULL THEN {_IS_MOVED}"
        f" WHEN NEW.lease_owner IS NOT NULL THEN {is_extension} OR {_IS_ENQUEUED_DURING_LEASE}"
        f" WHEN NEW.due_at IS NULL THEN {_IS_DEATH_OR_COMPLETION}"
        f" AND (NEW.dead_reason IS NOT NULL OR {finishes_now})"
        f" ELSE {is_release} OR {_IS_DUE_AGAIN} END"
    )


def _due_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards that no task is put off for ever; a claim sets neither time."""
    latest = seconds_ahead(MAX_DUE_BY_DATABASE_SECONDS, dialect)
    is_new_in_time = f"NEW.due_at <= {latest} AND (NEW.slot IS NULL OR NEW.slot <= {latest})"
    yield Guard(table=TASKS, rule="due_on_insert", event="INSERT", condition=is_new_in_time)
    is_due_in_time = f"NEW.due_at IS NULL OR NEW.due_at <= OLD.due_at OR NEW.due_at <= {latest}"
    is_slot_in_time = f"NEW.slot IS NULL OR NEW.slot = OLD.slot OR NEW.slot <= {latest}"
    yield Guard(
        table=TASKS,
        rule="due",
        event="UPDATE OF due_at, slot",
        condition=f"({is_due_in_time}) AND ({is_slot_in_time})",
    )


def _run_guard() -> Guard:
    """Return the guard of what a run carries; statements that set none of it do not fire it.

    Arguments stay until the run is completed, a priority becomes more urgent and a slot later. A
    result comes with a completion, progress under a lease, and a class of error with its end.
    """
    is_under_lease = (
        "OLD.lease_owner IS NOT NULL AND NEW.lease_owner IS NOT NULL AND NEW.fence = OLD.fence"
    )
    is_new_slot = "(OLD.slot IS NULL OR NEW.slot > OLD.slot) AND NEW.due_at IS NOT NULL"
    conditions = (
        f"({_is_same('arguments')} OR {_IS_COMPLETED})",
        f"(NEW.priority <= OLD.priority OR {_IS_COMPLETED})",
        f"(NEW.result IS NULL OR {_ENDS_LEASE})",
        f"({_is_same('progress')} OR NEW.progress IS NULL AND {_IS_OVER} OR {is_under_lease})",
        f"({_is_same('slot')} OR {is_new_slot})",
        f"({_is_same('error_class')} OR NEW.error_class IS NULL AND {_IS_OVER} OR {_ENDS_LEASE})",
    )
    columns = "arguments, priority, result, progress, slot, error_class"
    return Guard(
        table=TASKS,
        rule="run",
        event=f"UPDATE OF {columns}",
        condition=" AND ".join(conditions),
        is_long=True,
    )


def _success_guard(dialect: str) -> Guard:
    """Return the guard that a success comes with a completion, only rises, and is not in future."""
    is_completion = (
        f"{_ENDS_LEASE} AND NEW.fence = OLD.fence AND NEW.dead_reason IS NULL"
        f" AND (NEW.due_at IS NULL OR {_IS_COMPLETION_OF_ENQUEUED})"
    )
    return Guard(
        table=TASKS,
        rule="success",
        event="UPDATE OF succeeded_at",
        condition=f"{is_completion} AND {rising_success(dialect)}",
        is_long=True,
    )


def _is_same(column: str) -> str:
    return f"(NEW.{column} = OLD.{column} OR NEW.{column} IS NULL AND OLD.{column} IS NULL)"


def _recorded_guard(dialect: str) -> Guard:
    """Return the guard that failure, death, cancellation and requeue have their record."""
    is_failure = (
        f"{_ENDS_LEASE} AND NEW.due_at IS NOT NULL AND NEW.attempts = OLD.attempts"
        f" AND NOT ({_IS_COMPLETION_OF_ENQUEUED})"
        f" AND NOT (OLD.lease_until <= {database_now(dialect)} AND {_IS_SOONER})"
    )
    outcome = (
        f"CASE WHEN NEW.cancel_reason IS NOT NULL THEN '{AttemptOutcome.CANCELED}'"
        f" WHEN {_WAS_HALTED} THEN '{AttemptOutcome.REQUEUED}'"
        f" WHEN NEW.dead_reason IS NOT NULL THEN '{AttemptOutcome.DEAD}'"
        f" WHEN {is_failure} THEN '{AttemptOutcome.FAILED}' END"
    )
    attempts = qualified_name(TASK_ATTEMPTS, dialect)
    is_recorded = (
        f"EXISTS (SELECT 1 FROM {attempts} AS attempt WHERE attempt.stage = OLD.stage"
        " AND attempt.entity_id = OLD.entity_id AND attempt.fence = NEW.fence"
        f" AND attempt.outcome = {outcome}"
        " AND (NEW.dead_reason IS NULL OR attempt.reason = NEW.dead_reason)"
        " AND (NEW.cancel_reason IS NULL OR attempt.reason = NEW.cancel_reason))"
    )
    return Guard(
        table=TASKS,
        rule="recorded",
        event="UPDATE",
        condition=f"{outcome} IS NULL OR {is_recorded}",
        row_filter=_MAY_NEED_RECORD,
    )


def _attempt_guard(dialect: str) -> Guard:
    """Return the guard that an attempt is recorded under its lease.

    A requeue is recorded of a dead or canceled task, and a cancellation under the fence that it
    takes.
    """
    tasks = qualified_name(TASKS, dialect)
    condition = (
        f"EXISTS (SELECT 1 FROM {tasks} AS head WHERE head.stage = NEW.stage"
        " AND head.entity_id = NEW.entity_id"
        f" AND CASE NEW.outcome WHEN '{AttemptOutcome.REQUEUED}' THEN head.fence = NEW.fence"
        " AND (head.dead_reason IS NOT NULL OR head.cancel_reason IS NOT NULL)"
        f" WHEN '{AttemptOutcome.CANCELED}' THEN head.fence + 1 = NEW.fence"
        " AND head.due_at IS NOT NULL"
        " ELSE head.fence = NEW.fence AND head.lease_owner IS NOT NULL END)"
    )
    return Guard(table=TASK_ATTEMPTS, rule="needs_head", event="INSERT", condition=condition)


def _first_fence_guard(dialect: str) -> Guard:
    """Return the guard that a new task starts above the fences of the stage's pruned tasks.

    A task may be pruned while another transaction creates it again: that one runs again.
    """
    pruned = qualified_name(PRUNED_STAGES, dialect)
    return Guard(
        table=TASKS,
        rule="first_fence",
        event="INSERT",
        condition=(
            f"NEW.fence = coalesce((SELECT pruned.fence FROM {pruned} AS pruned"
            " WHERE pruned.stage = NEW.stage), 0)"
        ),
        raises="serialization_failure",
    )


def _prune_guard(dialect: str) -> Guard:
    """Return the guard that only a task is deleted that finished longer ago than the retention.

    Its fence must be kept first, so that a task that is created again starts above it, and its
    success with the subjects that it counts for. A recurring task is never deleted: its slot says
    what was enqueued.
    """
    pruned = qualified_name(PRUNED_STAGES, dialect)
    cutoff = retention_cutoff(RETENTIONS[OperationalTable.TASKS], dialect)
    losing_subjects = (
        f"SELECT 1 FROM {qualified_name(SUBJECTS, dialect)} AS subject"
        " WHERE subject.stage = OLD.stage"
        f" AND (subject.kind = '{SubjectKind.STAGE.value}' OR subject.entity_id = OLD.entity_id)"
        " AND (subject.succeeded_at IS NULL OR subject.succeeded_at < OLD.succeeded_at)"
    )
    condition = (
        f"OLD.slot IS NULL AND OLD.finished_at < {cutoff}"
        f" AND EXISTS (SELECT 1 FROM {pruned} AS pruned"
        " WHERE pruned.stage = OLD.stage AND pruned.fence >= OLD.fence)"
        f" AND (OLD.succeeded_at IS NULL OR NOT EXISTS ({losing_subjects}))"
    )
    return Guard(
        table=TASKS, rule="prune", event="DELETE", condition=if_read_committed(condition, dialect)
    )


def _pruned_fence_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of the kept fences: each is of a finished task, and only rises."""
    yield from undeletable_guards(PRUNED_STAGES, dialect)
    tasks = qualified_name(TASKS, dialect)
    is_of_task = (
        f"EXISTS (SELECT 1 FROM {tasks} AS head WHERE head.stage = NEW.stage"
        " AND head.entity_id = NEW.entity_id AND head.fence = NEW.fence"
        " AND head.finished_at IS NOT NULL)"
    )
    yield Guard(table=PRUNED_STAGES, rule="needs_task", event="INSERT", condition=is_of_task)
    yield Guard(
        table=PRUNED_STAGES,
        rule="rises",
        event="UPDATE",
        condition=f"NEW.stage = OLD.stage AND NEW.fence > OLD.fence AND {is_of_task}",
    )
