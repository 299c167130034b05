"""Payees: the parties that receive transfers."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self

from attrs import field, frozen

from indelible.kernel import Actor, Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.state_fields import check_presence
from indelible.kernel.values import instance_of
from indelible.money.entities.values import identifier_field
from indelible.money.errors.payouts import DestinationTaken
from indelible.money.lifecycle.payouts import DESTINATION_FIELDS, PAYEE, PayeeStatus

WITH_DESTINATION: Final = frozenset({PayeeStatus.RESTRICTED, PayeeStatus.READY})
ONE_PER_DESTINATION: Final = OnePerParent(
    name="one_destination",
    parent_field="destination",
    states=tuple(PayeeStatus),
    error=DestinationTaken,
)


@frozen(kw_only=True)
class Payee(Aggregate):
    """A party that receives transfers; its id is the party's, `destination` its Stripe account.

    `destination_set_by` is the actor who has set the destination.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = PAYEE
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (ONE_PER_DESTINATION,)

    status: PayeeStatus = field(validator=instance_of(PayeeStatus))
    destination: str | None = identifier_field()
    destination_set_by: str | None = identifier_field()

    def __attrs_post_init__(self) -> None:
        has_account = self.status in WITH_DESTINATION
        check_presence(self, DESTINATION_FIELDS, is_present=has_account)

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
        """Return True if the party itself has set its destination, with a key of its own."""
        return self.destination_set_by == str(Actor.user(self.id))

    def attached(self, destination: str, setter: str, *, now: datetime) -> Self:
        """Return the payee with another account, which Stripe has to enable first."""
        return self.transition(
            "attach", now=now, destination=destination, destination_set_by=setter
        )

    def enabled(self, *, now: datetime) -> Self:
        """Return the payee once it can receive transfers; itself if it can already."""
        return self if self.is_ready else self.transition("enable", now=now)

    def restricted(self, *, now: datetime) -> Self:
        """Return the payee once it cannot receive transfers; itself if it cannot already."""
        return self if self.is_restricted else self.transition("restrict", now=now)

    def closed(self, *, now: datetime) -> Self:
        """Return the payee without its account; itself if it is closed already."""
        if self.is_closed:
            return self
        return self.transition("close", now=now, destination=None, destination_set_by=None)
