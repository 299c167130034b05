"""Create everything that is declared, in its present form.

Until the first release there is no other revision: a changed declaration changes this one.

Decision: docs/design/state-is-a-foreign-key.md
Decision: docs/design/schema-roles-and-migrations.md
"""

from alembic import op

from indelible_sql.schema.ddl import baseline
from indelible_sql.schema.drop import drop_everything
from indelible_sql.schema.migrations.environment import catalog_of, run_statement

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create every table, lifecycle, guard and function."""
    for statement in baseline(catalog_of(op.get_context()), op.get_context().dialect.name):
        run_statement(statement)


def downgrade() -> None:
    """Drop them; they must be empty, or an export must contain all of their records."""
    drop_everything(op.get_bind(), op.get_context())
