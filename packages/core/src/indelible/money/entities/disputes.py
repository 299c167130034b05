"""Disputes of charges, as Stripe reports them."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.money import is_currency
from indelible.kernel.state_fields import FieldNotOfState, check_presence
from indelible.kernel.values import IDENTIFIER, instance_of, is_identifier, is_instant
from indelible.money.entities.values import CURRENCY, amount_field, optional_amount_field
from indelible.money.lifecycle.payments import (
    DISPUTE,
    OPEN_DISPUTE,
    UNANSWERED_DISPUTE,
    DisputeStatus,
)


@frozen(kw_only=True)
class Dispute(Aggregate):
    """A dispute of a charge; its id is Stripe's.

    `withdrawn_at` and `reinstated_at` are when Stripe took the money and gave it back. `fee_minor`
    is Stripe's fee, known with the withdrawal. `covered` is True if a settlement had counted the
    charge's item when the dispute began.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = DISPUTE
    fixed: ClassVar[tuple[str, ...]] = (
        "charge_id",
        "amount_minor",
        "currency",
        "reason_code",
        "covered",
    )

    status: DisputeStatus = field(validator=instance_of(DisputeStatus))
    charge_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    amount_minor: int = amount_field()
    currency: str = field(validator=is_currency, metadata=CURRENCY)
    fee_minor: int | None = optional_amount_field()
    reason_code: str = field(validator=is_identifier, metadata=IDENTIFIER)
    evidence_due_by: datetime | None = field(default=None, validator=optional(is_instant))
    withdrawn_at: datetime | None = field(default=None, validator=optional(is_instant))
    reinstated_at: datetime | None = field(default=None, validator=optional(is_instant))
    covered: bool = field(validator=instance_of(bool))
    closed_at: datetime | None = field(default=None, validator=optional(is_instant))

    def __attrs_post_init__(self) -> None:
        check_presence(self, ("closed_at",), is_present=not self.is_open)
        if self.withdrawn_at is None and self.reinstated_at is not None:
            raise FieldNotOfState(
                DISPUTE.name, self.id, "reinstated_at", "empty before a withdrawal", self.status
            )

    @property
    def is_open(self) -> bool:
        """Return True until Stripe has decided the dispute."""
        return self.status in OPEN_DISPUTE

    @property
    def needs_response(self) -> bool:
        """Return True while Stripe waits for evidence."""
        return self.status in UNANSWERED_DISPUTE

    @property
    def is_withdrawn(self) -> bool:
        """Return True while Stripe keeps the money of the dispute."""
        return self.withdrawn_at is not None and self.reinstated_at is None
