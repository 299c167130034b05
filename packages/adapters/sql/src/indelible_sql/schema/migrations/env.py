"""Run Alembic on the connection of `indelible_sql.schema.migrate`, or for its own command line.

Alembic executes this program; no module imports it.
"""

from alembic import context

from indelible_sql.schema.migrations.command_line import run_command
from indelible_sql.schema.migrations.environment import print_migrations, run_migrations

attributes = context.config.attributes
if "connection" in attributes:
    run_migrations(attributes["connection"], attributes["schema"])
elif "dialect" in attributes:
    print_migrations(attributes["dialect"], attributes["schema"], attributes["catalog"])
else:
    run_command()
