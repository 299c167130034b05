"""Failpoints: the moments of the stages of payouts at which a test may kill their worker.

Only the argument `at_failpoint` of a stage's class arms one. C1 to C10 are the crash points of the
fact sheet: C2 is impossible because job and transfers are one transaction, C4 is a request without
an answer, C8 a second worker, C9 a restored backup, and C10 an event that is first.
"""

from collections.abc import Callable
from enum import Enum
from typing import Final


class PayoutFailpoint(Enum):
    """A moment of a stage; the value says what has been done by then."""

    PLAN_BEFORE_WRITE = "C1: the settlement is committed, and its payout is not planned"
    PLAN_AFTER_WRITE = "C2: job and transfers are written and not committed"
    SEND_AFTER_CLAIM = "the attempt is written, in the transaction of the claim"
    SEND_BEFORE_REQUEST = "C3: the attempt is committed, and nothing is sent"
    SEND_AFTER_LOOK_UP = "C4: Stripe was asked for the transfer, and only the process knows"
    SEND_AFTER_REQUEST = "C5: Stripe has made the transfer, and only the process knows"
    SEND_BEFORE_WRITE = "C6: the transaction of the result is open"
    SEND_AFTER_WRITE = "C6: transfer and postings are written and not committed"
    JOB_BEFORE_WRITE = "C7: the transfers have ended, and their job is not complete"
    JOB_AFTER_WRITE = "C7: the job is complete, and that is not committed"


AtPayoutFailpoint = Callable[[PayoutFailpoint], object]
PAYOUT_FAILPOINTS: Final = tuple(PayoutFailpoint)


def no_payout_failpoint(_: PayoutFailpoint) -> None:
    """Do nothing, as in every program but a test."""
