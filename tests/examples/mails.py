"""Resolved tickets: a worker sends a mail to the requester, then closes the ticket, exactly once.

`INDELIBLE_CONTEXTS=tests.examples.mails indelible work --module tests.examples.mails` runs it.
"""

from collections.abc import Callable, Sequence
from enum import auto
from typing import Any

from attrs import frozen

from indelible.declare import (
    Aggregate,
    At,
    Context,
    Identifier,
    States,
    Text,
    action,
    aggregate,
    creates,
    field,
)
from indelible.kernel import Actor, Change, Head
from indelible.kernel.actions import Command
from indelible.kernel.feed_stage import FeedFollower
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage
from indelible.kernel.subscribers import Subscriber
from indelible.kernel.tasks import Leases
from indelible_sql import SqlStore, SqlTransaction

MAIL = "mail"
MAILER = Actor.system("mailer")


class Status(States):
    """The states of a ticket."""

    OPEN = auto()
    RESOLVED = auto()
    CLOSED = auto()


@aggregate(final=(Status.CLOSED,))
class Ticket(Aggregate):
    """A request for support, whose requester is told by mail how it was resolved."""

    status: Status
    number: Identifier = field(unique=True)
    requester: Identifier
    resolution: Text | None = field(required_in=(Status.RESOLVED, Status.CLOSED))
    mail_id: Identifier | None = field(required_in=(Status.CLOSED,))

    @creates(Status.OPEN)
    def open(self, number: Identifier, requester: Identifier) -> None: ...
    @action(Status.OPEN, to=Status.RESOLVED)
    def resolve(self, resolution: Text) -> None: ...
    @action(Status.RESOLVED, to=Status.OPEN, empties=("resolution",))
    def reopen(self) -> None: ...
    @action(Status.RESOLVED, to=Status.CLOSED)
    def close(self, mail_id: Identifier) -> None: ...


tickets = Context(Ticket, filters=("status",))
contexts = (tickets,)


@frozen(kw_only=True)
class Mail:
    """A mail about a ticket as `ticket` names it: its id, and the seq that the worker has read."""

    ticket: At
    requester: str
    text: str

    @property
    def key(self) -> str:
        """Return the idempotency key: every attempt at this mail has the same one."""
        return f"{self.ticket.id}.{self.ticket.seq}"


Send = Callable[[Mail], str]  # returns the id that the mail server has given to the mail


def resolve(tx: SqlTransaction, command: Command[Ticket]) -> Head[Ticket]:
    """Resolve a ticket and enqueue its mail: both are committed, or neither."""
    head = tickets.execute(tx, command)
    tx.tasks.enqueue(MAIL, {head.id: tx.clock.now()})
    return head


def claim(tx: SqlTransaction, leases: Leases) -> Sequence[Mail | None]:
    """Return the mail of each leased task, or None for a ticket that waits for none."""
    mails: list[Mail | None] = []
    for lease in leases:
        head = tickets.get(tx, lease.entity_id)
        ticket = head.entity
        if ticket.status is not Status.RESOLVED:
            mails.append(None)
            continue
        mails.append(
            Mail(
                ticket=At(head.id, head.seq),
                requester=ticket.requester,
                text=ticket.resolution or "",
            )
        )
    return mails


def mail_stage(store: SqlStore, send: Send) -> Stage[SqlTransaction, Mail, None]:
    """Return the stage that sends a mail and closes its ticket."""

    def send_and_close(mail: Mail, handle: LeaseHandle) -> None:
        mail_id = send(mail)
        with store.transaction(actor=MAILER, reason="the requester has a mail") as tx:
            tx.tasks.require_lease(handle.lease)  # another worker may have the task by now
            tickets.execute(tx, Ticket.close(mail.ticket, mail_id=mail_id))

    return Stage(
        name=MAIL,
        batch=1,
        acts_outside=True,
        lifecycle=None,
        claim=claim,
        perform=send_and_close,
        lease_seconds=5,
    )


def enqueue_mail(tx: SqlTransaction, change: Change) -> None:
    """Enqueue the mail of a ticket that anybody has resolved, in whichever way."""
    if (change.lifecycle, change.action) == ("ticket", "resolve"):
        tx.tasks.enqueue(MAIL, {change.entity_id: tx.clock.now()})


def follower(store: SqlStore) -> FeedFollower[SqlTransaction]:
    """Return what follows the feed and calls `enqueue_mail` with each change."""
    subscriber = Subscriber(name="tickets_to_mail", handle=enqueue_mail)
    return FeedFollower(store=store, subscribers=(subscriber,), stage_name="follow_tickets")


def print_mail(mail: Mail) -> str:
    """Print a mail in place of a mail server, and return its key as its id."""
    print(f"to {mail.requester}: {mail.text}")  # noqa: T201 - what the reader sees
    return mail.key


def stages(store: SqlStore) -> list[Stage[SqlTransaction, Any, Any]]:
    """Return the stages that `indelible work --module` runs."""
    return [mail_stage(store, print_mail), follower(store).stage()]
