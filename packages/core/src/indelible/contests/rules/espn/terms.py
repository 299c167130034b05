"""The provider's terms and what they mean. A term that is in no table is rejected."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from indelible.contests.rules.values import PlayerStatus, TournamentStatus


class Play(StrEnum):
    """The activity of a player in the tournament, or OUT."""

    WAITING = "WAITING"  # for the tee time of the round
    PLAYING = "PLAYING"
    ROUND_OVER = "ROUND_OVER"
    OUT = "OUT"

    @property
    def meaning(self) -> str:
        """Return what a player is doing, in words."""
        return PLAY_MEANINGS[self]


PLAY_MEANINGS: Final[Mapping[Play, str]] = {
    Play.WAITING: "waits for the tee time",
    Play.PLAYING: "plays a round",
    Play.ROUND_OVER: "has finished a round",
    Play.OUT: "has left the tournament",
}

# STATUS_FINISH and STATUS_PLAY_COMPLETE end a round, not the tournament.
PLAYER_TERMS: Final[Mapping[str, Play]] = {
    "STATUS_SCHEDULED": Play.WAITING,
    "STATUS_IN_PROGRESS": Play.PLAYING,
    "STATUS_SUSPENDED": Play.PLAYING,
    "STATUS_DELAYED": Play.PLAYING,
    "STATUS_PLAY_COMPLETE": Play.ROUND_OVER,
    "STATUS_FINISH": Play.ROUND_OVER,
    "STATUS_FINAL": Play.ROUND_OVER,
    "STATUS_CUT": Play.OUT,
    "STATUS_WITHDRAWN": Play.OUT,
    "STATUS_DISQUALIFIED": Play.OUT,
}

# The provider gives STATUS_CUT to every player who is out; its displayValue tells them apart.
OUT_TERMS: Final[Mapping[str, PlayerStatus]] = {
    "CUT": PlayerStatus.CUT,
    "MC": PlayerStatus.CUT,
    "WD": PlayerStatus.WD,
    "DQ": PlayerStatus.DQ,
    "MDF": PlayerStatus.MDF,
    "DNS": PlayerStatus.DNS,
}
OUT_TYPES: Final[Mapping[str, PlayerStatus]] = {
    "STATUS_CUT": PlayerStatus.CUT,
    "STATUS_WITHDRAWN": PlayerStatus.WD,
    "STATUS_DISQUALIFIED": PlayerStatus.DQ,
}

TOURNAMENT_TERMS: Final[Mapping[str, TournamentStatus]] = {
    "STATUS_SCHEDULED": TournamentStatus.SCHEDULED,
    "STATUS_POSTPONED": TournamentStatus.SCHEDULED,
    "STATUS_IN_PROGRESS": TournamentStatus.IN_PROGRESS,
    "STATUS_PLAY_COMPLETE": TournamentStatus.IN_PROGRESS,
    "STATUS_END_OF_ROUND": TournamentStatus.IN_PROGRESS,
    "STATUS_SUSPENDED": TournamentStatus.IN_PROGRESS,
    "STATUS_DELAYED": TournamentStatus.IN_PROGRESS,
    "STATUS_RAIN_DELAY": TournamentStatus.IN_PROGRESS,
    "STATUS_FINAL": TournamentStatus.FINAL,
    "STATUS_CANCELED": TournamentStatus.CANCELLED,
    "STATUS_CANCELLED": TournamentStatus.CANCELLED,
}

NO_TO_PAR: Final = frozenset({"-", "--"})
EVEN: Final = "E"
