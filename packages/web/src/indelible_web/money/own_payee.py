"""The routes of a payee: register, open an account at Stripe, and follow it.

Whoever wins enrolls alone, with a key of their own. An account that an operator has set is not the
payee's own: the payee opens another one, which replaces it.
"""

from typing import Final

from attrs import frozen

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Head, IdempotencyKeyConflict, InvalidTransition
from indelible.money import PAYEE, AttachDestination, Payee, RegisterPayee
from indelible.money.entities.stripe_objects import AccountObject
from indelible.money.errors.gateway import GatewayOutage, GatewayRejected
from indelible.money.errors.payments import PaymentsNotConfigured
from indelible.money.errors.payouts import DestinationTaken, PayeeNotFound
from indelible.money.handlers.payees import attach_own_destination, register_payee
from indelible.money.tasks.refreshing import PayeeRefresher, read_account
from indelible_web.http.operation import OperationContext
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.money.errors import AccountReplaced, AddressInvalid
from indelible_web.money.queries import OwnOnboarding, OwnPayee
from indelible_web.money.routes import WRITE
from indelible_web.money.schemas import (
    AccountState,
    OwnAccountView,
    OwnOnboardingView,
    OwnPayeeView,
)
from indelible_web.money.starting import create_account, require_gateway, stripe_errors

routes: Final = Routes("payees", "The caller as a payee, who receives payouts.")


@frozen(kw_only=True)
class AccountReceipt:
    """The receipt of an onboarding: the account, without the address of Stripe's pages."""

    account_id: str


@routes.add(
    "POST /payees/me",
    WRITE,
    request_type=OwnPayee,
    response_type=OwnPayeeView,
    requires_idempotency_key=True,
    errors=(IdempotencyKeyConflict,),
)
def register_own_payee(context: OperationContext, own: OwnPayee) -> OwnPayeeView:
    """Register the caller as a payee; a registered one stays as it is."""

    def register(tx: WriteTx, command: RegisterPayee) -> OwnPayeeView:
        return _view_of(register_payee(tx, command).entity)

    return context.run(register, RegisterPayee(party=own.user_id))


@routes.add(
    "POST /payees/me/onboard",
    WRITE,
    request_type=OwnOnboarding,
    response_type=OwnOnboardingView,
    requires_idempotency_key=True,
    errors=(
        AccountReplaced,
        AddressInvalid,
        DestinationTaken,
        GatewayOutage,
        GatewayRejected,
        IdempotencyKeyConflict,
        InvalidTransition,
        PaymentsNotConfigured,
    ),
)
def onboard_own_payee(context: OperationContext, onboarding: OwnOnboarding) -> OwnOnboardingView:
    """Return the address of Stripe's onboarding pages for the caller's own account.

    The first request registers the caller and creates the account, which replaces one that an
    operator has set. The address works once and expires: each request returns a new one.
    """
    gateway = require_gateway(context)
    party = onboarding.user_id
    payee = context.store.read(_attachable_payee, party)
    if payee is not None and payee.entity.has_own_destination:
        destination = str(payee.entity.destination)
    else:
        key = _account_key(onboarding, payee)
        destination = create_account(gateway, key, party=party, country=onboarding.country)

    def attach(tx: WriteTx, _: OwnOnboarding) -> AccountReceipt:
        command = AttachDestination(party=party, destination=destination)
        saved = attach_own_destination(tx, command)
        return AccountReceipt(account_id=str(saved.entity.destination))

    receipt = context.showing(AccountReceipt).run(attach, onboarding)
    if context.store.read(_payee, party).destination != receipt.account_id:
        raise AccountReplaced(party)

    refresher = PayeeRefresher(store=context.store, gateway=gateway)
    refresher.refresh(party, actor=context.caller.actor, request_id=context.request_id)
    with stripe_errors():
        link = gateway.create_account_link(
            account_id=receipt.account_id,
            refresh_url=onboarding.refresh_url,
            return_url=onboarding.return_url,
        )

    current = context.store.read(_payee, party)
    return OwnOnboardingView(payee=_view_of(current), url=link.url, expires_at=link.expires_at)


@routes.add(
    "GET /payees/me",
    WRITE,
    request_type=OwnPayee,
    response_type=OwnAccountView,
    errors=(PayeeNotFound,),
)
def get_own_payee(context: OperationContext, own: OwnPayee) -> OwnAccountView:
    """Show the caller as a payee, and the account as Stripe has it now.

    The parts that Stripe knows are null and empty without an account, and while Stripe does not
    answer.
    """
    payee = context.store.read(_payee, own.user_id)
    gateway = context.app_context.stripe
    account: AccountObject | None = None
    if gateway is not None and payee.destination is not None:
        account = read_account(gateway, payee.destination)

    return project(
        OwnAccountView,
        payee,
        has_own_account=payee.has_own_destination,
        account_state=None if account is None else _state_of(account),
        requirements_due=() if account is None else account.requirements_due,
        disabled_reason=None if account is None else account.disabled_reason,
    )


def _attachable_payee(tx: ReadTx, party: str) -> Head[Payee] | None:
    """Return a payee that may get an account, None if the party is not registered.

    Raises:
        InvalidTransition: The payee is closed.
    """
    head = tx.money.payees.of_party(party)
    if head is not None:
        PAYEE.edge(head.entity.status, "attach")
    return head


def _payee(tx: ReadTx, party: str) -> Payee:
    """Return a payee.

    Raises:
        PayeeNotFound: The party was never registered.
    """
    return tx.money.payees.get(party).entity


def _account_key(onboarding: OwnOnboarding, payee: Head[Payee] | None) -> str:
    """Return the key under which Stripe creates a payee's own account once.

    The key changes with the country, because Stripe refuses a repeated key with other parameters,
    and with the payee's seq, because Stripe would return an account that was replaced.
    """
    seq = 0 if payee is None else payee.revision.seq
    return f"account:{onboarding.user_id}:own:{seq}:{onboarding.country}"


def _view_of(payee: Payee) -> OwnPayeeView:
    return project(OwnPayeeView, payee, has_own_account=payee.has_own_destination)


def _state_of(account: AccountObject) -> AccountState:
    if account.transfers_active:
        return AccountState.ACTIVE
    if account.transfers_pending:
        return AccountState.PENDING
    return AccountState.RESTRICTED
