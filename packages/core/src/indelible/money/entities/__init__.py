"""Accounts, movements, payments and payouts: their aggregates, records and values."""

from indelible.money.entities.charges import (
    QUARANTINED,
    Charge,
)
from indelible.money.entities.disputes import (
    Dispute,
)
from indelible.money.entities.events import (
    StripeEvent,
    StripeEventAttempt,
)
from indelible.money.entities.ids import (
    charge_id,
    movement_id,
    refund_id,
    reissue_id,
    transfer_id,
)
from indelible.money.entities.ledger import (
    Account,
    CoveredItem,
    Movement,
    Posting,
)
from indelible.money.entities.lines import (
    BalanceSum,
    KindSum,
    LedgerLine,
    LineOwedAgain,
    OwedLine,
    OwedSum,
    line_position,
)
from indelible.money.entities.payees import Payee
from indelible.money.entities.payouts import (
    PayoutJob,
    Transfer,
    TransferAttempt,
    TransferLine,
)
from indelible.money.entities.reconciliations import (
    SWITCH_ID,
    Discrepancy,
    PaymentSwitch,
    Reconciliation,
)
from indelible.money.entities.refunds import (
    Refund,
    RefundAttempt,
)
from indelible.money.entities.stripe_objects import (
    AccountLink,
    AccountObject,
    BalanceAmount,
    BalanceTransaction,
    ChargeObject,
    DisputeObject,
    EventObject,
    Intent,
    RefundObject,
    ReversalObject,
    Session,
    TransferObject,
)
from indelible.money.entities.values import (
    MAX_SUM_MINOR,
    AccountKind,
    AttemptKind,
    EventOrigin,
    EventOutcome,
    MovementKind,
    OutcomeCode,
    ReconciliationRule,
    ReconciliationScope,
    RefundReason,
    Remedy,
    Side,
    TransferFailure,
    account_id,
)

__all__ = [
    # charges
    "Charge",
    "QUARANTINED",
    # disputes
    "Dispute",
    # events
    "StripeEvent",
    "StripeEventAttempt",
    # ids
    "charge_id",
    "movement_id",
    "refund_id",
    "reissue_id",
    "transfer_id",
    # ledger
    "Account",
    "CoveredItem",
    "Movement",
    "Posting",
    # lines
    "BalanceSum",
    "KindSum",
    "LedgerLine",
    "LineOwedAgain",
    "OwedLine",
    "OwedSum",
    "line_position",
    # payouts
    "Payee",
    "PayoutJob",
    "Transfer",
    "TransferAttempt",
    "TransferLine",
    # reconciliations
    "Discrepancy",
    "PaymentSwitch",
    "Reconciliation",
    "SWITCH_ID",
    # refunds
    "Refund",
    "RefundAttempt",
    # stripe_objects
    "AccountLink",
    "AccountObject",
    "BalanceAmount",
    "BalanceTransaction",
    "ChargeObject",
    "DisputeObject",
    "EventObject",
    "Intent",
    "RefundObject",
    "ReversalObject",
    "Session",
    "TransferObject",
    # values
    "AccountKind",
    "AttemptKind",
    "EventOrigin",
    "EventOutcome",
    "MAX_SUM_MINOR",
    "MovementKind",
    "OutcomeCode",
    "ReconciliationRule",
    "ReconciliationScope",
    "Remedy",
    "RefundReason",
    "Side",
    "TransferFailure",
    "account_id",
]
