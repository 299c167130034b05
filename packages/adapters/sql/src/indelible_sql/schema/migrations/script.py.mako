"""${message}

Decision: docs/decisions/NNNN-name.md
"""

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """..."""


def downgrade() -> None:
    """..."""
