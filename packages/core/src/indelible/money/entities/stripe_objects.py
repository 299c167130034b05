"""Stripe's objects as money reads them: frozen values without a type of Stripe's library.

Amounts are whole minor units. Currencies are in upper case, as ours are. Times are instants.
"""

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen


@frozen(kw_only=True)
class Intent:
    """A payment intent. `client_secret` is a secret, which is handed to the payer.

    It is stored nowhere except in the raw bytes of Stripe's events, which only operators can read.
    """

    id: str
    status: str
    amount_minor: int
    amount_received_minor: int
    currency: str
    created: datetime
    livemode: bool
    client_secret: str | None = field(default=None, repr=False)
    charge_id: str | None = None  # Stripe's charge, `ch_...`
    failure_code: str | None = None
    metadata: Mapping[str, str] = field(factory=dict[str, str])


@frozen(kw_only=True)
class Session:
    """A checkout session with the address of its page."""

    id: str
    url: str | None
    status: str | None
    payment_intent: str | None
    expires_at: datetime
    metadata: Mapping[str, str] = field(factory=dict[str, str])


@frozen(kw_only=True)
class ChargeObject:
    """A charge of Stripe: one payment of an intent."""

    id: str
    status: str
    payment_intent: str | None
    amount_minor: int
    amount_refunded_minor: int
    currency: str
    created: datetime
    disputed: bool
    balance_transaction: str | None = None
    metadata: Mapping[str, str] = field(factory=dict[str, str])


@frozen(kw_only=True)
class RefundObject:
    """A refund of Stripe."""

    id: str
    status: str
    payment_intent: str | None
    charge: str | None
    amount_minor: int
    currency: str
    created: datetime
    failure_code: str | None = None
    metadata: Mapping[str, str] = field(factory=dict[str, str])


@frozen(kw_only=True)
class DisputeObject:
    """A dispute of Stripe. `fee_minor` is the fee of its withdrawal, None before it."""

    id: str
    status: str
    payment_intent: str | None
    charge: str
    amount_minor: int
    currency: str
    reason: str
    created: datetime
    evidence_due_by: datetime | None = None
    fee_minor: int | None = None


@frozen(kw_only=True)
class TransferObject:
    """A transfer of Stripe."""

    id: str
    amount_minor: int
    amount_reversed_minor: int
    currency: str
    destination: str
    transfer_group: str | None
    created: datetime
    metadata: Mapping[str, str] = field(factory=dict[str, str])

    @property
    def is_taken_back(self) -> bool:
        """Return True if reversals have returned all of its money."""
        return self.amount_reversed_minor >= self.amount_minor


@frozen(kw_only=True)
class ReversalObject:
    """A reversal of a transfer at Stripe, whole or in part."""

    id: str
    transfer: str
    amount_minor: int
    currency: str
    created: datetime
    metadata: Mapping[str, str] = field(factory=dict[str, str])


@frozen(kw_only=True)
class AccountObject:
    """A connected account of a payee. Stripe still checks it if its transfers are pending."""

    id: str
    transfers_active: bool
    payouts_enabled: bool
    requirements_due: tuple[str, ...] = ()
    disabled_reason: str | None = None
    transfers_pending: bool = False
    metadata: Mapping[str, str] = field(factory=dict[str, str])


@frozen(kw_only=True)
class AccountLink:
    """The address of Stripe's onboarding pages for an account."""

    url: str
    expires_at: datetime


@frozen(kw_only=True)
class BalanceAmount:
    """The balance of our account at Stripe in one currency."""

    currency: str
    available_minor: int
    pending_minor: int

    @property
    def total_minor(self) -> int:
        """Return what is available and what is still pending."""
        return self.available_minor + self.pending_minor


@frozen(kw_only=True)
class BalanceTransaction:
    """One change of our balance at Stripe; `net_minor` is `amount_minor` without `fee_minor`."""

    id: str
    type: str
    amount_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    created: datetime
    source: str | None = None  # the charge, refund, dispute or transfer


@frozen(kw_only=True)
class EventObject:
    """An event of Stripe's list, with the bytes that a backfill stores."""

    id: str
    type: str
    created: datetime
    livemode: bool
    api_version: str | None
    object_id: str
    account: str | None
    body: bytes = field(repr=False)
