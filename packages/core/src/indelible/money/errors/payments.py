"""The errors of charges, refunds, disputes and the inbox of Stripe's events."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import (
    Conflict,
    GatewayFailed,
    Invalid,
    InvalidMessage,
    NotFound,
    Unavailable,
)


@frozen
class ChargeNotFound(NotFound):
    """A charge that does not exist, or that belongs to another party."""

    message: ClassVar[str] = "Charge {charge_id} not found."
    charge_id: str


@frozen
class RefundNotFound(NotFound):
    """A refund that does not exist."""

    message: ClassVar[str] = "Refund {refund_id} not found."
    refund_id: str


@frozen
class DisputeNotFound(NotFound):
    """A dispute that does not exist."""

    message: ClassVar[str] = "Dispute {dispute_id} not found."
    dispute_id: str


@frozen
class StripeEventNotFound(NotFound):
    """An event of Stripe that was never received."""

    message: ClassVar[str] = "Stripe event {event_id} not found."
    event_id: str


@frozen
class PaymentIntentNotFound(Conflict):
    """An event about a payment intent that no charge has."""

    message: ClassVar[str] = "No charge has payment intent {intent_id}."
    intent_id: str


@frozen
class PaymentNotBooked(Conflict):
    """An event about a payment that has overtaken the event of the payment itself."""

    message: ClassVar[str] = (
        "The payment of charge {charge_id} is not booked yet: the charge is {status}."
    )
    charge_id: str
    status: str


@frozen
class ChargeExists(Conflict):
    """A second charge of an item."""

    message: ClassVar[str] = "Item {item} has a charge already."
    item: str


@frozen
class DuplicateIntent(Conflict):
    """A second payment intent or checkout session for a charge, or one of another charge."""

    message: ClassVar[str] = "Payment intent or session {intent_id} belongs to another charge."
    intent_id: str


@frozen
class AlreadyPaid(Conflict):
    """A payment of a charge that does not wait for one."""

    message: ClassVar[str] = (
        "Charge {charge_id} takes no payment: expected a state before SUCCEEDED, got {status}."
    )
    charge_id: str
    status: str


@frozen
class PaymentFailed(Conflict):
    """A payment that Stripe or the bank has declined."""

    message: ClassVar[str] = "The payment of charge {charge_id} failed: {failure_code}."
    charge_id: str
    failure_code: str


@frozen
class InvalidAmount(Invalid):
    """An amount that is no whole number of minor units in the allowed range."""

    message: ClassVar[str] = (
        "Field {field} is no amount: expected whole minor units from {minimum} to {maximum}, got "
        "{value}."
    )
    field: str
    minimum: int
    maximum: int
    value: str


@frozen
class AmountMismatch(Invalid):
    """A payment of another amount than that of its charge."""

    message: ClassVar[str] = (
        "The payment of charge {charge_id} has another amount: expected {expected}, got {actual}."
    )
    charge_id: str
    expected: int
    actual: int


@frozen
class IntentInDoubt(Conflict):
    """An intent whose state only Stripe knows, or whether it is that of the charge's session.

    The events of one second have no order. With `session_id` the session has to be read, too.
    """

    code: ClassVar[str] = "PAYMENT_INTENT_IN_DOUBT"
    message: ClassVar[str] = (
        "The state of payment intent {intent_id} is not known: read it at Stripe."
    )
    intent_id: str
    session_id: str | None = None


@frozen
class OrganizerDoesNotPay(Invalid):
    """An organizer that would pay for an item of their own reference."""

    message: ClassVar[str] = "Party {party} organizes {reference} and does not pay for it."
    party: str
    reference: str


@frozen
class RefundNotAllowed(Conflict):
    """A refund that the state of its charge or its amount excludes."""

    message: ClassVar[str] = (
        "Charge {charge_id} cannot be refunded: expected {expected}, got {actual}."
    )
    charge_id: str
    expected: str
    actual: str


@frozen
class RefundRunning(Conflict):
    """A second refund of a charge while one is under way."""

    message: ClassVar[str] = "Charge {charge_id} has a refund under way."
    charge_id: str


@frozen
class RefundExists(Conflict):
    """A second refund with the id of one of Stripe's refunds."""

    message: ClassVar[str] = "Refund {stripe_refund_id} of Stripe belongs to another refund."
    stripe_refund_id: str


@frozen
class RefundFailed(GatewayFailed):
    """A refund that Stripe could not make."""

    message: ClassVar[str] = "Refund {refund_id} failed: {failure_code}."
    refund_id: str
    failure_code: str


@frozen
class DisputeOpen(Conflict):
    """A command that a dispute of the charge excludes."""

    message: ClassVar[str] = "Charge {charge_id} is disputed: dispute {dispute_id} is open."
    charge_id: str
    dispute_id: str


@frozen
class StripeSignatureInvalid(InvalidMessage):
    """A webhook whose signature is missing or wrong."""

    message: ClassVar[str] = "The signature of the webhook is not valid: {problem}."
    problem: str


@frozen
class WebhookTimestampOutOfTolerance(InvalidMessage):
    """A webhook that was signed too long ago, or in the future."""

    message: ClassVar[str] = (
        "The webhook was signed at another time: expected within {tolerance_seconds} seconds of "
        "{now}, got {timestamp}."
    )
    tolerance_seconds: int
    now: int
    timestamp: int


@frozen
class WebhookMalformed(InvalidMessage):
    """A signed webhook whose body or header cannot be read."""

    message: ClassVar[str] = "The webhook cannot be read: {problem}."
    problem: str


@frozen
class EnvironmentMismatch(InvalidMessage):
    """An event of another mode, account or version than this service is configured for."""

    message: ClassVar[str] = (
        "Field {field} of the event belongs to another environment: expected {expected}, got "
        "{actual}."
    )
    field: str
    expected: str
    actual: str


@frozen
class PaymentsHalted(Unavailable):
    """A new payment while payments are halted."""

    message: ClassVar[str] = "Payments are halted because of {reason_code}; try again later."
    reason_code: str


@frozen
class PaymentsNotConfigured(Unavailable):
    """A payment in a service that has no key of Stripe."""

    message: ClassVar[str] = "This service takes no payments: it has no key of Stripe."
