"""The handlers of money."""

from indelible.money.handlers.charges import (
    attach_intent,
    attach_session,
    cancel_charge,
    extend_charge,
    open_charge,
    record_fee,
    require_payable,
    succeed_charge,
)
from indelible.money.handlers.disputes import book_residue
from indelible.money.handlers.inbox import (
    apply_event,
    bury_event,
    fail_event,
    receive_event,
    replay_event,
)
from indelible.money.handlers.ledger import post_movement, reverse_movement, settle
from indelible.money.handlers.refunds import (
    begin_refund_attempt,
    record_refund,
    reject_refund,
    request_refund,
)

__all__ = [
    # charges
    "attach_intent",
    "attach_session",
    "cancel_charge",
    "extend_charge",
    "open_charge",
    "record_fee",
    "require_payable",
    "succeed_charge",
    # disputes
    "book_residue",
    # inbox
    "apply_event",
    "bury_event",
    "fail_event",
    "receive_event",
    "replay_event",
    # ledger
    "post_movement",
    "reverse_movement",
    "settle",
    # refunds
    "begin_refund_attempt",
    "record_refund",
    "reject_refund",
    "request_refund",
]
