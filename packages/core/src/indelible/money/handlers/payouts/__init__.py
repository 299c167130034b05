"""The handlers of payouts: planned from settlements, approved, sent, and ended."""

from indelible.money.handlers.payouts.approving import (
    approve_automatically,
    approve_transfer,
    park_transfer,
    unpark_transfer,
)
from indelible.money.handlers.payouts.ending import (
    apply_transfer,
    complete_payout_job,
    mark_unclaimed,
    record_reversal,
)
from indelible.money.handlers.payouts.planning import plan_payouts, plan_transfers
from indelible.money.handlers.payouts.reissuing import reissue_transfer
from indelible.money.handlers.payouts.sending import (
    SendWork,
    begin_call,
    begin_transfer,
    record_transfer_failure,
    record_transfer_sent,
)

__all__ = [
    # approving
    "approve_automatically",
    "approve_transfer",
    "park_transfer",
    "unpark_transfer",
    # ending
    "apply_transfer",
    "complete_payout_job",
    "mark_unclaimed",
    "record_reversal",
    # planning
    "plan_payouts",
    "plan_transfers",
    # reissuing
    "reissue_transfer",
    # sending
    "SendWork",
    "begin_call",
    "begin_transfer",
    "record_transfer_failure",
    "record_transfer_sent",
]
