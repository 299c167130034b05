"""The answers of the routes of payers."""

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from indelible.money import ChargeStatus, LedgerLine, MovementKind, OutcomeCode, PayeeStatus

STRIPE_BALANCE = "stripe_balance:"


class StatementDirection(StrEnum):
    """The direction of a posting for its party.

    PAID_IN is money that the party has paid, PAID_OUT is money that it has received. BOOKED moves
    no money at Stripe, such as a prize that is owed.
    """

    PAID_IN = "PAID_IN"
    PAID_OUT = "PAID_OUT"
    BOOKED = "BOOKED"


class AccountState(StrEnum):
    """The state of a payee's account at Stripe.

    RESTRICTED needs something from the payee, PENDING is being checked by Stripe, ACTIVE receives
    transfers.
    """

    RESTRICTED = "RESTRICTED"
    PENDING = "PENDING"
    ACTIVE = "ACTIVE"


@frozen(kw_only=True)
class IntentView:
    """A payment intent of Stripe. `client_secret` is for the payer's browser.

    It is stored nowhere except in the raw bytes of Stripe's events, which only operators can read.
    """

    charge_id: str
    item: str
    intent_id: str
    client_secret: str | None = field(repr=False)
    amount_minor: int
    currency: str
    expires_at: datetime


@frozen(kw_only=True)
class CheckoutView:
    """A checkout session of Stripe. `url` is its page, null once the session has ended."""

    charge_id: str
    item: str
    session_id: str
    url: str | None
    amount_minor: int
    currency: str
    expires_at: datetime


@frozen(kw_only=True)
class PaymentView:
    """A charge of the caller with all that is known about its payment."""

    id: str
    reference: str
    item: str
    status: ChargeStatus
    amount_minor: int
    currency: str
    expires_at: datetime
    intent_id: str | None
    session_id: str | None
    failure_code: str | None
    outcome_code: OutcomeCode | None
    received_minor: int | None
    refunded_minor: int
    paid_at: datetime | None
    created_at: datetime
    updated_at: datetime
    seq: int


@frozen(kw_only=True)
class StatementLine:
    """A posting that names the caller, with the movement that is its cause."""

    movement_id: str
    number: int
    kind: MovementKind
    direction: StatementDirection
    reference: str | None
    amount_minor: int
    currency: str
    occurred_at: datetime


@frozen(kw_only=True)
class OwnPayeeView:
    """The caller as a payee. `has_own_account` is False for an account that an operator has set."""

    id: str
    status: PayeeStatus
    has_own_account: bool
    created_at: datetime
    updated_at: datetime


@frozen(kw_only=True)
class OwnAccountView(OwnPayeeView):
    """The caller as a payee, with its account as Stripe has it now."""

    account_state: AccountState | None
    requirements_due: tuple[str, ...]
    disabled_reason: str | None


@frozen(kw_only=True)
class OwnOnboardingView:
    """The caller as a payee, and the address of Stripe's onboarding pages for its account."""

    payee: OwnPayeeView
    url: str
    expires_at: datetime


def statement_line(line: LedgerLine) -> StatementLine:
    """Return a posting as its party sees it."""
    return StatementLine(
        movement_id=line.movement.id,
        number=line.posting.number,
        kind=line.movement.kind,
        direction=_direction_of(line),
        reference=line.movement.reference,
        amount_minor=line.posting.amount_minor,
        currency=line.movement.currency,
        occurred_at=line.movement.occurred_at,
    )


def _direction_of(line: LedgerLine) -> StatementDirection:
    if line.posting.debit_account_id.startswith(STRIPE_BALANCE):
        return StatementDirection.PAID_IN
    if line.posting.credit_account_id.startswith(STRIPE_BALANCE):
        return StatementDirection.PAID_OUT
    return StatementDirection.BOOKED
