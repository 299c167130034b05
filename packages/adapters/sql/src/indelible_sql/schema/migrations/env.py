"""Run Alembic on the connection of `indelible_sql.schema.migrate`, or for its own command line.

Alembic's own command line opens no store: `command_line` composes the shipped contexts as a store
does.
"""

from alembic import context

from indelible_sql.schema.migrations.command_line import run_command
from indelible_sql.schema.migrations.environment import run_migrations

attributes = context.config.attributes
if "connection" in attributes:
    run_migrations(attributes["connection"], attributes["schema"])
else:
    run_command()
