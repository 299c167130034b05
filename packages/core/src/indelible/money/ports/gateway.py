"""The port to Stripe. Its methods have Stripe's verbs; no transaction is open while they run.

Every method raises GatewayOutage where a later call may succeed, GatewayRejected where none will,
GatewayParked where the payee or the balance has to change first, IdempotencyMismatch where Stripe
knows the key with other parameters, and GatewayObjectNotFound for an unknown id.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from indelible.money.entities.stripe_objects import (
    AccountLink,
    AccountObject,
    BalanceAmount,
    BalanceTransaction,
    ChargeObject,
    DisputeObject,
    EventObject,
    Intent,
    RefundObject,
    ReversalObject,
    Session,
    TransferObject,
)


class StripeGateway(Protocol):
    """The requests to Stripe that money makes."""

    def create_payment_intent(
        self,
        *,
        amount_minor: int,
        currency: str,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> Intent:
        """Create a payment intent and return it with its client secret."""
        ...

    def retrieve_payment_intent(self, intent_id: str) -> Intent:
        """Return a payment intent."""
        ...

    def cancel_payment_intent(self, intent_id: str, *, idempotency_key: str) -> Intent:
        """Cancel a payment intent and return it."""
        ...

    def list_payment_intents(self, *, since: datetime, until: datetime) -> Iterator[Intent]:
        """Yield the payment intents that were created within a time."""
        ...

    def create_checkout_session(
        self,
        *,
        amount_minor: int,
        currency: str,
        description: str,
        success_url: str,
        cancel_url: str,
        expires_at: datetime | None,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> Session:
        """Create a checkout session for one payment; its intent gets the same metadata."""
        ...

    def retrieve_checkout_session(self, session_id: str) -> Session:
        """Return a checkout session."""
        ...

    def expire_checkout_session(self, session_id: str, *, idempotency_key: str) -> Session:
        """Expire a checkout session, so that nobody can pay with it, and return it."""
        ...

    def retrieve_charge(self, charge_id: str) -> ChargeObject:
        """Return a charge of Stripe."""
        ...

    def list_charges(self, *, since: datetime, until: datetime) -> Iterator[ChargeObject]:
        """Yield the charges of Stripe that were created within a time."""
        ...

    def create_refund(
        self,
        *,
        intent_id: str,
        amount_minor: int,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> RefundObject:
        """Refund a part of a payment intent, or all of it."""
        ...

    def retrieve_refund(self, refund_id: str) -> RefundObject:
        """Return a refund."""
        ...

    def list_refunds(self, intent_id: str) -> Iterator[RefundObject]:
        """Yield the refunds of a payment intent."""
        ...

    def retrieve_dispute(self, dispute_id: str) -> DisputeObject:
        """Return a dispute."""
        ...

    def create_transfer(
        self,
        *,
        amount_minor: int,
        currency: str,
        destination: str,
        transfer_group: str,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> TransferObject:
        """Transfer money to a connected account."""
        ...

    def retrieve_transfer(self, transfer_id: str) -> TransferObject:
        """Return a transfer."""
        ...

    def list_transfers(self, transfer_group: str) -> Iterator[TransferObject]:
        """Yield the transfers of a group."""
        ...

    def create_reversal(
        self,
        *,
        transfer_id: str,
        amount_minor: int,
        metadata: Mapping[str, str],
        idempotency_key: str,
    ) -> ReversalObject:
        """Take a part of a transfer back, or all of it."""
        ...

    def list_reversals(self, transfer_id: str) -> Iterator[ReversalObject]:
        """Yield the reversals of a transfer."""
        ...

    def create_account(
        self, *, party: str, email: str | None, country: str, idempotency_key: str
    ) -> AccountObject:
        """Create a connected account that can receive transfers."""
        ...

    def retrieve_account(self, account_id: str) -> AccountObject:
        """Return a connected account."""
        ...

    def create_account_link(
        self, *, account_id: str, refresh_url: str, return_url: str
    ) -> AccountLink:
        """Return the address of the onboarding pages for an account."""
        ...

    def retrieve_balance(self) -> tuple[BalanceAmount, ...]:
        """Return our balance, one amount for each currency."""
        ...

    def list_balance_transactions(
        self, *, since: datetime, until: datetime | None = None
    ) -> Iterator[BalanceTransaction]:
        """Yield the changes of our balance within a time."""
        ...

    def retrieve_balance_transaction(self, transaction_id: str) -> BalanceTransaction:
        """Return one change of our balance."""
        ...

    def list_events(self, *, since: datetime, types: Sequence[str] = ()) -> Iterator[EventObject]:
        """Yield the events of some types since a time, or of all types."""
        ...

    def retrieve_event(self, event_id: str) -> EventObject:
        """Return an event."""
        ...
