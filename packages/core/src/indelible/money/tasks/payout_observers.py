"""Observers of payouts and reconciliations: what a host counts; none of it decides anything."""

from collections.abc import Mapping
from typing import Protocol

from attrs import field, frozen

from indelible.money.entities.values import ReconciliationRule
from indelible.money.errors.gateway import ParkReason
from indelible.money.lifecycle.payouts import TransferStatus


@frozen(kw_only=True)
class PayoutReport:
    """The state of all payouts at one look of the sweep.

    `oldest_seconds` is by state the time for which the oldest open transfer has not changed.
    `parked` counts the transfers that wait without an attempt, by their reason; None stands for an
    operator's. `unplanned` counts the settlements that had no payout job.
    """

    states: Mapping[TransferStatus, int] = field(factory=dict[TransferStatus, int])
    oldest_seconds: Mapping[TransferStatus, float] = field(factory=dict[TransferStatus, float])
    parked: Mapping[ParkReason | None, int] = field(factory=dict[ParkReason | None, int])
    unplanned: int = 0


class PayoutObserver(Protocol):
    """Receives what happens to payouts in this process."""

    def transfer_attempted(self, outcome: str) -> None:
        """Count an attempt by its class: sent, found, retry, unknown, park or fail."""
        ...

    def payouts_swept(self, report: PayoutReport) -> None:
        """Show the state of all payouts."""
        ...

    def reconciled(
        self,
        status: str,
        differences_minor: Mapping[str, int],
        findings: Mapping[ReconciliationRule, int],
    ) -> None:
        """Count a reconciliation by its result.

        Show the sum of its differences by currency, and the number of differences that each of the
        rules has found that were checked.
        """
        ...


class SilentPayoutObserver:
    """Counts nothing."""

    def transfer_attempted(self, outcome: str) -> None:
        """Do nothing."""

    def payouts_swept(self, report: PayoutReport) -> None:
        """Do nothing."""

    def reconciled(
        self,
        status: str,
        differences_minor: Mapping[str, int],
        findings: Mapping[ReconciliationRule, int],
    ) -> None:
        """Do nothing."""
