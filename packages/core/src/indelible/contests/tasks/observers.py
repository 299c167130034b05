"""Observers of contests: what a host counts and measures; none of it decides anything."""

from collections.abc import Mapping
from typing import Final, Protocol

from attrs import field, frozen

from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.alerts import AlertCode

# What keeps a contest from its settlement until the provider or an operator acts.
HOLDS: Final = (
    AlertCode.LIVE_PAST_END,
    AlertCode.TERMINAL_SIGNAL_INCONSISTENT,
    AlertCode.TIMESTAMP_CONFLICT,
)


@frozen(kw_only=True)
class ContestReport:
    """The state of all contests at one look of the reconciler.

    `overdue_seconds` is by transition the time for which the most overdue contest waits.
    `lag_seconds` is the time since the last successful fetch of the feed that is furthest behind.
    `holds` counts the locked and live contests by what keeps them from their settlement (`HOLDS`).
    """

    states: Mapping[ContestStatus, int] = field(factory=dict[ContestStatus, int])
    overdue_seconds: Mapping[str, float] = field(factory=dict[str, float])
    lag_seconds: float = 0.0
    holds: Mapping[AlertCode, int] = field(factory=dict[AlertCode, int])


class ContestObserver(Protocol):
    """Receives what happens to contests in this process."""

    def fetched(self, outcome: str, lag_seconds: float) -> None:
        """Count a fetch by its outcome; the lag is the time since the last successful one."""
        ...

    def event_stored(self, status: str, code: str) -> None:
        """Count an event by its validity and its first code, '' for an event without a fault."""
        ...

    def event_rejected(self, code: str) -> None:
        """Count a fault of an event that was refused."""
        ...

    def scored(self, seconds: float) -> None:
        """Measure how long it took to assess a payload and to fold its events."""
        ...

    def settlement_computed(self, seconds: float) -> None:
        """Measure how long it took to compute a settlement."""
        ...

    def settled(self, status: str) -> None:
        """Count a settlement run that ended with this status."""
        ...

    def replayed(self, *, is_equal: bool) -> None:
        """Count a replay of a log, by whether it led to the state that the log's head has."""
        ...

    def transition_failed(self, action: str, code: str) -> None:
        """Count a contest that was brought to ERROR."""
        ...

    def reconciled(self, report: ContestReport) -> None:
        """Show the state of all contests."""
        ...


class SilentContestObserver:
    """Counts nothing."""

    def fetched(self, outcome: str, lag_seconds: float) -> None:
        """Do nothing."""

    def event_stored(self, status: str, code: str) -> None:
        """Do nothing."""

    def event_rejected(self, code: str) -> None:
        """Do nothing."""

    def scored(self, seconds: float) -> None:
        """Do nothing."""

    def settlement_computed(self, seconds: float) -> None:
        """Do nothing."""

    def settled(self, status: str) -> None:
        """Do nothing."""

    def replayed(self, *, is_equal: bool) -> None:
        """Do nothing."""

    def transition_failed(self, action: str, code: str) -> None:
        """Do nothing."""

    def reconciled(self, report: ContestReport) -> None:
        """Do nothing."""
