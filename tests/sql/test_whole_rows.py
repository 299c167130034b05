"""Domain, memory, SQLite and PostgreSQL give one answer to each whole row of every aggregate."""

import shutil
import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.core.test_changed_fields import aggregates
from tests.databases import temporary_copy
from tests.sql.condition_rows import table_of
from tests.sql.row_stores import Ask, PostgresqlRows, SqliteRows, ask_domain, ask_memory
from tests.sql.whole_rows import EXCEPTIONS, RowTally, compare_rows, random_rows_of

from indelible.kernel.aggregates import Aggregate
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.payees import Payee
from indelible_service.embedded import PostgresServer

MIN_SHARE = 0.25  # of the rows of an aggregate that are accepted
MAX_SHARE = 0.9
SEED = 36


@pytest.fixture(scope="module")
def sqlite_rows(
    template_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Generator[SqliteRows]:
    """Open a copy of the migrated SQLite file."""
    path = shutil.copy(template_file, tmp_path_factory.mktemp("rows") / "rows.db")
    with SqliteRows.open(str(path)) as rows:
        yield rows


@pytest.fixture(scope="module")
def postgresql_rows(
    admin: "psycopg.Connection[object]", server: PostgresServer, template: PostgresServer
) -> Generator[PostgresqlRows]:
    """Open a copy of the migrated PostgreSQL database."""
    name = template.url.rpartition("/")[2]
    with (
        temporary_copy(admin, server, "whole_rows", name) as database,
        PostgresqlRows.open(database.owner_url) as rows,
    ):
        yield rows


@pytest.fixture(params=["sqlite_rows", pytest.param("postgresql_rows", marks=pytest.mark.slow)])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Return the function that asks a database."""
    rows: Ask = request.getfixturevalue(request.param)
    return rows


def test_no_aggregate_is_left_out() -> None:
    shipped = {
        entity.__name__
        for entity in Aggregate.__subclasses__()
        if entity.__module__.startswith("indelible.")
    }

    assert {entity.__name__ for entity in aggregates()} == shipped
    assert len({table_of(entity) for entity in aggregates()}) == len(aggregates())


@pytest.mark.parametrize("entity", aggregates(), ids=lambda entity: entity.__name__)
def test_a_whole_row_gets_one_answer(entity: type[Aggregate], ask: Ask) -> None:
    stores = {"domain": ask_domain, "memory": ask_memory, "database": ask}
    tally = RowTally()

    compare_rows(entity, random_rows_of(entity, seed=SEED), stores, tally)

    assert tally.different == []
    assert MIN_SHARE < tally.accepted_share < MAX_SHARE


@pytest.mark.slow
def test_every_exception_is_needed(ask: Ask) -> None:
    stores = {"domain": ask_domain, "database": ask}
    tally = RowTally()
    names = {name for name, _ in EXCEPTIONS}
    for entity in aggregates():
        if entity.__name__ in names:
            compare_rows(entity, random_rows_of(entity, seed=SEED, number=1_000), stores, tally)

    assert tally.different == []
    assert tally.excepted == set(EXCEPTIONS)


def test_a_condition_that_the_domain_lacks_is_found(ask: Ask) -> None:
    class Looser(Dispute):
        """A dispute that may be closed in any state."""

        __slots__ = ()
        _claims = Dispute._claims[1:]  # noqa: SLF001 - what attrs compiles of the conditions

    tally = RowTally()
    stores = {"domain": ask_domain, "memory": ask_memory, "database": ask}

    compare_rows(Looser, random_rows_of(Dispute, seed=SEED), stores, tally)

    expected = "Looser: domain: accepted, memory: accepted, database: disputes_closed_of_status\n"
    assert tally.different
    assert all(line.startswith(expected) for line in tally.different), tally.different
    assert "closed_at=" in tally.different[0]


def test_a_check_that_sqlite_lacks_is_found(template_file: Path, tmp_path: Path) -> None:
    path = str(shutil.copy(template_file, tmp_path / "rows.db"))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        read = "SELECT sql FROM sqlite_master WHERE name = 'payees'"
        (statement,) = connection.execute(read).fetchone()
        lines = statement.splitlines()
        changed = "\n".join(line for line in lines if "payees_destination_of_status" not in line)
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET sql = ? WHERE name = 'payees'", (changed,))

    with SqliteRows.open(path) as rows:
        assert_payees_differ(rows)


def test_a_check_that_postgresql_lacks_is_found(postgresql_rows: PostgresqlRows) -> None:
    drop = "ALTER TABLE indelible.payees DROP CONSTRAINT payees_destination_of_status"
    with postgresql_rows.connection.transaction(force_rollback=True):
        postgresql_rows.connection.execute(drop)
        assert_payees_differ(postgresql_rows)


def assert_payees_differ(database: Ask) -> None:
    """Assert that only the domain and memory refuse some rows of payees."""
    tally = RowTally()
    stores = {"domain": ask_domain, "memory": ask_memory, "database": database}

    compare_rows(Payee, random_rows_of(Payee, seed=SEED), stores, tally)

    assert tally.different
    for line in tally.different:
        assert line.startswith("Payee: domain: FIELD_NOT_OF_STATE destination")
        assert "database: accepted\n" in line
        assert "destination=" in line
