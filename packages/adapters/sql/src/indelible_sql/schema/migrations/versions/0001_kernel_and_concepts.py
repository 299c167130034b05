"""Create the tables of the kernel, of concepts, of captures and of tokens.

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
    """Create every table, edge and guard."""
    run_frozen(revision)


def downgrade() -> None:
    """Drop them; they must be empty, or an export must contain all of their rows."""
    drop_everything(op.get_bind(), op.get_context())
