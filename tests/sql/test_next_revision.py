"""Databases move to a generated next release and back, and lose nothing that is not exported."""

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select, text
from tests.guards.population import populate
from tests.sql.conftest import code
from tests.sql.empty_databases import SCHEMA, EmptyDatabase, empty_on_postgresql, empty_on_sqlite
from tests.sql.killed import Killed, killed_at, numbers_to_kill_at
from tests.sql.next_release import NextRelease, generate_next_release

from indelible.testing.stores import create, enqueue
from indelible_service.embedded import PostgresServer
from indelible_sql import verify
from indelible_sql.contexts import CATALOG
from indelible_sql.generated_revisions import NEXT, OWN
from indelible_sql.schema.additive import marked_digest
from indelible_sql.schema.columns import prefix_of
from indelible_sql.schema.drop import RecordsWouldBeLost
from indelible_sql.schema.migrate import downgrade, migrating, newest

pytestmark = pytest.mark.slow

MIGRATORS = 4


@pytest.fixture(scope="module")
def release(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> NextRelease:
    """Generate the next release."""
    folder = tmp_path_factory.mktemp("next")
    databases = {
        "sqlite": empty_on_sqlite(folder / "empty.db"),
        "postgresql": empty_on_postgresql(server),
    }
    for database in databases.values():
        database.upgrade_as_owner()
    owner_urls = {dialect: database.owner_url for dialect, database in databases.items()}
    return generate_next_release(folder, owner_urls)


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(
    request: pytest.FixtureRequest, tmp_path: Path, server: PostgresServer
) -> EmptyDatabase:
    """Return a database at the revision of this release."""
    if request.param == "sqlite":
        database = empty_on_sqlite(tmp_path / "migrated.db")
    else:
        database = empty_on_postgresql(server)

    database.upgrade()
    return database


@pytest.fixture
def installed(release: NextRelease, migrated: EmptyDatabase) -> Generator[EmptyDatabase]:
    """Install the next release, and return a database that is at the revision of this one."""
    with release.installed():
        yield migrated


def rows_of(database: EmptyDatabase) -> list[str]:
    """Return every row of every table of this release."""
    rows: list[str] = []
    with migrating(database.owner_url, SCHEMA) as (connection, schema):
        translated = connection.execution_options(schema_translate_map={SCHEMA: schema})
        for table in CATALOG.tables:
            rows += sorted(f"{table.name} {row!r}" for row in translated.execute(select(table)))

    return rows


def stored_mark(database: EmptyDatabase) -> str | None:
    """Return the digest for this release that the database has."""
    with migrating(database.owner_url, SCHEMA) as (connection, _):
        return marked_digest(connection, SCHEMA, revision=NEXT, previous=OWN)


def test_an_upgrade_keeps_all_rows_and_leaves_the_schema_of_a_new_database(
    release: NextRelease, migrated: EmptyDatabase, tmp_path: Path, server: PostgresServer
) -> None:
    with migrated.opened() as store:
        populate(store)
    rows = rows_of(migrated)

    with release.installed():
        migrated.upgrade()
        assert migrated.revision() == NEXT
        assert rows_of(migrated) == rows
        with migrated.opened() as store:
            assert verify(store) == ()
            assert create(store).seq == 1

        is_sqlite = migrated.schema is None
        new = empty_on_sqlite(tmp_path / "new.db") if is_sqlite else empty_on_postgresql(server)
        new.upgrade()
        assert new.facts() == migrated.facts()


def test_down_and_up_again_keeps_all_rows_and_each_release_works_at_its_own(
    release: NextRelease, migrated: EmptyDatabase
) -> None:
    facts = migrated.facts()
    with release.installed():
        migrated.upgrade()
        with migrated.opened() as store:
            populate(store)
        facts_of_next, rows = migrated.facts(), rows_of(migrated)
        downgrade(migrated.owner_url, SCHEMA, OWN, CATALOG)
        with migrated.opened() as store:
            assert code(store.feed) == "SCHEMA_OUT_OF_DATE"

    assert migrated.revision() == OWN
    assert migrated.facts() == facts
    assert rows_of(migrated) == rows
    with migrated.opened() as store:
        assert verify(store) == ()

    with release.installed():
        migrated.upgrade()
        assert migrated.facts() == facts_of_next
        assert rows_of(migrated) == rows
        with migrated.opened() as store:
            assert verify(store) == ()
            assert create(store).seq == 1


def test_a_downgrade_loses_a_value_of_a_task_only_with_an_export(
    installed: EmptyDatabase,
) -> None:
    """No export has tasks. One of all records is needed, where there are records."""
    installed.upgrade()
    with installed.opened() as store:
        create(store)
        hashes = [change.hash for change in store.feed().changes]
        enqueue(store, "a")
    with migrating(installed.owner_url, SCHEMA) as (connection, _):
        prefix = prefix_of(connection, SCHEMA)
        connection.execute(text(f"UPDATE {prefix}tasks SET note = 'dear'"))

    with pytest.raises(RecordsWouldBeLost):
        downgrade(installed.owner_url, SCHEMA, OWN, CATALOG)
    assert installed.revision() == NEXT
    downgrade(installed.owner_url, SCHEMA, OWN, CATALOG, exported=hashes)
    assert installed.revision() == OWN


def test_down_to_nothing_and_up_again_leaves_the_same_schema(installed: EmptyDatabase) -> None:
    installed.upgrade()
    facts = installed.facts()
    installed.downgrade()
    assert installed.revision() == ""

    installed.upgrade()
    assert installed.facts() == facts


def test_a_killed_step_leaves_the_revision_before(installed: EmptyDatabase) -> None:
    facts = installed.facts()
    numbers = numbers_to_kill_at(installed.upgrade_as_owner)
    downgrade(installed.owner_url, SCHEMA, OWN, CATALOG)

    for number in numbers:
        with killed_at(number), pytest.raises(Killed):
            installed.upgrade_as_owner()
        assert installed.facts() == facts
        assert installed.revision() == OWN


def test_concurrent_upgrades_from_this_release_upgrade_once(installed: EmptyDatabase) -> None:
    start = Barrier(MIGRATORS)

    def wait_and_upgrade() -> None:
        start.wait()
        installed.upgrade()

    with ThreadPoolExecutor(MIGRATORS) as threads:
        upgrades = [threads.submit(wait_and_upgrade) for _ in range(MIGRATORS)]
        for finished in upgrades:
            finished.result()

    assert installed.revision() == NEXT
    with installed.opened() as store:
        assert verify(store) == ()


def test_a_migration_stores_and_removes_the_mark(installed: EmptyDatabase) -> None:
    assert stored_mark(installed) is None
    installed.upgrade()
    kind = "sqlite" if installed.schema is None else "postgresql"
    assert stored_mark(installed) == newest()[1][kind]
    downgrade(installed.owner_url, SCHEMA, OWN, CATALOG)
    assert stored_mark(installed) is None
