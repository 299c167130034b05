"""Refunds of charges, and the attempts to make them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self

from attrs import frozen

from indelible.kernel import Lifecycle
from indelible.kernel.aggregate_errors import FieldNotOfState
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import WithinKind
from indelible.kernel.conditions import AnyCondition, Condition, Rising, fixed_once_set
from indelible.kernel.field_rules import field
from indelible.kernel.history import Record
from indelible.kernel.kinds import Count, Currency, Flag, Identifier, Instant, Natural, kinds
from indelible.kernel.one_per_parent import OnePerParent
from indelible.money.entities.ids import refund_id
from indelible.money.entities.values import (
    Amount,
    AttemptKind,
    RefundReason,
)
from indelible.money.errors.payments import RefundExists, RefundNotFound, RefundRunning
from indelible.money.lifecycle.payments import REFUND, RefundStatus

# Stripe knows a refund in these states.
AT_STRIPE: Final = frozenset(
    {RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION, RefundStatus.SUCCEEDED}
)
OTHER_STATES: Final = frozenset(RefundStatus) - AT_STRIPE
ONE_RUNNING: Final = OnePerParent(
    parent_field="charge_id",
    states=(RefundStatus.REQUESTED, RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION),
    error=RefundRunning,
)


@frozen(kw_only=True, field_transformer=kinds)
class RefundAttempt(Record):
    """An attempt to make a refund at Stripe, stored before the request."""

    record_name: ClassVar[str] = "attempt"
    head_fields: ClassVar[Mapping[str, str]] = {
        "refund_id": "id",
        "number": "attempt_number",
        "generation": "generation",
        "started_at": "updated_at",
    }
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("kind_known", WithinKind(("kind",))),
    )

    refund_id: Identifier
    number: Count
    generation: Count
    idempotency_key: Identifier
    kind: AttemptKind
    started_at: Instant


@frozen(kw_only=True, field_transformer=kinds)
class Refund(Aggregate):
    """A refund of a charge, whole or in part; its id follows from the charge and the number.

    `covered` is True if a settlement has counted the charge's item: goodwill pays the refund then,
    not the escrow. A refund that was made in Stripe's dashboard has its id from the beginning.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = REFUND
    missing_error = RefundNotFound
    fixed: ClassVar[tuple[str, ...]] = (
        "charge_id",
        "number",
        "amount_minor",
        "currency",
        "reason_code",
        "covered",
    )
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (ONE_RUNNING,)
    version_field: ClassVar[str] = "attempt_number"
    version_records: ClassVar[tuple[type[Record], ...]] = (RefundAttempt,)

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("amount_positive", WithinKind(("amount_minor",))),
        Condition("reason_known", WithinKind(("reason_code",))),
        fixed_once_set("stripe_refund_id"),
        Rising(name="generation_forward", field="generation", most=1),
    )

    status: RefundStatus
    charge_id: Identifier
    number: Count
    amount_minor: Amount
    currency: Currency
    reason_code: RefundReason
    covered: Flag
    generation: Count = 1
    attempt_number: Natural
    stripe_refund_id: Identifier | None = field(
        unique=RefundExists,
        unique_name="one_stripe_refund",
        required_in=AT_STRIPE,
        allowed_in=OTHER_STATES,
        condition_name="at_stripe",
    )
    failure_code: Identifier | None = field(
        required_in=(RefundStatus.FAILED,), condition_name="failure_of_status"
    )

    def __attrs_post_init__(self) -> None:
        """Check that the id follows from the charge and the number, and the claims."""
        expected_id = refund_id(self.charge_id, self.number)
        if self.id != expected_id:
            raise FieldNotOfState(REFUND.name, self.id, "id", expected_id, str(self.status))
        super().__attrs_post_init__()

    @property
    def idempotency_key(self) -> str:
        """Return the key of the request to Stripe."""
        return f"refund:{self.id}:g{self.generation}"

    def new_attempt(self, kind: AttemptKind) -> RefundAttempt:
        """Return the attempt that the refund's number and time point to."""
        return RefundAttempt(
            refund_id=self.id,
            number=self.attempt_number,
            generation=self.generation,
            idempotency_key=self.idempotency_key,
            kind=kind,
            started_at=self.updated_at,
        )

    def attempted(self, *, generation: int, now: datetime) -> Self:
        """Return the refund at the beginning of an attempt."""
        return self.transition("attempt", now=now, generation=generation)
