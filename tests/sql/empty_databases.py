"""Empty databases to migrate."""

import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import psycopg
from attrs import frozen
from tests.databases import create_database
from tests.sql.conftest import opened

from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.migrate import current_revision, downgrade, migrating, upgrade
from indelible_sql.schema.snapshot import facts

SCHEMA = "indelible"
SELECT_OBJECTS_OF_POSTGRESQL = """
    SELECT relname
    FROM pg_class
    JOIN pg_namespace AS n ON n.oid = relnamespace
    WHERE nspname = 'indelible'
    UNION ALL
    SELECT nspname
    FROM pg_namespace
    WHERE nspname = 'indelible'
"""


@frozen
class EmptyDatabase:
    """A database that is empty at first, with the addresses of its user and its owner."""

    url: str
    owner_url: str
    schema: str | None
    objects: Callable[[], list[str]]

    def facts(self) -> tuple[str, ...]:
        """Return the facts about the schema in the database."""
        with migrating(self.owner_url, SCHEMA) as (connection, _):
            return facts(connection, SCHEMA, CATALOG)

    def revision(self) -> str:
        """Return the revision that the database is at."""
        with migrating(self.owner_url, SCHEMA) as (connection, _):
            return current_revision(connection, self.schema)

    def opened(self) -> AbstractContextManager[SqlStore]:
        """Open a store on the database."""
        return opened(self.url)

    def upgrade(self) -> None:
        """Upgrade by a store, which also grants the application's role its rights."""
        with self.opened() as store:
            store.upgrade(self.owner_url)

    def upgrade_as_owner(self) -> None:
        """Upgrade without grants."""
        upgrade(self.owner_url, SCHEMA, CATALOG, role=None)

    def downgrade(self) -> None:
        """Downgrade to nothing; no record may exist."""
        downgrade(self.owner_url, SCHEMA, "base", CATALOG)


def empty_on_postgresql(server: PostgresServer) -> EmptyDatabase:
    """Create an empty database on PostgreSQL."""
    database = create_database(server, "empty")

    def objects() -> list[str]:
        with psycopg.connect(database.admin_url) as admin:
            return [name for (name,) in admin.execute(SELECT_OBJECTS_OF_POSTGRESQL)]

    return EmptyDatabase(database.url, database.owner_url, SCHEMA, objects)


def empty_on_sqlite(path: Path) -> EmptyDatabase:
    """Return an empty database in a SQLite file that does not exist yet."""

    def objects() -> list[str]:
        with closing(sqlite3.connect(path)) as connection:
            return [name for (name,) in connection.execute("SELECT name FROM sqlite_master")]

    url = f"sqlite:///{path}"
    return EmptyDatabase(url, url, None, objects)
