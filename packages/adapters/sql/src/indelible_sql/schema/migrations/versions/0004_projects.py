"""Projects and jobs, with their records. The edge of a task that is postponed without an attempt.

Decision: docs/decisions/0086-postponed-tasks-and-process-groups.md
Decision: docs/decisions/0090-projects-in-sql.md
"""

from alembic import op

from indelible_sql.schema.drop import check_before_losing
from indelible_sql.schema.migrations.frozen import DOWN, run_frozen

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OF_PROJECTS = "lifecycle IN ('job', 'project')"


def upgrade() -> None:
    """Add the tables, the lifecycles and their guards. Existing rows stay as they are.

    The guard of tasks accepts a release that makes the task due later.
    """
    run_frozen(revision)


def downgrade() -> None:
    """Remove projects and jobs with all their changes; an export must contain every record.

    The tasks of jobs go too, and all seals where projects have changes: these would be missing. On
    SQLite the positions of the other changes close up. A postponed task keeps its due time.
    """
    check_before_losing(op.get_bind(), op.get_context(), "history", OF_PROJECTS)
    run_frozen(revision, DOWN)
