"""Random rows get the same answer of a finder from memory, SQLite and PostgreSQL.

The tables have no guards here, so that a row may have any values.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from types import SimpleNamespace
from typing import Any, Final, cast

import pytest
from attrs import evolve
from sqlalchemy import Column, Connection, NullPool, Table, create_engine, insert
from tests.sql.finders import CALLS, FinderCall

from indelible.kernel.finders import SAMPLE_TIME
from indelible.kernel.questions import DESCENDING, Comparator, Comparison, Question
from indelible_service.embedded import PostgresServer
from indelible_sql.engine.prepared import SCHEMA

ROWS: Final = 200
LIMITS: Final = (1, 3, ROWS)
TIMES: Final = tuple(SAMPLE_TIME + timedelta(microseconds=number) for number in (-2, -1, 0, 1, 2))
VALUES: Final[Mapping[str, tuple[object, ...]]] = {
    "DATETIME": TIMES,
    "BIGINT": tuple(range(1, 41)),  # within the domains of counts and ordinals
    "BOOLEAN": (False, True),
}
TEXTS: Final = ("a", "b", "B", "é", "z")
ASKED: Final = {name: call for name, call in CALLS.items() if call.question is not None}

RandomRow = Mapping[str, Any]


def fields_of(call: FinderCall, question: Question) -> list[str]:
    """Return the fields that a question compares, orders by or counts, and the primary key."""
    names = [comparison.field for comparison in question.where]
    names.extend(name.removeprefix(DESCENDING) for name in question.order)
    if counts_states(call):
        names.append("status")
    names.extend(column.name for column in table_of(call).primary_key)
    return list(dict.fromkeys(names))


def counts_states(call: FinderCall) -> bool:
    """Return whether a finder counts the heads in each state."""
    return "total" in call.statement.selected_columns


def compared_values(comparison: Comparison) -> list[object]:
    """Return the values of a comparison, and all states for one of states."""
    values: list[object] = [comparison.value]
    if comparison.comparator in (Comparator.ONE_OF, Comparator.LISTED):
        values = [*comparison.value]
    for one in tuple(values):
        if isinstance(one, StrEnum):
            values.extend(type(one))
    return values


def values_of(column: Column[Any], question: Question) -> list[object]:
    """Return the values that a column has in random rows."""
    values: list[object] = [*VALUES.get(str(column.type), TEXTS)]
    for comparison in question.where:
        if comparison.field == column.name:
            values.extend(compared_values(comparison))
    if column.nullable:
        return [*values, None]
    return [value for value in values if value is not None]


def random_rows(call: FinderCall, question: Question) -> list[RandomRow]:
    """Return rows of which no two with the same equal fields have the same place in the order."""
    randomness = random.Random(call.name)  # noqa: S311 - no secret
    table = table_of(call)
    names = fields_of(call, question)
    place = [name.removeprefix(DESCENDING) for name in question.order]
    for comparison in question.where:
        if comparison.comparator is Comparator.EQUAL:
            place.append(comparison.field)
    rows: dict[tuple[Any, ...], RandomRow] = {}
    for number in range(ROWS):
        row = {name: randomness.choice(values_of(table.c[name], question)) for name in names}
        if "id" in row and not names_ids(question):
            row["id"] = f"{randomness.choice(TEXTS)}{number}"
        rows[tuple(row[name] for name in place)] = row
    return list(rows.values())


def names_ids(question: Question) -> bool:
    """Return whether a question is about heads with given ids."""
    for comparison in question.where:
        is_id = comparison.comparator in (Comparator.EQUAL, Comparator.LISTED)
        if is_id and comparison.field == "id":
            return True
    return False


def memory_answer(question: Question, rows: Sequence[RandomRow]) -> list[RandomRow]:
    """Return the rows that the memory store returns."""
    answer = question.answer(rows, lambda row: SimpleNamespace(**row))
    return list(answer)


def sql_answer(connection: Connection, call: FinderCall, limit: int) -> list[RandomRow]:
    """Return the rows that a database returns."""
    values = {**call.values}
    if "limit" in values:
        values["limit"] = limit
    return [dict(row) for row in connection.execute(call.statement, values).mappings()]


def table_of(call: FinderCall) -> Table:
    """Return the table that a finder reads."""
    (table,) = call.statement.columns_clause_froms
    return cast("Table", table)


def check(connection: Connection, name: str) -> None:
    """Compare the answers of a database with memory's for an empty table that gets random rows."""
    call = ASKED[name]
    question = call.question
    assert question is not None
    rows = random_rows(call, question)
    connection.execute(insert(table_of(call)), [dict(row) for row in rows])

    names = fields_of(call, question)
    for limit in LIMITS:
        limited = question
        if question.limit is not None:
            limited = evolve(question, limit=limit)
        expected = memory_answer(limited, rows)
        actual = sql_answer(connection, call, limit)

        assert expected
        if counts_states(call):
            counts = Counter(str(row["status"]) for row in expected)
            assert {row["status"]: row["total"] for row in actual} == counts
        else:
            assert [{name: row[name] for name in names} for row in actual] == expected


@pytest.mark.parametrize("name", ASKED)
def test_sqlite_answers_a_finder_as_memory_does(name: str) -> None:
    table = table_of(ASKED[name])
    columns = ", ".join(column.name for column in table.columns)
    with create_engine("sqlite://", poolclass=NullPool).connect() as connection:
        connection.exec_driver_sql(f"CREATE TABLE {table.name} ({columns})")
        check(connection.execution_options(schema_translate_map={SCHEMA: None}), name)


@pytest.mark.slow
def test_postgresql_answers_finders_as_memory_does(database: PostgresServer) -> None:
    url = database.admin_url.replace("postgresql://", "postgresql+psycopg://")
    with create_engine(url, poolclass=NullPool).connect() as connection:
        for name, call in ASKED.items():
            table = table_of(call).name
            connection.exec_driver_sql(
                f"CREATE TEMP TABLE {table} AS SELECT * FROM indelible.{table} WITH NO DATA"
            )
            check(connection.execution_options(schema_translate_map={SCHEMA: "pg_temp"}), name)
            connection.exec_driver_sql(f"DROP TABLE pg_temp.{table}")
