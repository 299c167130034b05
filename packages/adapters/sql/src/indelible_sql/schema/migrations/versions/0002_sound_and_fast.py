"""Guards that the first revision lacked.

Decision: docs/decisions/0059-the-feed-follows-each-aggregate.md
"""

from indelible_sql.schema.migrations.frozen import DOWN, run_frozen

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the guards; existing rows stay as they are."""
    run_frozen(revision)


def downgrade() -> None:
    """Remove the guards again; no record is lost."""
    run_frozen(revision, DOWN)
