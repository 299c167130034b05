"""Disputes of charges, as Stripe reports them."""

from enum import StrEnum
from typing import ClassVar

from attrs import frozen

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import WithinKind, follows, required_outside
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.kinds import Currency, Flag, Identifier, Instant, kinds
from indelible.money.entities.values import Amount, AmountOrZero
from indelible.money.errors.payments import DisputeNotFound
from indelible.money.lifecycle.payments import (
    DISPUTE,
    OPEN_DISPUTE,
    UNANSWERED_DISPUTE,
    DisputeStatus,
)


@frozen(kw_only=True, field_transformer=kinds)
class Dispute(Aggregate):
    """A dispute of a charge; its id is Stripe's.

    `withdrawn_at` and `reinstated_at` are when Stripe took the money and gave it back. `fee_minor`
    is Stripe's fee, known with the withdrawal. `covered` is True if a settlement had counted the
    charge's item when the dispute began.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = DISPUTE
    missing_error = DisputeNotFound
    fixed: ClassVar[tuple[str, ...]] = (
        "charge_id",
        "amount_minor",
        "currency",
        "reason_code",
        "covered",
    )

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("amounts_positive", WithinKind(("amount_minor", "fee_minor"))),
        Condition("closed_of_status", required_outside("closed_at", *OPEN_DISPUTE)),
        Condition(
            "reinstated_after",
            follows("reinstated_at", "withdrawn_at", expected="empty before a withdrawal"),
        ),
    )

    status: DisputeStatus
    charge_id: Identifier
    amount_minor: Amount
    currency: Currency
    fee_minor: AmountOrZero | None = None
    reason_code: Identifier
    evidence_due_by: Instant | None = None
    withdrawn_at: Instant | None = None
    reinstated_at: Instant | None = None
    covered: Flag
    closed_at: Instant | None = None

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
