"""Routes and pages of money: payments, the ledger and payouts."""

from typing import Final

from indelible.money import (
    ACCOUNT,
    CHARGE,
    DISPUTE,
    MOVEMENT,
    PAYEE,
    PAYMENT_SWITCH,
    PAYOUT_JOB,
    RECONCILIATION,
    REFUND,
    STRIPE_EVENT,
    TRANSFER,
    ApproveTransfer,
    AttachDestination,
    HaltPayments,
    MarkUnclaimed,
    ParkTransfer,
    PlanPayouts,
    RegisterPayee,
    ReissueTransfer,
    ReplayEvent,
    RequestRefund,
    ResumePayments,
    ReverseMovement,
)
from indelible.money.commands import ClosePayee, ReopenPayee, UnparkTransfer
from indelible_web.context import WebContext
from indelible_web.money import (
    inbox_admin,
    ledger_admin,
    payee_admin,
    payment_admin,
    payout_admin,
    payout_reads,
    reconciliation_admin,
    routes,
    webhooks,
)
from indelible_web.money.descriptions import DESCRIPTIONS
from indelible_web.money.examples import EXAMPLES
from indelible_web.money.inbox_admin import BackfillEvents
from indelible_web.money.queries import NewCheckout, NewIntent
from indelible_web.money.reconciliation_admin import RequestReconciliation

COMMANDS: Final = (
    ApproveTransfer,
    AttachDestination,
    BackfillEvents,
    ClosePayee,
    HaltPayments,
    MarkUnclaimed,
    NewCheckout,
    NewIntent,
    ParkTransfer,
    PlanPayouts,
    RegisterPayee,
    ReissueTransfer,
    ReopenPayee,
    ReplayEvent,
    RequestReconciliation,
    RequestRefund,
    ResumePayments,
    ReverseMovement,
    UnparkTransfer,
)
LIFECYCLES: Final = (
    ACCOUNT,
    CHARGE,
    DISPUTE,
    MOVEMENT,
    PAYEE,
    PAYMENT_SWITCH,
    PAYOUT_JOB,
    RECONCILIATION,
    REFUND,
    STRIPE_EVENT,
    TRANSFER,
)
CONTEXT: Final = WebContext(
    name="money",
    routes=(routes.routes,),
    admin_routes=(
        payment_admin.routes,
        inbox_admin.routes,
        reconciliation_admin.routes,
        ledger_admin.routes,
        payout_admin.routes,
        payout_reads.routes,
        payee_admin.routes,
    ),
    webhooks=(webhooks.WEBHOOK,),
    lifecycles=LIFECYCLES,
    commands=tuple(command.command_name for command in COMMANDS),
    examples=EXAMPLES,
    descriptions=DESCRIPTIONS,
    guess_codes=frozenset({"STRIPE_SIGNATURE_INVALID"}),
)
