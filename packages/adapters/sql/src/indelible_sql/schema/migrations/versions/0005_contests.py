"""Raw bytes by their digests, and records of refused commands.

Decision: docs/decisions/0094-money-bytes-and-rejections.md

The guard of tasks accepts a later due time: docs/decisions/0095-bulk-records-and-delayed-tasks.md
"""

from alembic import op

from indelible_sql.schema.drop import check_before_losing
from indelible_sql.schema.migrations.frozen import DOWN, run_frozen

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OF_CONTESTS = """
    lifecycle IN ('contest', 'contest_log', 'entry', 'provider_feed', 'settlement_run')
"""


def upgrade() -> None:
    """Add the tables and their guards, and replace a guard of tasks. Existing rows stay."""
    run_frozen(revision)


def downgrade() -> None:
    """Remove contests, payloads and rejections; an export must contain every record."""
    connection, context = op.get_bind(), op.get_context()
    check_before_losing(connection, context, "history", OF_CONTESTS)
    check_before_losing(connection, context, "payloads")
    check_before_losing(connection, context, "rejections")
    run_frozen(revision, DOWN)
