"""Test that every supported PostgreSQL leaves the same schema, and that the library accepts it."""

import psycopg
import pytest
from tests.conftest import folder
from tests.databases import create_database
from tests.sql.conftest import opened
from tests.sql.empty_databases import SCHEMA

from indelible.testing.stores import create, edit
from indelible_service.embedded import PostgresServer, postgres
from indelible_service.embedded.postgresql import NEWEST
from indelible_sql import verify
from indelible_sql.contexts import CATALOG
from indelible_sql.maintenance.snapshot_files import differences
from indelible_sql.schema.migrate import migrating
from indelible_sql.schema.snapshot import facts

pytestmark = pytest.mark.slow

OLDER_IN_WHEEL = 16
FULL_VERSION = "SHOW server_version"


def facts_of(database: PostgresServer) -> tuple[str, ...]:
    """Return the facts about a migrated database."""
    with migrating(database.owner_url, SCHEMA) as (connection, _):
        return facts(connection, SCHEMA, CATALOG)


def version_of(server: PostgresServer) -> str:
    """Return the server's version as it reports it."""
    with psycopg.connect(server.url) as connection:
        (version,) = connection.execute(FULL_VERSION).fetchone() or ("",)
    return str(version)


def test_a_fresh_installation_is_accepted(server: PostgresServer) -> None:
    database = create_database(server, "fresh")
    with opened(database.url) as store:
        store.upgrade(database.owner_url)
        saved = create(store)

        assert edit(store, saved).seq == 2
        assert verify(store) == ()
        assert differences(store) == {}


@pytest.mark.dose
def test_an_older_server_leaves_the_same_schema(template: PostgresServer) -> None:
    with folder() as directory, postgres(directory, version=OLDER_IN_WHEEL) as older:
        assert version_of(older).startswith(f"{OLDER_IN_WHEEL}.")
        with opened(older.url) as store:
            store.upgrade(older.owner_url)
            assert create(store).seq == 1

        assert facts_of(older) == facts_of(template)


def test_existing_data_are_run_by_the_version_that_created_them() -> None:
    with folder() as directory:
        with postgres(directory, durable=False, version=OLDER_IN_WHEEL) as server:
            version = version_of(server)

        with postgres(directory, durable=False, version=NEWEST) as server:
            assert version_of(server) == version
