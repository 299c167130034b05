"""Refunds of charges, and the attempts to make them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self

from attrs import field, frozen

from indelible.kernel import Lifecycle
from indelible.kernel.aggregate_errors import FieldNotOfState
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.history import Record
from indelible.kernel.money import is_currency
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.state_fields import check_presence
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    bounded_int,
    instance_of,
    is_identifier,
    is_instant,
)
from indelible.money.entities.ids import refund_id
from indelible.money.entities.values import (
    CURRENCY,
    NATURAL,
    AttemptKind,
    RefundReason,
    amount_field,
    identifier_field,
)
from indelible.money.errors.payments import RefundExists, RefundRunning
from indelible.money.lifecycle.payments import REFUND, RefundStatus

# Stripe knows a refund in these states.
AT_STRIPE: Final = frozenset(
    {RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION, RefundStatus.SUCCEEDED}
)
ONE_RUNNING: Final = OnePerParent(
    parent_field="charge_id",
    states=(RefundStatus.REQUESTED, RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION),
    error=RefundRunning,
)
ONE_AT_STRIPE: Final = OnePerParent(
    name="one_stripe_refund",
    parent_field="stripe_refund_id",
    states=tuple(RefundStatus),
    error=RefundExists,
)


@frozen(kw_only=True)
class RefundAttempt(Record):
    """An attempt to make a refund at Stripe, stored before the request."""

    record_name: ClassVar[str] = "attempt"
    head_fields: ClassVar[Mapping[str, str]] = {
        "refund_id": "id",
        "number": "attempt_number",
        "generation": "generation",
        "started_at": "updated_at",
    }

    refund_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    number: int = field(validator=bounded_int, metadata=COUNT)
    generation: int = field(validator=bounded_int, metadata=COUNT)
    idempotency_key: str = field(validator=is_identifier, metadata=IDENTIFIER)
    kind: AttemptKind = field(validator=instance_of(AttemptKind))
    started_at: datetime = field(validator=is_instant)


@frozen(kw_only=True)
class Refund(Aggregate):
    """A refund of a charge, whole or in part; its id follows from the charge and the number.

    `covered` is True if a settlement has counted the charge's item: goodwill pays the refund then,
    not the escrow. A refund that was made in Stripe's dashboard has its id from the beginning.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = REFUND
    fixed: ClassVar[tuple[str, ...]] = (
        "charge_id",
        "number",
        "amount_minor",
        "currency",
        "reason_code",
        "covered",
    )
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (ONE_RUNNING, ONE_AT_STRIPE)
    version_field: ClassVar[str] = "attempt_number"
    version_records: ClassVar[tuple[type[Record], ...]] = (RefundAttempt,)

    status: RefundStatus = field(validator=instance_of(RefundStatus))
    charge_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    number: int = field(validator=bounded_int, metadata=COUNT)
    amount_minor: int = amount_field()
    currency: str = field(validator=is_currency, metadata=CURRENCY)
    reason_code: RefundReason = field(validator=instance_of(RefundReason))
    covered: bool = field(validator=instance_of(bool))
    generation: int = field(default=1, validator=bounded_int, metadata=COUNT)
    attempt_number: int = field(validator=bounded_int, metadata=NATURAL)
    stripe_refund_id: str | None = identifier_field()
    failure_code: str | None = identifier_field()

    def __attrs_post_init__(self) -> None:
        expected_id = refund_id(self.charge_id, self.number)
        if self.id != expected_id:
            raise FieldNotOfState(REFUND.name, self.id, "id", expected_id, str(self.status))
        if self.status in AT_STRIPE:
            check_presence(self, ("stripe_refund_id",), is_present=True)
        is_failed = self.status is RefundStatus.FAILED
        check_presence(self, ("failure_code",), is_present=is_failed)

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
