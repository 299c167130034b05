"""Create the tables of people and of mails."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables; a mail points at its ticket."""
    op.create_table(
        "people",
        Column("name", Text, primary_key=True),
        Column("token_digest", Text, nullable=False, unique=True),
    )
    op.create_table(
        "mails",
        Column("message_id", Text, primary_key=True),
        Column("ticket_id", Text, ForeignKey("tickets.id"), nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("mails")
    op.drop_table("people")
