"""Money: charges, a double-entry ledger and payouts."""

from indelible.money import errors
from indelible.money.commands.ledger import ApproveReversal, ProposeReversal, Settle
from indelible.money.commands.payments import (
    ApplyEvent,
    AttachIntent,
    BeginRefundAttempt,
    BuryEvent,
    CancelCharge,
    FailEvent,
    IgnoreEvent,
    OpenCharge,
    ReceiveEvent,
    ReplayEvent,
    RequestRefund,
    StartPayment,
)
from indelible.money.commands.payouts import (
    ANY_DESTINATION,
    ApproveTransfer,
    AttachDestination,
    ClosePayee,
    EnablePayee,
    HaltPayments,
    MarkUnclaimed,
    ParkTransfer,
    PlanPayouts,
    RegisterPayee,
    ReissueTransfer,
    ReopenPayee,
    RestrictPayee,
    ResumePayments,
    StartReconciliation,
    UnparkTransfer,
)
from indelible.money.commands.results import (
    ChargeSaved,
    MovementPosted,
    PayoutJobSaved,
    RefundSaved,
    StripeEventSaved,
)
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.events import StripeEvent
from indelible.money.entities.ledger import Account, Movement, Posting
from indelible.money.entities.lines import BalanceSum, LedgerLine, OwedLine
from indelible.money.entities.payees import PAYEE, Payee
from indelible.money.entities.payout_jobs import PAYOUT_JOB, PayoutJob
from indelible.money.entities.payouts import Transfer, TransferAttempt, TransferLine
from indelible.money.entities.reconciliations import (
    RECONCILIATION,
    SWITCH_ID,
    Discrepancy,
    PaymentSwitch,
    Reconciliation,
)
from indelible.money.entities.refunds import Refund
from indelible.money.entities.stripe_objects import EventObject, ReversalObject, TransferObject
from indelible.money.entities.values import (
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
)
from indelible.money.handlers.charges import (
    attach_intent,
    cancel_charge,
    open_charge,
    require_payable,
)
from indelible.money.handlers.inbox import (
    apply_event,
    bury_event,
    fail_event,
    ignore_event,
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
from indelible.money.handlers.payouts.approving import (
    approve_transfer,
    park_transfer,
    unpark_transfer,
)
from indelible.money.handlers.payouts.ending import mark_unclaimed
from indelible.money.handlers.payouts.planning import plan_payouts
from indelible.money.handlers.payouts.reissuing import reissue_transfer
from indelible.money.handlers.refunds import begin_refund_attempt, request_refund
from indelible.money.handlers.reversals import approve_reversal, propose_reversal
from indelible.money.handlers.switches import halt_payments, resume_payments
from indelible.money.lifecycle.ledger import ACCOUNT, MOVEMENT
from indelible.money.lifecycle.payments import (
    CHARGE,
    DISPUTE,
    OPEN_DISPUTE,
    REFUND,
    UNPAID_CHARGE,
    ChargeStatus,
    DisputeStatus,
    RefundStatus,
)
from indelible.money.lifecycle.payouts import (
    TERMINAL_TRANSFER,
    TRANSFER,
    PayeeStatus,
    PayoutJobStatus,
    TransferStatus,
)
from indelible.money.lifecycle.reconciliations import (
    PAYMENT_SWITCH,
    STRIPE_EVENT,
    InboxStatus,
    ReconciliationStatus,
    SwitchStatus,
)
from indelible.money.ports.gateway import StripeGateway
from indelible.money.ports.ledger import AccountFilter, MovementFilter
from indelible.money.ports.payments import (
    ChargeFilter,
    DisputeFilter,
    ReconciliationFilter,
    RefundFilter,
    StripeEventFilter,
)
from indelible.money.ports.payouts import PayeeFilter, PayoutJobFilter, TransferFilter
from indelible.money.queries import (
    AccountLine,
    balances,
    charge_of_item,
    get_account,
    get_charge,
    list_account_lines,
    list_postings,
    owed_lines,
    statement,
)
from indelible.money.queries.payouts import (
    job_progress,
    list_discrepancies,
    stuck_transfers,
)
from indelible.money.repositories.transactions import MoneyRead, MoneyWrite
from indelible.money.rules.ledger.drafts import (
    MovementDraft,
    OwedPayment,
    PayoutReversal,
    Proof,
    SettlementLine,
)
from indelible.money.rules.payouts import AUTOMATIC, MANUAL, PayoutPolicy
from indelible.money.tasks.facades import LedgerRepository, PaymentService
from indelible.money.tasks.paying import CheckoutPages
from indelible.money.tasks.payment_stages import PaymentStages
from indelible.money.tasks.payout_stages import PayoutStages
from indelible.money.tasks.receiving import WebhookHandler
from indelible.money.tasks.reconciling import Reconcile

__all__ = [
    # commands
    "ApplyEvent",
    "ANY_DESTINATION",
    "ApproveTransfer",
    "AttachDestination",
    "AttachIntent",
    "BeginRefundAttempt",
    "BuryEvent",
    "CancelCharge",
    "ClosePayee",
    "EnablePayee",
    "FailEvent",
    "HaltPayments",
    "MarkUnclaimed",
    "OpenCharge",
    "ParkTransfer",
    "PlanPayouts",
    "ReceiveEvent",
    "RegisterPayee",
    "ReissueTransfer",
    "ReopenPayee",
    "IgnoreEvent",
    "ReplayEvent",
    "RequestRefund",
    "RestrictPayee",
    "ResumePayments",
    "ApproveReversal",
    "ProposeReversal",
    "Settle",
    "StartPayment",
    "StartReconciliation",
    "UnparkTransfer",
    # handlers
    "apply_event",
    "approve_transfer",
    "attach_destination",
    "attach_intent",
    "begin_refund_attempt",
    "bury_event",
    "cancel_charge",
    "close_payee",
    "enable_payee",
    "fail_event",
    "halt_payments",
    "mark_unclaimed",
    "open_charge",
    "park_transfer",
    "plan_payouts",
    "post_movement",
    "receive_event",
    "register_payee",
    "reissue_transfer",
    "reopen_payee",
    "ignore_event",
    "replay_event",
    "request_refund",
    "require_payable",
    "restrict_payee",
    "resume_payments",
    "approve_reversal",
    "propose_reversal",
    "settle",
    "unpark_transfer",
    # queries
    "AccountLine",
    "balances",
    "charge_of_item",
    "get_account",
    "get_charge",
    "job_progress",
    "list_account_lines",
    "list_discrepancies",
    "list_postings",
    "owed_lines",
    "statement",
    "stuck_transfers",
    # values and results
    "Account",
    "AccountKind",
    "AttemptKind",
    "BalanceSum",
    "Charge",
    "ChargeSaved",
    "Discrepancy",
    "Dispute",
    "EventObject",
    "EventOrigin",
    "EventOutcome",
    "LedgerLine",
    "Movement",
    "MovementKind",
    "MovementPosted",
    "OutcomeCode",
    "OwedLine",
    "Payee",
    "PaymentSwitch",
    "PayoutJob",
    "PayoutJobSaved",
    "Posting",
    "Reconciliation",
    "ReconciliationRule",
    "ReconciliationScope",
    "Remedy",
    "Refund",
    "RefundReason",
    "RefundSaved",
    "ReversalObject",
    "SWITCH_ID",
    "Side",
    "StripeEvent",
    "StripeEventSaved",
    "Transfer",
    "TransferAttempt",
    "TransferFailure",
    "TransferLine",
    "TransferObject",
    # lifecycles
    "ACCOUNT",
    "CHARGE",
    "ChargeStatus",
    "DISPUTE",
    "DisputeStatus",
    "InboxStatus",
    "MOVEMENT",
    "OPEN_DISPUTE",
    "PAYEE",
    "PAYMENT_SWITCH",
    "PAYOUT_JOB",
    "PayeeStatus",
    "PayoutJobStatus",
    "RECONCILIATION",
    "REFUND",
    "ReconciliationStatus",
    "RefundStatus",
    "STRIPE_EVENT",
    "SwitchStatus",
    "TERMINAL_TRANSFER",
    "TRANSFER",
    "TransferStatus",
    "UNPAID_CHARGE",
    # rules
    "AUTOMATIC",
    "MANUAL",
    "MovementDraft",
    "OwedPayment",
    "PayoutPolicy",
    "PayoutReversal",
    "Proof",
    "SettlementLine",
    # ports
    "AccountFilter",
    "ChargeFilter",
    "DisputeFilter",
    "MoneyRead",
    "MoneyWrite",
    "MovementFilter",
    "PayeeFilter",
    "PayoutJobFilter",
    "ReconciliationFilter",
    "RefundFilter",
    "StripeEventFilter",
    "StripeGateway",
    "TransferFilter",
    # tasks and facades
    "CheckoutPages",
    "LedgerRepository",
    "PaymentService",
    "PaymentStages",
    "PayoutStages",
    "Reconcile",
    "WebhookHandler",
    # errors
    "errors",
]
