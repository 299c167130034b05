"""Misuses that a trial has planted, in the present spelling: who refuses each.

mypy and pyright refuse those with a `type: ignore`, which would be an error if it hid nothing; the
run refuses all others but one, which is accepted and documented. Faulty declarations are those of
tests/core/kernel/test_action_faults.py.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=error

from collections.abc import Callable
from enum import auto
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.examples.tickets import Ticket, tickets

from indelible.declare import (
    Aggregate,
    Context,
    Identifier,
    States,
    action,
    aggregate,
    creates,
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


def test_a_filter_that_is_no_field_is_refused() -> None:
    with pytest.raises(UsageError, match="filter nam is no field"):
        Context(Lamp, filters=("nam",))
