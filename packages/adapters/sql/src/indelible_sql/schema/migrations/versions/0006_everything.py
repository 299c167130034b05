"""Create everything. The revisions before this one were never released, and are part of it.

Decision: docs/design/state-is-a-foreign-key.md
Decision: docs/design/schema-roles-and-migrations.md
"""

from alembic import op

from indelible_sql.schema.drop import drop_everything
from indelible_sql.schema.migrations.frozen import run_frozen

revision = "0006"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table, lifecycle, guard and function."""
    run_frozen(revision)


def downgrade() -> None:
    """Drop them; they must be empty, or an export must contain all of their records."""
    drop_everything(op.get_bind(), op.get_context())
