"""The next release of the tickets waits, and renames nothing."""

import pytest
from tests.examples.tickets_next import Status, Ticket, tickets

from indelible.kernel import InvalidTransition
from indelible.memory.store import MemoryStore
from indelible.testing.stores import MAYA


def test_a_ticket_waits_and_is_not_renamed() -> None:
    store = MemoryStore(contexts=(tickets,))
    opening = Ticket.open(number="T-1", title="Fire")
    head = store.run(tickets.execute, opening, actor=MAYA, reason="a call")
    renaming = Ticket.rename(head, title="Flood")
    with pytest.raises(InvalidTransition):
        store.run(tickets.execute, renaming, actor=MAYA, reason="a call")
    for command in (Ticket.assign(head.id, assignee="ann"), Ticket.wait(head.id, waits_for="rain")):
        head = store.run(tickets.execute, command, actor=MAYA, reason="a call")

    assert (head.entity.status, head.entity.assignee) == (Status.WAITING, "ann")
