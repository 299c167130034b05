"""Alembic's environment of one run: where the version table is, and what runs."""

from collections.abc import Collection, Mapping
from typing import Any

from alembic import context, op
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import Script
from sqlalchemy import Connection, MetaData

from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.engine.session_settings import MIGRATING
from indelible_sql.schema.additive import AdditiveRevision, mark_statements
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.columns import in_schema
from indelible_sql.schema.migrate import VERSION_TABLE
from indelible_sql.schema.partitions import (
    PARTITIONS_ATTRIBUTE,
    complete_partitions,
    partition_history,
    shape_of,
)

RIGHTS_ARE_MISSING = (
    "-- Run `indelible db upgrade` after it: the application's role gets its rights from that."
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


def print_migrations(dialect: str, schema: str, catalog: Catalog) -> None:
    """Print the statements of the requested steps instead of running them."""
    postgresql_schema = None if dialect == "sqlite" else schema
    context.config.attributes.update(catalog=catalog, schema=postgresql_schema)
    context.configure(
        dialect_name=dialect,
        version_table=VERSION_TABLE,
        version_table_schema=postgresql_schema,
        transactional_ddl=True,
        on_version_apply=mark_step,
    )
    with context.begin_transaction():
        if postgresql_schema is not None:
            _print_preparation(postgresql_schema)
        context.run_migrations()
    if postgresql_schema is not None:
        context.get_context().impl.static_output(RIGHTS_ARE_MISSING)


def _print_preparation(schema: str) -> None:
    migration = context.get_context()
    name = migration.dialect.identifier_preparer.quote(schema)
    migration.impl.static_output(f"CREATE SCHEMA IF NOT EXISTS {name};")
    for setting, value in MIGRATING.items():
        migration.impl.static_output(f"SET LOCAL {setting} = '{value}';")


def run_statement(statement: str) -> None:
    """Run a statement in the migration's schema, whose placeholder is SCHEMA, or print it."""
    connection, migration = op.get_bind(), op.get_context()
    schema: str = _attributes(migration).get("schema") or SCHEMA
    text = in_schema(connection, schema, statement)
    if migration.as_sql:
        migration.impl.static_output(f"{text.strip()};")
    else:
        connection.exec_driver_sql(text)


def catalog_of(migration: MigrationContext) -> Catalog:
    """Return the contexts whose declarations the migration creates."""
    catalog: Catalog = _attributes(migration)["catalog"]
    return catalog


def mark_step(
    ctx: MigrationContext,
    step: MigrationInfo,
    heads: Collection[Any],  # noqa: ARG001 - as Alembic calls it
    run_args: Mapping[str, Any],  # noqa: ARG001 - as Alembic calls it
) -> None:
    """Complete the shape of the store, and store whether the step's revision is additive."""
    is_first = not step.source_revision_ids
    shape = dialect = ctx.dialect.name
    if not ctx.as_sql and dialect != "sqlite":
        shape = _complete_shape(ctx, is_first=is_first)
    if is_first:
        return

    for statement in mark_statements(_mark_after(step), dialect, shape):
        run_statement(statement)


def _mark_after(step: MigrationInfo) -> AdditiveRevision | None:
    """Return the mark of the revision to which a step leads, None where it is not additive.

    The module of an additive revision has `additive_digests`: those of each shape's facts, as the
    release before reads them.
    """
    for script in step.destination_revisions:
        if not isinstance(script, Script):  # the empty database
            continue
        digests = getattr(script.module, "additive_digests", None)
        if digests is not None:
            return AdditiveRevision(script.revision, str(script.down_revision), digests)
    return None


def _complete_shape(ctx: MigrationContext, *, is_first: bool) -> str:
    """Give a new store its partitions of history, or those of an old one what the step has added.

    Return the shape of the store.
    """
    connection, attributes = op.get_bind(), _attributes(ctx)
    schema: str = attributes.get("schema") or SCHEMA
    number: int | None = attributes.get(PARTITIONS_ATTRIBUTE)
    if is_first and number is not None:
        partition_history(connection, schema, number)
    complete_partitions(connection, schema)

    return shape_of(connection, schema)


def _attributes(migration: MigrationContext) -> dict[str, Any]:
    return migration.config.attributes if migration.config else {}


def _compares_nothing(*_: object) -> bool:
    """Exclude every name from `alembic check`: the facts are compared before it."""
    return False
