"""Tickets of a help desk: the rows of an older table become aggregates."""

from enum import auto

from indelible.declare import (
    Aggregate,
    Context,
    Identifier,
    Instant,
    OneLine,
    States,
    Text,
    action,
    aggregate,
    creates,
    field,
)
from indelible_sql import FieldMapping, as_utc


class Status(States):
    """The states of a ticket."""

    OPEN = auto()
    ASSIGNED = auto()
    CLOSED = auto()


@aggregate(final=(Status.CLOSED,), adopts=(Status.OPEN, Status.ASSIGNED, Status.CLOSED))
class Ticket(Aggregate):
    """A request for support."""

    status: Status
    number: Identifier = field(unique=True)
    title: OneLine
    assignee: Identifier | None = field(required_in=(Status.ASSIGNED, Status.CLOSED))
    resolution: Text | None = field(required_in=(Status.CLOSED,))
    opened_at: Instant

    @creates(Status.OPEN, time_field="opened_at")
    def open(self, number: Identifier, title: OneLine) -> None: ...
    @action(Status.OPEN, Status.ASSIGNED)
    def rename(self, title: OneLine) -> None: ...
    @action(Status.OPEN, to=Status.ASSIGNED)
    def assign(self, assignee: Identifier) -> None: ...
    @action(Status.ASSIGNED, to=Status.CLOSED)
    def close(self, resolution: Text) -> None: ...


tickets = Context(Ticket, filters=("status", "assignee"), search=("title",))
contexts = (tickets,)

# The older table calls the state in lower case, and has its times in UTC, without a zone.
mapping: FieldMapping = {
    "status": lambda row: row["state"].upper(),
    "opened_at": as_utc("created"),
}
