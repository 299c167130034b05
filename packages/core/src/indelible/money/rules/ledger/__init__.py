"""The rules of the ledger: drafts of movements, and one builder for each kind of facts 5.7."""

from indelible.money.rules.ledger.checks import (
    AccountStep,
    check_distinct_lines,
    check_movement,
    check_owed_line,
    check_reversed_line,
    check_step,
)
from indelible.money.rules.ledger.drafts import (
    AccountKey,
    AccountSums,
    MovementDraft,
    OwedPayment,
    PayoutReversal,
    Proof,
    SettlementLine,
    Step,
    account_sums,
)
from indelible.money.rules.ledger.payments import (
    dispute_lost,
    dispute_opened,
    dispute_residue,
    dispute_won,
    entry_fee,
    payment_quarantined,
    processing_fee,
    refund_failed,
    refund_requested,
    refund_succeeded,
)
from indelible.money.rules.ledger.payouts import (
    guarantee_key,
    guarantee_topup,
    mirror,
    payout_created,
    payout_failed,
    payout_reversed,
    settlement,
    settlement_key,
    settlement_of_key,
    unclaimed,
)

__all__ = [
    # checks
    "AccountStep",
    "check_distinct_lines",
    "check_movement",
    "check_owed_line",
    "check_reversed_line",
    "check_step",
    # drafts
    "AccountKey",
    "AccountSums",
    "MovementDraft",
    "OwedPayment",
    "PayoutReversal",
    "Proof",
    "SettlementLine",
    "Step",
    "account_sums",
    # payments
    "dispute_lost",
    "dispute_opened",
    "dispute_residue",
    "dispute_won",
    "entry_fee",
    "payment_quarantined",
    "processing_fee",
    "refund_failed",
    "refund_requested",
    "refund_succeeded",
    # payouts
    "guarantee_key",
    "guarantee_topup",
    "mirror",
    "payout_created",
    "payout_failed",
    "payout_reversed",
    "settlement",
    "settlement_key",
    "settlement_of_key",
    "unclaimed",
]
