"""Test that both databases refuse each change of a field that its action does not change."""

from collections.abc import Generator, Iterator, Mapping
from enum import StrEnum
from typing import Any

import pytest
from attrs import frozen
from sqlalchemy import Connection, Table, insert, update
from sqlalchemy.exc import DBAPIError
from tests.databases import create_database
from tests.guards.bare_database import (
    create_bare_tables,
    engine_of,
    field_guards,
    is_vector,
    two_values,
)
from tests.guards.guard_names import guard_of

from indelible.kernel import Edge, to_json_value
from indelible_service.embedded import PostgresServer
from indelible_sql.contexts import CATALOG
from indelible_sql.schema.tables import HISTORY

pytestmark = pytest.mark.slow

Values = Mapping[str, Any]

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
        engine = engine_of("sqlite://")
    else:
        server: PostgresServer = request.getfixturevalue("server")
        engine = engine_of(create_database(server, "fields_of_actions").owner_url)
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


def test_the_fields_of_an_action_change(connection: Connection) -> None:
    accepted = 0
    for writer, edge, before, after in stories(connection):
        changed = (CATALOG.heads[writer.head].changes or {}).get(edge.action, ())
        values = {**before, **{name: after[name] for name in changed}}
        step = f"{writer.head.name}: {edge.from_state} {edge.action} {edge.to_state}"

        assert writer.refusing_guard(edge, values, values) == "", step
        accepted += 1

    assert accepted >= MIN_ACCEPTED
