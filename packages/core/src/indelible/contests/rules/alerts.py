"""Alerts about a contest: what an operator may have to look at."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from attrs import frozen

from indelible.contests.entities.values import NO_MARKS, LogMarks
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.cut import cut_differences
from indelible.contests.rules.fold import LogState
from indelible.contests.rules.terminal import (
    is_reported_final,
    official_rounds,
    rounds_in_a_row,
    unfinished_players,
)
from indelible.contests.rules.values import TournamentKeys

LAG_SECONDS: Final = 300
CRITICAL_LAG_SECONDS: Final = 3_600
MAX_PLAYERS_IN_MESSAGE: Final = 5
PLAYED: Final = frozenset({ContestStatus.LOCKED, ContestStatus.LIVE})


class AlertCode(StrEnum):
    """The alerts about a contest."""

    LOCKED_PAST_START = "LOCKED_PAST_START"
    LIVE_PAST_END = "LIVE_PAST_END"
    TERMINAL_SIGNAL_INCONSISTENT = "TERMINAL_SIGNAL_INCONSISTENT"
    INGESTION_LAG = "INGESTION_LAG"
    TIMESTAMP_CONFLICT = "TIMESTAMP_CONFLICT"
    SCORE_REWRITTEN = "SCORE_REWRITTEN"
    CUT_DIFFERS = "CUT_DIFFERS"
    AFTER_TERMINAL_LOCK = "AFTER_TERMINAL_LOCK"
    TOURNAMENT_CANCELLED = "TOURNAMENT_CANCELLED"


ALERT_MEANINGS: Final[Mapping[AlertCode, str]] = {
    AlertCode.LOCKED_PAST_START: "A contest is LOCKED after its start time: it waits for data.",
    AlertCode.LIVE_PAST_END: "A contest is LIVE after its end time; nothing ends it but the data.",
    AlertCode.TERMINAL_SIGNAL_INCONSISTENT: (
        "The provider reports a final tournament, and a player has not finished."
    ),
    AlertCode.INGESTION_LAG: (
        "The newest successful fetch of a locked or live contest is 5 minutes old; critical after"
        " an hour."
    ),
    AlertCode.TIMESTAMP_CONFLICT: "Two leaderboards have the same time; settlement waits.",
    AlertCode.SCORE_REWRITTEN: (
        "A finished round, a status that an operator has corrected, or the cut of a player was"
        " changed once and not yet a second time, or the engine has corrected it."
    ),
    AlertCode.CUT_DIFFERS: (
        "The provider has cut other players than the configured rule; the provider decides."
    ),
    AlertCode.AFTER_TERMINAL_LOCK: "The leaderboard changed after the settlement.",
    AlertCode.TOURNAMENT_CANCELLED: (
        "The provider has canceled the tournament of a contest that is in ERROR."
    ),
}


@frozen
class Alert:
    """An alert: its code, a sentence, and True if it cannot wait."""

    code: AlertCode
    message: str
    is_critical: bool = False


@frozen(kw_only=True)
class AlertInput:
    """The contest and its log, on which alerts depend.

    `observed_at` is the finish of the newest successful fetch of the tournament. `settled_number`
    is the event that the settlement rests on, None before it. `correction_number` is the newest
    CORRECTION that the engine has added, None without one.
    """

    status: ContestStatus
    start_time: datetime
    end_time: datetime
    configuration: TournamentKeys
    state: LogState
    marks: LogMarks = NO_MARKS
    settled_number: int | None = None
    observed_at: datetime | None = None
    correction_number: int | None = None


def alerts(contest: AlertInput, *, now: datetime) -> tuple[Alert, ...]:
    """Return the alerts about a contest."""
    result: list[Alert] = []
    if contest.status is ContestStatus.LOCKED and now >= contest.start_time:
        result.append(
            Alert(AlertCode.LOCKED_PAST_START, "The contest is locked after its start time.")
        )
    if contest.status is ContestStatus.LIVE and now >= contest.end_time:
        result.append(Alert(AlertCode.LIVE_PAST_END, "The contest is live after its end time."))
    if contest.status in PLAYED:
        result.extend(_alerts_of_play(contest, now))
    if contest.status is ContestStatus.ERROR and contest.state.cancelled_number is not None:
        number = contest.state.cancelled_number
        message = f"Event {number} cancels the tournament; the error has to be resolved."
        result.append(Alert(AlertCode.TOURNAMENT_CANCELLED, message, is_critical=True))
    if contest.settled_number is not None and contest.state.number > contest.settled_number:
        message = "The leaderboard changed after the settlement; the result stays final."
        result.append(Alert(AlertCode.AFTER_TERMINAL_LOCK, message))

    return tuple(result)


def _alerts_of_play(contest: AlertInput, now: datetime) -> list[Alert]:
    result: list[Alert] = []
    result.extend(_inconsistent(contest))
    if contest.marks.conflict_number is not None:
        number = contest.marks.conflict_number
        message = f"Event {number} contradicts another one of the same time; settlement waits."
        result.append(Alert(AlertCode.TIMESTAMP_CONFLICT, message, is_critical=True))
    result.extend(_rewrites(contest))
    result.extend(_cut(contest))
    result.extend(_lag(contest, now))
    return result


def _cut(contest: AlertInput) -> list[Alert]:
    leaderboard, cut = contest.state.leaderboard, contest.configuration.cut
    differences = () if leaderboard is None else cut_differences(cut, leaderboard)
    if not differences:
        return []

    names = ", ".join(differences[:MAX_PLAYERS_IN_MESSAGE])
    message = f"{len(differences)} players are not cut as {cut.rule} says, the first ones: {names}."
    return [Alert(AlertCode.CUT_DIFFERS, message)]


def _rewrites(contest: AlertInput) -> list[Alert]:
    result: list[Alert] = []
    if contest.marks.pending_rewrite_number is not None:
        number = contest.marks.pending_rewrite_number
        message = f"Event {number} changes a finished value; a second observation decides."
        result.append(Alert(AlertCode.SCORE_REWRITTEN, message))
    if contest.correction_number is not None:
        number = contest.correction_number
        message = f"Event {number} has corrected a finished value after two observations."
        result.append(Alert(AlertCode.SCORE_REWRITTEN, message))
    return result


def _inconsistent(contest: AlertInput) -> list[Alert]:
    leaderboard, configuration = contest.state.leaderboard, contest.configuration
    if leaderboard is None or not is_reported_final(leaderboard):
        return []
    if official_rounds(leaderboard, configuration) is not None:
        return []

    names: list[str] = []
    unfinished = unfinished_players(leaderboard, configuration)
    for card in unfinished[:MAX_PLAYERS_IN_MESSAGE]:
        names.append(f"{card.player_id} ({card.status}, {rounds_in_a_row(card)} rounds)")
    who = ", ".join(names) or "no player has finished"
    message = f"The tournament is final with {len(unfinished)} unfinished players: {who}."
    return [Alert(AlertCode.TERMINAL_SIGNAL_INCONSISTENT, message)]


def _lag(contest: AlertInput, now: datetime) -> list[Alert]:
    since = contest.observed_at or contest.start_time
    lag = now - since
    if lag < timedelta(seconds=LAG_SECONDS):
        return []

    seconds = int(lag.total_seconds())
    message = f"The newest successful fetch is {seconds} seconds old."
    is_critical = lag >= timedelta(seconds=CRITICAL_LAG_SECONDS)
    return [Alert(AlertCode.INGESTION_LAG, message, is_critical=is_critical)]
