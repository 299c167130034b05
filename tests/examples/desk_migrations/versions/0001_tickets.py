"""Create and guard the table of tickets."""

import os

from alembic import op
from tests.examples.tickets import tickets

from indelible_sql import open_store

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Bring the tables to their declarations, in the transaction of this revision."""
    store = open_store(os.environ.get("DATABASE_URL", "sqlite:///desk.db"), contexts=(tickets,))
    store.upgrade(connection=op.get_bind())
    store.dispose()


def downgrade() -> None:
    """Refuse: history cannot be deleted."""
    raise RuntimeError("revision 0001 cannot be reversed: history has no way back")
