"""Run the revisions of the schema with alembic."""

from collections.abc import Container

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from indelible_sql.schema.alembic_internals import nested_run
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.partitions import PARTITIONS_ATTRIBUTE
from indelible_sql.schema.revision_files import script_location


def upgrade_to_newest(
    connection: Connection,
    schema: str | None,
    catalog: Catalog,
    history_partitions: int | None = None,
) -> None:
    """Run every revision that the database has not run.

    `history_partitions` is the number of partitions of history that a new store gets.
    """
    config = _config(connection, schema, catalog)
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
    config = _config(connection, schema, catalog)
    config.attributes["exported"] = exported
    command.downgrade(config, revision)


def _config(connection: Connection, schema: str | None, catalog: Catalog) -> Config:
    config = Config()
    config.set_main_option("script_location", script_location())
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, schema=schema, catalog=catalog)
    return config
