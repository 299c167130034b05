"""Code works beside the next release while its revision is additive, and is refused otherwise."""

import sqlite3
from functools import partial

import psycopg
import pytest
from attrs import evolve, frozen
from tests.sql.conftest import opened
from tests.sql.faults import as_admin, execute_on_sqlite

from indelible.concepts import CONCEPT, ConceptStatus
from indelible.kernel import Edge
from indelible.testing.stores import create, refusal
from indelible_service.embedded import PostgresServer
from indelible_sql import verify
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.generated_revisions import AFTER_NEXT, NEXT, OWN, apply_later
from indelible_sql.maintenance.snapshot_files import differences, later_revision
from indelible_sql.schema.additive import ADDITIVE_TABLE
from indelible_sql.schema.admission import RoleTooStrong
from indelible_sql.schema.hosts import declare_lifecycle
from indelible_sql.schema.migrate import SchemaDamaged, SchemaTooNew, migrating

ANNOTATE = Edge(ConceptStatus.DRAFT, "annotate", ConceptStatus.DRAFT, 0)
FORGERIES = (
    f"INSERT INTO indelible.{ADDITIVE_TABLE} VALUES ('0009', '{OWN}', 'a digest')",
    f"UPDATE indelible.{ADDITIVE_TABLE} SET digest = 'another'",
    f"DELETE FROM indelible.{ADDITIVE_TABLE}",
    f"UPDATE indelible.indelible_version SET version_num = '{OWN}'",
)


@frozen
class Migrated:
    """A database at this release's revision, with the addresses of its user and its owner."""

    url: str
    owner_url: str


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(request: pytest.FixtureRequest) -> Migrated:
    if request.param == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        return Migrated(url, url)
    database: PostgresServer = request.getfixturevalue("database")
    return Migrated(database.url, database.owner_url)


@pytest.mark.slow
def test_code_works_beside_the_next_release_if_its_revision_is_additive(
    migrated: Migrated,
) -> None:
    with opened(migrated.url) as store:
        before = create(store).concept.id
    apply_later(migrated.owner_url)

    with opened(migrated.url) as store:
        assert create(store).seq == 1
        first, second = store.feed().changes
        assert first.entity_id == before != second.entity_id
        assert verify(store) == ()
        assert differences(store) == {}
        assert later_revision(store) == NEXT
        assert store.upgrade(migrated.owner_url) == NEXT
        assert later_revision(store) == NEXT


@pytest.mark.slow
def test_an_open_store_works_on_while_the_next_release_migrates(migrated: Migrated) -> None:
    with opened(migrated.url) as store:
        create(store)
        apply_later(migrated.owner_url)

        assert create(store).seq == 1
        assert verify(store) == ()


@pytest.mark.parametrize(
    ("revision", "marked_after"), [(NEXT, ""), (AFTER_NEXT, NEXT), (AFTER_NEXT, "")]
)
def test_another_later_revision_is_refused_with_both_numbers(
    revision: str, marked_after: str, migrated: Migrated
) -> None:
    apply_later(migrated.owner_url, revision=revision, marked_after=marked_after)

    with opened(migrated.url) as store:
        for access in (store.feed, partial(store.upgrade, migrated.owner_url)):
            error = refusal(access)
            assert isinstance(error, SchemaTooNew)
            assert (error.revision, error.needed) == (revision, OWN)


@pytest.mark.slow
def test_damage_at_a_later_revision_is_noticed(migrated: Migrated) -> None:
    apply_later(migrated.owner_url)
    with migrating(migrated.owner_url, SCHEMA) as (connection, schema):
        prefix = "" if schema is None else "indelible."
        connection.exec_driver_sql(f"CREATE INDEX more ON {prefix}tasks (note)")

    with opened(migrated.url) as store:
        assert isinstance(refusal(store.feed), SchemaDamaged)
        assert any(fact.startswith("index ") for fact in differences(store, migrated.owner_url))


@pytest.mark.slow
def test_an_edge_of_the_next_release_is_no_finding(migrated: Migrated) -> None:
    more = evolve(CONCEPT, edges=(*CONCEPT.edges, ANNOTATE))
    apply_later(migrated.owner_url, more=partial(declare_lifecycle, lifecycle=more))

    with opened(migrated.url) as store:
        create(store)
        assert verify(store) == ()


def test_the_application_can_neither_mark_a_revision_nor_change_one(
    database: PostgresServer,
) -> None:
    apply_later(database.owner_url)

    for statement in FORGERIES:
        with (
            psycopg.connect(database.url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement.encode())


@pytest.mark.parametrize("privilege", ["INSERT", "UPDATE", "DELETE"])
@pytest.mark.parametrize("table", ["indelible_version", ADDITIVE_TABLE])
def test_a_role_that_could_mark_a_revision_is_refused(
    table: str, privilege: str, database: PostgresServer
) -> None:
    apply_later(database.owner_url)
    with as_admin(database) as admin:
        admin.execute(f"GRANT {privilege} ON indelible.{table} TO indelible_app".encode())

    with opened(database.url) as store:
        assert isinstance(refusal(store.feed), RoleTooStrong)


@pytest.mark.parametrize("statement", FORGERIES[:3])
def test_a_mark_in_a_file_cannot_be_changed(statement: str, sqlite_url: str) -> None:
    apply_later(sqlite_url)

    with pytest.raises(sqlite3.IntegrityError, match=f"{ADDITIVE_TABLE}_no_"):
        execute_on_sqlite(sqlite_url, statement.replace("indelible.", ""))
