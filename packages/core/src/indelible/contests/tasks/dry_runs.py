"""Compute a settlement without storing it, also with another configuration."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from indelible.contests.ports import ContestsRead
from indelible.contests.rules.configuration import parse_configuration
from indelible.contests.rules.settlement import Settlement, result_document, settle
from indelible.contests.tasks.settlement_inputs import read_settlement


@frozen(kw_only=True)
class DryRun:
    """A computed settlement, and what it was computed from."""

    contest_id: str
    configuration_digest: str
    event_number: int
    events_digest: str
    official_rounds: int
    eligibility_digest: str
    result_digest: str
    result: Mapping[str, Any]


@frozen(kw_only=True)
class LineDifference:
    """An entry whose result differs between two settlements; None where it has no line."""

    entry_id: str
    rank: int | None
    other_rank: int | None
    score: int | None
    other_score: int | None
    payout_minor: int | None
    other_payout_minor: int | None


@frozen(kw_only=True)
class DryRunComparison:
    """A settlement with the contest's configuration, and one with another."""

    run: DryRun
    other: DryRun | None
    differences: tuple[LineDifference, ...]

    @property
    def is_equal(self) -> bool:
        """Return True if no line differs."""
        return not self.differences
