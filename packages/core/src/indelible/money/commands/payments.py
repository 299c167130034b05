"""The commands on charges, refunds, disputes and the inbox."""

from datetime import datetime
from typing import ClassVar

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel.money import is_currency
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    bounded_int,
    instance_of,
    is_identifier,
    is_instant,
)
from indelible.money.entities.stripe_objects import RefundObject
from indelible.money.entities.values import (
    AMOUNT,
    CURRENCY,
    REFERENCE,
    AttemptKind,
    EventOrigin,
    OutcomeCode,
    RefundReason,
    amount_field,
    identifier_field,
    is_amount,
    message_field,
)
from indelible.money.rules.events import ParsedEvent
from indelible.money.rules.evidence import NO_EVIDENCE, EventEvidence


@frozen(kw_only=True)
class OpenCharge:
    """Open the charge of an item; an item that has its charge keeps it.

    `organizer` is the party that organizes the reference, and does not pay for it.
    """

    command_name: ClassVar[str] = "open_charge"
    reference: str = field(validator=is_identifier, metadata=REFERENCE)
    party: str = field(validator=is_identifier, metadata=IDENTIFIER)
    item: str = field(validator=is_identifier, metadata=IDENTIFIER)
    amount_minor: int = amount_field()
    currency: str = field(validator=is_currency, metadata=CURRENCY)
    expires_at: datetime = field(validator=is_instant)
    organizer: str | None = identifier_field()


@frozen(kw_only=True)
class ChargeCommand:
    """A command on a charge."""

    charge_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class StartPayment(ChargeCommand):
    """Let a party pay its charge."""

    command_name: ClassVar[str] = "start_payment"
    party: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class AttachIntent(ChargeCommand):
    """Store the payment intent of a charge, and the generation of its key."""

    command_name: ClassVar[str] = "attach_intent"
    intent_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    generation: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class AttachSession(ChargeCommand):
    """Store the checkout session of a charge, and its payment intent where it has one.

    `replaces_session_id` is the session that the charge has until then, which has expired.
    """

    command_name: ClassVar[str] = "attach_session"
    session_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    intent_id: str | None = identifier_field()
    replaces_session_id: str | None = identifier_field()


@frozen(kw_only=True)
class ExtendCharge(ChargeCommand):
    """Move the time until which a charge may be paid."""

    command_name: ClassVar[str] = "extend_charge"
    expires_at: datetime = field(validator=is_instant)


@frozen(kw_only=True)
class CancelCharge(ChargeCommand):
    """Cancel an unpaid charge, after Stripe has canceled its intent."""

    command_name: ClassVar[str] = "cancel_charge"
    outcome_code: OutcomeCode = field(validator=instance_of(OutcomeCode))


@frozen(kw_only=True)
class RequestRefund(ChargeCommand):
    """Request the refund of a charge, of all that is left without an amount.

    The ledger decides whether escrow or goodwill pays: goodwill does if a settlement has counted
    the charge's item.
    """

    command_name: ClassVar[str] = "request_refund"
    reason_code: RefundReason = field(validator=instance_of(RefundReason))
    amount_minor: int | None = field(default=None, validator=optional(is_amount), metadata=AMOUNT)


@frozen(kw_only=True)
class RecordFee(ChargeCommand):
    """Post Stripe's fee of a payment; a fee below 0 is given back."""

    command_name: ClassVar[str] = "record_fee"
    transaction_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    fee_minor: int = field(validator=instance_of(int))
    currency: str = field(validator=is_currency, metadata=CURRENCY)
    charged_at: datetime = field(validator=is_instant)


@frozen(kw_only=True)
class RefundCommand:
    """A command on a refund."""

    refund_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class BeginRefundAttempt(RefundCommand):
    """Store an attempt to make a refund, before the request to Stripe."""

    command_name: ClassVar[str] = "begin_refund_attempt"
    generation: int = field(validator=bounded_int, metadata=COUNT)
    kind: AttemptKind = field(validator=instance_of(AttemptKind))


@frozen(kw_only=True)
class RecordRefund(RefundCommand):
    """Apply what Stripe has answered to the request of a refund."""

    command_name: ClassVar[str] = "record_refund"
    reported: RefundObject = field(validator=instance_of(RefundObject))


@frozen(kw_only=True)
class RejectRefund(RefundCommand):
    """Apply that Stripe has refused a refund for good."""

    command_name: ClassVar[str] = "reject_refund"
    failure_code: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class BookResidue:
    """Book the money that a settlement has left in the escrow because of a dispute, now over."""

    command_name: ClassVar[str] = "book_residue"
    dispute_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ReceiveEvent:
    """Store an event of Stripe as it was received; a known event has no second effect."""

    command_name: ClassVar[str] = "receive_event"
    event_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    event_type: str = field(validator=is_identifier, metadata=IDENTIFIER)
    api_version: str | None = identifier_field()
    livemode: bool = field(validator=instance_of(bool))
    created: datetime = field(validator=is_instant)
    object_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    account: str | None = identifier_field()
    origin: EventOrigin = field(validator=instance_of(EventOrigin))
    body: bytes = field(validator=instance_of(bytes), repr=False)


@frozen(kw_only=True)
class ReplayEvent:
    """Process a dead event again."""

    command_name: ClassVar[str] = "replay_event"
    event_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ApplyEvent:
    """Apply a received event; `evidence` was read at Stripe before."""

    command_name: ClassVar[str] = "apply_event"
    event: ParsedEvent = field(validator=instance_of(ParsedEvent))
    evidence: EventEvidence = field(default=NO_EVIDENCE, validator=instance_of(EventEvidence))


@frozen(kw_only=True)
class FailEvent:
    """Store an attempt to process an event that failed."""

    command_name: ClassVar[str] = "fail_event"
    event_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    code: str = field(validator=is_identifier, metadata=IDENTIFIER)
    problem: str | None = message_field()


@frozen(kw_only=True)
class BuryEvent:
    """End the attempts to process an event, which waits for an operator from now on."""

    command_name: ClassVar[str] = "bury_event"
    event_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    code: str = field(validator=is_identifier, metadata=IDENTIFIER)
    problem: str | None = message_field()
