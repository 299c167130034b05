"""The errors that stop a settlement, and the error of a roster that breaks rules."""

from enum import StrEnum
from typing import ClassVar, Final

from attrs import frozen

from indelible.kernel.errors import Conflict, Invalid

MAX_LISTED: Final = 10


class SettlementFailed(Conflict):
    """The stored records do not allow a settlement; nothing of it is paid."""


@frozen
class MissingScore(SettlementFailed):
    """Players have finished the tournament without a score in every official round."""

    message: ClassVar[str] = (
        "The settlement fails: {count} official rounds of finished players have no score, the"
        " first ones as player/round: {rounds}."
    )
    count: int
    rounds: tuple[str, ...]


@frozen
class RoundWithoutScore(SettlementFailed):
    """A policy needs the worst score of a round that nobody has completed."""

    message: ClassVar[str] = (
        "The settlement fails: no player has completed official round {round_number}, whose worst"
        " score the policy of player {player_id} needs."
    )
    round_number: int
    player_id: str


@frozen
class CourseUnknown(SettlementFailed):
    """A complete round was played on a course without a configured par."""

    message: ClassVar[str] = (
        "The settlement fails: round {round_number} of player {player_id} was played on course"
        " {course_id}; the configuration has the par of {courses}."
    )
    player_id: str
    round_number: int
    course_id: str | None
    courses: tuple[str, ...]


@frozen
class OfficialRoundsWrong(SettlementFailed):
    """The number of official rounds contradicts the configuration."""

    message: ClassVar[str] = (
        "The settlement fails: {official_rounds} rounds are official; expected {minimum} to"
        " {maximum}."
    )
    official_rounds: int
    minimum: int
    maximum: int


@frozen
class EntryTwice(SettlementFailed):
    """An entry was read twice."""

    message: ClassVar[str] = "The settlement fails: entry {entry_id} was read twice, expected once."
    entry_id: str


@frozen
class PayoutSumWrong(SettlementFailed):
    """The parts of a pool do not add up to it."""

    message: ClassVar[str] = (
        "The settlement fails: its parts add up to {actual_minor} minor units; expected"
        " {expected_minor}."
    )
    expected_minor: int
    actual_minor: int


class RosterCode(StrEnum):
    """The codes of a roster's violations."""

    ROSTER_SIZE_MISMATCH = "ROSTER_SIZE_MISMATCH"
    ROSTER_DUPLICATE_PLAYER = "ROSTER_DUPLICATE_PLAYER"
    ROSTER_PLAYER_NOT_IN_FIELD = "ROSTER_PLAYER_NOT_IN_FIELD"
    ROSTER_TIER_MISMATCH = "ROSTER_TIER_MISMATCH"


@frozen
class RosterViolation:
    """A rule that a roster breaks: its code, the subject, and both values as texts."""

    code: RosterCode
    subject: str
    expected: str
    actual: str

    def document(self) -> dict[str, str]:
        """Return the violation as a JSON object."""
        return {
            "code": self.code.value,
            "subject": self.subject,
            "expected": self.expected,
            "actual": self.actual,
        }


@frozen
class RosterInvalid(Invalid):
    """A roster that breaks rules; nothing of it is stored."""

    message: ClassVar[str] = "The roster breaks {count} rules: {codes}."
    violations: tuple[RosterViolation, ...]
    count: int
    codes: tuple[str, ...]

    @classmethod
    def of(cls, violations: tuple[RosterViolation, ...]) -> "RosterInvalid":
        """Return the error about these violations."""
        codes = dict.fromkeys(violation.code.value for violation in violations)
        return cls(violations, len(violations), tuple(codes))
