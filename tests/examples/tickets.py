"""Support tickets: a host's own lifecycle, complete."""

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
