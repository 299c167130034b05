"""Payees, transfers to them, and the payout jobs of settlements."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord, BulkTypes
from indelible.kernel.history import Record
from indelible.kernel.money import is_currency
from indelible.kernel.one_per_parent import OnePerParent
from indelible.kernel.state_fields import FieldNotOfState, check_presence
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    bounded_int,
    instance_of,
    is_identifier,
    is_instant,
)
from indelible.money import errors
from indelible.money.entities.values import (
    CURRENCY,
    NATURAL,
    REFERENCE,
    SUM,
    AttemptKind,
    TransferFailure,
    amount_field,
    identifier_field,
    line_field,
    message_field,
    natural_field,
    sum_field,
)
from indelible.money.lifecycle import (
    PAYEE,
    PAYOUT_JOB,
    TRANSFER,
    PayeeStatus,
    PayoutJobStatus,
    TransferStatus,
)

WITH_DESTINATION: Final = frozenset({PayeeStatus.RESTRICTED, PayeeStatus.READY})
APPROVAL_FIELDS: Final = ("approved_by", "approved_at", "approval_reason")
ONE_PER_DESTINATION: Final = OnePerParent(
    name="one_destination",
    parent_field="destination",
    states=tuple(PayeeStatus),
    error=errors.DestinationTaken,
)
ONE_AT_STRIPE: Final = OnePerParent(
    name="one_stripe_transfer",
    parent_field="stripe_transfer_id",
    states=tuple(TransferStatus),
    error=errors.TransferExists,
)


@frozen(kw_only=True)
class Payee(Aggregate):
    """A party that receives transfers; its id is the party's, `destination` its Stripe account."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = PAYEE
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (ONE_PER_DESTINATION,)

    status: PayeeStatus = field(validator=instance_of(PayeeStatus))
    destination: str | None = identifier_field()

    def __attrs_post_init__(self) -> None:
        has_account = self.status in WITH_DESTINATION
        check_presence(self, ("destination",), is_present=has_account)

    @property
    def is_ready(self) -> bool:
        """Return True if the payee can receive transfers."""
        return self.status is PayeeStatus.READY


@frozen(kw_only=True)
class TransferLine(BulkRecord):
    """An owed line that a transfer pays; no two transfers have the same one."""

    record_name: ClassVar[str] = "transfer_lines"

    owed_movement_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    owed_number: int = field(validator=bounded_int, metadata=COUNT)
    amount_minor: int = amount_field()


@frozen(kw_only=True)
class TransferAttempt(Record):
    """An attempt to make or to find a transfer at Stripe, stored before the request."""

    record_name: ClassVar[str] = "attempt"
    head_fields: ClassVar[Mapping[str, str]] = {
        "transfer_id": "id",
        "number": "attempt_number",
        "generation": "generation",
        "started_at": "updated_at",
    }

    transfer_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    number: int = field(validator=bounded_int, metadata=COUNT)
    generation: int = field(validator=bounded_int, metadata=COUNT)
    idempotency_key: str = field(validator=is_identifier, metadata=IDENTIFIER)
    kind: AttemptKind = field(validator=instance_of(AttemptKind))
    started_at: datetime = field(validator=is_instant)


@frozen(kw_only=True)
class Transfer(Aggregate):
    """The transfer to a party that pays its owed lines of a settlement, or of a reversal.

    `job_id` is None for a transfer that pays the line of a reversed payout; `reissue_of` names the
    reversed transfer then. `must_look_up` is True if Stripe has to be asked for an existing
    transfer before the next call. `failure_count` counts equal failures one after the other.
    `parked_at` is when the transfer was first parked, and stays while it waits and tries again.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = TRANSFER
    fixed: ClassVar[tuple[str, ...]] = (
        "job_id",
        "settlement_id",
        "reference",
        "party",
        "amount_minor",
        "currency",
        "line_count",
        "reissue_of",
    )
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (ONE_AT_STRIPE,)
    bulk_records: ClassVar[BulkTypes] = {"plan": (TransferLine,)}
    version_field: ClassVar[str] = "attempt_number"
    version_records: ClassVar[tuple[type[Record], ...]] = (TransferAttempt,)

    status: TransferStatus = field(validator=instance_of(TransferStatus))
    job_id: str | None = identifier_field()
    settlement_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    reference: str = field(validator=is_identifier, metadata=REFERENCE)
    party: str = field(validator=is_identifier, metadata=IDENTIFIER)
    amount_minor: int = amount_field()
    currency: str = field(validator=is_currency, metadata=CURRENCY)
    line_count: int = field(validator=bounded_int, metadata=COUNT)
    reissue_of: str | None = identifier_field()
    approved_by: str | None = identifier_field()
    approved_at: datetime | None = field(default=None, validator=optional(is_instant))
    approval_reason: str | None = line_field()
    destination: str | None = identifier_field()
    generation: int = field(default=1, validator=bounded_int, metadata=COUNT)
    attempt_number: int = field(validator=bounded_int, metadata=NATURAL)
    first_attempt_at: datetime | None = field(default=None, validator=optional(is_instant))
    retry_until: datetime | None = field(default=None, validator=optional(is_instant))
    must_look_up: bool = field(default=False, validator=instance_of(bool))
    failure_code: str | None = identifier_field()
    failure_message: str | None = message_field()
    failure_count: int = natural_field()
    failure_reason: TransferFailure | None = field(
        default=None, validator=optional(instance_of(TransferFailure))
    )
    stripe_transfer_id: str | None = identifier_field()
    parked_at: datetime | None = field(default=None, validator=optional(is_instant))
    completed_at: datetime | None = field(default=None, validator=optional(is_instant))
    reversed_minor: int = sum_field()

    def __attrs_post_init__(self) -> None:
        is_completed = self.status is TransferStatus.COMPLETED
        check_presence(self, ("stripe_transfer_id", "completed_at"), is_present=is_completed)
        is_failed = self.status is TransferStatus.FAILED_TERMINAL
        check_presence(self, ("failure_reason",), is_present=is_failed)
        if self.status is TransferStatus.PARKED:
            check_presence(self, ("parked_at",), is_present=True)
        check_presence(self, APPROVAL_FIELDS, is_present=self.approved_by is not None)
        if self.status is TransferStatus.PROCESSING:
            check_presence(self, ("approved_by", "destination"), is_present=True)
        most_minor = self.amount_minor if is_completed else 0
        if self.reversed_minor > most_minor:
            raise FieldNotOfState(
                TRANSFER.name, self.id, "reversed_minor", f"at most {most_minor}", self.status
            )

    def fixed_fields(self, following: Aggregate) -> tuple[str, ...]:
        """Return the fixed fields; the id of Stripe's transfer is one of them once it is set."""
        if self.stripe_transfer_id is None:
            return super().fixed_fields(following)
        return (*super().fixed_fields(following), "stripe_transfer_id")

    @property
    def idempotency_key(self) -> str:
        """Return the key of the request to Stripe."""
        return f"payout:{self.id}:g{self.generation}"

    @property
    def is_approved(self) -> bool:
        """Return True if somebody, or the setting, has approved the transfer."""
        return self.approved_by is not None

    def new_attempt(self, kind: AttemptKind) -> TransferAttempt:
        """Return the attempt that the transfer's number and time point to."""
        return TransferAttempt(
            transfer_id=self.id,
            number=self.attempt_number,
            generation=self.generation,
            idempotency_key=self.idempotency_key,
            kind=kind,
            started_at=self.updated_at,
        )


@frozen(kw_only=True)
class PayoutJob(Aggregate):
    """The payout of a settlement; its id is the settlement's.

    It is complete once all its transfers are terminal.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = PAYOUT_JOB
    fixed: ClassVar[tuple[str, ...]] = (
        "reference",
        "currency",
        "transfer_count",
        "total_minor",
    )

    status: PayoutJobStatus = field(validator=instance_of(PayoutJobStatus))
    reference: str = field(validator=is_identifier, metadata=REFERENCE)
    currency: str = field(validator=is_currency, metadata=CURRENCY)
    transfer_count: int = field(validator=bounded_int, metadata=NATURAL)
    total_minor: int = field(validator=bounded_int, metadata=SUM)
    completed_at: datetime | None = field(default=None, validator=optional(is_instant))

    def __attrs_post_init__(self) -> None:
        is_complete = self.status is PayoutJobStatus.COMPLETE
        check_presence(self, ("completed_at",), is_present=is_complete)
        if self.total_minor < self.transfer_count:
            expected = f"{self.transfer_count} or more"
            raise FieldNotOfState(PAYOUT_JOB.name, self.id, "total_minor", expected, self.status)
