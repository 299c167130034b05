"""What a task carries: arguments, result, priority, cancellation and pruning. Ids of 256 bits.

Decision: docs/decisions/0079-what-a-task-carries.md
Decision: docs/decisions/0082-contracts-that-are-not-ours.md
"""

from alembic import op

from indelible_sql.schema.drop import check_before_losing
from indelible_sql.schema.migrations.canceled_attempts import prepare_attempts
from indelible_sql.schema.migrations.frozen import DOWN, run_frozen

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# The rows of tasks that the previous revision cannot express.
CARRIES_MORE = (
    "cancel_reason IS NOT NULL OR arguments IS NOT NULL OR result IS NOT NULL OR slot IS NOT NULL"
)
# The mints of ERC-1155 contracts.
HAS_COPIES = "batch IS NOT NULL OR copies IS NOT NULL"


def upgrade() -> None:
    """Add the columns of tasks, and the fences of pruned tasks; widen the ids of tokens.

    Tasks that were completed before count as finished at the time of the upgrade. Mints that were
    stored before a downgrade get their copies back from history.
    """
    run_frozen(revision)


def downgrade() -> None:
    """Remove them again: a canceled task becomes a dead one, a pruned one with attempts returns.

    An export must contain all records where tasks were canceled, pruned, or carry documents, and
    where mints have copies. Token ids that have more than 63 bits, or are 0, refuse it.
    """
    connection, context = op.get_bind(), op.get_context()
    check_before_losing(connection, context, "pruned_stages")
    check_before_losing(connection, context, "tasks", CARRIES_MORE)
    check_before_losing(connection, context, "mint_events", HAS_COPIES)
    prepare_attempts()
    run_frozen(revision, DOWN)
