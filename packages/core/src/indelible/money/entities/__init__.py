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
from indelible.money.entities.payouts import (
    Payee,
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
    Side,
    TransferFailure,
    account_id,
)

__all__ = [
    "Account",
    "AccountKind",
    "AccountLink",
    "AccountObject",
    "AttemptKind",
    "BalanceAmount",
    "BalanceTransaction",
    "Charge",
    "ChargeObject",
    "CoveredItem",
    "Discrepancy",
    "Dispute",
    "DisputeObject",
    "EventObject",
    "EventOrigin",
    "EventOutcome",
    "Intent",
    "MAX_SUM_MINOR",
    "Movement",
    "MovementKind",
    "OutcomeCode",
    "Payee",
    "PaymentSwitch",
    "PayoutJob",
    "Posting",
    "QUARANTINED",
    "Reconciliation",
    "ReconciliationRule",
    "ReconciliationScope",
    "Refund",
    "RefundAttempt",
    "RefundObject",
    "RefundReason",
    "ReversalObject",
    "SWITCH_ID",
    "Session",
    "Side",
    "StripeEvent",
    "StripeEventAttempt",
    "Transfer",
    "TransferAttempt",
    "TransferFailure",
    "TransferLine",
    "TransferObject",
    "account_id",
    "charge_id",
    "movement_id",
    "refund_id",
    "reissue_id",
    "transfer_id",
]
