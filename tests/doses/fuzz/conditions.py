"""The dose of conditions: random rows and changes, about which all stores must agree."""

import sqlite3
import time

import psycopg
from attrs import define, field, frozen
from tests.sql.condition_rows import (
    ROWS,
    Ask,
    changes_that_differ,
    declared,
    declared_records,
    rows_that_differ,
)

from indelible.kernel.aggregates import Aggregate
from indelible.kernel.conditions import Condition, FixedIf, Rising


@frozen(kw_only=True)
class ConditionDose:
    """The least number of rows and changes of each condition, and the least time."""

    seed: int
    minutes: float
    number: int


@define
class ConditionTally:
    """The numbers of conditions and of compared values, and the conditions that differ."""

    conditions: int = 0
    values: int = 0
    wrong: list[str] = field(factory=list[str])


def fuzz_conditions(dose: ConditionDose, url: str) -> ConditionTally:
    """Compare Python with SQLite and PostgreSQL in rounds, at least one, and return the tally."""
    tally = ConditionTally()
    ends_at = time.monotonic() + dose.minutes * 60
    rounds = 0
    with psycopg.connect(url, autocommit=True) as postgresql, sqlite3.connect(":memory:") as sqlite:

        def ask_postgresql(query: str) -> list[bool]:
            return [bool(row[0]) for row in postgresql.execute(query.encode())]

        def ask_sqlite(query: str) -> list[bool]:
            return [bool(row[0]) for row in sqlite.execute(query)]

        databases: dict[str, Ask] = {"postgresql": ask_postgresql, "sqlite": ask_sqlite}
        while True:
            for dialect, ask in databases.items():
                play_round(tally, ask, dialect=dialect, seed=dose.seed * 1_000_000 + rounds)
            rounds += 1
            if rounds * ROWS >= dose.number and time.monotonic() >= ends_at:
                return tally


def play_round(tally: ConditionTally, ask: Ask, *, dialect: str, seed: int) -> None:
    """Compare 200 values of each condition of each aggregate and record."""
    tally.conditions = 0
    for entity in (*declared(), *declared_records()):
        for condition in entity.conditions:
            different: object = []
            if isinstance(condition, Condition):
                different = rows_that_differ(entity, condition, ask, dialect=dialect, seed=seed)
            elif isinstance(condition, FixedIf | Rising) and issubclass(entity, Aggregate):
                different = changes_that_differ(entity, condition, ask, dialect=dialect, seed=seed)
            else:
                continue
            tally.conditions += 1
            tally.values += ROWS
            if different:
                tally.wrong.append(f"{dialect}: {entity.__name__}.{condition.name}: {different}")
