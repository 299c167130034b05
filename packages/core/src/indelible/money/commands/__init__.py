"""The commands of money, and their results."""

from indelible.money.commands.ledger import (
    ReverseMovement,
    Settle,
)
from indelible.money.commands.payments import (
    AttachIntent,
    AttachSession,
    CancelCharge,
    ChargeCommand,
    ExtendCharge,
    OpenCharge,
    ReceiveEvent,
    ReplayEvent,
    RequestRefund,
)
from indelible.money.commands.payouts import (
    ApproveTransfer,
    AttachDestination,
    HaltPayments,
    MarkUnclaimed,
    ParkTransfer,
    PlanPayouts,
    RegisterPayee,
    ReissueTransfer,
    ResumePayments,
    StartReconciliation,
    TransferCommand,
)
from indelible.money.commands.results import (
    ChargeSaved,
    DisputeSaved,
    MovementPosted,
    PayeeSaved,
    PayoutJobSaved,
    ReconciliationSaved,
    RefundSaved,
    StripeEventSaved,
    SwitchSaved,
    TransferSaved,
)

__all__ = [
    # ledger
    "ReverseMovement",
    "Settle",
    # payments
    "AttachIntent",
    "AttachSession",
    "CancelCharge",
    "ChargeCommand",
    "ExtendCharge",
    "OpenCharge",
    "ReceiveEvent",
    "ReplayEvent",
    "RequestRefund",
    # payouts
    "ApproveTransfer",
    "AttachDestination",
    "HaltPayments",
    "MarkUnclaimed",
    "ParkTransfer",
    "PlanPayouts",
    "RegisterPayee",
    "ReissueTransfer",
    "ResumePayments",
    "StartReconciliation",
    "TransferCommand",
    # results
    "ChargeSaved",
    "DisputeSaved",
    "MovementPosted",
    "PayeeSaved",
    "PayoutJobSaved",
    "ReconciliationSaved",
    "RefundSaved",
    "StripeEventSaved",
    "SwitchSaved",
    "TransferSaved",
]
