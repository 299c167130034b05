"""The commands on charges, refunds, disputes and the inbox."""

from typing import ClassVar

from attrs import field, frozen

from indelible.kernel.kinds import Count, Currency, Flag, Identifier, Instant, kinds
from indelible.kernel.values import instance_of
from indelible.money.entities.stripe_objects import RefundObject
from indelible.money.entities.values import (
    Amount,
    AttemptKind,
    EventOrigin,
    Message,
    OutcomeCode,
    Reference,
    RefundReason,
)
from indelible.money.rules.events import ParsedEvent
from indelible.money.rules.evidence import NO_EVIDENCE, EventEvidence


@frozen(kw_only=True, field_transformer=kinds)
class OpenCharge:
    """Open the charge of an item; an item that has its charge keeps it.

    `organizer` is the party that organizes the reference, and does not pay for it.
    """

    command_name: ClassVar[str] = "open_charge"
    reference: Reference
    party: Identifier
    item: Identifier
    amount_minor: Amount
    currency: Currency
    expires_at: Instant
    organizer: Identifier | None = None


@frozen(kw_only=True, field_transformer=kinds)
class ChargeCommand:
    """A command on a charge."""

    charge_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class StartPayment(ChargeCommand):
    """Let a party pay its charge."""

    command_name: ClassVar[str] = "start_payment"
    party: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class AttachIntent(ChargeCommand):
    """Store the payment intent of a charge, and the generation of its key."""

    command_name: ClassVar[str] = "attach_intent"
    intent_id: Identifier
    generation: Count


@frozen(kw_only=True, field_transformer=kinds)
class AttachSession(ChargeCommand):
    """Store the checkout session of a charge, and its payment intent where it has one.

    `replaces_session_id` is the session that the charge has until then, which has expired.
    """

    command_name: ClassVar[str] = "attach_session"
    session_id: Identifier
    intent_id: Identifier | None = None
    replaces_session_id: Identifier | None = None


@frozen(kw_only=True, field_transformer=kinds)
class ExtendCharge(ChargeCommand):
    """Move the time until which a charge may be paid."""

    command_name: ClassVar[str] = "extend_charge"
    expires_at: Instant


@frozen(kw_only=True, field_transformer=kinds)
class CancelCharge(ChargeCommand):
    """Cancel an unpaid charge, after Stripe has canceled its intent."""

    command_name: ClassVar[str] = "cancel_charge"
    outcome_code: OutcomeCode


@frozen(kw_only=True, field_transformer=kinds)
class RequestRefund(ChargeCommand):
    """Request the refund of a charge, of all that is left without an amount.

    The ledger decides whether escrow or goodwill pays: goodwill does if a settlement has counted
    the charge's item.
    """

    command_name: ClassVar[str] = "request_refund"
    reason_code: RefundReason
    amount_minor: Amount | None = None


@frozen(kw_only=True, field_transformer=kinds)
class RecordFee(ChargeCommand):
    """Post Stripe's fee of a payment; a fee below 0 is given back."""

    command_name: ClassVar[str] = "record_fee"
    transaction_id: Identifier
    fee_minor: int = field(validator=instance_of(int))
    currency: Currency
    charged_at: Instant


@frozen(kw_only=True, field_transformer=kinds)
class RefundCommand:
    """A command on a refund."""

    refund_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class BeginRefundAttempt(RefundCommand):
    """Store an attempt to make a refund, before the request to Stripe."""

    command_name: ClassVar[str] = "begin_refund_attempt"
    generation: Count
    kind: AttemptKind


@frozen(kw_only=True, field_transformer=kinds)
class RecordRefund(RefundCommand):
    """Apply what Stripe has answered to the request of a refund."""

    command_name: ClassVar[str] = "record_refund"
    reported: RefundObject


@frozen(kw_only=True, field_transformer=kinds)
class RejectRefund(RefundCommand):
    """Apply that Stripe has refused a refund for good."""

    command_name: ClassVar[str] = "reject_refund"
    failure_code: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class BookResidue:
    """Book the money that a settlement has left in the escrow because of a dispute, now over."""

    command_name: ClassVar[str] = "book_residue"
    dispute_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class ReceiveEvent:
    """Store an event of Stripe as it was received; a known event has no second effect."""

    command_name: ClassVar[str] = "receive_event"
    event_id: Identifier
    event_type: Identifier
    api_version: Identifier | None = None
    livemode: Flag
    created: Instant
    object_id: Identifier
    account: Identifier | None = None
    origin: EventOrigin
    body: bytes = field(validator=instance_of(bytes), repr=False)


@frozen(kw_only=True, field_transformer=kinds)
class ReplayEvent:
    """Process a dead event again."""

    command_name: ClassVar[str] = "replay_event"
    event_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class IgnoreEvent:
    """End an event that is about nothing of ours."""

    command_name: ClassVar[str] = "ignore_event"
    event_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class ApplyEvent:
    """Apply a received event; `evidence` was read at Stripe before."""

    command_name: ClassVar[str] = "apply_event"
    event: ParsedEvent
    evidence: EventEvidence = NO_EVIDENCE


@frozen(kw_only=True, field_transformer=kinds)
class FailEvent:
    """Store an attempt to process an event that failed."""

    command_name: ClassVar[str] = "fail_event"
    event_id: Identifier
    code: Identifier
    problem: Message | None = None


@frozen(kw_only=True, field_transformer=kinds)
class BuryEvent:
    """End the attempts to process an event, which waits for an operator from now on."""

    command_name: ClassVar[str] = "bury_event"
    event_id: Identifier
    code: Identifier
    problem: Message | None = None
