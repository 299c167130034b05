"""Wrong actions are refused when the class is made, each with its file and line.

That all of them are refused at once is tested in `test_planted_faults.py`.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import ClassVar

import pytest
from attrs import frozen

from indelible.kernel import Edge, Lifecycle, UsageError
from indelible.kernel.actions import Fields, action, creates
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import required_in
from indelible.kernel.conditions import AnyCondition, Condition, NamesActor
from indelible.kernel.kinds import Identifier, OneLine, kinds


class Light(StrEnum):
    """The states of a lamp."""

    RED = "RED"
    GREEN = "GREEN"


class Door(StrEnum):
    """The states of a door."""

    SHUT = "SHUT"


@frozen(kw_only=True)
class Lamp(Aggregate):
    """The fields of every lamp of these tests."""

    status: Light


def parameter_that_every_action_sets() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")

        @creates(Light.RED)
        def build(self, status: Light) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...


def parameter_of_another_kind() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")
        name: Identifier

        @creates(Light.RED)
        def build(self, name: OneLine) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...


def parameter_that_may_be_none() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")
        name: Identifier

        @creates(Light.RED)
        def build(self, name: Identifier | None = None) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...


def parameter_with_a_default() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")
        name: Identifier

        @creates(Light.RED)
        def build(self, name: Identifier = "lamp") -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...


def parameters_without_names() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")

        @creates(Light.RED)
        def build(self, *names: Identifier) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...


def id_that_an_action_changes() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")

        @creates(Light.RED)
        def build(self, id: Identifier) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self, id: Identifier) -> None: ...


def actor_as_a_parameter() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")
        conditions: ClassVar[tuple[AnyCondition, ...]] = (NamesActor("switched_by", "go"),)
        switched_by: Identifier | None = None

        @creates(Light.RED)
        def build(self) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self, switched_by: Identifier) -> None: ...


def field_that_the_new_state_excludes() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")
        conditions: ClassVar[tuple[AnyCondition, ...]] = (
            Condition("note", required_in("note", Light.GREEN)),
        )
        note: Identifier | None = None

        @creates(Light.RED)
        def build(self) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self, note: Identifier) -> None: ...
        @action(Light.GREEN, to=Light.RED)
        def stop(self, note: Identifier) -> None: ...


def emptied_values_that_no_action_names() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")
        conditions: ClassVar[tuple[AnyCondition, ...]] = (
            Condition("note", required_in("note", Light.GREEN)),
        )
        note: Identifier | None = None

        @creates(Light.RED)
        def build(self) -> None: ...
        @action(Light.RED, to=Light.GREEN, empties=("note",))
        def go(self, note: Identifier) -> None: ...
        @action(Light.GREEN, to=Light.RED)
        def stop(self) -> None: ...


def action_without_a_state() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")

        @creates(Light.RED)
        def build(self) -> None: ...
        @action(to=Light.GREEN)
        def go(self) -> None: ...


def state_named_twice() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")

        @creates(Light.RED)
        def build(self) -> None: ...
        @action(Light.RED, Light.RED, to=Light.GREEN)
        def go(self) -> None: ...


def unknown_computed_field() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")

        @creates(Light.RED)
        def build(self) -> None: ...
        @action(Light.RED, to=Light.GREEN, computes=("total",))
        def go(self) -> Fields:
            return {"total": 1}


def unknown_time_field() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")

        @creates(Light.RED, time_field="built_at")
        def build(self) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...


def edges_and_actions() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(
            name="lamp", edges=(Edge("", "build", Light.RED, 0),)
        )

        @creates(Light.RED)
        def build(self) -> None: ...


def neither_edges_nor_actions() -> None:
    @frozen(kw_only=True, field_transformer=kinds)
    class Wrong(Lamp):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")


NO_FIELD = "is no field that an action can set"
FAULTS: tuple[tuple[Callable[[], None], str], ...] = (
    (parameter_that_every_action_sets, f"action build: parameter status {NO_FIELD}"),
    (parameter_of_another_kind, "parameter name has another type than the field"),
    (parameter_that_may_be_none, "parameter name has another type than the field"),
    (parameter_with_a_default, "parameter name has a default that is neither None nor KEEP"),
    (parameters_without_names, "parameter names has no name for the caller"),
    (id_that_an_action_changes, "parameter id cannot change: only `creates` sets it"),
    (actor_as_a_parameter, "parameter switched_by gets its value by itself: nobody passes it"),
    (field_that_the_new_state_excludes, "action stop sets field note, which RED excludes"),
    (
        emptied_values_that_no_action_names,
        "action stop leads to a state that excludes note: allow it there, or say empties=('note',)",
    ),
    (emptied_values_that_no_action_names, "action go empties field note, which keeps its value"),
    (action_without_a_state, "action go is allowed in no state"),
    (state_named_twice, "action go names a state twice"),
    (unknown_computed_field, f"action go sets total, which {NO_FIELD}"),
    (unknown_time_field, f"action build sets built_at, which {NO_FIELD}"),
    (edges_and_actions, "lifecycle lamp has edges beside those of the actions"),
    (neither_edges_nor_actions, "lifecycle lamp has neither edges nor actions"),
)


@pytest.mark.parametrize(
    ("declare", "fault"), FAULTS, ids=lambda value: getattr(value, "__name__", "")
)
def test_a_wrong_declaration_is_refused_with_its_file_and_line(
    declare: Callable[[], None], fault: str
) -> None:
    with pytest.raises(UsageError) as refusal:
        declare()

    (line,) = [line for line in str(refusal.value).splitlines() if fault in line]
    place = line.split(": ")[0]
    file, _, number = place.rpartition(":")
    first = declare.__code__.co_firstlineno
    last = max(end for *_, end in declare.__code__.co_lines() if end is not None)
    assert file == __file__
    assert first < int(number) <= last + 20
