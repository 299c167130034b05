"""The edge of a task that is postponed without an attempt.

Decision: docs/decisions/0086-postponed-tasks-and-process-groups.md
"""

from indelible_sql.schema.migrations.frozen import DOWN, run_frozen

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the guard of tasks accept a release that makes the task due later."""
    run_frozen(revision)


def downgrade() -> None:
    """Refuse it again; a task that waits keeps its due time."""
    run_frozen(revision, DOWN)
