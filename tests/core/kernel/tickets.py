"""An aggregate whose methods are its actions, and another one with the same states."""

from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Lifecycle
from indelible.kernel.actions import Fields, action, creates
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import present_in, required_in
from indelible.kernel.conditions import AnyCondition, Condition, NamesActor
from indelible.kernel.kinds import Count, Identifier, Instant, Natural, OneLine, Text, kinds


class Status(StrEnum):
    """The states of a ticket."""

    OPEN = "OPEN"
    ASSIGNED = "ASSIGNED"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


@frozen
class ResolverIsReporter(Conflict):
    """A ticket is not given to the one who has reported it."""

    message: ClassVar[str] = "{assignee} has reported ticket {ticket_id}."
    ticket_id: str
    assignee: str


@frozen
class TitleTaken(Conflict):
    """A title that no ticket may have."""

    message: ClassVar[str] = "Ticket {ticket_id} of {reporter} cannot be called {name}."
    ticket_id: str
    reporter: str
    name: str


@frozen(kw_only=True, field_transformer=kinds)
class Ticket(Aggregate):
    """A request for support."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="ticket")
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition(
            "assignee", required_in(("assignee", "assigned_at"), Status.ASSIGNED, Status.RESOLVED)
        ),
        Condition("resolution", required_in(("resolution", "resolved_by"), Status.RESOLVED)),
        Condition("note", present_in("note", Status.CLOSED)),
        NamesActor("resolved_by", "resolve"),
    )

    status: Status
    reporter: Identifier
    title: OneLine
    assignee: Identifier | None = None
    assigned_at: Instant | None = None
    resolution: Text | None = None
    resolved_by: Identifier | None = None
    note: Text | None = None
    minutes: Count = 1
    raised: Natural = 0

    @creates(Status.OPEN)
    def open(self, id: Identifier, reporter: Identifier, title: OneLine) -> None:
        """Open a ticket."""
        if self.title == "test":
            raise TitleTaken(id, reporter, title)

    @action(Status.OPEN, Status.ASSIGNED)
    def rename(self, title: OneLine) -> None:
        """Change the title."""

    @action(Status.OPEN, to=Status.ASSIGNED, time_field="assigned_at")
    def assign(self, assignee: Identifier) -> None:
        """Give the ticket to somebody else than its reporter."""
        if assignee == self.reporter:
            raise ResolverIsReporter(self.id, assignee)

    @action(Status.ASSIGNED, computes=("minutes", "raised"))
    def work(self, spent: Count) -> Fields:
        """Add the minutes that somebody has spent."""
        return {"minutes": self.minutes + spent, "raised": self.raised + 1}

    @action(Status.ASSIGNED, to=Status.RESOLVED)
    def resolve(self, resolution: Text, note: Text | None = None) -> None:
        """Say what was done."""

    @action(
        Status.OPEN,
        Status.ASSIGNED,
        Status.RESOLVED,
        to=Status.CLOSED,
        empties=("assignee", "assigned_at", "resolution", "resolved_by"),
    )
    def close(self, note: Text) -> None:
        """End the ticket, whatever was done."""

    @action(Status.CLOSED, to=Status.OPEN)
    def reopen(self) -> None:
        """Begin again."""


@frozen(kw_only=True, field_transformer=kinds)
class Lamp(Aggregate):
    """An aggregate with an action of the same name."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(name="lamp")

    status: Status

    @creates(Status.OPEN)
    def open(self, id: Identifier) -> None:
        """Switch it on."""

    @action(Status.OPEN, to=Status.ASSIGNED)
    def assign(self) -> None:
        """Give it to somebody."""

    @action(Status.ASSIGNED, to=Status.RESOLVED)
    def resolve(self) -> None:
        """Mend it."""

    @action(Status.RESOLVED, to=Status.CLOSED)
    def close(self) -> None:
        """Switch it off."""
