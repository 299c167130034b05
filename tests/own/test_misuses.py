"""The 32 misuses that a trial has planted, in the present spelling: who refuses each.

mypy and pyright refuse those with a `type: ignore`, which would be an error if it hid nothing; the
declaration or the run refuses all others but one, which is accepted and documented.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=error

from collections.abc import Callable
from enum import auto
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.examples.tickets import Status, Ticket, tickets

from indelible.declare import (
    Aggregate,
    At,
    Context,
    Identifier,
    OneLine,
    States,
    Text,
    action,
    aggregate,
    creates,
    field,
)
from indelible.kernel import Actor, Head, IndelibleError, UsageError
from indelible.kernel.actions import Command
from indelible.memory.store import MemoryStore, Tables
from indelible_sql import open_store
from indelible_sql.contexts import CATALOG

MAYA = Actor.user("maya")


class Light(States):
    """The states of a lamp."""

    RED = auto()
    GREEN = auto()


@aggregate(final=(Light.GREEN,))
class Lamp(Aggregate):
    """Another aggregate, without a fault."""

    status: Light
    name: Identifier

    @creates(Light.RED)
    def build(self, name: Identifier) -> None: ...
    @action(Light.RED, to=Light.GREEN)
    def go(self) -> None: ...


lamps = Context(Lamp, filters=("name",))


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(contexts=(tickets, lamps))


@pytest.fixture
def head(store: MemoryStore) -> Head[Ticket]:
    return run(store, Ticket.open(number="T-1", title="Fire"))


def run(store: MemoryStore, command: Command[Ticket]) -> Head[Ticket]:
    return store.run(tickets.execute, command, actor=MAYA, reason="a test")


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(IndelibleError) as refused:
        act()
    return refused.value.code


def test_an_unknown_field_is_refused(head: Head[Ticket]) -> None:
    with pytest.raises(TypeError):
        Ticket.assign(head, asignee="ann")  # type: ignore[call-arg]  # no such field


def test_a_value_of_another_type_is_refused(store: MemoryStore, head: Head[Ticket]) -> None:
    command = Ticket.assign(head, assignee=3)  # type: ignore[arg-type]  # a number
    assert code_of(lambda: run(store, command)) == "WRONG_TYPE"


def test_a_missing_field_is_refused(head: Head[Ticket]) -> None:
    with pytest.raises(TypeError):
        Ticket.open(number="T-9")  # type: ignore[call-arg]  # it needs its title
    with pytest.raises(TypeError):
        Ticket.assign(head)  # type: ignore[call-arg]  # it needs its assignee


def test_an_action_that_nobody_declares_is_refused(head: Head[Ticket]) -> None:
    with pytest.raises(AttributeError):
        Ticket.reopen(head)  # type: ignore[attr-defined]  # no such action


def test_a_field_of_another_action_is_refused(head: Head[Ticket]) -> None:
    with pytest.raises(TypeError):
        Ticket.assign(head, assignee="a", title="x")  # type: ignore[call-arg]  # of `rename`


def test_a_command_of_another_aggregate_is_refused(store: MemoryStore) -> None:
    build = Lamp.build(name="a")
    assert code_of(lambda: run(store, build)) == "WRONG_USE"  # type: ignore[arg-type]  # a lamp


def test_a_head_of_another_aggregate_is_refused(store: MemoryStore, head: Head[Ticket]) -> None:
    go = Lamp.go(head)  # type: ignore[arg-type]  # a ticket
    act = partial(store.run, lamps.execute, go, actor=MAYA, reason="a test")
    assert code_of(act) == "WRONG_USE"
    assert store.read(tickets.get, head.id) == head


def test_an_action_of_a_value_is_refused(head: Head[Ticket]) -> None:
    with pytest.raises(UsageError, match="of a value saves nothing"):
        head.entity.assign(assignee="ann")  # type: ignore[call-arg, arg-type]  # not of the class


def test_an_assignment_is_refused(head: Head[Ticket]) -> None:
    with pytest.raises(AttributeError):
        head.entity.title = "x"  # type: ignore[misc]  # it is frozen


def test_a_command_without_a_reason_is_refused(store: MemoryStore, head: Head[Ticket]) -> None:
    command = Ticket.assign(head, assignee="ann")
    command.use()
    with pytest.raises(TypeError):
        store.run(tickets.execute, command, actor=MAYA)  # type: ignore[call-arg]  # why?


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_command_that_nobody_runs_is_reported(
    head: Head[Ticket], monkeypatch: pytest.MonkeyPatch
) -> None:
    reported: list[Any] = []
    monkeypatch.setattr("sys.unraisablehook", reported.append)
    Ticket.assign(head, assignee="ann")
    (report,) = reported
    assert "was called and never run, so nothing is saved" in str(report.exc_value)


def test_a_state_that_does_not_allow_the_action_is_refused(
    store: MemoryStore, head: Head[Ticket]
) -> None:
    command = Ticket.close(head, resolution="Out.")
    assert code_of(lambda: run(store, command)) == "INVALID_TRANSITION"


def test_a_stale_command_is_refused(store: MemoryStore, head: Head[Ticket]) -> None:
    command = Ticket.assign(At(head.id, 7), assignee="ann")
    assert code_of(lambda: run(store, command)) == "STALE"


def test_a_filter_that_is_unknown_or_has_another_type_is_refused(store: MemoryStore) -> None:
    assert code_of(lambda: store.read(tickets.list, titel="x")) == "WRONG_USE"
    assert code_of(lambda: store.read(tickets.list, assignee=3)) == "WRONG_TYPE"


def test_a_lifecycle_with_a_built_in_name_is_refused(tmp_path: Path) -> None:
    @aggregate(final=(Light.GREEN,))
    class Charge(Aggregate):
        """An aggregate whose lifecycle has the name of a built-in one."""

        status: Light
        name: Identifier

        @creates(Light.RED)
        def build(self, name: Identifier) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...

    own = Context(Charge, name="batteries")
    with pytest.raises(UsageError, match="lifecycle charge is one of indelible's own"):
        MemoryStore(contexts=(own,))
    with pytest.raises(UsageError, match="lifecycle charge is registered by contexts"):
        open_store(f"sqlite:///{tmp_path}/own.db", contexts=(own,))


def test_the_memory_store_knows_every_built_in_lifecycle() -> None:
    assert Tables.empty().history.lifecycles == set(CATALOG.heads_by_lifecycle)


def test_two_texts_in_exchanged_order_are_accepted(store: MemoryStore) -> None:
    ticket = run(store, Ticket.open("Printer", "T-1"))
    assert (ticket.entity.number, ticket.entity.title) == ("Printer", "T-1")


def parameter_that_is_no_field() -> type[Aggregate]:
    @aggregate(final=(Light.GREEN,))
    class Bad(Aggregate):
        status: Light
        name: Identifier

        @creates(Light.RED)
        def build(self, nam: Identifier) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...

    return Bad


def parameter_of_another_type() -> type[Aggregate]:
    @aggregate(final=(Light.GREEN,))
    class Bad(Aggregate):
        status: Light
        name: Identifier

        @creates(Light.RED)
        def build(self, name: int) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...

    return Bad


def state_that_lacks_its_field() -> type[Aggregate]:
    @aggregate(final=(Light.GREEN,))
    class Bad(Aggregate):
        status: Light
        note: Text | None = field(required_in=(Light.GREEN,))

        @creates(Light.RED)
        def build(self) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...
        @action(Light.GREEN)
        def annotate(self, note: Text) -> None: ...

    return Bad


def state_that_nothing_reaches() -> type[Aggregate]:
    @aggregate(final=(Light.GREEN,))
    class Bad(Aggregate):
        status: Light
        name: Identifier

        @creates(Light.RED)
        def build(self, name: Identifier) -> None: ...

    return Bad


def text_without_bounds() -> type[Aggregate]:
    @aggregate(final=(Light.GREEN,))
    class Bad(Aggregate):
        status: Light
        name: str

        @creates(Light.RED)
        def build(self, name: str) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...

    return Bad


def field_that_nothing_sets() -> type[Aggregate]:
    @aggregate(final=(Light.GREEN,))
    class Bad(Aggregate):
        status: Light
        note: Text | None = field()

        @creates(Light.RED)
        def build(self) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...

    return Bad


def field_that_is_set_too_late() -> type[Aggregate]:
    @aggregate(final=(Light.GREEN,))
    class Bad(Aggregate):
        status: Light
        title: OneLine

        @creates(Light.RED)
        def build(self) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self, title: OneLine) -> None: ...

    return Bad


def state_of_another_lifecycle() -> type[Aggregate]:
    @aggregate(final=(Light.GREEN,))
    class Bad(Aggregate):
        status: Light

        @creates(Light.RED)
        def build(self) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...
        @action(Status.OPEN, to=Status.CLOSED)
        def close(self) -> None: ...

    return Bad


def states_as_texts() -> type[Aggregate]:
    @aggregate(final=(Light.GREEN,))
    class Bad(Aggregate):
        status: Light

        @creates(Light.RED)
        def build(self) -> None: ...
        @action("RED", to=Light.GREEN)  # type: ignore[arg-type]  # a text
        def go(self) -> None: ...

    return Bad


def action_that_is_declared_twice() -> type[Aggregate]:
    @aggregate(final=())
    class Bad(Aggregate):
        status: Light

        @creates(Light.RED)
        def build(self) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...  # pyright: ignore[reportRedeclaration]  # the first one
        # The text makes pyright refuse this line too: it names the first of the two methods.
        @action("GREEN", to=Light.RED)  # type: ignore[no-redef]  # the second one
        def go(self) -> None: ...  # noqa: F811 - the fault

    return Bad


def state_rule_of_a_field_that_is_never_empty() -> type[Aggregate]:
    @aggregate(final=(Light.GREEN,))
    class Bad(Aggregate):
        status: Light
        name: Identifier = field(required_in=(Light.GREEN,))

        @creates(Light.RED)
        def build(self, name: Identifier) -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...

    return Bad


def name_of_a_method() -> type[Aggregate]:
    @aggregate(final=(Light.GREEN,))
    class Bad(Aggregate):
        status: Light

        @creates(Light.RED)
        def create(self) -> None: ...  # type: ignore[override]  # makes aggregates
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...

    return Bad


def no_way_to_create() -> type[Aggregate]:
    @aggregate(final=(Light.GREEN,))
    class Bad(Aggregate):
        status: Light
        note: Text | None = field()

        @action(Light.RED, to=Light.GREEN)
        def go(self, note: Text) -> None: ...

    return Bad


def no_self() -> type[Aggregate]:
    @aggregate(final=(Light.GREEN,))
    class Bad(Aggregate):
        status: Light

        @creates(Light.RED)  # type: ignore[arg-type]  # it cannot see the aggregate
        def build() -> None: ...
        @action(Light.RED, to=Light.GREEN)
        def go(self) -> None: ...

    return Bad


def filter_that_is_no_field() -> Context[Lamp]:
    return Context(Lamp, filters=("nam",))


DECLARATIONS: dict[Callable[[], object], str] = {
    parameter_that_is_no_field: "action build: parameter nam is no field that an action can set",
    parameter_of_another_type: "parameter name has another type than the field",
    state_that_lacks_its_field: "action go leads to GREEN, which requires field note",
    state_that_nothing_reaches: "no action leads to state GREEN",
    text_without_bounds: "field name has no kind and no validator",
    field_that_nothing_sets: "no action sets field note",
    field_that_is_set_too_late: "action build does not set field title",
    state_of_another_lifecycle: "action close: <Status.OPEN: 'OPEN'> is no Light",
    states_as_texts: "action go: 'RED' is no Light",
    action_that_is_declared_twice: "no action leads to state GREEN",
    state_rule_of_a_field_that_is_never_empty: "field name is never empty",
    name_of_a_method: "action create has the name of a method of aggregates",
    no_way_to_create: "no action leads to state RED",
    no_self: "action build lacks self",
    filter_that_is_no_field: "filter nam is no field",
}


@pytest.mark.parametrize("declare", DECLARATIONS, ids=lambda declare: declare.__name__)
def test_a_faulty_declaration_is_refused(declare: Callable[[], object]) -> None:
    with pytest.raises(UsageError) as refused:
        declare()
    assert DECLARATIONS[declare] in str(refused.value)
    if declare is not filter_that_is_no_field:
        assert f"{__file__}:" in str(refused.value)
