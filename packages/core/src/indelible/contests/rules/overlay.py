"""An operator's values in a leaderboard, which stay while the provider sends what they replace."""

from collections.abc import Collection, Iterator
from typing import Final

from attrs import evolve

from indelible.contests.rules.values import (
    Correction,
    Leaderboard,
    PlayerCard,
    PlayerStatus,
    Round,
)

Value = int | str | None
Cell = tuple[str, int | None]
# A player who plays finishes later: between these two the provider says nothing new.
PLAYING: Final = frozenset({PlayerStatus.ACTIVE.value, PlayerStatus.FIN.value})


def overlaid(leaderboard: Leaderboard, applied: Leaderboard | None) -> Leaderboard:
    """Return a provider's leaderboard with the operator's values of the applied one.

    A correction ends if the provider sends the operator's value, or one that the operator did not
    replace. That of a player who is missing is kept.
    """
    if applied is None or not applied.corrections:
        return leaderboard

    cards = dict(leaderboard.cards)
    remaining: list[Correction] = []
    for correction in applied.corrections:
        card = cards.get(correction.player_id)
        if card is None:
            remaining.append(correction)
        elif _is_replaced(_value_of(card, correction.n), correction):
            remaining.append(correction)
            cards[card.player_id] = _with_value(card, correction)

    players = tuple([cards[player_id] for player_id in sorted(cards)])
    return evolve(leaderboard, players=players, corrections=tuple(remaining))


def corrections_of(
    leaderboard: Leaderboard, sources: tuple[Leaderboard, ...], statuses: Collection[str]
) -> tuple[Correction, ...]:
    """Return the corrections of a leaderboard that an operator has made from others.

    They are the finished rounds for which the provider has sent something else, the statuses of
    the players in `statuses`, and the corrected statuses of the sources that have stayed.
    """
    provided = [_provided(source) for source in sources]
    known: set[tuple[str, int | None, Value]] = set()
    for source in sources:
        known.update([(item.player_id, item.n, item.value) for item in source.corrections])

    corrections: list[Correction] = []
    for card in leaderboard.players:
        status = card.status.value
        if card.player_id in statuses or (card.player_id, None, status) in known:
            corrections += _correction_of(card.player_id, None, status, provided)
        for n, strokes in card.complete_rounds.items():
            corrections += _correction_of(card.player_id, n, strokes, provided)

    return tuple(corrections)


def with_strokes(card: PlayerCard, n: int, strokes: int) -> PlayerCard:
    """Return a player with a finished round, whose hole scores are no longer known."""
    rounds = {card_round.n: card_round for card_round in card.rounds}
    course_id = None
    if n in rounds:
        course_id = rounds[n].course_id
    rounds[n] = Round(n, strokes, complete=True, course_id=course_id)
    return evolve(card, rounds=tuple([rounds[n] for n in sorted(rounds)]))


def _is_replaced(value: Value, correction: Correction) -> bool:
    """Return True if the provider still sends what an operator has replaced."""
    if value == correction.value:
        return False
    is_playing = value in PLAYING and not PLAYING.isdisjoint(correction.replaced)
    return is_playing or value in correction.replaced


def _with_value(card: PlayerCard, correction: Correction) -> PlayerCard:
    """Return a player with the operator's value."""
    if correction.n is None:
        return evolve(card, status=PlayerStatus(str(correction.value)))
    return with_strokes(card, correction.n, int(correction.value))


def _value_of(card: PlayerCard, n: int | None) -> Value:
    """Return the value of a cell, None for a round that is not finished."""
    if n is None:
        return card.status.value
    return card.complete_rounds.get(n)


def _provided(leaderboard: Leaderboard) -> dict[Cell, tuple[Value, ...]]:
    """Return the provider's values by cell: where an operator has corrected, the replaced ones."""
    values: dict[Cell, tuple[Value, ...]] = {}
    for card in leaderboard.players:
        values[card.player_id, None] = (card.status.value,)
        for n, strokes in card.complete_rounds.items():
            values[card.player_id, n] = (strokes,)
    for correction in leaderboard.corrections:
        values[correction.player_id, correction.n] = correction.replaced

    return values


def _correction_of(
    player_id: str, n: int | None, value: int | str, provided: list[dict[Cell, tuple[Value, ...]]]
) -> Iterator[Correction]:
    """Yield the correction of a cell, nothing if the provider has sent no other value."""
    replaced: set[Value] = set()
    for values in provided:
        replaced.update(values.get((player_id, n), (None,)))

    replaced.discard(value)
    if replaced:
        yield Correction(player_id, n, value, tuple(sorted(replaced, key=str)))
