"""The files that `indelible new` writes, for a ticket: `ticket` and `Ticket` are replaced."""

from typing import Final

LIFECYCLE: Final = '''"""Tickets: what they are, and how they move forward."""

from enum import auto

from indelible.declare import (
    Aggregate,
    Context,
    Identifier,
    OneLine,
    Refused,
    States,
    Text,
    action,
    aggregate,
    creates,
    field,
)


class Status(States):
    """The states of one ticket."""

    OPEN = auto()
    ASSIGNED = auto()
    CLOSED = auto()


@aggregate(final=(Status.CLOSED,))
class Ticket(Aggregate):
    """One ticket."""

    status: Status
    number: Identifier = field(unique=True)
    title: OneLine
    assignee: Identifier | None = field(required_in=(Status.ASSIGNED, Status.CLOSED))
    result: Text | None = field(required_in=(Status.CLOSED,))

    @creates(Status.OPEN)
    def open(self, number: Identifier, title: OneLine) -> None: ...
    @action(Status.OPEN)
    def rename(self, title: OneLine) -> None: ...
    @action(Status.OPEN, to=Status.ASSIGNED)
    def assign(self, assignee: Identifier) -> None: ...
    @action(Status.ASSIGNED, to=Status.CLOSED)
    def close(self, result: Text) -> None:
        if result == self.title:
            raise Refused("the result only repeats the title")


tickets = Context(Ticket, filters=("status", "assignee"), search=("title",))
contexts = (tickets,)  # for the service: INDELIBLE_CONTEXTS=ticket
'''

TEST: Final = '''"""Test each action from each state, and one refusal by hand."""

import pytest
from ticket import Ticket, tickets

from indelible.kernel import Actor, InvalidTransition
from indelible.memory.store import MemoryStore
from indelible.testing.own import conformance, machine

MAYA = Actor.user("maya")

TestTickets = conformance(tickets)
TestWalks = machine(tickets)


def test_a_number_that_is_open_cannot_be_closed() -> None:
    store = MemoryStore(contexts=(tickets,))
    command = Ticket.open(number="N-1", title="The first one")
    head = store.run(tickets.execute, command, actor=MAYA, reason="a test")

    close = Ticket.close(head, result="Done.")
    with pytest.raises(InvalidTransition):
        store.run(tickets.execute, close, actor=MAYA, reason="a test")
    assert store.read(tickets.get, head.id) == head
'''

README: Final = """# Tickets

`ticket.py` declares the lifecycle: its fields, states and actions. Change it to what yours are.
`test_ticket.py` tests each action from each state; change its last test with the lifecycle.

Test it, with pytest and `indelible[testing]` installed:

    python -m pytest

Serve it, with its REST API, its pages in the console and its history:

    export INDELIBLE_CONTEXTS=ticket
    indelible up

In a program of your own:

    from indelible.kernel import Actor
    from indelible_sql import open_store
    from ticket import Ticket, tickets

    store = open_store("sqlite:///tickets.db", contexts=(tickets,))
    store.upgrade()
    first = Ticket.open(number="N-1", title="The first one")
    store.run(tickets.execute, first, actor=Actor.user("maya"), reason="a call")

Print what is stored, in the directory of `ticket.py`:

    indelible list tickets --where status=OPEN
    indelible show tickets N-1
    indelible history tickets N-1
"""
