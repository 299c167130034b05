"""The routes of payers: start a payment, follow it, and read one's own statement."""

from typing import Final

from indelible import money
from indelible.app import ReadTx
from indelible.kernel import IdempotencyKeyConflict
from indelible.money.errors.gateway import GatewayOutage
from indelible.money.errors.payments import (
    AlreadyPaid,
    ChargeNotFound,
    DuplicateIntent,
    PaymentsHalted,
    PaymentsNotConfigured,
)
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.money.errors import AddressInvalid
from indelible_web.money.queries import NewCheckout, NewIntent, PaymentQuery, StatementQuery
from indelible_web.money.schemas import (
    CheckoutView,
    IntentView,
    PaymentView,
    StatementLine,
    statement_line,
)
from indelible_web.money.starting import start_checkout, start_intent

READ: Final = "payments:read"
WRITE: Final = "payments:write"
STARTING: Final = (
    AlreadyPaid,
    ChargeNotFound,
    DuplicateIntent,
    GatewayOutage,
    IdempotencyKeyConflict,
    PaymentsHalted,
    PaymentsNotConfigured,
)

routes = Routes("payments", "Payments of the caller's charges, through Stripe.")


@routes.add(
    "POST /payments/create-intent",
    WRITE,
    request_type=NewIntent,
    response_type=IntentView,
    requires_idempotency_key=True,
    errors=STARTING,
)
def create_intent(context: OperationContext, new: NewIntent) -> IntentView:
    """Create the payment intent of the caller's charge for an item, such as an entry.

    The server determines the amount: a request that names one is refused. The answer holds the
    client secret, which is stored nowhere except in the raw bytes of Stripe's events, which only
    operators can read. The payment counts once Stripe's webhook has reported it.
    """
    return start_intent(context, new)


@routes.add(
    "POST /payments/checkout",
    WRITE,
    request_type=NewCheckout,
    response_type=CheckoutView,
    requires_idempotency_key=True,
    errors=(*STARTING, AddressInvalid),
)
def create_checkout(context: OperationContext, new: NewCheckout) -> CheckoutView:
    """Create a checkout session, a payment page of Stripe, for the caller's charge of an item.

    The server determines the amount: a request that names one is refused. The payment counts once
    Stripe's webhook has reported it.
    """
    return start_checkout(context, new)


@routes.add(
    "GET /payments/status/<intent_id>",
    READ,
    request_type=PaymentQuery,
    response_type=PaymentView,
    errors=(ChargeNotFound,),
    shows_head_alone=True,
)
def get_payment_status(context: OperationContext, query: PaymentQuery) -> PaymentView:
    """Show a payment of the caller by its payment intent, or by its checkout session."""
    return context.store.read(payment_status, query)


@routes.pages(
    "GET /payments/statements",
    READ,
    request_type=StatementQuery,
    response_type=StatementLine,
    reads_standby=True,
)
def list_statement_lines(context: OperationContext, query: StatementQuery) -> Page[StatementLine]:
    """List all postings that name the caller, newest first: what was paid, owed and paid out."""
    cursors = context.cursors(query)
    lines = context.store.read(
        money.statement, query.user_id, before=cursors.start(), limit=query.limit + 1
    )
    page = cursors.page(lines, lambda line: line.position)
    return Page(items=tuple(statement_line(line) for line in page.items), next=page.next)


def payment_status(tx: ReadTx, query: PaymentQuery) -> PaymentView:
    """Return a payment of a party.

    Raises:
        ChargeNotFound: No charge has the intent or the session, or it is another party's.
    """
    head = tx.money.charges.of_intent(query.intent_id)
    if head is None:
        head = tx.money.charges.of_session(query.intent_id)
    if head is None or head.entity.party != query.user_id:
        raise ChargeNotFound(query.intent_id)

    return project(PaymentView, head.entity, seq=head.revision.seq)
