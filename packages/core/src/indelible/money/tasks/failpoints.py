"""Failpoints: the moments of the stages of payments at which a test may kill their worker.

Only the argument `at_failpoint` of a stage's class arms one.
"""

from collections.abc import Callable
from enum import Enum
from typing import Final


class PaymentFailpoint(Enum):
    """A moment of a stage or of a request; the value says what has been done by then."""

    RECEIVE_AFTER_VERIFY = "the signature is verified, and nothing is stored"
    RECEIVE_BEFORE_WRITE = "the transaction that stores the event is open"
    RECEIVE_AFTER_WRITE = "event and task are written and not committed"
    RECEIVE_AFTER_COMMIT = "event and task are committed, and the sender has no answer"
    EVENT_BEFORE_READ = "the claim is committed, and nothing is read"
    EVENT_AFTER_READ = "event and bytes are read and parsed"
    EVENT_AFTER_EVIDENCE = "what the event does not hold was read at Stripe"
    EVENT_BEFORE_APPLY = "the transaction of the effect is open"
    EVENT_AFTER_APPLY = "charge, postings and attempt are written and not committed"
    EVENT_AFTER_COMMIT = "the effect is committed, and the task is not completed"
    EVENT_AFTER_FAILURE = "the failed attempt is committed, and the task is not due again"
    REFUND_AFTER_CLAIM = "the attempt is written, in the transaction of the claim"
    REFUND_BEFORE_REQUEST = "the attempt is committed, and nothing is sent"
    REFUND_AFTER_REQUEST = "Stripe's answer is known to the process only"
    REFUND_BEFORE_WRITE = "the transaction of the result is open"
    REFUND_AFTER_WRITE = "refund, charge and postings are written and not committed"
    EXPIRE_AFTER_CLAIM = "the charge is read, in the transaction of the claim"
    EXPIRE_BEFORE_REQUEST = "the claim is committed, and nothing is sent"
    EXPIRE_AFTER_REQUEST = "Stripe has canceled the intent, and only the process knows"
    EXPIRE_AFTER_WRITE = "the charge is canceled, and that is not committed"
    INTENT_BEFORE_REQUEST = "the charge is read, and nothing is sent"
    INTENT_AFTER_REQUEST = "Stripe has the intent, and only the process knows"
    INTENT_AFTER_ATTACH = "the intent is attached, and the payer has no answer"


AtPaymentFailpoint = Callable[[PaymentFailpoint], object]

RECEIVE_FAILPOINTS: Final = tuple(
    point for point in PaymentFailpoint if point.name.startswith("RECEIVE_")
)
EVENT_FAILPOINTS: Final = tuple(
    point for point in PaymentFailpoint if point.name.startswith("EVENT_")
)
REFUND_FAILPOINTS: Final = tuple(
    point for point in PaymentFailpoint if point.name.startswith("REFUND_")
)
EXPIRE_FAILPOINTS: Final = tuple(
    point for point in PaymentFailpoint if point.name.startswith("EXPIRE_")
)


def no_payment_failpoint(_: PaymentFailpoint) -> None:
    """Do nothing, as in every program but a test."""
