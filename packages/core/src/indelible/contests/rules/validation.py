"""Checks of a normalized leaderboard against the configuration and the applied state."""

from collections.abc import Iterator

from attrs import frozen

from indelible.contests.rules.cut import PLAYED_ON
from indelible.contests.rules.faults import Fault, FaultCode, FaultList
from indelible.contests.rules.fold import LogState
from indelible.contests.rules.values import (
    Leaderboard,
    PlayerCard,
    PlayerStatus,
    Round,
    TournamentKeys,
)
from indelible.kernel.json import digest


@frozen
class Rewrite:
    """A finished round that a leaderboard changes, or a status if `n` is None.

    The status is an operator's, or that of a cut player who is to play on.

    `value` is the strokes or the status, None if the round is no longer finished. `course_id` is
    the course of the changed round where par depends on it, else None.
    """

    player_id: str
    n: int | None
    value: int | str | None
    course_id: str | None = None

    @property
    def path(self) -> str:
        """Return the path of the changed value in a normalized leaderboard."""
        if self.n is None:
            return status_path(self.player_id)
        return round_path(self.player_id, self.n)


@frozen
class Validation:
    """The faults of a leaderboard, and the finished rounds and statuses that it rewrites.

    `rewrites` is empty unless these changes are the only faults.
    """

    faults: tuple[Fault, ...]
    rewrites: tuple[Rewrite, ...] = ()


def validate(
    leaderboard: Leaderboard, state: LogState, configuration: TournamentKeys
) -> Validation:
    """Return all faults of a leaderboard that could be parsed."""
    faults = FaultList()
    check_leaderboard(leaderboard, state, configuration, faults)
    _check_shrinking(leaderboard, state, faults)

    others = len(faults)
    changed_rounds = find_rewrites(leaderboard, state, configuration)
    changed_statuses = (*_rewritten_statuses(leaderboard, state), *_returned(leaderboard, state))
    rewrites = (*changed_rounds, *changed_statuses)
    for rewrite in rewrites:
        faults.add(FaultCode.SCORE_REWRITE_WITHOUT_CORRECTION, rewrite.path, rewrite.value)

    return Validation(faults.done(), () if others else rewrites)


def check_leaderboard(
    leaderboard: Leaderboard, state: LogState, configuration: TournamentKeys, faults: FaultList
) -> None:
    """Add the faults that do not depend on the leaderboard applied before."""
    if leaderboard.schema_version != configuration.leaderboard_schema_version:
        expected = configuration.leaderboard_schema_version
        faults.add(FaultCode.SCHEMA_VERSION_UNSUPPORTED, "$", expected)

    field = state.field
    for card in leaderboard.players:
        path = player_path(card.player_id)
        if field is not None and card.player_id not in field.player_ids:
            faults.add(FaultCode.UNKNOWN_PLAYER, path, card.player_id)
        _check_rounds(card, configuration, faults)


def rewrite_digest(rewrites: tuple[Rewrite, ...]) -> str:
    """Return the digest of changed rounds and statuses and their new values."""
    cells: list[list[str | int | None]] = []
    for rewrite in rewrites:
        cells.append([rewrite.player_id, rewrite.n, rewrite.value, rewrite.course_id])

    return digest(cells)


def find_rewrites(
    leaderboard: Leaderboard, state: LogState, configuration: TournamentKeys
) -> Iterator[Rewrite]:
    """Yield the finished rounds of the applied leaderboard that another one changes.

    Where par depends on the course, another course changes a round as other strokes do; a course
    that was not known before does not.
    """
    if state.leaderboard is None:
        return

    for before in state.leaderboard.players:
        after = leaderboard.cards.get(before.player_id)
        if after is None:
            continue
        strokes_after = after.complete_rounds
        courses_before = _courses(before, configuration)
        courses_after = _courses(after, configuration)
        for n, strokes in before.complete_rounds.items():
            course_before = courses_before.get(n)
            is_moved = course_before is not None and courses_after.get(n) != course_before
            if is_moved or strokes_after.get(n) != strokes:
                yield Rewrite(before.player_id, n, strokes_after.get(n), courses_after.get(n))


def _rewritten_statuses(leaderboard: Leaderboard, state: LogState) -> Iterator[Rewrite]:
    """Yield the operator's statuses that a leaderboard replaces by a third one.

    A player whom an operator has made active plays on, so that any status may follow.
    """
    if state.leaderboard is None:
        return

    for correction in state.leaderboard.corrections:
        card = leaderboard.cards.get(correction.player_id)
        is_final = correction.n is None and correction.value != PlayerStatus.ACTIVE.value
        if card is not None and is_final and card.status.value != correction.value:
            yield Rewrite(correction.player_id, None, card.status.value)


def _returned(leaderboard: Leaderboard, state: LogState) -> Iterator[Rewrite]:
    """Yield the status of each cut player whom a leaderboard returns to the tournament.

    A cut player whom an operator has cut is left to `_rewritten_statuses`.
    """
    if state.leaderboard is None:
        return

    corrected = {item.player_id for item in state.leaderboard.corrections if item.n is None}
    for before in state.leaderboard.players:
        after = leaderboard.cards.get(before.player_id)
        if before.status is not PlayerStatus.CUT or before.player_id in corrected:
            continue
        if after is not None and after.status in PLAYED_ON:
            yield Rewrite(before.player_id, None, after.status.value)


def _courses(card: PlayerCard, configuration: TournamentKeys) -> dict[int, str | None]:
    """Return the course of each round of a player by its number, nothing if par needs none."""
    if not configuration.par.depends_on_course:
        return {}
    return {card_round.n: card_round.course_id for card_round in card.rounds}


def player_path(player_id: str) -> str:
    """Return the path of a player in a normalized leaderboard."""
    return f"players[{player_id}]"


def status_path(player_id: str) -> str:
    """Return the path of a player's status in a normalized leaderboard."""
    return f"{player_path(player_id)}.status"


def round_path(player_id: str, n: int) -> str:
    """Return the path of a round in a normalized leaderboard."""
    return f"{player_path(player_id)}.rounds[{n}]"


def _check_shrinking(leaderboard: Leaderboard, state: LogState, faults: FaultList) -> None:
    """Add a fault for each player with strokes who is no longer listed.

    A player without strokes has withdrawn before the start. An operator who removes a player from
    the field accepts that the player is missing.
    """
    if state.leaderboard is None:
        return

    for card in state.leaderboard.players:
        is_listed = card.player_id in leaderboard.cards
        is_removed = state.field is not None and card.player_id not in state.field.player_ids
        if card.has_strokes and not is_listed and not is_removed:
            faults.add(FaultCode.FIELD_SHRUNK, player_path(card.player_id), card.player_id)


def _check_rounds(card: PlayerCard, configuration: TournamentKeys, faults: FaultList) -> None:
    for card_round in card.rounds:
        path = round_path(card.player_id, card_round.n)
        if not 1 <= card_round.n <= configuration.round_count:
            faults.add(FaultCode.ROUND_OUT_OF_RANGE, path, card_round.n)
        elif card_round.strokes is not None and _contradicts(card, card_round, configuration):
            faults.add(FaultCode.STATUS_CONTRADICTION, path, card.status.value)

    if card.status is PlayerStatus.CUT and configuration.cut.after_round is None:
        path = status_path(card.player_id)
        faults.add(FaultCode.STATUS_CONTRADICTION, path, card.status.value)


def _contradicts(card: PlayerCard, card_round: Round, configuration: TournamentKeys) -> bool:
    """Return True for strokes of a player who did not start, or in a round after a missed cut."""
    if card.status is PlayerStatus.DNS:
        return True
    after_round = configuration.cut.after_round
    is_past_cut = after_round is not None and card_round.n > after_round
    return card.status is PlayerStatus.CUT and is_past_cut
