"""One class with a fault of each kind: all of them are refused at once, with file and line."""

import linecache
from enum import StrEnum
from typing import Annotated, ClassVar

import pytest
from attrs import frozen

from indelible.kernel import Conflict, Lifecycle, UsageError
from indelible.kernel.actions import action, creates
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord, BulkTypes
from indelible.kernel.claims import Compared, present_in, required_in
from indelible.kernel.conditions import AnyCondition, Condition, NamesActor
from indelible.kernel.field_rules import field
from indelible.kernel.kinds import Count, Identifier, Kind, OneLine, Text, kinds
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.values import is_text


class Light(StrEnum):
    """The states of a lamp."""

    RED = "RED"
    GREEN = "GREEN"
    BLUE = "BLUE"


class Door(StrEnum):
    """The states of a door."""

    SHUT = "SHUT"


@frozen
class NameTaken(Conflict):
    """A name that another lamp has."""

    message: ClassVar[str] = "Name {name} is taken."
    name: str


@frozen(kw_only=True)
class Bulb(BulkRecord):
    """A bulb of a lamp."""

    record_name: ClassVar[str] = "bulbs"


def declare() -> None:
    """Declare a lamp in which everything is wrong."""

    @frozen(kw_only=True, field_transformer=kinds)
    class Lamp(Aggregate):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")
        conditions: ClassVar[tuple[AnyCondition, ...]] = (
            Condition("name", required_in("nam", Light.GREEN)),
            Condition("watts", Compared("watts", "<=", "plugs.watts")),
            Condition("note", present_in("note", Door.SHUT)),
            Condition("lit_by", required_in("lit_by", Light.GREEN)),
            NamesActor("lit_by", "light"),
        )
        one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (
            OnePerParent(parent_field="room", states=("YELLOW",), error=NameTaken),
        )
        bulk_records: ClassVar[BulkTypes] = {"screw": (Bulb,)}

        status: Light
        name: OneLine = field(unique=NameTaken)
        watts: Count
        code: str
        serial: Annotated[str, Kind(is_text)]
        lit_by: Identifier | None = None
        note: Text | None = field(required_in=(Door.SHUT,))

        @creates(Light.RED)
        def build(self, name: OneLine, lable: OneLine, watts: OneLine) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...
        @action(Light.GREEN, Door.SHUT)
        def annotate(self, note: Text) -> None: ...


# The line of each fault, and the fault.
FAULTS = """
code: str
    field code has no kind and no validator
serial: Annotated[str, Kind(is_text)]
    the kind of field serial has no bounds: max_length
name: OneLine = field(unique=NameTaken)
    field name cannot be unique: its kind is no text of at most 600 characters
note: Text | None = field(required_in=(Door.SHUT,))
    field note names the state <Door.SHUT: 'SHUT'>, which is no Light
NamesActor("lit_by", "light"),
    unknown action: light
@creates(Light.RED)
    action build: parameter lable is no field that an action can set
@creates(Light.RED)
    action build: parameter watts has another type than the field
@action(Light.GREEN, Door.SHUT)
    action annotate: <Door.SHUT: 'SHUT'> is no Light
@frozen(kw_only=True, field_transformer=kinds)
    no action leads to state BLUE
code: str
    no action sets field code
serial: Annotated[str, Kind(is_text)]
    no action sets field serial
lit_by: Identifier | None = None
    no action sets field lit_by
@action(Light.RED, to=Light.GREEN)
    action go leads to GREEN, which requires field nam
@action(Light.RED, to=Light.GREEN)
    action go leads to GREEN, which requires field lit_by
Condition("name", required_in("nam", Light.GREEN)),
    unknown field: nam
Condition("watts", Compared("watts", "<=", "plugs.watts")),
    plugs.watts is in another table: a condition sees the fields of one row
Condition("note", present_in("note", Door.SHUT)),
    unknown state: SHUT
OnePerParent(parent_field="room", states=("YELLOW",), error=NameTaken),
    rule one_running names an unknown field: room
OnePerParent(parent_field="room", states=("YELLOW",), error=NameTaken),
    rule one_running names unknown states: YELLOW
bulk_records: ClassVar[BulkTypes] = {"screw": (Bulb,)}
    bulk records name an unknown action: screw
"""


def test_every_fault_of_a_class_is_refused_at_once_with_file_and_line() -> None:
    with pytest.raises(UsageError) as refusal:
        declare()

    title, *lines = refusal.value.problem.splitlines()
    assert title == "the declaration of Lamp has faults:"
    faults: list[str] = []
    for line in lines:
        place, fault = line.split(": ", 1)
        file, _, number = place.rpartition(":")
        assert file == __file__
        faults += [linecache.getline(file, int(number)).strip(), f"    {fault}"]
    assert faults == FAULTS.strip().splitlines()
