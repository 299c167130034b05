"""Money, the cursors of subscribers, circuit breakers, and records of refused webhook requests.

Decision: docs/decisions/0103-feed-subscribers.md
Decision: docs/decisions/0104-budgets-breakers-and-webhooks.md
Decision: docs/decisions/0109-money-in-sql.md
"""

from alembic import op

from indelible_sql.schema.drop import check_before_losing
from indelible_sql.schema.migrations.frozen import DOWN, run_frozen

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables and their guards. Existing rows stay."""
    run_frozen(revision)


def downgrade() -> None:
    """Remove the tables; an export must contain every refused webhook request where there are any.

    The counts of breakers go with their table. A stage that its breaker has paused stays paused.
    Cursors are no records: each subscriber begins anew after the next upgrade.
    """
    connection, context = op.get_bind(), op.get_context()
    check_before_losing(connection, context, "webhook_rejections")
    run_frozen(revision, DOWN)
