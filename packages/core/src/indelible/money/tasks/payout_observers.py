"""Observers of payouts and reconciliations: what a host counts; none of it decides anything."""

from collections.abc import Mapping
from typing import Protocol

from indelible.money.lifecycle.payouts import TransferStatus


class PayoutObserver(Protocol):
    """Receives what happens to payouts in this process."""

    def transfer_attempted(self, outcome: str) -> None:
        """Count an attempt by its class: sent, found, retry, unknown, park or fail."""
        ...

    def transfers_counted(
        self, states: Mapping[TransferStatus, int], oldest_seconds: float
    ) -> None:
        """Show the transfers by state, and for how long the oldest one that is open waits."""
        ...

    def reconciled(self, status: str, differences_minor: Mapping[str, int]) -> None:
        """Count a reconciliation by its result, with the sum of the differences by currency."""
        ...


class SilentPayoutObserver:
    """Counts nothing."""

    def transfer_attempted(self, outcome: str) -> None:
        """Do nothing."""

    def transfers_counted(
        self, states: Mapping[TransferStatus, int], oldest_seconds: float
    ) -> None:
        """Do nothing."""

    def reconciled(self, status: str, differences_minor: Mapping[str, int]) -> None:
        """Do nothing."""
