"""The lifecycles of the ledger, of payments and of payouts."""

from enum import StrEnum
from typing import Final

from indelible.kernel import Edge, Lifecycle


class AccountStatus(StrEnum):
    """The states of an account of the ledger."""

    OPEN = "OPEN"


class MovementStatus(StrEnum):
    """The states of a movement of the ledger: it is posted, and stays as it is."""

    POSTED = "POSTED"


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


class InboxStatus(StrEnum):
    """The states of a received Stripe event."""

    RECEIVED = "RECEIVED"
    PROCESSED = "PROCESSED"
    IGNORED = "IGNORED"
    DEAD = "DEAD"


class ReconciliationStatus(StrEnum):
    """The states of one comparison of the books with Stripe."""

    STARTED = "STARTED"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"


class SwitchStatus(StrEnum):
    """The states of the switch that halts new payments and transfers."""

    OPEN = "OPEN"
    HALTED = "HALTED"


class PayeeStatus(StrEnum):
    """The states of a payee: only a READY one can receive transfers."""

    NEW = "NEW"
    RESTRICTED = "RESTRICTED"
    READY = "READY"
    CLOSED = "CLOSED"


class TransferStatus(StrEnum):
    """The states of a transfer to a payee (seed 002)."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    RETRYABLE = "retryable"
    FAILED_TERMINAL = "failed_terminal"
    PARKED = "parked"


class PayoutJobStatus(StrEnum):
    """The states of the payout of one settlement (seed 002)."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETE = "complete"


ACCOUNT: Final = Lifecycle(
    name="account",
    edges=(
        Edge("", "open", AccountStatus.OPEN, 0),
        Edge(AccountStatus.OPEN, "post", AccountStatus.OPEN, 0),
    ),
)

# No edge leads out of POSTED: a correction is another movement.
MOVEMENT: Final = Lifecycle(
    name="movement",
    edges=(
        Edge("", "post", MovementStatus.POSTED, 0),
        Edge("", "settle", MovementStatus.POSTED, 0),
        Edge("", "note", MovementStatus.POSTED, 0),
    ),
)

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

CHARGE: Final = Lifecycle(
    name="charge",
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
)

STRIPE_EVENT: Final = Lifecycle(
    name="stripe_event",
    edges=(
        # Each version is an attempt to process the event.
        Edge("", "receive", InboxStatus.RECEIVED, 0),
        Edge("", "backfill", InboxStatus.RECEIVED, 0),
        Edge(InboxStatus.RECEIVED, "process", InboxStatus.PROCESSED, 1),
        Edge(InboxStatus.RECEIVED, "ignore", InboxStatus.IGNORED, 1),
        Edge(InboxStatus.RECEIVED, "fail", InboxStatus.RECEIVED, 1),
        Edge(InboxStatus.RECEIVED, "bury", InboxStatus.DEAD, 1),
        Edge(InboxStatus.DEAD, "replay", InboxStatus.RECEIVED, 0),
    ),
)

RECONCILIATION: Final = Lifecycle(
    name="reconciliation",
    edges=(
        Edge("", "start", ReconciliationStatus.STARTED, 0),
        Edge(ReconciliationStatus.STARTED, "complete", ReconciliationStatus.COMPLETE, 0),
        Edge(ReconciliationStatus.STARTED, "fail", ReconciliationStatus.FAILED, 0),
    ),
)

PAYMENT_SWITCH: Final = Lifecycle(
    name="payment_switch",
    edges=(
        Edge("", "halt", SwitchStatus.HALTED, 0),
        Edge(SwitchStatus.OPEN, "halt", SwitchStatus.HALTED, 0),
        Edge(SwitchStatus.HALTED, "resume", SwitchStatus.OPEN, 0),
    ),
)

PAYEE: Final = Lifecycle(
    name="payee",
    edges=(
        Edge("", "register", PayeeStatus.NEW, 0),
        # A destination must be enabled by Stripe before it can receive money.
        Edge(PayeeStatus.NEW, "attach", PayeeStatus.RESTRICTED, 0),
        Edge(PayeeStatus.RESTRICTED, "attach", PayeeStatus.RESTRICTED, 0),
        Edge(PayeeStatus.READY, "attach", PayeeStatus.RESTRICTED, 0),
        Edge(PayeeStatus.RESTRICTED, "enable", PayeeStatus.READY, 0),
        Edge(PayeeStatus.READY, "restrict", PayeeStatus.RESTRICTED, 0),
        Edge(PayeeStatus.NEW, "close", PayeeStatus.CLOSED, 0),
        Edge(PayeeStatus.RESTRICTED, "close", PayeeStatus.CLOSED, 0),
        Edge(PayeeStatus.READY, "close", PayeeStatus.CLOSED, 0),
        Edge(PayeeStatus.CLOSED, "reopen", PayeeStatus.NEW, 0),
    ),
)

_TO_SEND: Final = TransferStatus.PENDING
_SENDING: Final = TransferStatus.PROCESSING
_COMPLETED: Final = TransferStatus.COMPLETED
_RETRYABLE: Final = TransferStatus.RETRYABLE
_FAILED_TERMINAL: Final = TransferStatus.FAILED_TERMINAL
_PARKED: Final = TransferStatus.PARKED

TRANSFER: Final = Lifecycle(
    name="transfer",
    edges=(
        # Each version is an attempt, committed before the call to Stripe.
        Edge("", "plan", _TO_SEND, 0),
        Edge(_TO_SEND, "approve", _TO_SEND, 0),
        Edge(_TO_SEND, "claim", _SENDING, 1),
        Edge(_RETRYABLE, "claim", _SENDING, 1),
        Edge(_PARKED, "claim", _SENDING, 1),
        # A look-up is followed by a call, and a worker can lose its lease.
        Edge(_SENDING, "claim", _SENDING, 1),
        Edge(_SENDING, "complete", _COMPLETED, 0),
        Edge(_SENDING, "retry", _RETRYABLE, 0),
        Edge(_TO_SEND, "park", _PARKED, 0),
        Edge(_SENDING, "park", _PARKED, 0),
        Edge(_RETRYABLE, "park", _PARKED, 0),
        # It waits for something else than before.
        Edge(_PARKED, "repark", _PARKED, 0),
        Edge(_SENDING, "fail", _FAILED_TERMINAL, 0),
        Edge(_RETRYABLE, "fail", _FAILED_TERMINAL, 0),
        Edge(_PARKED, "unclaim", _FAILED_TERMINAL, 0),
        # An operator lets it be tried again.
        Edge(_PARKED, "unpark", _TO_SEND, 0),
        # Stripe has the transfer already: its event arrived, or a restored backup forgot it.
        Edge(_TO_SEND, "adopt", _COMPLETED, 0),
        Edge(_RETRYABLE, "adopt", _COMPLETED, 0),
        Edge(_PARKED, "adopt", _COMPLETED, 0),
        Edge(_FAILED_TERMINAL, "adopt", _COMPLETED, 0),
        # An operator tries a failed transfer again, in a new generation of its key.
        Edge(_FAILED_TERMINAL, "reissue", _TO_SEND, 0),
        Edge(_COMPLETED, "record_reversal", _COMPLETED, 0),
    ),
)

PAYOUT_JOB: Final = Lifecycle(
    name="payout_job",
    edges=(
        Edge("", "plan", PayoutJobStatus.PENDING, 0),
        Edge(PayoutJobStatus.PENDING, "start", PayoutJobStatus.PROCESSING, 0),
        # A settlement without a payout has no transfer to wait for.
        Edge(PayoutJobStatus.PENDING, "complete", PayoutJobStatus.COMPLETE, 0),
        Edge(PayoutJobStatus.PROCESSING, "complete", PayoutJobStatus.COMPLETE, 0),
        # One of its failed transfers is issued again.
        Edge(PayoutJobStatus.COMPLETE, "reopen", PayoutJobStatus.PROCESSING, 0),
    ),
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
UNSENT_TRANSFER: Final = frozenset({_TO_SEND, _SENDING, _RETRYABLE})
TERMINAL_TRANSFER: Final = frozenset({_COMPLETED, _FAILED_TERMINAL})
