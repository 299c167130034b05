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
from indelible.money.handlers.ledger import post_movement, settle
from indelible.money.handlers.payees import (
    attach_destination,
    close_payee,
    enable_payee,
    register_payee,
    reopen_payee,
    restrict_payee,
)
from indelible.money.handlers.payouts import (
    approve_automatically,
    approve_transfer,
    complete_payout_job,
    mark_unclaimed,
    park_transfer,
    plan_payouts,
    record_reversal,
    record_transfer_failure,
    record_transfer_sent,
    reissue_transfer,
    unpark_transfer,
)
from indelible.money.handlers.reconciliations import (
    fail_reconciliation,
    finish_reconciliation,
    start_reconciliation,
)
from indelible.money.handlers.refunds import (
    begin_refund_attempt,
    record_refund,
    reject_refund,
    request_refund,
)
from indelible.money.handlers.reversals import approve_reversal, propose_reversal
from indelible.money.handlers.switches import halt_payments, resume_payments

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
    "settle",
    # payees
    "attach_destination",
    "close_payee",
    "enable_payee",
    "register_payee",
    "reopen_payee",
    "restrict_payee",
    # payouts
    "approve_automatically",
    "approve_transfer",
    "complete_payout_job",
    "mark_unclaimed",
    "park_transfer",
    "plan_payouts",
    "record_reversal",
    "record_transfer_failure",
    "record_transfer_sent",
    "reissue_transfer",
    "unpark_transfer",
    # reconciliations
    "fail_reconciliation",
    "finish_reconciliation",
    "start_reconciliation",
    # refunds
    "begin_refund_attempt",
    "record_refund",
    "reject_refund",
    "request_refund",
    # reversals
    "approve_reversal",
    "propose_reversal",
    # switches
    "halt_payments",
    "resume_payments",
]
