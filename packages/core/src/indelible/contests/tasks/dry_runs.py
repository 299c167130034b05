"""Compute a settlement without storing it, also with another configuration."""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from indelible.contests.repositories.transactions import ContestsRead
from indelible.contests.rules.configuration.values import Configuration
from indelible.contests.rules.settlement import (
    SettledEntry,
    Settlement,
    SettlementInput,
    result_document,
    settle,
)
from indelible.contests.tasks.settlement_inputs import read_settlement
from indelible.contests.tasks.states import ContestStore


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

    @classmethod
    def of(cls, settlement: Settlement) -> "DryRun":
        """Return a settlement that nothing stores."""
        return cls(
            contest_id=settlement.contest_id,
            configuration_digest=settlement.configuration_digest,
            event_number=settlement.event_number,
            events_digest=settlement.events_digest,
            official_rounds=settlement.official_rounds,
            eligibility_digest=settlement.eligibility_digest,
            result_digest=settlement.result_digest,
            result=result_document(settlement),
        )


@frozen(kw_only=True)
class LineDifference:
    """An entry whose line differs between two settlements; None where it has no line."""

    entry_id: str
    rank: int | None = None
    other_rank: int | None = None
    score: int | None = None
    other_score: int | None = None
    payout_minor: int | None = None
    other_payout_minor: int | None = None


@frozen(kw_only=True)
class DryRunComparison:
    """A settlement with the contest's own configuration, and one with another."""

    run: DryRun
    other: DryRun | None
    differences: tuple[LineDifference, ...]

    @property
    def is_equal(self) -> bool:
        """Return True if no line differs."""
        return not self.differences


@frozen(kw_only=True)
class DrySettlements:
    """A settlement with the contest's own configuration, and one with another; not stored."""

    own: Settlement
    other: Settlement | None


def dry_run_settlement(
    store: ContestStore, contest_id: str, configuration: Configuration | None = None
) -> DryRunComparison:
    """Settle a contest without storing anything.

    With a configuration, settle it a second time with that one and list the lines that differ.

    Raises: ContestNotFound, LeaderboardNotKnown, RoundsNotOfficial, SettlementFailed.
    """
    settled = settle_dry(store, contest_id, configuration)
    own, other = settled.own, settled.other
    if other is None:
        return DryRunComparison(run=DryRun.of(own), other=None, differences=())

    return DryRunComparison(
        run=DryRun.of(own), other=DryRun.of(other), differences=differences_of(own, other)
    )


def settle_dry(
    store: ContestStore, contest_id: str, configuration: Configuration | None
) -> DrySettlements:
    """Compute the settlement of a contest, and a second one if a configuration is given.

    One read returns the input of both, so that only the configuration can make a difference. They
    are computed after it, with no transaction open.

    Raises: ContestNotFound, LeaderboardNotKnown, RoundsNotOfficial, SettlementFailed.
    """
    own_input, other_input = store.read(_read_inputs, contest_id, configuration)
    own = settle(own_input)
    if other_input is None:
        return DrySettlements(own=own, other=None)

    return DrySettlements(own=own, other=settle(other_input))


def _read_inputs(
    tx: ContestsRead, contest_id: str, configuration: Configuration | None
) -> tuple[SettlementInput, SettlementInput | None]:
    """Return the input of a settlement, and that with the configuration if one is given."""
    own = read_settlement(tx, contest_id).input
    if configuration is None:
        return own, None

    return own, read_settlement(tx, contest_id, configuration).input


def differences_of(own: Settlement, other: Settlement) -> tuple[LineDifference, ...]:
    """Return the entries whose lines differ, in the order of their ids."""
    own_lines = {line.entry_id: line for line in own.lines}
    other_lines = {line.entry_id: line for line in other.lines}
    differences: list[LineDifference] = []
    for entry_id in sorted(own_lines.keys() | other_lines.keys()):
        own_line = own_lines.get(entry_id)
        other_line = other_lines.get(entry_id)
        if _result_of(own_line) != _result_of(other_line):
            differences.append(_difference(entry_id, own_line, other_line))

    return tuple(differences)


def _result_of(line: SettledEntry | None) -> tuple[int | None, int | None, int | None]:
    if line is None:
        return None, None, None

    return line.rank, line.score, line.payout_minor


def _difference(
    entry_id: str, own: SettledEntry | None, other: SettledEntry | None
) -> LineDifference:
    rank, score, payout_minor = _result_of(own)
    other_rank, other_score, other_payout_minor = _result_of(other)
    return LineDifference(
        entry_id=entry_id,
        rank=rank,
        other_rank=other_rank,
        score=score,
        other_score=other_score,
        payout_minor=payout_minor,
        other_payout_minor=other_payout_minor,
    )
