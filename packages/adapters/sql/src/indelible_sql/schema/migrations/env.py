"""How Alembic runs: on the connection that `indelible_sql.schema.migrate` hands over, or on DATABASE_URL."""

import os

from alembic import context
from sqlalchemy import Connection

from indelible_sql.schema.migrate import VERSION_TABLE, migrating


def run(connection: Connection, schema: str | None) -> None:
    """Run the steps that were asked for, all in the caller's transaction."""
    context.configure(
        connection=connection,
        version_table=VERSION_TABLE,
        version_table_schema=schema,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


if "connection" in context.config.attributes:
    run(context.config.attributes["connection"], context.config.attributes["schema"])
else:
    with migrating(os.environ["DATABASE_URL"], os.environ.get("INDELIBLE_SCHEMA", "indelible")) as (
        given,
        place,
    ):
        run(given, place)
