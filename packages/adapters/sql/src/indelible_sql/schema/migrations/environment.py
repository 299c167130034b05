"""Alembic's environment of one run: where the version table is, and what runs."""

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context, op
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import Connection, MetaData

from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.additive import additive_revisions, mark_statements
from indelible_sql.schema.migrate import VERSION_TABLE
from indelible_sql.schema.migrations.frozen import run_statement
from indelible_sql.schema.partitions import (
    PARTITIONS_ATTRIBUTE,
    complete_partitions,
    partition_history,
    shape_of,
)


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
    """Complete the shape of the store, and store whether the step's revision is additive."""
    before = ", ".join(step.source_revision_ids)
    after = ", ".join(step.destination_revision_ids)
    shape = dialect = ctx.dialect.name
    if not ctx.as_sql and dialect != "sqlite":
        shape = _complete_shape(ctx, is_first=not before)
    for statement in mark_statements(before, after, dialect, additive_revisions(), shape):
        run_statement(statement)


def _complete_shape(ctx: MigrationContext, *, is_first: bool) -> str:
    """Give a new store its partitions of history, or those of an old one what the step has added.

    Return the shape of the store.
    """
    connection, config = op.get_bind(), ctx.config
    attributes = config.attributes if config else {}
    schema: str = attributes.get("schema") or SCHEMA
    number: int | None = attributes.get(PARTITIONS_ATTRIBUTE)
    if is_first and number is not None:
        partition_history(connection, schema, number)
    complete_partitions(connection, schema)

    return shape_of(connection, schema)


def _compares_nothing(*_: object) -> bool:
    """Exclude every name from `alembic check`: the facts are compared before it."""
    return False
