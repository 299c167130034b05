"""Transfers to payees, and the attempts to make them."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final, Self

from attrs import frozen

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import BulkRecord, BulkTypes
from indelible.kernel.claims import (
    AnyOf,
    Compared,
    Implies,
    OneOf,
    Present,
    SetOnlyIf,
    WithinKind,
    absent_in,
    follows,
    present_in,
    required_in,
)
from indelible.kernel.conditions import AnyCondition, Condition, NamesActor, Rising, fixed_once_set
from indelible.kernel.field_rules import field
from indelible.kernel.history import Record
from indelible.kernel.kinds import (
    Count,
    Currency,
    Flag,
    Identifier,
    Instant,
    Natural,
    ShortText,
    kinds,
)
from indelible.kernel.state_fields import check_field, check_presence, check_unchanged
from indelible.money.entities.values import (
    Amount,
    AttemptKind,
    Message,
    Reference,
    Sum,
    TransferFailure,
    message_text,
)
from indelible.money.errors.gateway import PAYEE_REASONS, PROGRAM_REASONS, ParkReason
from indelible.money.errors.payouts import TransferExists, TransferNotFound
from indelible.money.lifecycle.payouts import (
    APPROVAL_AND_DESTINATION,
    APPROVAL_FIELDS,
    RETRY_BUDGET,
    TERMINAL_TRANSFER,
    TRANSFER,
    TransferStatus,
)

# Equal failures in a row after which an answer may come from Stripe's store of answers.
MAX_EQUAL_FAILURES: Final = 3
# Why a transfer waits, and since when.
WAITING_FIELDS: Final = ("parked_at", "failure_code", "failure_message")
PENDING, PROCESSING, COMPLETED, RETRYABLE, FAILED_TERMINAL, PARKED = TransferStatus
# Stripe reports the destination of a transfer that it has made without our attempt.
WAS_ATTEMPTED: Final = AnyOf((Compared("attempt_number", ">", 0), OneOf("status", (COMPLETED,))))


@frozen(kw_only=True, field_transformer=kinds)
class TransferLine(BulkRecord):
    """An owed line that a transfer pays; no two transfers have the same one."""

    record_name: ClassVar[str] = "transfer_lines"
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("amount_positive", WithinKind(("amount_minor",))),
    )

    owed_movement_id: Identifier
    owed_number: Count
    amount_minor: Amount


@frozen(kw_only=True, field_transformer=kinds)
class TransferAttempt(Record):
    """An attempt to make or to find a transfer at Stripe, stored before the request."""

    record_name: ClassVar[str] = "attempt"
    head_fields: ClassVar[Mapping[str, str]] = {
        "transfer_id": "id",
        "number": "attempt_number",
        "generation": "generation",
        "started_at": "updated_at",
    }
    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("kind_known", WithinKind(("kind",))),
    )

    transfer_id: Identifier
    number: Count
    generation: Count
    idempotency_key: Identifier
    kind: AttemptKind
    started_at: Instant


@frozen(kw_only=True, field_transformer=kinds)
class Transfer(Aggregate):
    """The transfer to a party that pays its owed lines of a settlement, or of a reversal.

    `job_id` is None for a transfer that pays the line of a reversed payout; `reissue_of` names the
    reversed transfer then. If `must_look_up`, Stripe is asked for an existing transfer before the
    next call. `failure_count` counts equal failures in a row. `parked_at` is when the transfer
    began to wait for what it still waits for, such as its payee. The approval covers
    `approved_destination`: None if the payee had no account then, or a program has approved.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = TRANSFER
    missing_error = TransferNotFound
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
    bulk_records: ClassVar[BulkTypes] = {"plan": (TransferLine,)}
    version_field: ClassVar[str] = "attempt_number"
    version_records: ClassVar[tuple[type[Record], ...]] = (TransferAttempt,)

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("amount_of_lines", Compared("amount_minor", ">=", "line_count")),
        Condition(
            "result_of_status", required_in(("stripe_transfer_id", "completed_at"), COMPLETED)
        ),
        Condition(
            "failure_of_status",
            required_in("failure_reason", FAILED_TERMINAL),
            WithinKind(("failure_reason",)),
        ),
        Condition("parked_since", present_in("parked_at", PARKED)),
        Condition("pending_waits_for_nothing", absent_in(WAITING_FIELDS, PENDING)),
        Condition("approval_complete", SetOnlyIf(APPROVAL_FIELDS, Present("approved_by"))),
        Condition("destination_of_approval", follows("approved_destination", "approved_by")),
        Condition("destination_of_attempt", Implies(Present("destination"), (WAS_ATTEMPTED,))),
        Condition("approved_before", present_in(("approved_by", "destination"), PROCESSING)),
        Condition("texts_short", WithinKind(("failure_message", "approval_reason"))),
        fixed_once_set("stripe_transfer_id"),
        Rising(name="generation_forward", field="generation", most=1),
        NamesActor("approved_by", "approve"),
    )

    status: TransferStatus
    job_id: Identifier | None = None
    settlement_id: Identifier
    reference: Reference
    party: Identifier
    amount_minor: Amount
    currency: Currency
    line_count: Count
    reissue_of: Identifier | None = None
    approved_by: Identifier | None = None
    approved_at: Instant | None = None
    approval_reason: ShortText | None = None
    approved_destination: Identifier | None = None
    destination: Identifier | None = None
    generation: Count = 1
    attempt_number: Natural
    first_attempt_at: Instant | None = None
    retry_until: Instant | None = None
    must_look_up: Flag = False
    failure_code: Identifier | None = None
    failure_message: Message | None = None
    failure_count: Natural = 0
    failure_reason: TransferFailure | None = None
    stripe_transfer_id: Identifier | None = field(
        unique=TransferExists, unique_name="one_stripe_transfer"
    )
    parked_at: Instant | None = None
    completed_at: Instant | None = None
    reversed_minor: Sum = 0

    def __attrs_post_init__(self) -> None:
        """Check the claims, and that no more is reversed than was sent."""
        super().__attrs_post_init__()
        is_completed = self.status is TransferStatus.COMPLETED
        most_minor = self.amount_minor if is_completed else 0
        is_met = self.reversed_minor <= most_minor
        check_field(self, "reversed_minor", expected=f"at most {most_minor}", is_met=is_met)

    def check_change(self, previous: Self) -> None:
        """Check that the approval changes only where it is given, renewed or taken back."""
        becomes_pending = self.status is TransferStatus.PENDING
        if becomes_pending and previous.status is TransferStatus.FAILED_TERMINAL:
            check_presence(self, ("approved_by",), is_present=False)
            return
        is_approval = previous.status is TransferStatus.PENDING and previous.approved_by is None
        is_renewal = (
            previous.status is TransferStatus.PARKED
            and previous.failure_code == ParkReason.DESTINATION_UNAPPROVED
        )
        if becomes_pending and (is_approval or is_renewal):
            check_presence(self, ("approved_by",), is_present=True)
            return
        check_unchanged(self, previous, APPROVAL_AND_DESTINATION)

    @property
    def idempotency_key(self) -> str:
        """Return the key of the request to Stripe."""
        return f"payout:{self.id}:g{self.generation}"

    @property
    def is_approved(self) -> bool:
        """Return True if somebody, or the setting, has approved the transfer."""
        return self.approved_by is not None

    @property
    def is_terminal(self) -> bool:
        """Return True if the transfer is completed or has failed for good."""
        return self.status in TERMINAL_TRANSFER

    @property
    def is_parked_by_operator(self) -> bool:
        """Return True if the transfer waits for an operator."""
        is_parked = self.status is TransferStatus.PARKED
        return is_parked and self.failure_code not in PROGRAM_REASONS

    @property
    def may_exist(self) -> bool:
        """Return True if a request was made whose effect at Stripe is not known."""
        has_called = self.first_attempt_at is not None
        return has_called and self.status in (TransferStatus.PROCESSING, TransferStatus.RETRYABLE)

    def approved(
        self, approver: str, reason: str, *, destination: str | None, now: datetime
    ) -> Self:
        """Return the transfer after an approval that covers a destination; it is due."""
        return self.transition(
            "approve",
            now=now,
            approved_by=approver,
            approved_at=now,
            approval_reason=reason,
            approved_destination=destination,
            parked_at=None,
            failure_code=None,
        )

    def looking_up(self, destination: str, *, now: datetime) -> Self:
        """Return the transfer before Stripe is asked for it; it keeps a destination it has."""
        return self.transition(
            "claim",
            now=now,
            destination=self.destination or destination,
            retry_until=self.retry_until or now + RETRY_BUDGET,
        )

    def calling(self, destination: str, *, now: datetime) -> Self:
        """Return the transfer before the request that makes it."""
        return self.transition(
            "claim",
            now=now,
            destination=destination,
            first_attempt_at=self.first_attempt_at or now,
            retry_until=self.retry_until or now + RETRY_BUDGET,
        )

    def calling_after_lookup(self, destination: str, *, now: datetime) -> Self:
        """Return the transfer before its request, after Stripe was found to have no transfer.

        A key that was used before is not used again.
        """
        was_used = self.first_attempt_at is not None
        return self.transition(
            "claim",
            now=now,
            destination=destination,
            generation=self.generation + was_used,
            first_attempt_at=now,
            retry_until=self.retry_until or now + RETRY_BUDGET,
            must_look_up=False,
            failure_count=0,
        )

    def completed(self, stripe_transfer_id: str, destination: str, *, now: datetime) -> Self:
        """Return the transfer after Stripe has made it, by this request or by an earlier one."""
        action = "complete" if self.status is TransferStatus.PROCESSING else "adopt"
        return self.transition(
            action,
            now=now,
            stripe_transfer_id=stripe_transfer_id,
            destination=destination,
            completed_at=now,
            must_look_up=False,
            retry_until=None,
            failure_code=None,
            failure_message=None,
            failure_reason=None,
            failure_count=0,
        )

    def to_retry(self, code: str, message: str, *, must_look_up: bool, now: datetime) -> Self:
        """Return the transfer after a failure that may pass."""
        count = self._equal_failures(code, message)
        return self.transition(
            "retry",
            now=now,
            failure_code=code,
            failure_message=message,
            failure_count=count,
            must_look_up=self.must_look_up or must_look_up or count >= MAX_EQUAL_FAILURES,
        )

    def parked(self, code: str, *, must_look_up: bool, now: datetime) -> Self:
        """Return the transfer while it waits for its payee or for money; its budget is whole."""
        return self.transition(
            "park",
            now=now,
            parked_at=self._waits_since(code, now),
            retry_until=None,
            failure_code=code,
            failure_message=None,
            failure_count=0,
            must_look_up=self.must_look_up or must_look_up,
        )

    def reparked(self, code: str, *, now: datetime) -> Self:
        """Return the parked transfer after what it waits for has changed."""
        return self.transition(
            "repark", now=now, parked_at=self._waits_since(code, now), failure_code=code
        )

    def unparked(self, *, now: datetime) -> Self:
        """Return the transfer that is due again, because an operator wants it."""
        return self.transition("unpark", now=now, parked_at=None, failure_code=None)

    def failed(self, reason: TransferFailure, code: str, message: str, *, now: datetime) -> Self:
        """Return the transfer after its last failure; Stripe is asked before another request."""
        return self.transition(
            "fail",
            now=now,
            failure_reason=reason,
            failure_code=code,
            failure_message=message,
            must_look_up=True,
        )

    def unclaimed(self, *, now: datetime) -> Self:
        """Return the transfer after nobody has claimed its money."""
        return self.transition("unclaim", now=now, failure_reason=TransferFailure.UNCLAIMED)

    def reissued(self, *, now: datetime) -> Self:
        """Return the failed transfer that is tried again, once it is approved again."""
        return self.transition(
            "reissue",
            now=now,
            **dict.fromkeys(APPROVAL_AND_DESTINATION),
            retry_until=None,
            failure_reason=None,
            failure_code=None,
            failure_message=None,
            failure_count=0,
            must_look_up=True,
            parked_at=None,
        )

    def reversed(self, amount_minor: int, *, now: datetime) -> Self:
        """Return the completed transfer after Stripe has taken an amount of it back."""
        return self.transition(
            "record_reversal", now=now, reversed_minor=self.reversed_minor + amount_minor
        )

    def _waits_since(self, code: str, now: datetime) -> datetime:
        """Return since when the transfer waits for its payee, or for something else."""
        was_for_payee = self.failure_code in PAYEE_REASONS
        is_for_payee = code in PAYEE_REASONS
        if self.parked_at is None or was_for_payee != is_for_payee:
            return now
        return self.parked_at

    def _equal_failures(self, code: str, message: str) -> int:
        is_equal = (self.failure_code, self.failure_message) == (code, message_text(message))
        return self.failure_count + 1 if is_equal else 1

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
