"""Alembic's environment of one run: where the version table is, and what runs."""

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import Connection, MetaData

from indelible_sql.schema.additive import additive_revisions, mark_statements
from indelible_sql.schema.migrate import VERSION_TABLE
from indelible_sql.schema.migrations.frozen import run_statement


def run_migrations(connection: Connection, schema: str | None) -> None:
    """Run the requested steps, all in the caller's transaction."""
    context.configure(
        connection=connection,
        version_table=VERSION_TABLE,
        version_table_schema=schema,
        transactional_ddl=True,
        target_metadata=MetaData(),
        include_name=_compares_nothing,
        on_version_apply=mark_step,
    )
    with context.begin_transaction():
        context.run_migrations()


def mark_step(
    ctx: MigrationContext,
    step: MigrationInfo,
    heads: Collection[Any],  # noqa: ARG001 - as Alembic calls it
    run_args: Mapping[str, Any],  # noqa: ARG001 - as Alembic calls it
) -> None:
    """Store in the step's transaction whether its revision is additive."""
    before = ", ".join(step.source_revision_ids)
    after = ", ".join(step.destination_revision_ids)
    dialect = ctx.dialect.name
    for statement in mark_statements(before, after, dialect, additive_revisions()):
        run_statement(statement)


def _compares_nothing(*_: object) -> bool:
    """Exclude every name from `alembic check`: the facts are compared before it."""
    return False
