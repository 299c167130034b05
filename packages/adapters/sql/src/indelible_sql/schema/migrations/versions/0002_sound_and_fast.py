"""Guards that the first revision lacked, seals, and digests of attempts.

Decision: docs/decisions/0059-the-feed-follows-each-aggregate.md
Decision: docs/decisions/0062-seals-prove-that-nothing-is-missing.md
Decision: docs/decisions/0070-json-has-limits-and-exact-fractions.md
Decision: docs/decisions/0073-attempts-have-digests.md
"""

from alembic import op

from indelible_sql.schema.drop import check_before_losing
from indelible_sql.schema.migrations.attempt_digests import prepare_attempts
from indelible_sql.schema.migrations.frozen import DOWN, run_frozen

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the guards, the table of seals and the digests of attempts.

    Existing values stay as they are.
    """
    prepare_attempts()
    run_frozen(revision)


def downgrade() -> None:
    """Remove them again; an export must contain what seals prove."""
    check_before_losing(op.get_bind(), op.get_context(), "seals")
    run_frozen(revision, DOWN)
