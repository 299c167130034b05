"""The kernel's tables, concepts, keys and captures.

Decision: docs/decisions/0002-state-is-a-foreign-key.md
"""

from alembic import op

from indelible_sql.schema.drop import drop_everything
from indelible_sql.schema.migrations.frozen import run_frozen

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table, edge and guard."""
    run_frozen(revision)


def downgrade() -> None:
    """Drop them, once nothing is kept in them or an export of all of it was shown."""
    drop_everything(op.get_bind(), op.get_context())
