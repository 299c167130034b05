"""The cursors of subscribers.

Decision: docs/decisions/0103-feed-subscribers.md
"""

from indelible_sql.schema.migrations.frozen import DOWN, run_frozen

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and their guards. Existing rows stay."""
    run_frozen(revision)


def downgrade() -> None:
    """Remove them. Cursors are no records: each subscriber begins anew after the next upgrade."""
    run_frozen(revision, DOWN)
