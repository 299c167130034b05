"""The answers of the operator's routes of money."""

from datetime import datetime

from attrs import frozen

from indelible.kernel.webhooks import WebhookRejection
from indelible.money import (
    EventOrigin,
    InboxStatus,
    MovementKind,
    Side,
    SwitchStatus,
)
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.events import StripeEventAttempt
from indelible.money.entities.ledger import Account, Posting
from indelible.money.entities.lines import BalanceSum
from indelible.money.entities.reconciliations import Discrepancy, Reconciliation
from indelible.money.entities.refunds import Refund
from indelible_web.http.views import fields_of
from indelible_web.money.schemas import PaymentView


@frozen(kw_only=True, field_transformer=fields_of(BalanceSum))
class BalanceView:
    """The sum of the balances of all accounts of a kind in one currency."""


@frozen(kw_only=True)
class IdentityView:
    """Assets and expenses minus liabilities and income of a currency: 0 in sound books."""

    currency: str
    identity_minor: int


@frozen(kw_only=True)
class BalancesView:
    """The balances by kind and currency, and the identity of each currency."""

    items: tuple[BalanceView, ...]
    identities: tuple[IdentityView, ...]
    is_balanced: bool


@frozen(
    kw_only=True,
    field_transformer=fields_of(
        Account, leave_out=("status", "debited_minor", "credited_minor", "created_at")
    ),
)
class AccountView:
    """An account of the ledger with its balance."""


@frozen(kw_only=True)
class AccountLineView:
    """A posting of an account with its cause, the movement and what proves it."""

    movement_id: str
    number: int
    side: Side
    other_account_id: str
    amount_minor: int
    currency: str
    party: str | None
    kind: MovementKind
    key: str
    source: str
    reference: str | None
    occurred_at: datetime
    posted_at: datetime


@frozen(kw_only=True)
class MovementView:
    """A movement of money. `reversed_by` is the movement that mirrors it."""

    id: str
    kind: MovementKind
    key: str
    fact_key: str | None
    reference: str | None
    currency: str
    total_minor: int
    posting_count: int
    reverses: str | None
    reversal_proposed_by: str | None
    reversed_by: str | None
    source: str
    occurred_at: datetime
    created_at: datetime
    seq: int


@frozen(kw_only=True, field_transformer=fields_of(Posting))
class PostingView:
    """A posting of a movement."""

    number: int


@frozen(
    kw_only=True,
    field_transformer=fields_of(
        Refund, first=("id", "charge_id", "number"), leave_out=("generation", "attempt_number")
    ),
)
class RefundView:
    """A refund of a charge."""

    seq: int


@frozen(kw_only=True)
class ChargeView(PaymentView):
    """A charge of any party."""

    party: str
    received_currency: str | None


@frozen(kw_only=True, field_transformer=fields_of(Dispute, first=("id", "charge_id")))
class DisputeView:
    """A dispute of a charge, with the time until which evidence is due."""

    seq: int


@frozen(kw_only=True)
class InboxEventView:
    """A received event of Stripe."""

    id: str
    status: InboxStatus
    event_type: str
    api_version: str | None
    livemode: bool
    created: datetime
    object_id: str
    account: str | None
    origin: EventOrigin
    payload_digest: str
    attempt_number: int
    last_code: str | None
    created_at: datetime
    updated_at: datetime
    seq: int


@frozen(kw_only=True, field_transformer=fields_of(StripeEventAttempt, leave_out=("event_id",)))
class InboxAttemptView:
    """An attempt to process an event."""


@frozen(kw_only=True)
class InboxDetailView:
    """A received event with its newest attempts, newest first."""

    event: InboxEventView
    attempts: tuple[InboxAttemptView, ...]


@frozen(kw_only=True)
class BackfillView:
    """The events that were missing and are stored now.

    `refused_count` is the number of missing events that are not stored: they cannot be read, or
    belong to another mode, account or version. `refused` names the first of them. `left` is the
    number of missing events that further backfills store.
    """

    stored: tuple[str, ...]
    refused: tuple[str, ...]
    refused_count: int
    left: int


@frozen(kw_only=True, field_transformer=fields_of(WebhookRejection, leave_out=("hash",)))
class WebhookRejectionView:
    """A refused request of a webhook; nothing of its body is stored but digest and size."""

    id: str


@frozen(
    kw_only=True,
    field_transformer=fields_of(
        Reconciliation,
        first=("id", "scope", "status", "started_at", "finished_at"),
        leave_out=("created_at", "updated_at"),
    ),
)
class ReconciliationView:
    """A comparison of the books with Stripe; a discrepancy halts new payments and transfers."""

    seq: int


@frozen(kw_only=True)
class RequestedTaskView:
    """A task that a worker performs now."""

    stage: str
    entity_id: str


@frozen(kw_only=True, field_transformer=fields_of(Discrepancy))
class DiscrepancyView:
    """A difference that a rule has found."""

    number: int
    subject: str


@frozen(kw_only=True)
class SwitchView:
    """The switch of payments; `is_halted` is True if new payments and transfers are refused."""

    status: SwitchStatus
    is_halted: bool
    reason_code: str | None
    halted_at: datetime | None
