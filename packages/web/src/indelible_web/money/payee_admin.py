"""The operator's routes of payees: the parties that receive transfers, and their accounts."""

from collections.abc import Callable
from typing import TypeVar

from indelible.app import ReadTx, WriteTx
from indelible.kernel import InvalidTransition, ListOrder
from indelible.kernel.history import Head
from indelible.kernel.transaction import single_statement
from indelible.money import PAYEE, AttachDestination, PayeeFilter, RegisterPayee
from indelible.money.commands.payouts import ClosePayee, ReopenPayee
from indelible.money.entities.payees import Payee
from indelible.money.errors.gateway import GatewayOutage, GatewayRejected
from indelible.money.errors.payments import PaymentsNotConfigured
from indelible.money.errors.payouts import DestinationTaken, PayeeNotFound
from indelible.money.handlers.payees import (
    attach_destination,
    close_payee,
    register_payee,
    reopen_payee,
)
from indelible.money.tasks.refreshing import PayeeRefresher
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page
from indelible_web.http.request import ADMIN, OPS
from indelible_web.http.routing import Routes
from indelible_web.http.views import view_of
from indelible_web.money.admin_lists import page_of_heads
from indelible_web.money.admin_queries import OnboardingBody, PayeeListQuery, PayeeQuery
from indelible_web.money.errors import AddressInvalid
from indelible_web.money.payout_schemas import OnboardingView, PayeeView
from indelible_web.money.starting import create_account, require_gateway, stripe_errors

Command = TypeVar("Command")

routes = Routes("money_payees", "Payees, for operators.")


@routes.pages("GET /payees", OPS, request_type=PayeeListQuery, response_type=PayeeView)
def list_payees(context: OperationContext, query: PayeeListQuery) -> Page[PayeeView]:
    """List the payees, newest first."""
    return page_of_heads(
        context,
        query,
        lambda tx: tx.money.payees,
        PayeeFilter(status=query.status, order=ListOrder.NEWEST),
        PayeeView,
    )


@routes.add(
    "GET /payees/<party>",
    OPS,
    request_type=PayeeQuery,
    response_type=PayeeView,
    errors=(PayeeNotFound,),
    reads_with_key=True,
    shows_head_alone=True,
)
def get_payee(context: OperationContext, query: PayeeQuery) -> PayeeView:
    """Show a payee with its account at Stripe."""
    return context.read(read_payee, query.party)


@routes.add(
    "POST /payees",
    ADMIN,
    request_type=RegisterPayee,
    response_type=PayeeView,
    requires_idempotency_key=True,
)
def register_new_payee(context: OperationContext, command: RegisterPayee) -> PayeeView:
    """Register a party that receives transfers; a registered one stays as it is."""
    return context.run_recorded(showing_payee(register_payee), command)


@routes.add(
    "POST /payees/<party>/destination",
    ADMIN,
    request_type=AttachDestination,
    response_type=PayeeView,
    requires_idempotency_key=True,
    errors=(DestinationTaken, InvalidTransition, PayeeNotFound),
)
def attach_payee_destination(context: OperationContext, command: AttachDestination) -> PayeeView:
    """Store the account at Stripe of a payee; it is ready once Stripe has enabled transfers."""
    payee = context.run_recorded(showing_payee(attach_destination), command)
    return refreshed(context, payee)


@routes.add(
    "POST /payees/<party>/onboard",
    ADMIN,
    request_type=OnboardingBody,
    response_type=OnboardingView,
    requires_idempotency_key=True,
    errors=(
        AddressInvalid,
        DestinationTaken,
        GatewayOutage,
        GatewayRejected,
        InvalidTransition,
        PaymentsNotConfigured,
    ),
)
def onboard_payee(context: OperationContext, body: OnboardingBody) -> OnboardingView:
    """Return the address of a payee's onboarding pages; its first request creates the account.

    A payee that has an account keeps it: a later request returns another address for it.
    """
    gateway = require_gateway(context)
    with context.recording(body):
        destination = context.store.read(read_destination, body.party)
        if destination is None:
            destination = create_account(
                gateway,
                f"account:{body.party}",
                party=body.party,
                country=body.country,
                email=body.email,
            )

    command = AttachDestination(party=body.party, destination=destination)
    attached = context.showing(PayeeView).run_recorded(showing_payee(attach_first), command)
    payee = refreshed(context, attached)
    account_id = attached.destination or destination
    with context.recording(body), stripe_errors():
        link = gateway.create_account_link(
            account_id=account_id, refresh_url=body.refresh_url, return_url=body.return_url
        )

    return OnboardingView(payee=payee, url=link.url, expires_at=link.expires_at)


@routes.add(
    "POST /payees/<party>/close",
    ADMIN,
    request_type=ClosePayee,
    response_type=PayeeView,
    requires_idempotency_key=True,
    errors=(PayeeNotFound,),
)
def close_existing_payee(context: OperationContext, command: ClosePayee) -> PayeeView:
    """Stop transfers to a payee for good; what it is owed waits, and becomes unclaimed."""
    return context.run_recorded(showing_payee(close_payee), command)


@routes.add(
    "POST /payees/<party>/reopen",
    ADMIN,
    request_type=ReopenPayee,
    response_type=PayeeView,
    requires_idempotency_key=True,
    errors=(InvalidTransition, PayeeNotFound),
)
def reopen_closed_payee(context: OperationContext, command: ReopenPayee) -> PayeeView:
    """Let a closed payee name an account again."""
    return context.run_recorded(showing_payee(reopen_payee), command)


@single_statement
def read_payee(tx: ReadTx, party: str) -> PayeeView:
    """Return a payee.

    Raises:
        PayeeNotFound: The party was never registered.
    """
    return view_of(PayeeView, tx.money.payees.get(party))


def read_destination(tx: ReadTx, party: str) -> str | None:
    """Return the account that a payee has at Stripe, or None if it may get one.

    Raises:
        InvalidTransition: The payee is closed.
    """
    head = tx.money.payees.of_party(party)
    if head is None:
        return None

    PAYEE.edge(head.entity.status, "attach")
    return head.entity.destination


def attach_first(tx: WriteTx, command: AttachDestination) -> Head[Payee]:
    """Register a payee and store its account, unless it has got one meanwhile."""
    register_payee(tx, RegisterPayee(party=command.party))
    head = tx.money.payees.lock(command.party)
    if head.entity.destination is not None:
        return head
    return attach_destination(tx, command)


def refreshed(context: OperationContext, payee: PayeeView) -> PayeeView:
    """Return a payee after its account was read at Stripe; as it was where that is impossible."""
    gateway = context.app_context.stripe
    if gateway is None:
        return payee

    refresher = PayeeRefresher(store=context.store, gateway=gateway)
    refresher.refresh(payee.id, actor=context.caller.actor, request_id=context.request_id)
    current = context.store.read(read_payee, payee.id)
    # A repeated request shows its own account, even if the payee has another one by now.
    return current if current.destination == payee.destination else payee


def showing_payee(
    handler: Callable[[WriteTx, Command], Head[Payee]],
) -> Callable[[WriteTx, Command], PayeeView]:
    """Return a handler that answers with the view of the payee that it has saved."""

    def show(tx: WriteTx, command: Command) -> PayeeView:
        return view_of(PayeeView, handler(tx, command))

    return show
