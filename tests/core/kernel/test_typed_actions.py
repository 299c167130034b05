"""Type checkers refuse the misuses of commands; those that are not typed fail when they run.

mypy reports a `type: ignore` that hides nothing, and pyright does in this file.
"""
# pyright: reportUnnecessaryTypeIgnoreComment=error

from typing import assert_type

import pytest
from tests.core.kernel.test_actions import AT, assigned, opened
from tests.core.kernel.tickets import Lamp, Status, Ticket

from indelible.kernel import InvalidTransition
from indelible.kernel.actions import Command
from indelible.kernel.aggregates import change_for
from indelible.kernel.audit import AuditContext
from indelible.kernel.execution import created, execute
from indelible.kernel.history import Head
from indelible.memory import MemoryStore
from indelible.memory.store import MemoryTransaction
from indelible.money.entities.payees import Payee
from indelible.money.ports.payouts import PayeeFilter
from indelible.money.repositories.payouts import Payees
from indelible.testing.stores import MAYA

AUDIT = AuditContext(actor=MAYA, reason="a test", request_id="request-1")


def head_of(ticket: Ticket) -> Head[Ticket]:
    """Return the head of a new ticket."""
    change = change_for(AUDIT, None, ticket, "open")
    return Head(entity=ticket, revision=change.revision)


def test_a_command_knows_its_aggregate() -> None:
    command = Ticket.open(id="T-1", reporter="ann", title="Fire")
    assert_type(command, Command[Ticket])
    assert_type(created(command, now=AT, actor=MAYA), Ticket)
    assert_type(Ticket.assign("T-1", assignee="bob"), Command[Ticket]).use()
    assert_type(Ticket.assign(head_of(opened()), "bob"), Command[Ticket]).use()
    assert_type(assigned().status, Status)
    assert_type(assigned().assignee, str | None)


def register(tx: MemoryTransaction, command: Command[Payee]) -> Head[Payee]:
    """Run a command on a payee."""
    return execute(tx, tx.money.payees, command)


def test_a_command_that_runs_returns_the_head_of_its_aggregate() -> None:
    store = MemoryStore()
    head = store.run(register, Payee.register(id="ann"), actor=MAYA, reason="a test")
    assert_type(head, Head[Payee])
    assert_type(head.entity.destination, str | None)
    with store.transaction(actor=MAYA, reason="a test") as tx:
        attached = execute(tx, tx.money.payees, Payee.attach(head, destination="acct_1"))
        assert_type(attached, Head[Payee])
        assert_type(tx.money.payees.get("ann"), Head[Payee])
        assert_type(tx.money.payees.of_destination("acct_1"), Head[Payee] | None)
        assert_type(tx.money.payees.page(after="", limit=1), tuple[Head[Payee], ...])


def test_a_missing_field_is_refused_with_the_name_of_the_action() -> None:
    with pytest.raises(TypeError) as error:
        Ticket.assign("T-1")  # type: ignore[call-arg]  # it needs its assignee
    problem = "missing a required argument: 'assignee'"
    assert str(error.value) == f"Ticket.assign(...): {problem}; it takes (ticket, assignee)"

    with pytest.raises(TypeError) as error:
        Ticket.open(id="T-1", reporter="ann")  # type: ignore[call-arg]  # it needs its title
    problem = "missing a required argument: 'title'"
    assert str(error.value) == f"Ticket.open(...): {problem}; it takes (id, reporter, title)"


def test_a_command_without_its_target_is_refused() -> None:
    with pytest.raises(TypeError) as error:
        Ticket.assign(assignee="bob")  # type: ignore[call-arg]  # of which ticket?
    problem = "needs the ticket that it changes: Ticket.assign(ticket, assignee)"
    assert str(error.value) == f"Ticket.assign() {problem}"


def test_a_command_in_a_repository_of_another_aggregate_is_refused() -> None:
    store = MemoryStore()
    with (
        pytest.raises(InvalidTransition),
        store.transaction(actor=MAYA, reason="a test") as tx,
    ):
        execute(tx, tx.money.payees, Lamp.open(id="L-1"))  # type: ignore[misc]  # a lamp


def test_a_command_of_another_aggregate_than_the_handlers_is_refused() -> None:
    store = MemoryStore()
    with pytest.raises(InvalidTransition):
        store.run(register, Lamp.open(id="L-1"), actor=MAYA, reason="a test")  # type: ignore[arg-type]  # a lamp


def test_an_unknown_filter_is_refused() -> None:
    with pytest.raises(TypeError):
        PayeeFilter(colour="red")  # type: ignore[call-arg]  # no such filter


def find_by_a_number(payees: Payees) -> None:
    """Call finders with values of other types: no store checks them when it runs."""
    payees.of_destination(3)  # type: ignore[arg-type]  # a text is expected
    payees.of_destination(party="ann")  # type: ignore[call-arg]  # a parameter of another finder
    payees.of_wallet("0x1")  # type: ignore[attr-defined]  # no such finder
