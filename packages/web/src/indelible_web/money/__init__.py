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
)
from indelible_web.context import WebContext
from indelible_web.money import routes, webhooks
from indelible_web.money.descriptions import DESCRIPTIONS
from indelible_web.money.examples import EXAMPLES
from indelible_web.money.queries import NewCheckout, NewIntent

COMMANDS: Final = (NewCheckout, NewIntent)
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
    webhooks=(webhooks.WEBHOOK,),
    lifecycles=LIFECYCLES,
    commands=tuple(command.command_name for command in COMMANDS),
    examples=EXAMPLES,
    descriptions=DESCRIPTIONS,
    guess_codes=frozenset({"STRIPE_SIGNATURE_INVALID"}),
)
