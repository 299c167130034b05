"""Run the example of the README on installed wheels."""

from enum import auto

import indelible_sql
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
from indelible.kernel import Actor


class Status(States):
    """The states of a ticket."""

    OPEN = auto()
    ASSIGNED = auto()
    CLOSED = auto()


@aggregate(final=(Status.CLOSED,))
class Ticket(Aggregate):
    """A request for support."""

    status: Status
    number: Identifier = field(unique=True)
    title: OneLine
    # required in these states, and empty in all others
    assignee: Identifier | None = field(required_in=(Status.ASSIGNED, Status.CLOSED))
    resolution: Text | None = field(required_in=(Status.CLOSED,))

    @creates(Status.OPEN)
    def open(self, number: Identifier, title: OneLine) -> None: ...
    @action(Status.OPEN)
    def rename(self, title: OneLine) -> None: ...
    @action(Status.OPEN, to=Status.ASSIGNED)
    def assign(self, assignee: Identifier) -> None: ...
    @action(Status.ASSIGNED, to=Status.CLOSED)
    def close(self, resolution: Text) -> None:
        if resolution == self.title:
            raise Refused("the resolution only repeats the title")


tickets = Context(Ticket, filters=("status", "assignee"), search=("title",))

maya = Actor.user("maya")
store = indelible_sql.open_store("sqlite:///tickets.db", contexts=(tickets,))  # or postgresql://...
store.upgrade()  # makes the tables, or adds what they lack

to_open = Ticket.open(number="T-1", title="Printer on fire")  # a command: saves nothing yet
ticket = store.run(tickets.execute, to_open, actor=maya, reason="a call")
to_assign = Ticket.assign(ticket, assignee="ann")
ticket = store.run(tickets.execute, to_assign, actor=maya, reason="on duty")

for change in store.read(tickets.history, ticket.id):
    print(change.seq, change.action, change.to_state, change.actor, change.reason)
