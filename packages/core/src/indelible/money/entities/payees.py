"""Payees: the parties that receive transfers."""

from enum import StrEnum
from typing import ClassVar, Final

from attrs import frozen

from indelible.kernel import Actor, Lifecycle, Readers
from indelible.kernel.actions import action, creates
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import required_in
from indelible.kernel.conditions import AnyCondition, Condition, NamesActor
from indelible.kernel.field_rules import field
from indelible.kernel.kinds import Identifier, kinds
from indelible.kernel.readers import ENTITY_ID
from indelible.money.errors.payouts import DestinationTaken, PayeeNotFound
from indelible.money.lifecycle.payouts import PayeeStatus


@frozen(kw_only=True, field_transformer=kinds)
class Payee(Aggregate):
    """A party that receives transfers; its id is the party's, `destination` its Stripe account.

    `destination_set_by` is the actor who has set the destination.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = Lifecycle(
        name="payee", readers=Readers(owner_field=ENTITY_ID)
    )
    missing_error = PayeeNotFound
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition(
            "destination_of_status",
            required_in(
                ("destination", "destination_set_by"), PayeeStatus.RESTRICTED, PayeeStatus.READY
            ),
        ),
        NamesActor("destination_set_by", "attach"),
    )

    status: PayeeStatus
    destination: Identifier | None = field(unique=DestinationTaken)
    destination_set_by: Identifier | None = None

    @creates(PayeeStatus.NEW)
    def register(self, id: Identifier) -> None:
        """Register a party that receives payouts."""

    @action(PayeeStatus.NEW, PayeeStatus.RESTRICTED, PayeeStatus.READY, to=PayeeStatus.RESTRICTED)
    def attach(self, destination: Identifier) -> None:
        """Store an account, which Stripe has to enable before it can receive money."""

    @action(PayeeStatus.RESTRICTED, to=PayeeStatus.READY)
    def enable(self) -> None:
        """Allow transfers: Stripe has enabled the account."""

    @action(PayeeStatus.READY, to=PayeeStatus.RESTRICTED)
    def restrict(self) -> None:
        """Stop transfers until Stripe enables the account again."""

    @action(
        PayeeStatus.NEW,
        PayeeStatus.RESTRICTED,
        PayeeStatus.READY,
        to=PayeeStatus.CLOSED,
        empties=("destination", "destination_set_by"),
    )
    def close(self) -> None:
        """Stop transfers for good, and forget the account."""

    @action(PayeeStatus.CLOSED, to=PayeeStatus.NEW)
    def reopen(self) -> None:
        """Let the payee name an account again."""

    @property
    def is_ready(self) -> bool:
        """Return True if the payee can receive transfers."""
        return self.status is PayeeStatus.READY

    @property
    def is_restricted(self) -> bool:
        """Return True if the payee has an account that cannot receive transfers."""
        return self.status is PayeeStatus.RESTRICTED

    @property
    def is_closed(self) -> bool:
        """Return True if the payee receives nothing any more."""
        return self.status is PayeeStatus.CLOSED

    @property
    def has_own_destination(self) -> bool:
        """Return True if the party itself has set its destination, as the user of its id."""
        return self.destination_set_by == str(Actor.user(self.id))


PAYEE: Final = Payee.lifecycle
