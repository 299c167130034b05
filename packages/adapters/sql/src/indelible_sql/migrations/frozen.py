"""Statements that were written from the declarations once, and stand in a file since."""

from collections.abc import Iterator
from importlib.resources import files

from alembic import op

from indelible_sql.columns import SCHEMA

SEPARATOR = "\n--;\n"


def run_frozen(revision: str) -> None:
    """Run a revision's file for the present database, in the schema that the migration was given."""
    for statement in _statements(f"{revision}.{op.get_bind().dialect.name}.sql"):
        op.get_bind().exec_driver_sql(statement)


def schema_of_migration() -> str:
    """Where the migration that runs now finds indelible's tables."""
    config = op.get_context().config
    schema: str | None = config.attributes.get("schema") if config else None
    return schema or SCHEMA


def _statements(name: str) -> Iterator[str]:
    source = files("indelible_sql.migrations.versions").joinpath(name).read_text(encoding="utf-8")
    quoted = op.get_bind().dialect.identifier_preparer.quote(schema_of_migration())
    for statement in source.split(SEPARATOR):
        if statement.strip():
            yield statement.replace(f"{SCHEMA}.", f"{quoted}.")
