"""The dose of whole rows: random rows of every aggregate, about which all stores must agree."""

import time

from tests.core.test_changed_fields import aggregates
from tests.fuzz.conditions import ConditionDose
from tests.sql.row_stores import Ask, PostgresqlRows, SqliteRows, ask_domain, ask_memory
from tests.sql.whole_rows import ROWS, RowTally, compare_rows, random_rows_of


def fuzz_rows(dose: ConditionDose, sqlite_path: str, owner_url: str) -> RowTally:
    """Compare the stores in rounds, at least one, and return the tally.

    The databases are the dose's own: their guards are dropped.
    """
    tally = RowTally()
    ends_at = time.monotonic() + dose.minutes * 60
    rounds = 0
    with SqliteRows.open(sqlite_path) as sqlite, PostgresqlRows.open(owner_url) as postgresql:
        stores: dict[str, Ask] = {
            "domain": ask_domain,
            "memory": ask_memory,
            "sqlite": sqlite,
            "postgresql": postgresql,
        }
        while True:
            for entity in aggregates():
                rows = random_rows_of(entity, seed=dose.seed * 1_000_000 + rounds)
                compare_rows(entity, rows, stores, tally)
            rounds += 1
            if rounds * ROWS >= dose.number and time.monotonic() >= ends_at:
                return tally
