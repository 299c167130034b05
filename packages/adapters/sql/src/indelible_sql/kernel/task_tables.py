"""The tables of tasks: the switch of stages, the tasks and their attempts."""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, PrimaryKeyConstraint, literal_column

from indelible.kernel.stages import STAGE, StageControl, StageNotFound
from indelible.kernel.tasks import AttemptOutcome
from indelible_sql.kernel.repository import HeadMapping
from indelible_sql.schema.columns import (
    ACTOR,
    DIGEST,
    IDENTIFIER,
    INSTANT,
    NATURAL,
    NONBLANK_TEXT,
    required,
)
from indelible_sql.schema.tables import head, key, table

STAGES = head("stages", STAGE)
STAGE_HEADS = HeadMapping(table=STAGES, entity=StageControl, missing=StageNotFound)

IS_DUE = literal_column("due_at IS NOT NULL", Boolean())
IS_DEAD = literal_column("dead_reason IS NOT NULL", Boolean())
_OUTCOMES = ", ".join(repr(outcome.value) for outcome in AttemptOutcome)

TASKS = table(
    "tasks",
    required("stage", IDENTIFIER),
    required("entity_id", IDENTIFIER),
    Column("due_at", INSTANT),
    Column("lease_owner", ACTOR),
    Column("lease_until", INSTANT),
    required("fence", NATURAL),
    required("attempts", NATURAL),
    Column("dead_reason", NONBLANK_TEXT),
    PrimaryKeyConstraint("stage", "entity_id", name="tasks_pkey"),
    CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name="tasks_lease"),
    CheckConstraint(
        "lease_owner IS NULL OR (fence >= 1 AND due_at IS NOT NULL)", name="tasks_leased_is_due"
    ),
    CheckConstraint("attempts <= fence", name="tasks_attempts_fenced"),
    CheckConstraint("dead_reason IS NULL OR due_at IS NULL", name="tasks_dead_is_not_due"),
    # No index contains a column that a claim writes: PostgreSQL updates such rows in place.
    Index(
        "tasks_due", "stage", "due_at", "entity_id", postgresql_where=IS_DUE, sqlite_where=IS_DUE
    ),
    Index("tasks_dead", "stage", "entity_id", postgresql_where=IS_DEAD, sqlite_where=IS_DEAD),
    has_rowid=False,
    free_percent=40,  # most rows are updated soon after their insert, by the claim
)
TASK_ATTEMPTS = table(
    "task_attempts",
    required("stage", IDENTIFIER),
    required("entity_id", IDENTIFIER),
    required("fence", NATURAL),
    required("outcome", IDENTIFIER),
    required("actor", ACTOR),
    required("reason", NONBLANK_TEXT),
    required("at", INSTANT),
    Column("request_id", IDENTIFIER),
    required("hash", DIGEST),
    PrimaryKeyConstraint("stage", "entity_id", "fence", "outcome", name="task_attempts_pkey"),
    key("task_attempts_task", ["stage", "entity_id"], "tasks", ["stage", "entity_id"]),
    CheckConstraint(f"outcome IN ({_OUTCOMES})", name="task_attempts_outcome_known"),
    has_rowid=False,
)
