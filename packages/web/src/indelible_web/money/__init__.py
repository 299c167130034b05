"""Routes and pages of money: payments, the ledger and payouts."""

from typing import Final

from indelible.app import AppContext
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
    ApproveReversal,
    ApproveTransfer,
    AttachDestination,
    HaltPayments,
    IgnoreEvent,
    MarkUnclaimed,
    ParkTransfer,
    PlanPayouts,
    ProposeReversal,
    RegisterPayee,
    ReissueTransfer,
    ReplayEvent,
    RequestRefund,
    ResumePayments,
)
from indelible.money.commands.payouts import ClosePayee, ReopenPayee, UnparkTransfer
from indelible_web.console.home_parts import HomeSource
from indelible_web.console.page import NavItem
from indelible_web.context import WebContext
from indelible_web.http.request import OPS
from indelible_web.money import (
    causes,
    forms,
    inbox_admin,
    ledger_admin,
    links,
    own_payee,
    pages,
    payee_admin,
    payee_pages,
    payment_admin,
    payout_admin,
    payout_pages,
    payout_reads,
    reconciliation_admin,
    routes,
    webhooks,
)
from indelible_web.money.admin_queries import BackfillBody, ReconciliationBody
from indelible_web.money.descriptions import DESCRIPTIONS
from indelible_web.money.examples import EXAMPLES
from indelible_web.money.home import money_part
from indelible_web.money.queries import NewCheckout, NewIntent, OwnOnboarding
from indelible_web.settings import WebSettings

COMMANDS: Final = (
    ApproveReversal,
    ApproveTransfer,
    AttachDestination,
    BackfillBody,
    ClosePayee,
    HaltPayments,
    IgnoreEvent,
    MarkUnclaimed,
    NewCheckout,
    NewIntent,
    OwnOnboarding,
    ParkTransfer,
    PlanPayouts,
    ProposeReversal,
    ReconciliationBody,
    RegisterPayee,
    ReissueTransfer,
    ReopenPayee,
    ReplayEvent,
    RequestRefund,
    ResumePayments,
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


def _is_on(app_context: AppContext, settings: WebSettings) -> bool:
    """Return True if payments can be made, or reported by Stripe."""
    return app_context.stripe is not None or bool(settings.stripe_webhook_secrets)


def _action_labels() -> dict[tuple[str, str], str]:
    """Return the label of every action: its name in words."""
    labels: dict[tuple[str, str], str] = {}
    for lifecycle in LIFECYCLES:
        for edge in lifecycle.edges:
            labels[lifecycle.name, edge.action] = edge.action.replace("_", " ").capitalize()

    return labels


CONTEXT: Final = WebContext(
    name="money",
    routes=(routes.routes, own_payee.routes),
    admin_routes=(
        payment_admin.routes,
        inbox_admin.routes,
        reconciliation_admin.routes,
        ledger_admin.routes,
        payout_admin.routes,
        payout_reads.routes,
        causes.routes,
        payee_admin.routes,
    ),
    webhooks=(webhooks.WEBHOOK,),
    lifecycles=LIFECYCLES,
    commands=tuple(command.command_name for command in COMMANDS),
    examples=EXAMPLES,
    descriptions=DESCRIPTIONS,
    pages=(*pages.PAGES, *payout_pages.PAGES, *causes.PAGES, *payee_pages.PAGES, *forms.PAGES),
    nav=(NavItem(key="money", label="Money", endpoint="console.list_payments", scopes=(OPS,)),),
    home=(HomeSource(query=money_part, scopes=(OPS,)),),
    template_package="indelible_web.money",
    action_labels=_action_labels(),
    entity_links=links.ENTITY_LINKS,
    searches=(links.STRIPE_SEARCH,),
    guess_codes=frozenset({"STRIPE_SIGNATURE_INVALID"}),
    is_on=_is_on,
    off_notice=(
        "This process has no key of Stripe: it takes no payments and asks Stripe nothing."
        " What is stored can be read. Requested refunds and transfers wait for workers with a key."
    ),
)
