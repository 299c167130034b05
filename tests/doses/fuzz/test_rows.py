"""Random rows and changes, on which domain, SQLite and PostgreSQL must agree."""

import sqlite3
from random import Random
from typing import Final

import psycopg
from tests.core.test_changed_fields import aggregates
from tests.sql import row_stores
from tests.sql.condition_rows import (
    Ask,
    changes_that_differ,
    declared,
    declared_records,
    rows_that_differ,
)
from tests.sql.row_stores import Ask as AskRows
from tests.sql.row_stores import PostgresqlRows, SqliteRows
from tests.sql.whole_rows import RowTally, compare_rows, random_rows_of

from indelible.kernel.aggregates import Aggregate
from indelible.kernel.conditions import Condition, FixedIf, Rising
from indelible_service.embedded import PostgresServer

ROUNDS: Final = 5  # of 200 of each condition and aggregate


def test_conditions_get_one_answer(database: PostgresServer, chance: Random) -> None:
    with (
        psycopg.connect(database.url, autocommit=True) as postgresql,
        sqlite3.connect(":memory:") as sqlite,
    ):

        def ask_postgresql(query: str) -> list[bool]:
            return [bool(row[0]) for row in postgresql.execute(query.encode())]

        def ask_sqlite(query: str) -> list[bool]:
            return [bool(row[0]) for row in sqlite.execute(query)]

        databases: dict[str, Ask] = {"postgresql": ask_postgresql, "sqlite": ask_sqlite}
        for _ in range(ROUNDS):
            seed = chance.getrandbits(32)
            for dialect, ask in databases.items():
                assert different_conditions(ask, dialect, seed) == []


def different_conditions(ask: Ask, dialect: str, seed: int) -> list[str]:
    """Return the conditions on whose values Python and the database differ."""
    wrong: list[str] = []
    for entity in (*declared(), *declared_records()):
        for condition in entity.conditions:
            different: object = []
            if isinstance(condition, Condition):
                different = rows_that_differ(entity, condition, ask, dialect=dialect, seed=seed)
            elif isinstance(condition, FixedIf | Rising) and issubclass(entity, Aggregate):
                different = changes_that_differ(entity, condition, ask, dialect=dialect, seed=seed)
            else:
                continue
            if different:
                wrong.append(f"{dialect}: {entity.__name__}.{condition.name}: {different}")

    return wrong


def test_whole_rows_get_one_answer(
    sqlite_url: str, database: PostgresServer, chance: Random
) -> None:
    tally = RowTally()
    with (
        SqliteRows.open(sqlite_url.removeprefix("sqlite:///")) as sqlite,
        PostgresqlRows.open(database.owner_url) as postgresql,
    ):
        stores: dict[str, AskRows] = {
            "domain": row_stores.ask_domain,
            "sqlite": sqlite,
            "postgresql": postgresql,
        }
        for _ in range(ROUNDS):
            seed = chance.getrandbits(32)
            for entity in aggregates():
                compare_rows(entity, random_rows_of(entity, seed=seed), stores, tally)

    assert tally.different == []
