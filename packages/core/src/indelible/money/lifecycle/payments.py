"""The lifecycles of charges, refunds and disputes."""

from enum import StrEnum
from typing import Final

from indelible.kernel import Edge, Lifecycle, Readers
from indelible.kernel.due_times import MAX_DUE
from indelible.kernel.lifecycle import MAX_CLOCK_LEAD


class ChargeStatus(StrEnum):
    """The states of a charge: money that a party pays for an item."""

    PENDING = "PENDING"
    REQUIRES_ACTION = "REQUIRES_ACTION"
    PROCESSING = "PROCESSING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    REFUND_PENDING = "REFUND_PENDING"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    DISPUTED = "DISPUTED"
    CHARGED_BACK = "CHARGED_BACK"


class RefundStatus(StrEnum):
    """The states of a refund: Stripe's, and `requested` before Stripe has answered."""

    REQUESTED = "requested"
    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class DisputeStatus(StrEnum):
    """The states of a dispute: Stripe's."""

    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    WARNING_CLOSED = "warning_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"


_PENDING: Final = ChargeStatus.PENDING
_REQUIRES_ACTION: Final = ChargeStatus.REQUIRES_ACTION
_PROCESSING: Final = ChargeStatus.PROCESSING
_SUCCEEDED: Final = ChargeStatus.SUCCEEDED
_FAILED: Final = ChargeStatus.FAILED
_CANCELED: Final = ChargeStatus.CANCELED
_REFUND_PENDING: Final = ChargeStatus.REFUND_PENDING
_PART_REFUNDED: Final = ChargeStatus.PARTIALLY_REFUNDED
_REFUNDED: Final = ChargeStatus.REFUNDED
_DISPUTED: Final = ChargeStatus.DISPUTED
_CHARGED_BACK: Final = ChargeStatus.CHARGED_BACK

_RECEIVED: Final = (
    "last_event_at",
    "received_minor",
    "received_currency",
    "paid_at",
    "failure_code",
)

CHARGE: Final = Lifecycle(
    name="charge",
    readers=Readers(owner_field="party"),
    edges=(
        Edge("", "open", _PENDING, 0),
        Edge(_PENDING, "attach_intent", _PENDING, 0),
        Edge(_FAILED, "attach_intent", _FAILED, 0),
        Edge(_PENDING, "attach_session", _PENDING, 0),
        Edge(_FAILED, "attach_session", _FAILED, 0),
        Edge(_PENDING, "extend", _PENDING, 0),
        Edge(_REQUIRES_ACTION, "extend", _REQUIRES_ACTION, 0),
        Edge(_PROCESSING, "extend", _PROCESSING, 0),
        Edge(_FAILED, "extend", _FAILED, 0),
        Edge(_PENDING, "require_action", _REQUIRES_ACTION, 0),
        Edge(_FAILED, "require_action", _REQUIRES_ACTION, 0),
        Edge(_PENDING, "process", _PROCESSING, 0),
        Edge(_FAILED, "process", _PROCESSING, 0),
        Edge(_REQUIRES_ACTION, "process", _PROCESSING, 0),
        Edge(_PENDING, "succeed", _SUCCEEDED, 0),
        Edge(_REQUIRES_ACTION, "succeed", _SUCCEEDED, 0),
        Edge(_PROCESSING, "succeed", _SUCCEEDED, 0),
        Edge(_FAILED, "succeed", _SUCCEEDED, 0),
        Edge(_PENDING, "fail", _FAILED, 0),
        Edge(_REQUIRES_ACTION, "fail", _FAILED, 0),
        Edge(_PROCESSING, "fail", _FAILED, 0),
        Edge(_PENDING, "cancel", _CANCELED, 0),
        Edge(_REQUIRES_ACTION, "cancel", _CANCELED, 0),
        Edge(_FAILED, "cancel", _CANCELED, 0),
        # Money of another amount or currency arrived: it is refunded and never counts as paid.
        Edge(_PENDING, "quarantine", _REFUND_PENDING, 0),
        Edge(_REQUIRES_ACTION, "quarantine", _REFUND_PENDING, 0),
        Edge(_PROCESSING, "quarantine", _REFUND_PENDING, 0),
        Edge(_FAILED, "quarantine", _REFUND_PENDING, 0),
        Edge(_SUCCEEDED, "request_refund", _REFUND_PENDING, 0),
        Edge(_PART_REFUNDED, "request_refund", _REFUND_PENDING, 0),
        # The refund of a quarantined charge failed: another one follows.
        Edge(_REFUND_PENDING, "retry_refund", _REFUND_PENDING, 0),
        Edge(_REFUNDED, "retry_refund", _REFUND_PENDING, 0),
        Edge(_REFUND_PENDING, "refund", _REFUNDED, 0),
        Edge(_REFUND_PENDING, "refund_part", _PART_REFUNDED, 0),
        Edge(_REFUND_PENDING, "fail_refund", _SUCCEEDED, 0),
        Edge(_REFUND_PENDING, "fail_part_refund", _PART_REFUNDED, 0),
        # A bank can return a refund that Stripe had reported as succeeded.
        Edge(_REFUNDED, "fail_refund", _SUCCEEDED, 0),
        Edge(_REFUNDED, "fail_part_refund", _PART_REFUNDED, 0),
        Edge(_PART_REFUNDED, "fail_refund", _SUCCEEDED, 0),
        Edge(_PART_REFUNDED, "fail_part_refund", _PART_REFUNDED, 0),
        # Refunds that somebody made in Stripe's dashboard.
        Edge(_SUCCEEDED, "refund_outside", _REFUNDED, 0),
        Edge(_PART_REFUNDED, "refund_outside", _REFUNDED, 0),
        Edge(_SUCCEEDED, "refund_part_outside", _PART_REFUNDED, 0),
        Edge(_PART_REFUNDED, "refund_part_outside", _PART_REFUNDED, 0),
        # A dispute that is not lost leads back to the state before it.
        Edge(_SUCCEEDED, "dispute", _DISPUTED, 0),
        Edge(_REFUNDED, "dispute_refunded", _DISPUTED, 0),
        Edge(_PART_REFUNDED, "dispute_part_refunded", _DISPUTED, 0),
        Edge(_DISPUTED, "win", _SUCCEEDED, 0),
        Edge(_DISPUTED, "win_refunded", _REFUNDED, 0),
        Edge(_DISPUTED, "win_part_refunded", _PART_REFUNDED, 0),
        Edge(_DISPUTED, "lose", _CHARGED_BACK, 0),
    ),
    changes={
        "open": ("expires_at",),
        "attach_intent": ("intent_id", "generation"),
        "attach_session": ("session_id", "intent_id"),
        "extend": ("expires_at",),
        "require_action": ("last_event_at",),
        "process": ("last_event_at",),
        "succeed": _RECEIVED,
        "fail": ("last_event_at", "failure_code"),
        "cancel": ("last_event_at", "outcome_code"),
        "quarantine": (*_RECEIVED, "outcome_code"),
        "request_refund": ("outcome_code",),
        "retry_refund": ("refunded_minor",),
        "refund": ("refunded_minor",),
        "refund_part": ("refunded_minor",),
        "fail_refund": ("refunded_minor",),
        "fail_part_refund": ("refunded_minor",),
        "refund_outside": ("refunded_minor",),
        "refund_part_outside": ("refunded_minor",),
        "dispute": ("disputed_from",),
        "dispute_refunded": ("disputed_from",),
        "dispute_part_refunded": ("disputed_from",),
        "win": ("disputed_from", "refunded_minor"),
        "win_refunded": ("disputed_from", "refunded_minor"),
        "win_part_refunded": ("disputed_from", "refunded_minor"),
        "lose": ("refunded_minor",),
    },
    initial={"generation": 1, "refunded_minor": 0},
    latest={
        "expires_at": MAX_DUE,
        "last_event_at": MAX_CLOCK_LEAD,
        "paid_at": MAX_CLOCK_LEAD,
    },
)

REFUND: Final = Lifecycle(
    name="refund",
    edges=(
        # Each version is an attempt, committed before the call to Stripe.
        Edge("", "request", RefundStatus.REQUESTED, 0),
        # A refund that somebody made in Stripe's dashboard.
        Edge("", "adopt", RefundStatus.PENDING, 0),
        Edge(RefundStatus.REQUESTED, "attempt", RefundStatus.REQUESTED, 1),
        Edge(RefundStatus.REQUESTED, "accept", RefundStatus.PENDING, 0),
        Edge(RefundStatus.REQUIRES_ACTION, "accept", RefundStatus.PENDING, 0),
        Edge(RefundStatus.REQUESTED, "require_action", RefundStatus.REQUIRES_ACTION, 0),
        Edge(RefundStatus.PENDING, "require_action", RefundStatus.REQUIRES_ACTION, 0),
        Edge(RefundStatus.REQUESTED, "succeed", RefundStatus.SUCCEEDED, 0),
        Edge(RefundStatus.PENDING, "succeed", RefundStatus.SUCCEEDED, 0),
        Edge(RefundStatus.REQUIRES_ACTION, "succeed", RefundStatus.SUCCEEDED, 0),
        Edge(RefundStatus.REQUESTED, "fail", RefundStatus.FAILED, 0),
        Edge(RefundStatus.PENDING, "fail", RefundStatus.FAILED, 0),
        Edge(RefundStatus.REQUIRES_ACTION, "fail", RefundStatus.FAILED, 0),
        # A bank can return a refund that Stripe had reported as succeeded.
        Edge(RefundStatus.SUCCEEDED, "fail", RefundStatus.FAILED, 0),
        Edge(RefundStatus.REQUESTED, "cancel", RefundStatus.CANCELED, 0),
        Edge(RefundStatus.PENDING, "cancel", RefundStatus.CANCELED, 0),
        Edge(RefundStatus.REQUIRES_ACTION, "cancel", RefundStatus.CANCELED, 0),
    ),
    changes={
        "adopt": ("stripe_refund_id",),
        "attempt": ("generation",),
        "accept": ("stripe_refund_id",),
        "require_action": ("stripe_refund_id",),
        "succeed": ("stripe_refund_id",),
        "fail": ("stripe_refund_id", "failure_code"),
        "cancel": ("stripe_refund_id",),
    },
    initial={"generation": 1},
)

_WARNING: Final = DisputeStatus.WARNING_NEEDS_RESPONSE
_WARNING_REVIEW: Final = DisputeStatus.WARNING_UNDER_REVIEW
_WARNING_CLOSED: Final = DisputeStatus.WARNING_CLOSED
_NEEDS_RESPONSE: Final = DisputeStatus.NEEDS_RESPONSE
_UNDER_REVIEW: Final = DisputeStatus.UNDER_REVIEW
_WON: Final = DisputeStatus.WON
_LOST: Final = DisputeStatus.LOST
_PREVENTED: Final = DisputeStatus.PREVENTED

DISPUTE: Final = Lifecycle(
    name="dispute",
    edges=(
        Edge("", "warn", _WARNING, 0),
        Edge("", "open", _NEEDS_RESPONSE, 0),
        # New facts of Stripe in the same state, such as the day until which evidence is due.
        Edge(_WARNING, "update", _WARNING, 0),
        Edge(_WARNING_REVIEW, "update", _WARNING_REVIEW, 0),
        Edge(_NEEDS_RESPONSE, "update", _NEEDS_RESPONSE, 0),
        Edge(_UNDER_REVIEW, "update", _UNDER_REVIEW, 0),
        Edge(_WARNING, "review_warning", _WARNING_REVIEW, 0),
        Edge(_WARNING, "close_warning", _WARNING_CLOSED, 0),
        Edge(_WARNING_REVIEW, "close_warning", _WARNING_CLOSED, 0),
        Edge(_WARNING, "escalate", _NEEDS_RESPONSE, 0),
        Edge(_WARNING_REVIEW, "escalate", _NEEDS_RESPONSE, 0),
        Edge(_WARNING, "review", _UNDER_REVIEW, 0),
        Edge(_WARNING_REVIEW, "review", _UNDER_REVIEW, 0),
        Edge(_NEEDS_RESPONSE, "review", _UNDER_REVIEW, 0),
        Edge(_WARNING, "win", _WON, 0),
        Edge(_WARNING_REVIEW, "win", _WON, 0),
        Edge(_NEEDS_RESPONSE, "win", _WON, 0),
        Edge(_UNDER_REVIEW, "win", _WON, 0),
        Edge(_WARNING, "lose", _LOST, 0),
        Edge(_WARNING_REVIEW, "lose", _LOST, 0),
        Edge(_NEEDS_RESPONSE, "lose", _LOST, 0),
        Edge(_UNDER_REVIEW, "lose", _LOST, 0),
        Edge(_WARNING, "prevent", _PREVENTED, 0),
        Edge(_WARNING_REVIEW, "prevent", _PREVENTED, 0),
        Edge(_NEEDS_RESPONSE, "prevent", _PREVENTED, 0),
        Edge(_UNDER_REVIEW, "prevent", _PREVENTED, 0),
        # Stripe tells of the money by events of their own, before or after those of the state.
        *(Edge(status, "withdraw", status, 0) for status in DisputeStatus),
        *(Edge(status, "reinstate", status, 0) for status in DisputeStatus),
    ),
    changes={
        "warn": ("evidence_due_by",),
        "open": ("evidence_due_by",),
        "update": ("evidence_due_by",),
        "review_warning": ("evidence_due_by",),
        "close_warning": ("evidence_due_by", "closed_at"),
        "escalate": ("evidence_due_by",),
        "review": ("evidence_due_by",),
        "win": ("evidence_due_by", "closed_at"),
        "lose": ("evidence_due_by", "closed_at"),
        "prevent": ("evidence_due_by", "closed_at"),
        "withdraw": ("withdrawn_at", "fee_minor"),
        "reinstate": ("reinstated_at",),
    },
    initial={},
    latest={
        "withdrawn_at": MAX_CLOCK_LEAD,
        "reinstated_at": MAX_CLOCK_LEAD,
        "closed_at": MAX_CLOCK_LEAD,
    },
)

UNPAID_CHARGE: Final = frozenset({_PENDING, _REQUIRES_ACTION, _PROCESSING, _FAILED})
CANCELABLE_CHARGE: Final = frozenset({_PENDING, _REQUIRES_ACTION, _FAILED})
RUNNING_REFUND: Final = frozenset(
    {RefundStatus.REQUESTED, RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION}
)
# The money of an earlier, failed refund is on its way again, or has arrived.
REPLACING_REFUND: Final = RUNNING_REFUND | {RefundStatus.SUCCEEDED}
OPEN_DISPUTE: Final = frozenset({_WARNING, _WARNING_REVIEW, _NEEDS_RESPONSE, _UNDER_REVIEW})
# Stripe waits for evidence, which it takes until a time; later it only decides.
UNANSWERED_DISPUTE: Final = frozenset({_WARNING, _NEEDS_RESPONSE})
