"""Alembic's environment of one run: where the version table is, and what runs."""

from alembic import context
from sqlalchemy import Connection, MetaData

from indelible_sql.schema.migrate import VERSION_TABLE


def run_migrations(connection: Connection, schema: str | None) -> None:
    """Run the requested steps, all in the caller's transaction."""
    context.configure(
        connection=connection,
        version_table=VERSION_TABLE,
        version_table_schema=schema,
        transactional_ddl=True,
        target_metadata=MetaData(),
        include_name=_compares_nothing,
    )
    with context.begin_transaction():
        context.run_migrations()


def _compares_nothing(*_: object) -> bool:
    """Exclude every name from `alembic check`: the facts are compared before it."""
    return False
