"""Statements that were written from the declarations once, and stand in a file since."""

from alembic import op

from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.columns import in_schema
from indelible_sql.schema.revision_files import read_text

SEPARATOR = "\n--;\n"
UP = "up"
DOWN = "down"


def run_frozen(revision: str, direction: str = UP) -> None:
    """Run a revision's file for the database, in the migration's schema, or print it offline."""
    suffix = "" if direction == UP else f".{direction}"
    source = read_text(f"versions/{revision}.{op.get_bind().dialect.name}{suffix}.sql")
    for statement in filter(str.strip, source.split(SEPARATOR)):
        run_statement(statement)


def run_statement(statement: str) -> None:
    """Run a statement in the migration's schema, whose placeholder is SCHEMA, or print it."""
    connection, context = op.get_bind(), op.get_context()
    config = context.config
    schema: str = (config.attributes.get("schema") if config else None) or SCHEMA
    text = in_schema(connection, schema, statement)
    if context.as_sql:
        context.impl.static_output(f"{text.strip()};\n")
    else:
        connection.exec_driver_sql(text)
