"""Payees: the parties that receive transfers."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self

from attrs import frozen

from indelible.kernel import Actor, Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import set_in
from indelible.kernel.conditions import AnyCondition, Condition, NamesActor
from indelible.kernel.kinds import Identifier, kinds
from indelible.kernel.one_per_parent import OnePerParent
from indelible.money.errors.payouts import DestinationTaken
from indelible.money.lifecycle.payouts import DESTINATION_FIELDS, PAYEE, PayeeStatus

# No two payees have one destination, in whatever state they are.
ONE_PER_DESTINATION: Final = OnePerParent(
    name="one_destination",
    parent_field="destination",
    states=tuple(PayeeStatus),
    error=DestinationTaken,
)


@frozen(kw_only=True, field_transformer=kinds)
class Payee(Aggregate):
    """A party that receives transfers; its id is the party's, `destination` its Stripe account.

    `destination_set_by` is the actor who has set the destination.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = PAYEE
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (ONE_PER_DESTINATION,)

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition(
            "destination_of_status",
            set_in(DESTINATION_FIELDS, PayeeStatus.RESTRICTED, PayeeStatus.READY),
        ),
        NamesActor("destination_set_by", "attach"),
    )

    status: PayeeStatus
    destination: Identifier | None = None
    destination_set_by: Identifier | None = None

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

    def attached(self, destination: str, set_by: str, *, now: datetime) -> Self:
        """Return the payee with an account, which Stripe has to enable before it is READY."""
        return self.transition(
            "attach", now=now, destination=destination, destination_set_by=set_by
        )

    def enabled(self, *, now: datetime) -> Self:
        """Return the payee, READY; itself if it is already."""
        return self if self.is_ready else self.transition("enable", now=now)

    def restricted(self, *, now: datetime) -> Self:
        """Return the payee, RESTRICTED; itself if it is already."""
        return self if self.is_restricted else self.transition("restrict", now=now)

    def closed(self, *, now: datetime) -> Self:
        """Return the payee without its account; itself if it is closed already."""
        if self.is_closed:
            return self
        return self.transition("close", now=now, destination=None, destination_set_by=None)
