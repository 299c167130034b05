"""Compare the provider's cut with the configured rule; the provider's status decides."""

from typing import Final

from indelible.contests.rules.values import CutKeys, Leaderboard, PlayerCard, PlayerStatus

TOP_N_AND_TIES: Final = "top_n_and_ties"
PLAYED_ON: Final = frozenset((PlayerStatus.ACTIVE, PlayerStatus.FIN, PlayerStatus.MDF))


def cut_differences(cut: CutKeys, leaderboard: Leaderboard) -> tuple[str, ...]:
    """Return the players, by id, whose status is not the one that `top_n_and_ties` leads to.

    Returns nothing before the provider has cut anybody. Players who left the tournament, or did
    not complete every round before the cut, are not compared. Where a tournament has several
    courses, everyone has played the same ones at the cut, so that strokes can be compared.
    """
    if cut.rule != TOP_N_AND_TIES or cut.n is None or cut.after_round is None:
        return ()
    if all(card.status is not PlayerStatus.CUT for card in leaderboard.players):
        return ()

    strokes: dict[str, int] = {}
    for card in leaderboard.players:
        total = _strokes_at_cut(card, cut.after_round)
        if total is not None:
            strokes[card.player_id] = total
    if len(strokes) <= cut.n:
        return ()

    cut_line = sorted(strokes.values())[cut.n - 1]
    differences: list[str] = []
    for card in leaderboard.players:
        if card.player_id not in strokes:
            continue
        is_below = strokes[card.player_id] > cut_line
        if is_below != (card.status is PlayerStatus.CUT):
            differences.append(card.player_id)
    return tuple(sorted(differences))


def _strokes_at_cut(card: PlayerCard, after_round: int) -> int | None:
    """Return the strokes of all rounds before the cut, None if the player is not compared."""
    if card.status is not PlayerStatus.CUT and card.status not in PLAYED_ON:
        return None

    complete = card.complete_rounds
    total = 0
    for number in range(1, after_round + 1):
        if number not in complete:
            return None
        total += complete[number]
    return total
