"""Methods are actions: edges, fields and commands follow from their signatures."""

import re
import sys
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar

import pytest
from attrs import evolve, frozen
from tests.core.kernel.tickets import ResolverIsReporter, Status, Ticket, TitleTaken

from indelible.kernel import Edge, InvalidTransition, Lifecycle, UsageError
from indelible.kernel.actions import Command, Fields, action, actions_of, creates
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.execution import changed, created
from indelible.kernel.kinds import Identifier, Natural, kinds
from indelible.testing.stores import MAYA

AT = datetime(2026, 11, 27, 9, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)


def opened() -> Ticket:
    """Return a new ticket."""
    command = Ticket.open(id="T-1", reporter="ann", title="Fire")
    return created(command, now=AT, actor=MAYA)


def after(ticket: Ticket, command: Command[Ticket]) -> Ticket:
    """Return the ticket after a command."""
    return changed(command, ticket, now=LATER, actor=MAYA)


def assigned() -> Ticket:
    """Return a ticket that Bob has."""
    return after(opened(), Ticket.assign("T-1", assignee="bob"))


def test_the_edges_are_the_states_of_the_methods_in_their_order() -> None:
    assert Ticket.lifecycle.name == "ticket"
    assert Ticket.lifecycle.edges[:5] == (
        Edge("", "open", Status.OPEN, 0),
        Edge("OPEN", "rename", Status.OPEN, 0),
        Edge("ASSIGNED", "rename", Status.ASSIGNED, 0),
        Edge("OPEN", "assign", Status.ASSIGNED, 0),
        Edge("ASSIGNED", "work", Status.ASSIGNED, 0),
    )
    assert list(actions_of(Ticket)) == [
        "open",
        "rename",
        "assign",
        "work",
        "resolve",
        "close",
        "reopen",
    ]


def test_an_action_changes_its_parameters_and_what_the_new_state_excludes() -> None:
    assert Ticket.lifecycle.changes == {
        "open": ("title",),
        "rename": ("title",),
        "assign": ("assigned_at", "assignee"),
        "work": ("minutes", "raised"),
        "resolve": ("note", "resolution", "resolved_by"),
        "close": ("assigned_at", "assignee", "note", "resolution", "resolved_by"),
    }
    assert Ticket.lifecycle.initial == {"minutes": 1, "raised": 0}


def test_what_only_the_creating_action_sets_is_fixed() -> None:
    assert Ticket.fixed == ("reporter",)


def test_an_action_names_its_actor_and_empties_what_the_state_excludes() -> None:
    resolved = after(assigned(), Ticket.resolve("T-1", resolution="water"))
    assert (resolved.resolved_by, resolved.resolution) == (str(MAYA), "water")

    closed = after(resolved, Ticket.close("T-1", note="dry again"))
    assert (closed.resolved_by, closed.resolution, closed.assignee) == (None, None, None)
    assert closed.note == "dry again"


def test_a_parameter_with_none_as_its_default_empties_the_field() -> None:
    noted = evolve(assigned(), note="at noon")

    assert after(noted, Ticket.resolve("T-1", resolution="water")).note is None


def test_a_body_computes_fields_from_the_value_before() -> None:
    worked = after(after(assigned(), Ticket.work("T-1", spent=5)), Ticket.work("T-1", spent=2))

    assert (worked.minutes, worked.raised) == (8, 2)


def test_a_body_that_computes_other_fields_is_refused() -> None:
    class Running(StrEnum):
        RUNNING = "RUNNING"

    @frozen(kw_only=True, field_transformer=kinds)
    class Counter(Aggregate):
        lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="counter")
        status: Running
        number: Natural = 0

        @creates(Running.RUNNING)
        def start(self, id: Identifier) -> None: ...

        @action(Running.RUNNING, computes=("number",))
        def add(self) -> Fields:
            return {"numbers": self.number + 1}

    counter = created(Counter.start(id="C-1"), now=AT, actor=MAYA)
    with pytest.raises(UsageError, match=r"Counter\.add must compute number, got numbers"):
        changed(Counter.add("C-1"), counter, now=LATER, actor=MAYA)


def test_a_body_refuses_its_action() -> None:
    with pytest.raises(ResolverIsReporter):
        after(opened(), Ticket.assign("T-1", assignee="ann"))
    with pytest.raises(TitleTaken):
        created(Ticket.open(id="T-2", reporter="ann", title="test"), now=AT, actor=MAYA)


def test_the_state_refuses_before_the_rule() -> None:
    with pytest.raises(InvalidTransition) as refusal:
        after(assigned(), Ticket.assign("T-1", assignee="ann"))

    assert refusal.value.allowed == ("rename", "work", "resolve", "close")


def test_a_command_prints_no_value() -> None:
    command = Ticket.assign("T-1", assignee="a secret")

    assert repr(command) == "Command(action=Ticket.assign, target='T-1', arguments=assignee)"
    other = Ticket.assign("T-1", "a secret")
    assert command == other
    command.use()
    other.use()


def test_a_command_that_nobody_runs_is_reported_with_its_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reported: list[str] = []

    def report(event: Any) -> None:  # noqa: ANN401 - the type of the hook's argument has no name
        reported.append(str(event.exc_value))

    monkeypatch.setattr(sys, "unraisablehook", report)
    Ticket.assign("T-1", assignee="a secret")

    (message,) = reported
    assert re.search(r"test_actions\.py:\d+: Ticket\.assign was called and never run", message)
    assert "a secret" not in message
