"""Domain, SQLite and PostgreSQL give one answer to each whole row of every aggregate."""

import shutil
from collections.abc import Generator
from pathlib import Path

import psycopg
import pytest
from tests.core.test_changed_fields import aggregates
from tests.databases import temporary_copy
from tests.sql.condition_rows import table_of
from tests.sql.row_stores import Ask, PostgresqlRows, SqliteRows, ask_domain
from tests.sql.whole_rows import RowTally, compare_rows, random_rows_of

from indelible.kernel.aggregates import Aggregate
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
    stores = {"domain": ask_domain, "database": ask}
    tally = RowTally()

    compare_rows(entity, random_rows_of(entity, seed=SEED), stores, tally)

    assert tally.different == []
    assert MIN_SHARE < tally.accepted_share < MAX_SHARE
