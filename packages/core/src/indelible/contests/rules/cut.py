"""Compare the provider's cut with the configured rule; the provider's status decides."""

from typing import Final

from indelible.contests.rules.values import CutKeys, Leaderboard, PlayerCard, PlayerStatus

PLAYED_ON: Final = frozenset((PlayerStatus.ACTIVE, PlayerStatus.FIN, PlayerStatus.MDF))


def cut_differences(cut: CutKeys, leaderboard: Leaderboard) -> tuple[str, ...]:
    """Return the players, by id, whose status is not the one that the rule leads to.

    Without a number of players there is no rule. Returns nothing before the provider has cut
    anybody. Players who left the tournament, or did not complete every round before the cut, are
    not compared. Where a tournament has several courses, everyone has played the same ones at the
    cut, so that strokes can be compared.
    """
    if cut.n is None or cut.after_round is None:
        return ()
    if all(card.status is not PlayerStatus.CUT for card in leaderboard.players):
        return ()

    strokes: dict[str, int] = {}
    for card in leaderboard.players:
        total = _strokes_at_cut(card, cut.after_round)
        is_compared = card.status is PlayerStatus.CUT or card.status in PLAYED_ON
        if is_compared and total is not None:
            strokes[card.player_id] = total
    if len(strokes) <= cut.n:
        return ()

    cut_line = sorted(strokes.values())[cut.n - 1]
    if cut.within_strokes is not None:
        cut_line = max(cut_line, _lead(leaderboard, cut.after_round) + cut.within_strokes)
    differences: list[str] = []
    for card in leaderboard.players:
        if card.player_id not in strokes:
            continue
        is_below = strokes[card.player_id] > cut_line
        if is_below != (card.status is PlayerStatus.CUT):
            differences.append(card.player_id)
    return tuple(sorted(differences))


def _lead(leaderboard: Leaderboard, after_round: int) -> int:
    """Return the fewest strokes at the cut, also of a player who has withdrawn since."""
    totals: list[int] = []
    for card in leaderboard.players:
        total = _strokes_at_cut(card, after_round)
        if total is not None and card.status is not PlayerStatus.DQ:
            totals.append(total)
    return min(totals)


def _strokes_at_cut(card: PlayerCard, after_round: int) -> int | None:
    """Return the strokes of all rounds before the cut, None if one of them is not complete."""
    complete = card.complete_rounds
    total = 0
    for number in range(1, after_round + 1):
        if number not in complete:
            return None
        total += complete[number]
    return total
