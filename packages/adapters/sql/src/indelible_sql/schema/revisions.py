"""Run the revisions of the schema with alembic."""

from collections.abc import Container
from io import StringIO
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.alembic_internals import nested_run
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.partitions import PARTITIONS_ATTRIBUTE

# Tests replace it by a folder that has a revision of a later release too.
FOLDER = Path(__file__).parent / "migrations"


def upgrade_to_newest(
    connection: Connection,
    schema: str | None,
    catalog: Catalog,
    history_partitions: int | None = None,
) -> None:
    """Run every revision that the database has not run.

    `history_partitions` is the number of partitions of history that a new store gets.
    """
    config = _config(connection=connection, schema=schema, catalog=catalog)
    config.attributes[PARTITIONS_ATTRIBUTE] = history_partitions
    with nested_run():
        command.upgrade(config, "head")


def downgrade_to(
    revision: str,
    connection: Connection,
    schema: str | None,
    catalog: Catalog,
    exported: Container[str],
) -> None:
    """Undo every revision after this one; `exported` has the hashes of exported records."""
    config = _config(connection=connection, schema=schema, catalog=catalog, exported=exported)
    command.downgrade(config, revision)


def printed_upgrade(dialect: str, catalog: Catalog) -> str:
    """Return all statements that make the newest schema in an empty database, as SQL."""
    config = _config(dialect=dialect, schema=SCHEMA, catalog=catalog)
    config.output_buffer = StringIO()
    command.upgrade(config, "head", sql=True)
    return config.output_buffer.getvalue()


def known_revisions() -> list[str]:
    """Return the names of all revisions, in order; the last is the newest."""
    scripts = ScriptDirectory.from_config(_config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def _config(**attributes: object) -> Config:
    config = Config()
    location = str(FOLDER).replace("%", "%%")  # in this option `%` begins a reference
    config.set_main_option("script_location", location)
    config.set_main_option("path_separator", "os")
    config.attributes.update(attributes)
    return config
