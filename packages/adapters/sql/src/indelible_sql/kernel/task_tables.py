"""The tables of tasks: the switch of stages, the tasks and their attempts, pruned fences."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    PrimaryKeyConstraint,
    literal_column,
    text,
)

from indelible.kernel.stages import STAGE, StageControl
from indelible.kernel.task_arguments import TASK_LIMITS
from indelible.kernel.tasks import PERCENT, AttemptOutcome, Priority
from indelible_sql.kernel.mappings import HeadMapping
from indelible_sql.schema.columns import (
    ACTOR,
    DIGEST,
    IDENTIFIER,
    INSTANT,
    NATURAL,
    NONBLANK_TEXT,
    JsonDomain,
    required,
)
from indelible_sql.schema.tables import head, table

STAGES = head("stages", STAGE)
STAGE_HEADS = HeadMapping(table=STAGES, entity=StageControl)

IS_DUE = literal_column("due_at IS NOT NULL", Boolean())
IS_DEAD = literal_column("dead_reason IS NOT NULL", Boolean())
IS_FINISHED = literal_column("finished_at IS NOT NULL", Boolean())
HAS_SUCCEEDED = literal_column("succeeded_at IS NOT NULL", Boolean())
IS_CANCELED = literal_column("cancel_reason IS NOT NULL", Boolean())
IS_DEATH = literal_column(f"outcome = '{AttemptOutcome.DEAD.value}'", Boolean())
_OUTCOMES = ", ".join(repr(outcome.value) for outcome in AttemptOutcome)

# Documents of a task are small, because they are read with every claim.
TASK_ARGUMENTS = JsonDomain(
    "task_arguments",
    TASK_LIMITS,
    rule="jsonb_typeof({0}) = 'object'",
    sqlite_rule="json_type({0}) = 'object'",
)
TASK_RESULT = JsonDomain(
    "task_result",
    TASK_LIMITS,
    rule="jsonb_typeof({0}) <> 'null'",
    sqlite_rule="json_type({0}) <> 'null'",
)

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
    required("priority", NATURAL, server_default=text(str(Priority.NORMAL.value))),
    Column("arguments", TASK_ARGUMENTS),
    Column("result", TASK_RESULT),
    Column("progress", NATURAL),
    Column("slot", INSTANT),
    Column("error_class", IDENTIFIER),
    Column("cancel_reason", NONBLANK_TEXT),
    Column("finished_at", INSTANT),
    Column("succeeded_at", INSTANT),
    PrimaryKeyConstraint("stage", "entity_id", name="tasks_pkey"),
    CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name="tasks_lease"),
    CheckConstraint(
        "lease_owner IS NULL OR (fence >= 1 AND due_at IS NOT NULL)", name="tasks_leased_is_due"
    ),
    CheckConstraint("attempts <= fence", name="tasks_attempts_fenced"),
    CheckConstraint("dead_reason IS NULL OR due_at IS NULL", name="tasks_dead_is_not_due"),
    CheckConstraint(
        f"priority BETWEEN {min(Priority)} AND {max(Priority)}", name="tasks_priority_known"
    ),
    CheckConstraint(f"progress <= {PERCENT['maximum']}", name="tasks_progress_percent"),
    CheckConstraint(
        "cancel_reason IS NULL OR (due_at IS NULL AND dead_reason IS NULL)",
        name="tasks_canceled_is_not_due",
    ),
    CheckConstraint(
        "(finished_at IS NOT NULL) = (due_at IS NULL AND dead_reason IS NULL)",
        name="tasks_finished_once",
    ),
    CheckConstraint(
        "result IS NULL OR (finished_at IS NOT NULL AND cancel_reason IS NULL)",
        name="tasks_result_of_completed",
    ),
    # No index contains a column that a claim writes: PostgreSQL updates such rows in place.
    Index(
        "tasks_due",
        "stage",
        "priority",
        "due_at",
        "entity_id",
        postgresql_where=IS_DUE,
        sqlite_where=IS_DUE,
    ),
    Index("tasks_dead", "stage", "entity_id", postgresql_where=IS_DEAD, sqlite_where=IS_DEAD),
    Index(
        "tasks_finished",
        "stage",
        "finished_at",
        "entity_id",
        postgresql_where=IS_FINISHED,
        sqlite_where=IS_FINISHED,
    ),
    # The last success of a stage is the last entry.
    Index(
        "tasks_succeeded",
        "stage",
        "succeeded_at",
        postgresql_where=HAS_SUCCEEDED,
        sqlite_where=HAS_SUCCEEDED,
    ),
    # Few tasks are canceled, and a list of them must not read the others.
    Index(
        "tasks_canceled",
        "stage",
        "finished_at",
        "entity_id",
        postgresql_where=IS_CANCELED,
        sqlite_where=IS_CANCELED,
    ),
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
    # No foreign key: attempts may outlive a pruned task. A guard asks for the task of a new one.
    CheckConstraint(f"outcome IN ({_OUTCOMES})", name="task_attempts_outcome_known"),
    # Lists of dead tasks by the time of their death read it. Few attempts are deaths.
    Index(
        "task_attempts_deaths",
        "stage",
        "at",
        "entity_id",
        postgresql_where=IS_DEATH,
        sqlite_where=IS_DEATH,
    ),
    # Old attempts are deleted in this order.
    Index("task_attempts_at", "at"),
    # Lists of the tasks of an actor read it.
    Index("task_attempts_actor", "stage", "actor", "entity_id"),
    has_rowid=False,
)
# The pruned task with the highest fence of each stage: new tasks start above it.
PRUNED_STAGES = table(
    "pruned_stages",
    required("stage", IDENTIFIER),
    required("entity_id", IDENTIFIER),
    required("fence", NATURAL),
    PrimaryKeyConstraint("stage", name="pruned_stages_pkey"),
    has_rowid=False,
)
