"""Start a payment for a request that runs once.

The receipt of the request names the charge only. What the payer needs, such as the client secret,
is read at Stripe again when the request is repeated.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from attrs import frozen

from indelible.app import WriteTx
from indelible.kernel import IndelibleError
from indelible.money import Charge, StripeGateway, get_charge
from indelible.money.commands.payments import StartPayment
from indelible.money.entities.ids import charge_id
from indelible.money.errors.gateway import (
    GatewayObjectNotFound,
    GatewayOutage,
    GatewayRejected,
    IdempotencyMismatch,
    OutageOutcome,
)
from indelible.money.errors.payments import PaymentsNotConfigured
from indelible.money.handlers.charges import require_payable
from indelible.money.tasks.keys import with_next_key
from indelible.money.tasks.paying import CheckoutPages, PaymentStarter
from indelible_web.http.operation import OperationContext
from indelible_web.money.queries import NewCheckout, NewIntent, NewPayment
from indelible_web.money.schemas import CheckoutView, IntentView

# Answers of Stripe that no caller can do anything about.
PERMANENT: Final[tuple[type[IndelibleError], ...]] = (GatewayObjectNotFound, IdempotencyMismatch)
REFUSALS: Final[tuple[type[IndelibleError], ...]] = (*PERMANENT, GatewayRejected)


@frozen(kw_only=True)
class PaymentReceipt:
    """The receipt of a request that starts a payment; it holds no secret."""

    charge_id: str


@frozen(kw_only=True)
class PaymentRequest:
    """A charge that a request pays; `is_repeated` is True if the request was made before."""

    charge: Charge
    is_repeated: bool

    @property
    def is_over(self) -> bool:
        """Return True if a repeated request asks for a payment that has been made since."""
        return self.is_repeated and not self.charge.is_unpaid


def start_intent(context: OperationContext, new: NewIntent) -> IntentView:
    """Return the payment intent of a charge, which the first request creates.

    Raises: as `PaymentStarter.create_intent`.
    """
    gateway = require_gateway(context)
    requested = _begin(context, new)
    with stripe_errors():
        if requested.is_over and requested.charge.intent_id is not None:
            charge = requested.charge
            intent = gateway.retrieve_payment_intent(requested.charge.intent_id)
        else:
            started = _starter(context, gateway).create_intent(
                requested.charge.id,
                party=new.user_id,
                actor=context.caller.actor,
                request_id=context.request_id,
            )
            charge, intent = started.charge, started.intent

    return IntentView(
        charge_id=charge.id,
        item=charge.item,
        intent_id=intent.id,
        client_secret=intent.client_secret,
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        expires_at=charge.expires_at,
    )


def start_checkout(context: OperationContext, new: NewCheckout) -> CheckoutView:
    """Return the checkout session of a charge, which the first request creates.

    Raises: as `PaymentStarter.create_checkout`.
    """
    gateway = require_gateway(context)
    requested = _begin(context, new)
    pages = CheckoutPages(
        description=f"Payment of {requested.charge.item}",
        success_url=new.success_url,
        cancel_url=new.cancel_url,
    )
    with stripe_errors():
        if requested.is_over and requested.charge.session_id is not None:
            charge = requested.charge
            session = gateway.retrieve_checkout_session(requested.charge.session_id)
        else:
            started = _starter(context, gateway).create_checkout(
                requested.charge.id,
                pages,
                party=new.user_id,
                actor=context.caller.actor,
                request_id=context.request_id,
            )
            charge, session = started.charge, started.session

    return CheckoutView(
        charge_id=charge.id,
        item=charge.item,
        session_id=session.id,
        url=session.url,
        amount_minor=charge.amount_minor,
        currency=charge.currency,
        expires_at=charge.expires_at,
    )


def require_gateway(context: OperationContext) -> StripeGateway:
    """Return the gateway to Stripe.

    Raises:
        PaymentsNotConfigured: The service has no key of Stripe.
    """
    gateway = context.app_context.stripe
    if gateway is None:
        raise PaymentsNotConfigured
    return gateway


@contextmanager
def stripe_errors() -> Generator[None]:
    """Answer STRIPE_API_ERROR for whatever Stripe refuses: the request of the caller was right."""
    try:
        yield
    except REFUSALS as error:
        raise _as_outage(error) from error


def create_account(
    gateway: StripeGateway, key: str, *, party: str, country: str, email: str | None = None
) -> str:
    """Create an account at Stripe, and return its id; Stripe repeats its answer for a day.

    An account that Stripe created before a failure has no payee: it receives no transfer.

    Raises:
        GatewayRejected: Stripe creates no such account, such as one of an unknown country.
        GatewayOutage: Stripe did not answer.
    """
    try:
        account = with_next_key(
            lambda key: gateway.create_account(
                party=party, email=email, country=country, idempotency_key=key
            ),
            key,
        )
    except PERMANENT as error:
        raise _as_outage(error) from error
    return account.id


def _as_outage(error: IndelibleError) -> GatewayOutage:
    return GatewayOutage(error.describe(), OutageOutcome.NOT_DONE, should_retry=False)


def _begin(context: OperationContext, new: NewPayment) -> PaymentRequest:
    """Check that a charge takes a payment, once for the key of the request."""
    is_first = False

    def begin(tx: WriteTx, command: NewPayment) -> PaymentReceipt:
        nonlocal is_first
        is_first = True
        start = StartPayment(charge_id=charge_id(command.item), party=command.user_id)
        return PaymentReceipt(charge_id=require_payable(tx, start).charge.id)

    receipt = context.showing(PaymentReceipt).run(begin, new)
    saved = context.store.read(get_charge, receipt.charge_id, party=new.user_id)
    return PaymentRequest(charge=saved.charge, is_repeated=not is_first)


def _starter(context: OperationContext, gateway: StripeGateway) -> PaymentStarter:
    return PaymentStarter(store=context.store, gateway=gateway)
