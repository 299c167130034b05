"""The terminal rule: which leaderboards look final, when to settle, and which alerts to raise.

Only this rule ends a contest. Silence, the end time, the current period and `thru` play no part.
"""

from datetime import datetime, timedelta
from typing import Final

from indelible.contests.entities.values import NO_MARKS, LogMarks, ReasonCode
from indelible.contests.rules.fold import LogState
from indelible.contests.rules.values import (
    Leaderboard,
    PlayerCard,
    PlayerStatus,
    TournamentKeys,
    TournamentStatus,
)

LEFT: Final = frozenset({PlayerStatus.WD, PlayerStatus.DQ, PlayerStatus.MDF, PlayerStatus.DNS})


def is_reported_final(leaderboard: Leaderboard) -> bool:
    """Return True if the provider reports the tournament as final (T1)."""
    return leaderboard.tournament.status is TournamentStatus.FINAL


def official_rounds(leaderboard: Leaderboard, configuration: TournamentKeys) -> int | None:
    """Return the number of rounds that count once every player is through (T2), else None.

    A tournament that is reported as final after fewer rounds than configured is shortened: all
    finished players must have the same number of rounds.
    """
    rounds: set[int] = set()
    for card in leaderboard.players:
        if card.status is PlayerStatus.FIN:
            rounds.add(rounds_in_a_row(card))
        elif not _is_out(card, configuration):
            return None

    if len(rounds) != 1:
        return None
    number = min(rounds.pop(), configuration.round_count)
    is_shortened = number < configuration.round_count
    if number == 0 or (is_shortened and not is_reported_final(leaderboard)):
        return None
    return number


def unfinished_players(
    leaderboard: Leaderboard, configuration: TournamentKeys
) -> tuple[PlayerCard, ...]:
    """Return the players because of whom a final leaderboard has no official rounds, in order.

    They are not through, or have finished with fewer rounds than another player.
    """
    finished = [card for card in leaderboard.players if card.status is PlayerStatus.FIN]
    most = max([rounds_in_a_row(card) for card in finished], default=0)
    result: list[PlayerCard] = []
    for card in leaderboard.players:
        if card.status is PlayerStatus.FIN:
            is_through = 0 < rounds_in_a_row(card) == most
        else:
            is_through = _is_out(card, configuration)
        if not is_through:
            result.append(card)

    return tuple(result)


def final_reason(
    leaderboard: Leaderboard, configuration: TournamentKeys, *, since: datetime, now: datetime
) -> ReasonCode | None:
    """Return why a leaderboard looks final, None if it does not.

    `since` is the time from which it has been observed unchanged, and `now` that of the newest
    observation.
    """
    if official_rounds(leaderboard, configuration) is None:
        return None
    if is_reported_final(leaderboard):
        return ReasonCode.PROVIDER_TERMINAL_STATUS
    if leaderboard.tournament.status is None:
        return ReasonCode.FINAL_ROUND_VERIFIED

    verified_at = since + timedelta(hours=configuration.final_round_verify_hours)
    return ReasonCode.FINAL_ROUND_VERIFIED if now >= verified_at else None


def terminal_reason(state: LogState) -> ReasonCode | None:
    """Return the reason with which a contest in this state completes, None before a TERMINAL."""
    if state.terminal_number is None or state.leaderboard is None:
        return None
    if is_reported_final(state.leaderboard):
        return ReasonCode.PROVIDER_TERMINAL_STATUS
    return ReasonCode.FINAL_ROUND_VERIFIED


def settlement_due(
    state: LogState, configuration: TournamentKeys, marks: LogMarks = NO_MARKS
) -> datetime | None:
    """Return when the hold after the TERMINAL event ends, None while there is none.

    A rewrite that was seen once starts the hold again. An open TIMESTAMP_CONFLICT and a canceled
    tournament prevent the settlement.
    """
    if state.terminal_at is None or state.cancelled_number is not None:
        return None
    if marks.conflict_number is not None:
        return None

    held_since = state.terminal_at
    if marks.pending_rewrite_at is not None:
        held_since = max(held_since, marks.pending_rewrite_at)
    return held_since + timedelta(seconds=configuration.settlement_hold_seconds)


def is_shortened_too_much(state: LogState, configuration: TournamentKeys) -> bool:
    """Return True if a tournament has ended after too few rounds to be settled."""
    if state.terminal_number is None or state.leaderboard is None:
        return False

    rounds = official_rounds(state.leaderboard, configuration)
    return rounds is not None and rounds < configuration.min_official_rounds


def rounds_in_a_row(card: PlayerCard) -> int:
    """Return the number of complete rounds from the first one on."""
    complete = card.complete_rounds
    number = 0
    while number + 1 in complete:
        number += 1

    return number


def _is_out(card: PlayerCard, configuration: TournamentKeys) -> bool:
    if card.status in LEFT:
        return True
    after_round = configuration.cut.after_round
    if card.status is not PlayerStatus.CUT or after_round is None:
        return False

    return rounds_in_a_row(card) >= after_round
