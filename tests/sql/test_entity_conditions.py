"""Each condition of an aggregate gets the same answer from Python, SQLite and PostgreSQL."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from random import Random
from types import SimpleNamespace
from typing import Any, Final

import psycopg
import pytest
from attrs import Attribute, evolve, fields_dict
from sqlalchemy import Table
from tests.core.test_changed_fields import aggregates

from indelible.kernel import UsageError, instant_text
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import Claim, Compared, SetOnlyIf
from indelible.kernel.conditions import AnyCondition, Condition, FixedIf, NamesActor, Rising
from indelible.kernel.declarations import enumeration_of, is_optional, value_types
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.reconciliations import PaymentSwitch
from indelible_service.embedded import PostgresServer
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.entity_conditions import (
    check_declared,
    claims_sql,
    entity_checks,
    entity_guards,
)

ROWS: Final = 200
INSTANTS: Final = tuple(datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3))
TEXTS: Final = ("a", "b", "c")
NUMBERS: Final = (0, 1, 2, 3)
OTHER_OPERATORS: Final = {">=": ">", "<=": "<", ">": ">=", "<": "<=", "=": "<="}
CAST_TYPES: Final = {datetime: "timestamptz", int: "bigint", bool: "bigint"}

Row = SimpleNamespace
# Returns the answers of a database to a query, in the order of the rows.
Ask = Callable[[str], list[bool]]


def declared() -> list[type[Aggregate]]:
    """Return the aggregates that declare conditions."""
    return [entity for entity in aggregates() if entity.conditions]


def table_of(entity: type[Aggregate]) -> Table:
    """Return the head table of an aggregate."""
    for table, lifecycle in CATALOG.heads.items():
        if lifecycle.name == entity.lifecycle.name:
            return table
    raise LookupError(entity.__name__)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    """Return the function that asks a database."""
    if request.param == "sqlite":
        connection = sqlite3.connect(":memory:")
        yield lambda query: [bool(row[0]) for row in connection.execute(query)]
        connection.close()
        return

    server: PostgresServer = request.getfixturevalue("server")
    with psycopg.connect(server.url) as session:
        yield lambda query: [bool(row[0]) for row in session.execute(query.encode())]


def seeded(condition: Condition | FixedIf | Rising) -> Random:
    """Return the random numbers of a condition, the same in every run."""
    return Random(condition.name)  # noqa: S311 - no secret


def random_value(entity: type[Aggregate], attribute: "Attribute[Any]", random: Random) -> object:
    """Return a value of a field's kind, and sometimes None where it may be empty."""
    if is_optional(attribute) and random.random() < 0.4:
        return None
    return random.choice(possible_values(entity, attribute))


def possible_values(entity: type[Aggregate], attribute: "Attribute[Any]") -> Sequence[object]:
    """Return some values of a field's kind."""
    if attribute.name == "status":
        return [edge.to_state for edge in entity.lifecycle.edges]

    values: Sequence[object] = tuple(enumeration_of(attribute) or TEXTS)
    types = value_types(attribute)
    if datetime in types:
        values = INSTANTS
    if bool in types:
        values = (False, True)
    if int in types:
        least = attribute.metadata.get("minimum", 0)
        values = [number for number in NUMBERS if number >= least]
    return values


def random_rows(entity: type[Aggregate], names: Sequence[str], random: Random) -> list[Row]:
    """Return rows with random values of the fields."""
    attributes = fields_dict(entity)
    rows: list[Row] = []
    for _ in range(ROWS):
        values = {name: random_value(entity, attributes[name], random) for name in names}
        rows.append(SimpleNamespace(**values))
    return rows


def row_source(
    entity: type[Aggregate], names: Sequence[str], rows: Sequence[Row], *, is_sqlite: bool
) -> str:
    """Return a subquery with the rows, whose column `row_number` is their order."""
    selects: list[str] = []
    for number, row in enumerate(rows):
        columns = [f"{number} AS row_number"]
        for name in names:
            text = _literal(getattr(row, name))
            if not is_sqlite:
                text = f"CAST({text} AS {_cast_type(fields_dict(entity)[name])})"
            columns.append(f"{text} AS {name}")
        selects.append(f"SELECT {', '.join(columns)}")
    return f"({' UNION ALL '.join(selects)})"


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(int(value))
    if isinstance(value, datetime):
        return f"'{instant_text(value)}'"
    return f"'{value}'"


def _cast_type(attribute: "Attribute[Any]") -> str:
    types = value_types(attribute)
    for value_type, name in CAST_TYPES.items():
        if value_type in types:
            return name
    return "text"


def fields_of(condition: AnyCondition) -> tuple[str, ...]:
    """Return the fields that a condition reads."""
    names: set[str] = set()
    if isinstance(condition, Condition):
        for claim in condition.claims:
            names |= claim.all_fields()
    elif isinstance(condition, FixedIf):
        names = {*condition.fields, *condition.where.all_fields()}
    else:
        names = {condition.field}
    return tuple(sorted(names))


def answers_of_python(condition: Condition, rows: Sequence[Row]) -> list[bool]:
    """Return whether the rows fulfill the condition, by its reading in Python."""
    checks = [claim.compiled() for claim in condition.claims]
    return [all(check(row) for check in checks) for row in rows]


def answers_of_sql(
    entity: type[Aggregate], condition: Condition, rows: Sequence[Row], ask: Ask, *, dialect: str
) -> list[bool]:
    """Return whether the rows fulfill the condition, by its reading in SQL."""
    text = claims_sql(condition.claims, fields_dict(entity))
    is_sqlite = dialect == "sqlite"
    source = row_source(entity, fields_of(condition), rows, is_sqlite=is_sqlite)
    return ask(f"SELECT ({text}) IS NOT FALSE FROM {source} AS random_rows ORDER BY row_number")


def is_accepted(condition: AnyCondition, before: Row, after: Row) -> bool:
    """Return whether a change fulfills a condition, by its reading in Python."""
    if isinstance(condition, Rising):
        return not condition.expected(before, after)
    assert isinstance(condition, FixedIf)
    is_same = all(getattr(before, name) == getattr(after, name) for name in condition.fields)
    return is_same or not condition.applies(before)


@pytest.mark.parametrize("entity", declared(), ids=lambda entity: entity.__name__)
def test_rows_get_one_answer(
    entity: type[Aggregate], ask: Ask, request: pytest.FixtureRequest
) -> None:
    dialect: str = request.node.callspec.params["ask"]
    for condition in entity.conditions:
        if not isinstance(condition, Condition):
            continue
        rows = random_rows(entity, fields_of(condition), seeded(condition))
        expected = answers_of_python(condition, rows)
        actual = answers_of_sql(entity, condition, rows, ask, dialect=dialect)
        assert actual == expected, condition


@pytest.mark.parametrize("entity", declared(), ids=lambda entity: entity.__name__)
def test_changes_get_one_answer(
    entity: type[Aggregate], ask: Ask, request: pytest.FixtureRequest
) -> None:
    dialect: str = request.node.callspec.params["ask"]
    for condition in entity.conditions:
        if not isinstance(condition, FixedIf | Rising):
            continue
        names = fields_of(condition)
        random = seeded(condition)
        before = random_rows(entity, names, random)
        after = random_rows(entity, names, random)
        guard = next(entity_guards(table_of(entity), entity, dialect, since=condition.name))
        sources = [
            row_source(entity, names, rows, is_sqlite=dialect == "sqlite")
            for rows in (before, after)
        ]
        actual = ask(
            f"SELECT ({guard.condition}) IS TRUE FROM {sources[0]} AS OLD JOIN {sources[1]} AS NEW"
            " ON NEW.row_number = OLD.row_number ORDER BY OLD.row_number"
        )
        pairs = zip(before, after, strict=True)
        if isinstance(condition, FixedIf) and condition.are_set:
            # Where the predicate is true, the claims about a row say that the fields are set.
            usable = [_is_set(condition, row) for row in before]
            actual = [answer or not use for answer, use in zip(actual, usable, strict=True)]
            expected = [
                is_accepted(condition, old, new) or not use
                for (old, new), use in zip(pairs, usable, strict=True)
            ]
        else:
            expected = [is_accepted(condition, old, new) for old, new in pairs]
        assert actual == expected, condition


def _is_set(condition: FixedIf, row: Row) -> bool:
    return all(getattr(row, name) is not None for name in condition.fields)


def test_a_planted_difference_is_seen(ask: Ask, request: pytest.FixtureRequest) -> None:
    dialect: str = request.node.callspec.params["ask"]
    seen = 0
    for entity in declared():
        for condition in entity.conditions:
            if not isinstance(condition, Condition):
                continue
            for claim in condition.claims:
                planted = _planted(claim)
                if planted is None:
                    continue
                rows = random_rows(entity, fields_of(condition), seeded(condition))
                changed = Condition(condition.name, planted)
                expected = answers_of_python(Condition(condition.name, claim), rows)
                actual = answers_of_sql(entity, changed, rows, ask, dialect=dialect)
                assert actual != expected, condition
                seen += 1
    assert seen


def _planted(claim: Claim) -> Claim | None:
    """Return a claim that differs a little, None for one of another type."""
    if isinstance(claim, Compared):
        return evolve(claim, operator=OTHER_OPERATORS[claim.operator])
    if isinstance(claim, SetOnlyIf) and len(claim.fields) == 1:
        return evolve(claim, is_empty=not claim.is_empty)
    return None


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@pytest.mark.parametrize("entity", declared(), ids=lambda entity: entity.__name__)
def test_every_condition_is_in_the_database(entity: type[Aggregate], dialect: str) -> None:
    table = table_of(entity)
    check_declared(table, entity)
    guards = {guard.name: guard for guard in CATALOG.guards(dialect)}
    for guard in entity_guards(table, entity, dialect):
        assert guards[guard.name] == guard


def test_a_missing_check_is_refused() -> None:
    entity = PaymentSwitch
    other = table_of(Dispute)

    with pytest.raises(UsageError, match=re.escape(f"table {other.name} has no CHECK")):
        check_declared(other, entity)
    with pytest.raises(UsageError, match="has no condition or guard nothing"):
        entity_checks(other.name, entity, since="nothing")
    with pytest.raises(UsageError, match="has no condition or guard nothing"):
        tuple(entity_guards(other, entity, "sqlite", until="nothing"))


def test_an_actor_is_compared_by_a_guard_of_history() -> None:
    named = [
        (entity, condition)
        for entity in declared()
        for condition in entity.conditions
        if isinstance(condition, NamesActor)
    ]

    assert named
    for entity, condition in named:
        name = f"names_{condition.field}"
        guard = next(entity_guards(table_of(entity), entity, "sqlite", since=name))
        assert guard.table.name == "history"
        assert f"head.{condition.field} = NEW.actor" in guard.condition
