"""Observers of payments: what a host counts and measures; none of it decides anything."""

from typing import Protocol


class PaymentObserver(Protocol):
    """Receives what happens to payments in this process."""

    def event_processed(self, event_type: str, outcome: str, latency_seconds: float) -> None:
        """Count an attempt to process an event; the latency is the time since it was stored."""
        ...

    def event_buried(self, event_type: str, code: str) -> None:
        """Count a dead letter."""
        ...

    def payment_quarantined(self) -> None:
        """Count a payment whose money is kept apart: it has another amount or currency."""
        ...

    def refund_failed(self, code: str) -> None:
        """Count a refund that Stripe could not make."""
        ...

    def charge_expired(self) -> None:
        """Count a charge that was not paid in time."""
        ...


class SilentPaymentObserver:
    """Counts nothing."""

    def event_processed(self, event_type: str, outcome: str, latency_seconds: float) -> None:
        """Do nothing."""

    def event_buried(self, event_type: str, code: str) -> None:
        """Do nothing."""

    def payment_quarantined(self) -> None:
        """Do nothing."""

    def refund_failed(self, code: str) -> None:
        """Do nothing."""

    def charge_expired(self) -> None:
        """Do nothing."""
