"""Test that finders send what hand-written statements did: with the same plan, by an index."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection
from tests.sql.finders import CALLS, FinderCall
from tests.sql.plans import plan
from tests.sql.test_row_order import is_totally_ordered

from indelible.kernel.questions import Question, equal
from indelible_sql import SqlStore
from indelible_sql.engine.prepared import prepare
from indelible_sql.kernel.questions import statement_of
from indelible_sql.money.tables.payouts import TRANSFERS

# The statements that finders replaced, as each database received them.
REPLACED: Final[dict[str, dict[str, Any]]] = json.loads(
    Path(__file__).with_name("replaced_statements.json").read_text("utf-8")
)
# SQLite's conditions of an index, and those of PostgreSQL's nodes: they name parameters.
SQLITE_CONDITIONS: Final = re.compile(r" \(.*\)$")
POSTGRESQL_CONDITION: Final = re.compile(r"^\s*(Index Cond|Recheck Cond|Filter):")
NO_INDEX: Final = re.compile(r"SCAN (main\.)?[a-z_0-9]+$")


def plan_of_text(
    connection: Connection, explain: str, text: str, values: Sequence[Any] | dict[str, Any]
) -> list[str]:
    """Return the lines of a database's plan, without the numbers that SQLite gives them."""
    parameters = values if isinstance(values, dict) else tuple(values)
    rows = connection.exec_driver_sql(f"{explain} {text}", parameters)
    return [str(row[-1]) for row in rows]


def plans(connection: Connection, explain: str, name: str) -> tuple[list[str], list[str]]:
    """Return the plans of the statement that a finder replaced, and of its own."""
    replaced = REPLACED[name][connection.dialect.name]
    before = plan_of_text(connection, explain, replaced["text"], replaced["values"])
    call = CALLS[name]
    prepared = prepare(call.statement, connection.dialect, "indelible")
    values: Any = prepared.bind(call.values)
    return before, plan_of_text(connection, explain, prepared.text, values)


def sqlite_nodes(lines: list[str]) -> list[str]:
    """Return SQLite's plan without the conditions of its indexes."""
    return [SQLITE_CONDITIONS.sub("", line) for line in lines]


def postgresql_nodes(lines: list[str]) -> list[str]:
    """Return the nodes of PostgreSQL's plan without their conditions."""
    return [line for line in lines if not POSTGRESQL_CONDITION.search(line)]


def has_index(lines: list[str]) -> bool:
    """Return whether SQLite reads no table without an index."""
    return not any(NO_INDEX.search(line) for line in lines)


def counts_all_rows(call: FinderCall) -> bool:
    """Return whether a finder counts all rows of its table."""
    return ".count_by_status(" in call.name


def test_every_replaced_statement_belongs_to_a_finder() -> None:
    assert set(REPLACED) <= set(CALLS)


@pytest.mark.parametrize("name", REPLACED)
def test_sqlite_answers_a_finder_as_the_statement_that_it_replaced(
    sqlite: SqlStore, name: str
) -> None:
    with sqlite.engines.writer.connect() as connection:
        before, after = plans(connection, "EXPLAIN QUERY PLAN", name)

    assert sqlite_nodes(after) == sqlite_nodes(before)


def test_postgresql_answers_finders_as_the_statements_that_they_replaced(
    postgresql: SqlStore,
) -> None:
    with postgresql.engines.writer.connect() as connection:
        # The tables are empty: PostgreSQL would read them whole.
        connection.exec_driver_sql("SET enable_seqscan = off")
        for name in REPLACED:
            before, after = plans(connection, "EXPLAIN (COSTS OFF)", name)
            assert postgresql_nodes(after) == postgresql_nodes(before), name
        connection.exec_driver_sql("RESET enable_seqscan")


@pytest.mark.parametrize("name", CALLS)
def test_sqlite_answers_a_finder_by_an_index(sqlite: SqlStore, name: str) -> None:
    call = CALLS[name]
    lines = plan(sqlite, "EXPLAIN QUERY PLAN", call.statement, **call.values)

    assert lines
    assert counts_all_rows(call) or has_index(lines)


def test_a_question_without_an_index_is_recognized(sqlite: SqlStore) -> None:
    question = Question(where=(equal("failure_code", "a"),), order=("failure_code",))
    statement, values = statement_of(TRANSFERS, question)
    lines = plan(sqlite, "EXPLAIN QUERY PLAN", statement, **values)

    assert not has_index(lines)
    assert not is_totally_ordered(statement)


@pytest.mark.parametrize("name", CALLS)
def test_a_finder_has_a_total_order(name: str) -> None:
    assert is_totally_ordered(CALLS[name].statement)
