"""The states of payees and payout jobs, and the lifecycle of transfers."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from indelible.kernel import Edge, Lifecycle, Readers
from indelible.kernel.lifecycle import MAX_CLOCK_LEAD


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


_TO_SEND: Final = TransferStatus.PENDING
_SENDING: Final = TransferStatus.PROCESSING
_COMPLETED: Final = TransferStatus.COMPLETED
_RETRYABLE: Final = TransferStatus.RETRYABLE
_FAILED_TERMINAL: Final = TransferStatus.FAILED_TERMINAL
_PARKED: Final = TransferStatus.PARKED
RETRY_BUDGET: Final = timedelta(hours=72)  # from the first attempt
APPROVAL_FIELDS: Final = ("approved_by", "approved_at", "approval_reason")
APPROVAL_AND_DESTINATION: Final = (*APPROVAL_FIELDS, "approved_destination")

_COMPLETION: Final = (
    "stripe_transfer_id",
    "destination",
    "completed_at",
    "retry_until",
    "must_look_up",
    "failure_code",
    "failure_message",
    "failure_count",
)

TRANSFER: Final = Lifecycle(
    name="transfer",
    readers=Readers(owner_field="party"),
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
        # Its payee has never had an account: a host asks the winner to open one.
        Edge(_PARKED, "request_account", _PARKED, 0),
        Edge(_SENDING, "fail", _FAILED_TERMINAL, 0),
        Edge(_RETRYABLE, "fail", _FAILED_TERMINAL, 0),
        Edge(_PARKED, "unclaim", _FAILED_TERMINAL, 0),
        # An operator lets it be tried again.
        Edge(_PARKED, "unpark", _TO_SEND, 0),
        # Its payee's destination was set after the approval.
        Edge(_PARKED, "approve", _TO_SEND, 0),
        # Stripe has the transfer already: its event arrived, or a restored backup forgot it.
        Edge(_TO_SEND, "adopt", _COMPLETED, 0),
        Edge(_RETRYABLE, "adopt", _COMPLETED, 0),
        Edge(_PARKED, "adopt", _COMPLETED, 0),
        Edge(_FAILED_TERMINAL, "adopt", _COMPLETED, 0),
        # An operator tries a failed transfer again, in a new generation of its key.
        Edge(_FAILED_TERMINAL, "reissue", _TO_SEND, 0),
        Edge(_COMPLETED, "record_reversal", _COMPLETED, 0),
    ),
    changes={
        "plan": ("must_look_up",),
        "approve": (*APPROVAL_AND_DESTINATION, "parked_at", "failure_code"),
        "claim": (
            "destination",
            "generation",
            "first_attempt_at",
            "retry_until",
            "must_look_up",
            "failure_count",
        ),
        "complete": _COMPLETION,
        "retry": ("must_look_up", "failure_code", "failure_message", "failure_count"),
        "park": (
            "parked_at",
            "retry_until",
            "must_look_up",
            "failure_code",
            "failure_message",
            "failure_count",
        ),
        "repark": ("parked_at", "failure_code"),
        "fail": ("must_look_up", "failure_code", "failure_message", "failure_reason"),
        "unclaim": ("failure_reason",),
        "unpark": ("parked_at", "failure_code"),
        "adopt": (*_COMPLETION, "failure_reason"),
        "reissue": (
            *APPROVAL_AND_DESTINATION,
            "retry_until",
            "must_look_up",
            "failure_code",
            "failure_message",
            "failure_count",
            "failure_reason",
            "parked_at",
        ),
        "record_reversal": ("reversed_minor",),
    },
    initial={"generation": 1, "failure_count": 0, "reversed_minor": 0},
    latest={
        "approved_at": MAX_CLOCK_LEAD,
        "first_attempt_at": MAX_CLOCK_LEAD,
        "retry_until": RETRY_BUDGET + MAX_CLOCK_LEAD,
        "parked_at": MAX_CLOCK_LEAD,
        "completed_at": MAX_CLOCK_LEAD,
    },
)

UNSENT_TRANSFER: Final = frozenset({_TO_SEND, _SENDING, _RETRYABLE})
TERMINAL_TRANSFER: Final = frozenset({_COMPLETED, _FAILED_TERMINAL})
OPEN_TRANSFER: Final = frozenset(TransferStatus) - TERMINAL_TRANSFER
OPEN_PAYOUT_JOB: Final = frozenset(PayoutJobStatus) - {PayoutJobStatus.COMPLETE}
