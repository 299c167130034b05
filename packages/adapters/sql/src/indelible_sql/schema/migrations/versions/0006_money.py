"""Money, the cursors of subscribers, circuit breakers, and records of refused webhook requests.

Decision: docs/decisions/0103-feed-subscribers.md
Decision: docs/decisions/0104-budgets-breakers-and-webhooks.md
Decision: docs/decisions/0109-money-in-sql.md
Decision: docs/decisions/0119-a-feed-that-only-its-own-writers-delay.md
Decision: docs/decisions/0123-captures-start-anchored.md
Decision: docs/decisions/0130-what-stands-still-is-missed.md
"""

from alembic import op

from indelible_sql.schema.columns import SCHEMA
from indelible_sql.schema.drop import check_before_losing
from indelible_sql.schema.migrations.frozen import DOWN, run_frozen, run_statement

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
# An operator may have installed this version (`ANCHORED`) before every upgrade did.
DROP_ANCHORED = f"DROP FUNCTION IF EXISTS {SCHEMA}.capture_ece2e9c23443848c2c4d763232f099fd"


def upgrade() -> None:
    """Add the tables, the lifecycles and their guards, and order PostgreSQL's feed by positions.

    Existing rows stay, but for PostgreSQL's seals: they state numbers of transactions. A completed
    task has succeeded when it ended.
    """
    if op.get_bind().dialect.name == "postgresql":
        run_statement(DROP_ANCHORED)
    run_frozen(revision)


def downgrade() -> None:
    """Remove money and refused webhook requests; an export must contain every record.

    The tasks of its aggregates go too, and all seals where money has changes: these would be
    missing. PostgreSQL's seals go in any case: they state positions. On SQLite the positions of the
    other changes close up. The counts of breakers go with their table. A stage that its breaker has
    paused stays paused. Cursors are no records: each subscriber begins anew after the next upgrade.
    Captures by `oscl-3` on PostgreSQL wait until `indelible db install-algorithm oscl-3` has run.
    """
    connection, context = op.get_bind(), op.get_context()
    check_before_losing(connection, context, "history", OF_MONEY)
    check_before_losing(connection, context, "webhook_rejections")
    if connection.dialect.name == "postgresql":
        check_before_losing(connection, context, "seals")
    run_frozen(revision, DOWN)
