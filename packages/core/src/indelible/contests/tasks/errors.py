"""The errors of settlements that are computed, and of replays."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict


@frozen
class LeaderboardNotKnown(Conflict):
    """A settlement of a contest without a field or without a leaderboard."""

    message: ClassVar[str] = (
        "Contest {contest_id} cannot be settled: it has no valid field or no valid leaderboard."
    )
    contest_id: str


@frozen
class RoundsNotOfficial(Conflict):
    """A settlement of a contest whose tournament goes on."""

    message: ClassVar[str] = (
        "Contest {contest_id} cannot be settled: after event {event_number} not every player has "
        "ended the tournament."
    )
    contest_id: str
    event_number: int


@frozen
class ReplayMismatch(Conflict):
    """A replay of a contest's log that led to another state than the stored one."""

    message: ClassVar[str] = (
        "The replay of contest {contest_id} up to event {event_number} has digest "
        "{replayed_digest}; expected {stored_digest}: {problem}."
    )
    contest_id: str
    event_number: int
    replayed_digest: str
    stored_digest: str
    problem: str
