"""Each condition of an aggregate gets the same answer from Python, SQLite and PostgreSQL."""

import sqlite3
from collections.abc import Iterator

import psycopg
import pytest
from attrs import fields_dict
from tests.sql.condition_rows import (
    WIDER_GUARDS,
    Ask,
    answers_of_python,
    changes_that_differ,
    declared,
    declared_records,
    fields_of,
    random_rows,
    rows_that_differ,
    seeded,
    table_of,
    table_of_record,
)

from indelible.contests.entities.records import Fetch
from indelible.kernel import UsageError
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord
from indelible.kernel.claims import OPERATORS, Compared
from indelible.kernel.conditions import Condition, FixedIf, NamesActor, Rising, WithConditions
from indelible.kernel.history import Record
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.payees import Payee
from indelible.money.entities.reconciliations import PaymentSwitch
from indelible_service.embedded import PostgresServer
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.entity_conditions import (
    check_faults,
    claim_sql,
    entity_checks,
    entity_guards,
)


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


@pytest.mark.parametrize(
    "entity", [*declared(), *declared_records()], ids=lambda entity: entity.__name__
)
def test_rows_get_one_answer(
    entity: type[WithConditions], ask: Ask, request: pytest.FixtureRequest
) -> None:
    dialect: str = request.node.callspec.params["ask"]
    for condition in entity.conditions:
        if isinstance(condition, Condition):
            assert rows_that_differ(entity, condition, ask, dialect=dialect) == []


@pytest.mark.parametrize("entity", declared(), ids=lambda entity: entity.__name__)
def test_changes_get_one_answer(
    entity: type[Aggregate], ask: Ask, request: pytest.FixtureRequest
) -> None:
    dialect: str = request.node.callspec.params["ask"]
    for condition in entity.conditions:
        if isinstance(condition, FixedIf | Rising):
            assert changes_that_differ(entity, condition, ask, dialect=dialect) == []


@pytest.mark.parametrize("operator", OPERATORS)
def test_each_operator_gets_one_answer(
    operator: str, ask: Ask, request: pytest.FixtureRequest
) -> None:
    dialect: str = request.node.callspec.params["ask"]
    condition = Condition("compared", Compared("destination", operator, "destination_set_by"))
    rows = random_rows(Payee, fields_of(condition), seeded(condition))

    assert set(answers_of_python(condition, rows)) == {True, False}
    assert rows_that_differ(Payee, condition, ask, dialect=dialect) == []


def test_unequal_is_written_as_in_the_standard_of_sql() -> None:
    claim = Compared("destination", "!=", "destination_set_by")
    assert claim_sql(claim, fields_dict(Payee)) == "destination <> destination_set_by"


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
@pytest.mark.parametrize("entity", declared(), ids=lambda entity: entity.__name__)
def test_every_condition_is_in_the_database(entity: type[Aggregate], dialect: str) -> None:
    table = table_of(entity)
    assert not tuple(check_faults(table, entity))
    guards = {guard.name: guard for guard in CATALOG.guards(dialect)}
    for guard in entity_guards(table, entity, dialect):
        if guard.name in WIDER_GUARDS:
            assert guards[guard.name] != guard
        else:
            assert guards[guard.name] == guard


@pytest.mark.parametrize("record", declared_records(), ids=lambda record: record.__name__)
def test_every_condition_of_a_record_is_in_the_database(
    record: type[Record] | type[BulkRecord],
) -> None:
    assert not tuple(check_faults(table_of_record(record), record))


def test_a_missing_check_is_refused() -> None:
    entity = PaymentSwitch
    other = table_of(Dispute)

    missing = f"table {other.name} has no CHECK for condition"
    add = "add entity_checks() to the table"
    assert list(check_faults(other, entity)) == [
        f"{missing} halt_of_status of PaymentSwitch: {add}"
    ]
    assert f"{missing} outcome_known of Fetch: {add}" in check_faults(other, Fetch)
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
