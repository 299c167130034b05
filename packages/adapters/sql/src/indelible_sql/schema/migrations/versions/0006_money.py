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

OF_MONEY = """
    lifecycle IN (
        'account', 'charge', 'dispute', 'movement', 'payee', 'payment_switch', 'payout_job',
        'reconciliation', 'refund', 'stripe_event', 'transfer'
    )
"""


def upgrade() -> None:
    """Add the tables, the lifecycles and their guards. Existing rows stay."""
    run_frozen(revision)


def downgrade() -> None:
    """Remove money and refused webhook requests; an export must contain every record.

    The tasks of its aggregates go too, and all seals where money has changes: these would be
    missing. On SQLite the positions of the other changes close up. The counts of breakers go with
    their table. A stage that its breaker has paused stays paused. Cursors are no records: each
    subscriber begins anew after the next upgrade.
    """
    connection, context = op.get_bind(), op.get_context()
    check_before_losing(connection, context, "history", OF_MONEY)
    check_before_losing(connection, context, "webhook_rejections")
    run_frozen(revision, DOWN)
