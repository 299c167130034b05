"""The dose of whole rows: random rows and changes of aggregates, on which all stores must agree."""

import time
from collections.abc import Callable

from tests.core.test_changed_fields import aggregates
from tests.doses.fuzz.conditions import ConditionDose
from tests.sql import change_stores, row_stores
from tests.sql.change_stores import AskChanges, PostgresqlChanges, SqliteChanges
from tests.sql.condition_rows import ROWS
from tests.sql.row_changes import random_changes_of
from tests.sql.row_stores import Ask, PostgresqlRows, SqliteRows
from tests.sql.whole_rows import RowTally, compare_changes, compare_rows, random_rows_of

from indelible_service.embedded import PostgresServer


def fuzz_rows(dose: ConditionDose, sqlite_url: str, server: PostgresServer) -> RowTally:
    """Compare the stores about whole rows in rounds, at least one, and return the tally.

    The databases are the dose's own: their guards are dropped.
    """
    tally = RowTally()
    with (
        SqliteRows.open(_path(sqlite_url)) as sqlite,
        PostgresqlRows.open(server.owner_url) as postgresql,
    ):
        stores: dict[str, Ask] = {
            "domain": row_stores.ask_domain,
            "memory": row_stores.ask_memory,
            "sqlite": sqlite,
            "postgresql": postgresql,
        }

        def play_round(seed: int) -> None:
            for entity in aggregates():
                compare_rows(entity, random_rows_of(entity, seed=seed), stores, tally)

        _play_rounds(dose, play_round)
    return tally


def fuzz_changes(dose: ConditionDose, sqlite_url: str, server: PostgresServer) -> RowTally:
    """Compare the stores about changes as `fuzz_rows` does, and return the tally."""
    tally = RowTally()
    with (
        SqliteChanges.open(_path(sqlite_url)) as sqlite,
        PostgresqlChanges.open(server.admin_url) as postgresql,
    ):
        stores: dict[str, AskChanges] = {
            "domain": change_stores.ask_domain,
            "memory": change_stores.ask_memory,
            "sqlite": sqlite,
            "postgresql": postgresql,
        }

        def play_round(seed: int) -> None:
            for entity in aggregates():
                compare_changes(entity, random_changes_of(entity, seed=seed), stores, tally)

        _play_rounds(dose, play_round)
    return tally


def _path(sqlite_url: str) -> str:
    return sqlite_url.removeprefix("sqlite:///")


def _play_rounds(dose: ConditionDose, play_round: Callable[[int], None]) -> None:
    """Play rounds of 200 of each aggregate until the dose is complete."""
    ends_at = time.monotonic() + dose.minutes * 60
    rounds = 0
    while rounds * ROWS < dose.number or rounds == 0 or time.monotonic() < ends_at:
        play_round(dose.seed * 1_000_000 + rounds)
        rounds += 1
