"""Alembic's own command line, on the database that its settings or the environment name.

It opens no store that would know the contexts: the option `catalog` names them.
"""

import os
from pkgutil import resolve_name
from typing import Final

from alembic import context
from alembic.util import CommandError

from indelible.kernel import IndelibleError, UsageError
from indelible_sql.engine.connections import address
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.schema.catalog import Catalog
from indelible_sql.schema.migrate import (
    check,
    check_released,
    complete_upgrade,
    current_revision,
    migrating,
    newest,
)
from indelible_sql.schema.migrations.environment import print_migrations, run_migrations

# In the order in which they are asked for.
ADDRESSES: Final = ("INDELIBLE_OWNER_URL", "DATABASE_URL")
SCHEMA_VARIABLE: Final = "INDELIBLE_SCHEMA"
CATALOG_OPTION: Final = "catalog"  # of Alembic, beside `script_location`
WRITES_REVISIONS: Final = "revision"
COMPARES: Final = "check"


def run_command() -> None:
    """Run the command, or print one sentence that says why it cannot run.

    Raises: CommandError, which Alembic prints.
    """
    try:
        if _command_name() == WRITES_REVISIONS:
            raise UsageError(
                "a revision is written by hand in `indelible_sql/schema/migrations/versions`, and"
                " the first one is made from the declarations"
            )
        catalog = _catalog()
        schema = os.environ.get(SCHEMA_VARIABLE) or SCHEMA
        if context.is_offline_mode():
            dialect = address(_database_url()).get_backend_name()
            print_migrations(dialect, schema, catalog)
        else:
            _run_on_database(_database_url(), schema, catalog)
    except IndelibleError as error:
        raise CommandError(str(error)) from error


def _command_name() -> str:
    """Return the name of Alembic's command, '' where a program called Alembic."""
    options = context.config.cmd_opts
    if options is None:
        return ""

    function, *_ = options.cmd
    return str(function.__name__)


def _catalog() -> Catalog:
    """Return the contexts that the option names, such as `indelible_sql.contexts:CATALOG`.

    Raises: UsageError where it names none.
    """
    name = context.config.get_alembic_option(CATALOG_OPTION)
    if not name:
        raise UsageError(
            "set `catalog` of Alembic beside `script_location`: it names the contexts,"
            " such as `indelible_sql.contexts:CATALOG`"
        )

    try:
        catalog = resolve_name(name)
    except (AttributeError, ImportError, ValueError) as error:
        raise UsageError(f"`catalog` of Alembic is {name}, which cannot be imported") from error
    if not isinstance(catalog, Catalog):
        raise UsageError(f"`catalog` of Alembic is {name}, which is no Catalog")
    return catalog


def _database_url() -> str:
    """Return the address of the owner.

    Raises: UsageError where no address is set.
    """
    option = context.config.get_alembic_option("sqlalchemy.url")
    if option:
        return str(option)

    for name in ADDRESSES:
        url = os.environ.get(name)
        if url:
            return url
    raise UsageError("set `sqlalchemy.url` of Alembic or the variable DATABASE_URL")


def _run_on_database(url: str, schema: str, catalog: Catalog) -> None:
    attributes = context.config.attributes
    attributes["catalog"] = catalog
    with migrating(url, schema) as (connection, postgresql_schema):
        attributes["schema"] = postgresql_schema
        if _command_name() == COMPARES:
            check(connection, schema, catalog.names.facts)

        revision_before = current_revision(connection, postgresql_schema)
        check_released(revision_before)
        run_migrations(connection, postgresql_schema)

        revision = current_revision(connection, postgresql_schema)
        if revision != revision_before and revision == newest()[0]:
            complete_upgrade(connection, postgresql_schema, catalog, role=_application_role(url))


def _application_role(owner_url: str) -> str | None:
    """Return the application's role, which DATABASE_URL names, unless it is the owner."""
    url = os.environ.get("DATABASE_URL")
    role = address(url).username if url else None
    return None if role == address(owner_url).username else role
