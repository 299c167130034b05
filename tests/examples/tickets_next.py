"""Support tickets, the next release: they can wait, have a priority, and keep their title."""

from enum import auto

from indelible.declare import (
    Aggregate,
    Context,
    Count,
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
    WAITING = auto()
    CLOSED = auto()


HAS_ASSIGNEE = (Status.ASSIGNED, Status.WAITING, Status.CLOSED)


@aggregate(final=(Status.CLOSED,))
class Ticket(Aggregate):
    """A request for support."""

    status: Status
    number: Identifier = field(unique=True)
    title: OneLine
    priority: Count = field(default=3)
    assignee: Identifier | None = field(required_in=HAS_ASSIGNEE)
    waits_for: OneLine | None = field(required_in=(Status.WAITING,))
    resolution: Text | None = field(required_in=(Status.CLOSED,))

    @creates(Status.OPEN)
    def open(self, number: Identifier, title: OneLine) -> None: ...
    @action(retired_from=(Status.OPEN,))
    def rename(self, title: OneLine) -> None: ...
    @action(Status.OPEN, Status.ASSIGNED)
    def rank(self, priority: Count) -> None: ...
    @action(Status.OPEN, to=Status.ASSIGNED)
    def assign(self, assignee: Identifier) -> None: ...
    @action(Status.ASSIGNED, to=Status.WAITING)
    def wait(self, waits_for: OneLine) -> None: ...
    @action(Status.WAITING, to=Status.ASSIGNED, empties=("waits_for",))
    def resume(self) -> None: ...
    @action(Status.ASSIGNED, to=Status.CLOSED)
    def close(self, resolution: Text) -> None:
        if resolution == self.title:
            raise Refused("the resolution only repeats the title")


tickets = Context(Ticket, filters=("status", "assignee"), search=("title",))
contexts = (tickets,)  # for a service: INDELIBLE_CONTEXTS names this module
