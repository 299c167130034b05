"""Test that both databases refuse each change of a field that its action does not change."""

from collections.abc import Generator, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from sqlalchemy import Connection, Table, insert, update
from sqlalchemy.exc import DBAPIError
from tests.databases import create_database
from tests.guards.attacks import attacks, by_name
from tests.guards.bare_database import create_bare_tables, field_guards, is_vector, two_values
from tests.guards.guard_names import guard_of
from tests.guards.raw_database import postgresql_engine, sqlite_engine
from tests.guards.situated import Situated, transactions_in_file

from indelible.kernel import Edge, to_json_value
from indelible_service.embedded import PostgresServer
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.tables import HISTORY

pytestmark = pytest.mark.slow

Values = Mapping[str, Any]

NOT_OF_ACTION = "its action does not change this field"
NOT_SET = "its action does not set this field"
NO_PAYMENT = "not a refund of money that its charge has received"
# What verify says of an attack that a database without guards has accepted.
VERIFIED = {
    "a request of a refund with another intent": f"intent_id: {NOT_OF_ACTION}",
    "a restriction with another account": f"destination: {NOT_OF_ACTION}",
    "an approval in another name than its actor's": "approved_by: not the actor of its approval",
    "an account in another name than its actor's": (
        "destination_set_by: not the actor who has attached the destination"
    ),
    "a charge that is refunded without a refund": "refunded_minor: not the sum of its refunds",
    "a reversal without its movement": ("reversed_minor: not the sum that movements have reversed"),
    "an entry that is void after the settlement": (
        "not of an active entry of the run's contest, as it was paid"
    ),
    "concepts: a birth with an undeclared key": "zzz: not a key of its data",
    "a skipped fetch that loses the field": f"field_number: {NOT_OF_ACTION}",
    "an event whose body is no leaderboard": (
        "unreadable: body $.provider_event_id: not of an event of kind SNAPSHOT"
    ),
    "a charge that is born with an event": f"last_event_at: {NOT_SET}",
    "a transfer that is born in a later generation": f"generation: {NOT_SET}",
    "a job that is born with warnings": f"warning_count: {NOT_SET}",
    "a token that is born with attempts": f"generation_attempts: {NOT_SET}",
    "a receipt of 2999": "in the future: 2999-01-01 00:00:00+00:00",
    "a charge that is processed in 2999": "last_event_at: too long after its change",
    "an event of 2999": "created: too long after its change",
    "a refund of more than its charge has": NO_PAYMENT,
    "a refund of a charge that is not paid": NO_PAYMENT,
    "a refund in another currency": NO_PAYMENT,
    "a refund that skips a number": "number: not the next one of its charge",
    "a dispute that is born withdrawn": "withdrawn or given back, but no movement has booked it",
    "a job of less money than is owed": (
        "transfer_count or total_minor: not those that its settlement owes"
    ),
}
ENTITY = "entity-1"
MIN_REFUSED = 4_000
MIN_ACCEPTED = 150


@frozen
class Writer:
    """Writes steps of one head into a database without other guards."""

    connection: Connection
    head: Table
    lifecycle: str

    def begin(self, edge: Edge[StrEnum], values: Values) -> None:
        """Store an entity in the state before the edge, with its change."""
        row = {"id": ENTITY, "status": edge.from_state, "seq": 1, **values}
        self.connection.execute(insert(self.head).inline().values(row))
        self._add_change(1, "begin", values)

    def refusing_guard(self, edge: Edge[StrEnum], values: Values, data: Values) -> str:
        """Write a step, and return the guard that refuses it; the step is always taken back."""
        step = update(self.head).where(self.head.c.id == ENTITY)
        savepoint = self.connection.begin_nested()
        try:
            self.connection.execute(step.values(status=edge.to_state, seq=2, **values))
            self._add_change(2, edge.action, data)
        except DBAPIError as error:
            return guard_of(error)
        finally:
            savepoint.rollback()
        return ""

    def _add_change(self, seq: int, action: str, values: Values) -> None:
        data = {name: to_json_value(value) for name, value in values.items()}
        change = {"lifecycle": self.lifecycle, "entity_id": ENTITY, "seq": seq, "action": action}
        self.connection.execute(insert(HISTORY).inline().values(**change, data=data))


@pytest.fixture(scope="module", params=["postgresql", "sqlite"])
def connection(request: pytest.FixtureRequest) -> Generator[Connection]:
    if request.param == "sqlite":
        engine = sqlite_engine("sqlite://", foreign_keys=False)
    else:
        server: PostgresServer = request.getfixturevalue("server")
        engine = postgresql_engine(create_database(server, "fields_of_actions").owner_url)
    with engine.connect() as opened:
        create_bare_tables(opened)
        yield opened
    engine.dispose()


def stories(connection: Connection) -> Iterator[tuple[Writer, Edge[StrEnum], Values, Values]]:
    """Yield each edge of each head with an entity before it, and two values of its fields.

    It has a value in every field, and NULL in every field that can be NULL.
    """
    for head, lifecycle in CATALOG.heads.items():
        names = sorted(lifecycle.changed_fields)
        pairs = {name: two_values(head.c[name]) for name in names}
        before = {name: pair[0] for name, pair in pairs.items()}
        after = {name: pair[1] for name, pair in pairs.items()}
        empty = {name: None if head.c[name].nullable else before[name] for name in names}
        for edge in lifecycle.edges:
            if edge.from_state == "":
                continue
            for values in (before, empty):
                story = connection.begin_nested()
                writer = Writer(connection, head, lifecycle.name)
                writer.begin(edge, values)
                yield writer, edge, values, after
                story.rollback()


@pytest.mark.dose
def test_a_field_that_the_action_does_not_change_keeps_its_value(
    connection: Connection,
) -> None:
    accepted: list[str] = []
    refusing_guards: set[str] = set()
    refused = 0
    for writer, edge, before, after in stories(connection):
        for name in CATALOG.heads[writer.head].kept_fields(edge.action):
            others = [after[name]]
            if before[name] is not None and writer.head.c[name].nullable:
                others.append(None)
            for other in others:
                values = {**before, name: other}
                guards = {"": writer.refusing_guard(edge, values, values)}
                # Vectors have another form in history, where `verify` compares them.
                if not is_vector(writer.head.c[name]):
                    guards[" in the head"] = writer.refusing_guard(edge, values, before)
                refused += len(guards)
                refusing_guards.update(guards.values())
                for where, guard in guards.items():
                    if not guard:
                        step = f"{edge.from_state} {edge.action} {edge.to_state}"
                        accepted.append(f"{writer.head.name}.{name}: {step}{where}")

    assert accepted == []
    assert refusing_guards == {guard.name for guard in field_guards(connection.dialect.name)}
    assert refused >= MIN_REFUSED


@pytest.mark.dose
def test_the_fields_of_an_action_change(connection: Connection) -> None:
    accepted = 0
    for writer, edge, before, after in stories(connection):
        changed = (CATALOG.heads[writer.head].changes or {}).get(edge.action, ())
        values = {**before, **{name: after[name] for name in changed}}
        step = f"{writer.head.name}: {edge.from_state} {edge.action} {edge.to_state}"

        assert writer.refusing_guard(edge, values, values) == "", step
        accepted += 1

    assert accepted >= MIN_ACCEPTED


@pytest.mark.dose
@pytest.mark.parametrize("name", VERIFIED)
def test_verify_names_what_a_lost_guard_let_through(
    name: str, situated_file: Situated[Path]
) -> None:
    transactions = transactions_in_file(situated_file.location, foreign_keys=True)
    without_guards = [f"DROP TRIGGER {guard.name}" for guard in CATALOG.guards("sqlite")]
    attack = by_name(attacks("sqlite"))[name]

    findings = transactions.findings(attack(situated_file.situation), before=without_guards)

    transactions.close()
    assert VERIFIED[name] in {finding.detail for finding in findings}
