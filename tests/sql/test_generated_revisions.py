"""Databases move between generated releases, and lose no record that is not exported."""

import re
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import select, text
from tests.guards.situation import settle
from tests.sql.additive import problems_of_mark
from tests.sql.conftest import code
from tests.sql.empty_databases import SCHEMA, EmptyDatabase, empty_on_postgresql, empty_on_sqlite
from tests.sql.freeze import names_at
from tests.sql.killed import Killed, killed_at, numbers_to_kill_at
from tests.sql.later_releases import (
    LATER,
    NOTES,
    LaterReleases,
    generate_releases,
    write_note,
)
from tests.sql.revisions import declared_path, read_statements

from indelible.testing.stores import MAYA, create, enqueue
from indelible_service.embedded import PostgresServer
from indelible_sql import import_histories, verify
from indelible_sql.generated_revisions import AFTER_NEXT, NEXT, OWN, run_all
from indelible_sql.kernel.seal_tables import SEAL_RECORDS, SEALS
from indelible_sql.maintenance.export import export_histories, exported_hashes
from indelible_sql.schema.additive import AdditiveRevision, additive_revisions, marked_digest
from indelible_sql.schema.columns import prefix_of
from indelible_sql.schema.drop import RecordsWouldBeLost
from indelible_sql.schema.migrate import downgrade, migrating

pytestmark = pytest.mark.slow

OF_NOTES = re.compile(r"notes |history \(\d+, 'note'|lifecycle_edges \('note'")
POSITION = re.compile(r"^history \(\d+, ")
MIGRATORS = 4


@pytest.fixture(scope="module")
def releases(
    server: PostgresServer,
    template: PostgresServer,  # noqa: ARG001 - migrated before later releases are installed
    template_file: Path,  # noqa: ARG001 - as well
    tmp_path_factory: pytest.TempPathFactory,
) -> LaterReleases:
    """Generate two later releases."""
    folder = tmp_path_factory.mktemp("releases")
    owner_urls: list[Mapping[str, str]] = []
    for revision in (NEXT, AFTER_NEXT):
        sqlite = empty_on_sqlite(folder / f"{revision}.db")
        postgresql = empty_on_postgresql(server)
        owner_urls.append({"sqlite": sqlite.owner_url, "postgresql": postgresql.owner_url})

    for_next, for_after_next = owner_urls
    return generate_releases(folder, for_next, for_after_next)


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
def installed(releases: LaterReleases, migrated: EmptyDatabase) -> Generator[EmptyDatabase]:
    """Install the later releases, and return a database that is at the revision of this one."""
    with releases.installed():
        yield migrated


def empty_like(database: EmptyDatabase, folder: Path, server: PostgresServer) -> EmptyDatabase:
    """Return another database of the same kind, which is empty."""
    if database.schema is None:
        return empty_on_sqlite(folder / "another.db")
    return empty_on_postgresql(server)


def rows_of(database: EmptyDatabase) -> list[str]:
    """Return every row of every table of this release, and of notes, but for seals.

    Changes have no positions here: on SQLite those of the changes that stay close up.
    """
    rows: list[str] = []
    has_notes = database.revision() != OWN
    with migrating(database.owner_url, SCHEMA) as (connection, schema):
        translated = connection.execution_options(schema_translate_map={SCHEMA: schema})
        for table in LATER.tables:
            if table in (SEALS, SEAL_RECORDS):
                continue
            if table is NOTES and not has_notes:
                continue
            rows += sorted(f"{table.name} {row!r}" for row in translated.execute(select(table)))

    return rows


def lasting_rows(rows: list[str]) -> list[str]:
    """Return the rows that this release has too."""
    kept = [row for row in rows if not OF_NOTES.match(row)]
    return sorted(POSITION.sub("history (", row) for row in kept)


def test_an_upgrade_keeps_all_rows_and_leaves_the_schema_of_a_new_database(
    releases: LaterReleases, migrated: EmptyDatabase, tmp_path: Path, server: PostgresServer
) -> None:
    with migrated.opened() as store:
        settle(store)
    rows = lasting_rows(rows_of(migrated))

    with releases.installed():
        migrated.upgrade()
        assert migrated.revision() == AFTER_NEXT
        assert lasting_rows(rows_of(migrated)) == rows
        with migrated.opened() as store:
            assert verify(store) == ()
            assert store.run(write_note, "write", actor=MAYA, reason="a test").id

        new = empty_like(migrated, tmp_path, server)
        new.upgrade()
        assert new.facts() == migrated.facts()


def test_the_steps_lead_to_the_declared_schema(
    releases: LaterReleases, installed: EmptyDatabase, tmp_path: Path, server: PostgresServer
) -> None:
    installed.upgrade()
    downgrade(installed.owner_url, SCHEMA, NEXT, LATER)

    declared = empty_like(installed, tmp_path, server)
    with migrating(declared.owner_url, SCHEMA) as (connection, _):
        path = declared_path(releases.written, NEXT, connection.dialect.name)
        run_all(connection, read_statements(path))
    assert installed.facts() == declared.facts()


@pytest.mark.parametrize("previous", [OWN, NEXT])
def test_down_to_a_revision_and_up_again_keeps_all_rows(
    installed: EmptyDatabase, previous: str
) -> None:
    """The notes of the next release are exported, lost on the way to this one, and imported."""
    installed.upgrade()
    with installed.opened() as store:
        store.run(write_note, "write", actor=MAYA, reason="a test")
        settle(store)
        facts = installed.facts()
        rows = rows_of(installed)
        file = BytesIO()
        store.read(export_histories, file)
        exported = exported_hashes(file, LATER)
        downgrade(installed.owner_url, SCHEMA, previous, LATER, exported=exported)

        assert installed.revision() == previous
        assert installed.facts() != facts
        assert lasting_rows(rows_of(installed)) == lasting_rows(rows)
        with installed.opened() as another:
            assert code(another.feed) == "SCHEMA_OUT_OF_DATE"

        installed.upgrade()
        assert installed.facts() == facts
        assert lasting_rows(rows_of(installed)) == lasting_rows(rows)
        assert verify(store) == ()
        assert create(store).seq == 1

        import_histories(store, file, by=MAYA)
        assert verify(store) == ()
        notes = [row for row in rows if row.startswith("notes ")]
        assert len(notes) == 1
        assert [row for row in rows_of(installed) if row.startswith("notes ")] == notes


def test_this_release_works_after_a_downgrade(
    releases: LaterReleases, migrated: EmptyDatabase
) -> None:
    facts = migrated.facts()
    with releases.installed():
        migrated.upgrade()
        downgrade(migrated.owner_url, SCHEMA, OWN, LATER)

    assert migrated.facts() == facts
    with migrated.opened() as store:
        assert verify(store) == ()
        assert create(store).seq == 1


def test_a_downgrade_drops_a_context_only_with_an_export(installed: EmptyDatabase) -> None:
    installed.upgrade()
    with installed.opened() as store:
        store.run(write_note, "write", actor=MAYA, reason="a test")
        facts = installed.facts()

        with pytest.raises(RecordsWouldBeLost):
            downgrade(installed.owner_url, SCHEMA, OWN, LATER)
        assert installed.facts() == facts
        assert installed.revision() == AFTER_NEXT

        hashes = [change.hash for change in store.feed().changes]
        downgrade(installed.owner_url, SCHEMA, OWN, LATER, exported=hashes)
        assert installed.revision() == OWN


def test_a_downgrade_loses_a_value_of_a_task_only_with_an_export(
    installed: EmptyDatabase,
) -> None:
    """No export has tasks. One of all records is needed, where there are records."""
    installed.upgrade()
    with installed.opened() as store:
        create(store)
        hashes = [change.hash for change in store.feed().changes]
        enqueue(store, "a")
    downgrade(installed.owner_url, SCHEMA, OWN, LATER)
    installed.upgrade()
    with migrating(installed.owner_url, SCHEMA) as (connection, _):
        prefix = prefix_of(connection, SCHEMA)
        connection.execute(text(f"UPDATE {prefix}tasks SET remark = 'dear'"))

    with pytest.raises(RecordsWouldBeLost):
        downgrade(installed.owner_url, SCHEMA, OWN, LATER)
    downgrade(installed.owner_url, SCHEMA, OWN, LATER, exported=hashes)
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
    downgrade(installed.owner_url, SCHEMA, OWN, LATER)

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

    assert installed.revision() == AFTER_NEXT
    with installed.opened() as store:
        assert verify(store) == ()


def test_a_migration_stores_and_removes_the_mark(installed: EmptyDatabase) -> None:
    def stored() -> str | None:
        with migrating(installed.owner_url, SCHEMA) as (connection, _):
            return marked_digest(connection, SCHEMA, revision=AFTER_NEXT, previous=NEXT)

    assert stored() is None
    installed.upgrade()
    kind = "sqlite" if installed.schema is None else "postgresql"
    assert stored() == additive_revisions()[AFTER_NEXT].digests[kind]
    downgrade(installed.owner_url, SCHEMA, NEXT, LATER)
    assert stored() is None


def test_a_revision_that_is_called_additive_is_additive(
    releases: LaterReleases, installed: EmptyDatabase
) -> None:
    mark = additive_revisions()[AFTER_NEXT]
    installed.upgrade()

    names = names_at(releases.written, NEXT)
    assert problems_of_mark(installed.owner_url, mark, names, LATER) == []


def test_a_revision_that_is_called_additive_and_is_not_is_found(
    releases: LaterReleases, installed: EmptyDatabase
) -> None:
    lie = AdditiveRevision(NEXT, OWN, additive_revisions()[AFTER_NEXT].digests)
    installed.upgrade()
    downgrade(installed.owner_url, SCHEMA, NEXT, LATER)

    names = names_at(releases.written, OWN)
    problems = problems_of_mark(installed.owner_url, lie, names, LATER)
    assert "the mark has another digest" in problems
    assert any(problem.startswith("dropped or changed: index") for problem in problems)
