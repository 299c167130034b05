"""A mapping whose table or finders are wrong is refused at once, with file and line."""

import linecache
import sqlite3
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

import pytest
from attrs import frozen
from sqlalchemy import Column, Index, MetaData, Table, UniqueConstraint
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex
from tests.sql.finders import repositories
from tests.sql.test_finders import has_index as is_indexed

from indelible.kernel import Conflict, Head, Lifecycle, UsageError
from indelible.kernel.actions import action, creates
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord
from indelible.kernel.claims import required_in
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.history import Record
from indelible.kernel.kinds import Count, Identifier, Instant, Label, kinds
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.questions import Question, above, below, different, equal, present
from indelible.kernel.repository import Repository
from indelible.testing.stores import FAR
from indelible_sql import HeadMapping, head_columns
from indelible_sql.contexts import CATALOG
from indelible_sql.engine.prepared import prepare
from indelible_sql.kernel.finder_faults import has_index
from indelible_sql.kernel.questions import statement_of
from indelible_sql.schema.entity_columns import entity_columns
from indelible_sql.schema.one_per_parent import one_per_parent_indexes


class Light(StrEnum):
    """The states of a lamp."""

    RED = "RED"
    GREEN = "GREEN"


@frozen
class RoomTaken(Conflict):
    """A room that has a green lamp."""

    message: ClassVar[str] = "Room {room} has a green lamp."
    room: str


@frozen(kw_only=True)
class Note(Record):
    """A record that no lamp has."""

    record_name: ClassVar[str] = "note"


@frozen(kw_only=True)
class Bulb(BulkRecord):
    """A bulb that no lamp has."""

    record_name: ClassVar[str] = "bulbs"


@frozen(kw_only=True, field_transformer=kinds)
class Lamp(Aggregate):
    """A lamp of a room."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("lit_at_of_status", required_in("lit_at", Light.GREEN)),
    )
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (
        OnePerParent(parent_field="room", states=("GREEN",), error=RoomTaken),
    )

    status: Light
    name: Label
    code: Identifier
    room: Identifier
    watts: Count
    lit_at: Instant | None = None

    @creates(Light.RED)
    def build(self, name: Label, code: Identifier, room: Identifier, watts: Count) -> None:
        """Build a lamp."""

    @action(Light.RED, to=Light.GREEN, time_field="lit_at")
    def go(self) -> None:
        """Switch it on."""


class Number:
    """A value of no field."""


class Lamps(Repository[Lamp]):
    """Finders, of which each but the last ones is wrong."""

    def named(self, name: str) -> Head[Lamp] | None:
        """Return the lamp of a name, which no index begins with."""
        return self.only(name=name)

    def found(self, name: str) -> tuple[Head[Lamp], ...]:
        """Return lamps by their name, in another order."""
        return self.find({"name": name}, order=("-created_at",), limit=1)

    def strong(self, watts: int, *, after: str, limit: int) -> tuple[Head[Lamp], ...]:
        """Return the next lamps after an id: all ids may have to be read."""
        return self.select(above("watts", watts), after=after, limit=limit)

    def weak(self, watts: int, *, name: str | None = None) -> tuple[Head[Lamp], ...]:
        """Return lamps by code, or by name."""
        named = () if name is None else (equal("name", name),)
        return self.select(*named, different("watts", watts))

    def coloured(self, colour: str) -> tuple[Head[Lamp], ...]:
        """Return the lamps that have a value in no field."""
        return self.select(colour=colour)

    def notes(self, code: str) -> tuple[Note, ...]:
        """Return records without a table."""
        return self.records(Note, code=code, order=("code",))

    def numbered(self, number: Number) -> Head[Lamp] | None:
        """Return a lamp by a value that no field has."""
        return self.only(code=str(number))

    def of_code(self, code: str) -> Lamp:
        """Return the lamp of a code, by an index; it raises without one."""
        head = self.only(code=code)
        return head.entity  # type: ignore[union-attr]  # no row answers

    def lit_before(self, until: datetime) -> tuple[Head[Lamp], ...]:
        """Return the lamps that were lit before a time, by a partial index."""
        return self.select(below("lit_at", until))


# The line of each fault, and the fault.
FAULTS: Final = """
HeadMapping(table=table, entity=Lamp, finders=Lamps, bulk={Bulb: bulbs})
    table lamps has other rules of one per parent than Lamp: add one_per_parent_indexes()
HeadMapping(table=table, entity=Lamp, finders=Lamps, bulk={Bulb: bulbs})
    table lamps has no CHECK for condition lit_at_of_status of Lamp: add entity_checks()
HeadMapping(table=table, entity=Lamp, finders=Lamps, bulk={Bulb: bulbs})
    Lamp declares no missing_error
HeadMapping(table=table, entity=Lamp, finders=Lamps, bulk={Bulb: bulbs})
    table lamps and Lamp differ in: colour
HeadMapping(table=table, entity=Lamp, finders=Lamps, bulk={Bulb: bulbs})
    table bulbs and its bulk record differ in: entity_id, seq
HeadMapping(table=table, entity=Lamp, finders=Lamps, bulk={Bulb: bulbs})
    Lamp declares no Bulb
def coloured(self, colour: str) -> tuple[Head[Lamp], ...]:
    finder coloured names an unknown field of Lamp: colour
def found(self, name: str) -> tuple[Head[Lamp], ...]:
    finder found has no index of table lamps that begins with name
def named(self, name: str) -> Head[Lamp] | None:
    finder named has no index of table lamps that begins with name
def notes(self, code: str) -> tuple[Note, ...]:
    finder notes asks for records of Note, which have no table
def numbered(self, number: Number) -> Head[Lamp] | None:
    finder numbered takes <class 'tests.sql.test_finder_faults.Number'>, which is no type of a field
def strong(self, watts: int, *, after: str, limit: int) -> tuple[Head[Lamp], ...]:
    finder strong has no index of table lamps that begins with watts
def weak(self, watts: int, *, name: str | None = None) -> tuple[Head[Lamp], ...]:
    finder weak has no index of table lamps that begins with what it compares
def weak(self, watts: int, *, name: str | None = None) -> tuple[Head[Lamp], ...]:
    finder weak has no index of table lamps that begins with name
"""


def lamp_table(*items: Any) -> Table:  # noqa: ANN401 - columns, indexes and constraints
    """Return the table of lamps, with an index by code and one by the time of lighting."""
    columns = (*head_columns(Lamp.lifecycle), *entity_columns(Lamp))
    table = Table("lamps", MetaData(), *columns, *items, sqlite_with_rowid=False)
    Index("lamps_lit_at", table.c.lit_at, sqlite_where=table.c.lit_at.is_not(None))
    return table


def test_all_faults_of_a_mapping_are_refused_at_once_with_file_and_line() -> None:
    table = lamp_table(Column("colour", sqlite.TEXT), UniqueConstraint("code"))
    bulbs = Table("bulbs", MetaData(), Column("number", sqlite.INTEGER, primary_key=True))

    with pytest.raises(UsageError) as refusal:
        HeadMapping(table=table, entity=Lamp, finders=Lamps, bulk={Bulb: bulbs})

    title, *lines = refusal.value.problem.splitlines()
    assert title == "the mapping of Lamp has faults:"
    faults: list[str] = []
    for line in lines:
        place, fault = line.split(": ", 1)
        file, _, number = place.rpartition(":")
        assert file == __file__
        faults += [
            linecache.getline(file, int(number)).strip(),
            f"    {fault.removesuffix(' to the table')}",
        ]
    assert faults == FAULTS.strip().splitlines()


INDEXED: Final = (
    Question(where=(equal("code", "a"),)),
    Question(where=(equal("room", "a"), equal("status", "GREEN"))),
    Question(where=(below("lit_at", FAR),), order=("lit_at", "id")),
    Question(where=(present("lit_at"),), order=("lit_at", "id")),
    Question(where=(above("id", "a"),)),
    Question(order=("code",)),
)
NOT_INDEXED: Final = (
    Question(where=(equal("name", "a"),)),
    Question(where=(equal("room", "a"), equal("status", "RED"))),
    Question(where=(equal("room", "a"),)),
    Question(where=(different("code", "a"),), order=("name", "id")),
    Question(order=("name", "id")),
)


def is_searched(table: Table, question: Question) -> bool:
    """Return whether SQLite answers a question by an index."""
    statement, values = statement_of(table, question)
    prepared = prepare(statement, sqlite.dialect(), "main")
    columns = ", ".join(table.c.keys())
    keys = "PRIMARY KEY (id), UNIQUE (code)"
    with sqlite3.connect(":memory:") as connection:
        connection.execute(f"CREATE TABLE lamps ({columns}, {keys}) WITHOUT ROWID")
        for index in table.indexes:
            connection.execute(str(CreateIndex(index).compile(dialect=sqlite.dialect())))
        parameters: Any = prepared.bind(values)
        rows = connection.execute(f"EXPLAIN QUERY PLAN {prepared.text}", parameters).fetchall()
    return is_indexed([str(row[-1]) for row in rows])


def test_an_index_answers_a_question_where_sqlite_uses_one() -> None:
    table = lamp_table(UniqueConstraint("code"), *one_per_parent_indexes("lamps", Lamp))

    for question in INDEXED:
        assert has_index(table, question), question
        assert is_searched(table, question), question
    for question in NOT_INDEXED:
        assert not has_index(table, question), question
        assert not is_searched(table, question), question


def test_each_repository_is_named_by_its_mapping() -> None:
    mappings: list[Any] = []
    for context in CATALOG.contexts:
        mappings.extend(context.mappings)
    named = {mapping.finders for mapping in mappings if mapping.finders is not None}

    assert named == {type(repository) for _, repository, _ in repositories()} - {Repository}
