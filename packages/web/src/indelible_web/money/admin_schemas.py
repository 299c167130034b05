"""The answers of the operator's routes of money."""

from datetime import datetime

from attrs import frozen

from indelible.money import (
    AccountKind,
    DisputeStatus,
    EventOrigin,
    EventOutcome,
    InboxStatus,
    MovementKind,
    ReconciliationRule,
    ReconciliationScope,
    ReconciliationStatus,
    RefundReason,
    RefundStatus,
    Remedy,
    Side,
    SwitchStatus,
)
from indelible_web.money.schemas import PaymentView


@frozen(kw_only=True)
class BalanceView:
    """The sum of the balances of all accounts of a kind in one currency."""

    kind: AccountKind
    currency: str
    accounts: int
    balance_minor: int


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


@frozen(kw_only=True)
class AccountView:
    """An account of the ledger with its balance."""

    id: str
    kind: AccountKind
    reference: str | None
    currency: str
    balance_minor: int
    last_movement_id: str | None
    updated_at: datetime


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


@frozen(kw_only=True)
class PostingView:
    """A posting of a movement."""

    number: int
    debit_account_id: str
    credit_account_id: str
    amount_minor: int
    party: str | None
    owed_movement_id: str | None
    owed_number: int | None
    reversed_movement_id: str | None
    reversed_number: int | None
    reversal_ref: str | None


@frozen(kw_only=True)
class RefundView:
    """A refund of a charge."""

    id: str
    charge_id: str
    number: int
    status: RefundStatus
    amount_minor: int
    currency: str
    reason_code: RefundReason
    covered: bool
    stripe_refund_id: str | None
    failure_code: str | None
    created_at: datetime
    updated_at: datetime
    seq: int


@frozen(kw_only=True)
class ChargeView(PaymentView):
    """A charge of any party."""

    party: str
    received_currency: str | None


@frozen(kw_only=True)
class DisputeView:
    """A dispute of a charge, with the time until which evidence is due."""

    id: str
    charge_id: str
    status: DisputeStatus
    amount_minor: int
    currency: str
    fee_minor: int | None
    reason_code: str
    evidence_due_by: datetime | None
    withdrawn_at: datetime | None
    reinstated_at: datetime | None
    covered: bool
    closed_at: datetime | None
    created_at: datetime
    updated_at: datetime
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


@frozen(kw_only=True)
class InboxAttemptView:
    """An attempt to process an event."""

    number: int
    outcome: EventOutcome
    code: str | None
    message: str | None
    at: datetime


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


@frozen(kw_only=True)
class WebhookRejectionView:
    """A refused request of a webhook; nothing of its body is stored but digest and size."""

    id: str
    endpoint: str
    code: str
    body_digest: str
    body_size: int
    at: datetime
    request_id: str | None


@frozen(kw_only=True)
class ReconciliationView:
    """A comparison of the books with Stripe; a discrepancy halts new payments and transfers."""

    id: str
    scope: ReconciliationScope
    status: ReconciliationStatus
    started_at: datetime
    finished_at: datetime | None
    checked: tuple[str, ...]
    discrepancy_count: int | None
    error_code: str | None
    error_message: str | None
    seq: int


@frozen(kw_only=True)
class RequestedTaskView:
    """A task that a worker performs now."""

    stage: str
    entity_id: str


@frozen(kw_only=True)
class DiscrepancyView:
    """A difference that a rule has found."""

    number: int
    rule: ReconciliationRule
    subject: str
    currency: str | None
    expected: str
    actual: str
    difference_minor: int | None
    remedy: Remedy | None


@frozen(kw_only=True)
class SwitchView:
    """The switch of payments; `is_halted` is True if new payments and transfers are refused."""

    status: SwitchStatus
    is_halted: bool
    reason_code: str | None
    halted_at: datetime | None
