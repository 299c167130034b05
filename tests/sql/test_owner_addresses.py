"""The owner of the schema works on the database of the store, or not at all."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from tests.databases import create_database
from tests.service.commands import error_code
from tests.sql.conftest import code, opened
from tests.sql.empty_databases import EmptyDatabase, empty_on_postgresql, empty_on_sqlite

from indelible.testing.stores import create
from indelible_service.embedded import PostgresServer
from indelible_sql import SqlStore, index_spaces, install_algorithm, rebuild, verify

WRONG = "OWNER_ADDRESS_WRONG"
WORKS: dict[str, Callable[[SqlStore, str], object]] = {
    "upgrade": lambda store, url: store.upgrade(url),
    "rebuild": rebuild,
    "index": index_spaces,
    "install-algorithm": lambda store, url: install_algorithm(store, "annealed-1", url),
}


@pytest.fixture
def elsewhere(server: PostgresServer) -> EmptyDatabase:
    """Create another database of the same server."""
    return empty_on_postgresql(server)


@pytest.mark.parametrize("work", WORKS)
def test_the_owner_of_another_database_is_refused(
    work: str, postgresql: SqlStore, elsewhere: EmptyDatabase
) -> None:
    assert code(WORKS[work], postgresql, elsewhere.owner_url) == WRONG
    assert elsewhere.objects() == []


@pytest.mark.slow
def test_no_command_changes_another_database_than_that_of_the_application(
    database: PostgresServer, server: PostgresServer
) -> None:
    template = database.url.rpartition("/")[2]
    copy = create_database(server, "copy", template)
    settings = {"DATABASE_URL": database.url, "INDELIBLE_OWNER_URL": copy.owner_url}

    for words in (
        ("db", "upgrade"),
        ("db", "downgrade", "base"),
        ("db", "index"),
        ("db", "install-algorithm", "annealed-1"),
        ("rebuild",),
    ):
        assert error_code(*words, settings=settings) == WRONG
    with opened(copy.url) as store:
        create(store)
        assert verify(store) == ()


@pytest.mark.slow
@pytest.mark.parametrize(
    "statement",
    ["REVOKE CONNECT ON DATABASE {} FROM indelible_app", "ALTER ROLE indelible_app NOLOGIN"],
)
def test_a_first_upgrade_needs_no_role_that_may_connect(
    statement: str, elsewhere: EmptyDatabase, server: PostgresServer
) -> None:
    name = elsewhere.url.rpartition("/")[2]
    with psycopg.connect(server.admin_url, autocommit=True) as admin:
        admin.execute(statement.format(name).encode())
        try:
            with opened(elsewhere.url) as store:
                assert code(rebuild, store, elsewhere.owner_url) == "STORE_UNREACHABLE"
                store.upgrade(elsewhere.owner_url)
        finally:
            admin.execute(b"ALTER ROLE indelible_app LOGIN")
            admin.execute(f"GRANT CONNECT ON DATABASE {name} TO indelible_app".encode())
    with opened(elsewhere.url) as store:
        create(store)


@pytest.mark.slow
def test_nothing_is_compared_where_nobody_may_identify_the_cluster(
    elsewhere: EmptyDatabase, server: PostgresServer
) -> None:
    name = elsewhere.url.rpartition("/")[2]
    with psycopg.connect(server.admin_url, dbname=name, autocommit=True) as admin:
        admin.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
    with opened(elsewhere.url) as store:
        store.upgrade(elsewhere.owner_url)
        create(store)
        rebuild(store, elsewhere.owner_url)
        assert verify(store) == ()


def test_an_address_without_a_database_is_not_upgraded_as_another(
    elsewhere: EmptyDatabase,
) -> None:
    with opened(f"{elsewhere.url}_missing") as store:
        assert code(store.upgrade, elsewhere.owner_url) == "STORE_UNREACHABLE"
    assert elsewhere.objects() == []


def test_sqlite_has_no_owner_elsewhere(
    sqlite: SqlStore, elsewhere: EmptyDatabase, tmp_path: Path
) -> None:
    other = empty_on_sqlite(tmp_path / "other.db")

    for url in (elsewhere.owner_url, other.owner_url):
        assert code(sqlite.upgrade, url) == WRONG
    assert elsewhere.objects() == []
    assert not (tmp_path / "other.db").exists()
    sqlite.upgrade(sqlite.own_url.replace(tmp_path.name, f"{tmp_path.name}/../{tmp_path.name}"))
