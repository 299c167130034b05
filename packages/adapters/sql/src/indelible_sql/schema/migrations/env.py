"""Run Alembic on the connection of `indelible_sql.schema.migrate`, or on DATABASE_URL.

Alembic's own command line opens no store, so this module composes the shipped contexts as a store
does.
"""

import os

from alembic import context
from sqlalchemy import Connection

from indelible_sql.contexts import CATALOG
from indelible_sql.schema.migrate import VERSION_TABLE, migrating


def run(connection: Connection, schema: str | None) -> None:
    """Run the requested steps, all in the caller's transaction."""
    context.configure(
        connection=connection,
        version_table=VERSION_TABLE,
        version_table_schema=schema,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


attributes = context.config.attributes
if "connection" in attributes:
    run(attributes["connection"], attributes["schema"])
else:
    attributes["catalog"] = CATALOG
    with migrating(os.environ["DATABASE_URL"], os.environ.get("INDELIBLE_SCHEMA", "indelible")) as (
        opened_connection,
        opened_schema,
    ):
        attributes["schema"] = opened_schema
        run(opened_connection, opened_schema)
