"""The players in the provider's document."""

import re
from collections.abc import Sequence
from typing import Final, cast

from indelible.contests.rules.espn.nodes import Node
from indelible.contests.rules.espn.rounds import PlayerState, TournamentFacts, read_rounds
from indelible.contests.rules.espn.terms import OUT_TERMS, OUT_TYPES, PLAYER_TERMS, Play
from indelible.contests.rules.faults import FaultCode
from indelible.contests.rules.values import PlayerCard, PlayerStatus

POSITION: Final = re.compile(r"T?([0-9]{1,4})", re.ASCII)


def read_competitors(nodes: Sequence[Node], facts: TournamentFacts) -> tuple[PlayerCard, ...]:
    """Return the players sorted by id; those with an unfit id or status are left out."""
    cards: dict[str, PlayerCard] = {}
    for node in nodes:
        card = _read_player(node, facts)
        if card is None:
            continue
        if card.player_id in cards:
            node.add_fault(FaultCode.DUPLICATE_PLAYER, "id", card.player_id)
            continue
        cards[card.player_id] = card

    _check_order(nodes)
    return tuple([cards[player_id] for player_id in sorted(cards)])


def _read_player(node: Node, facts: TournamentFacts) -> PlayerCard | None:
    player_id = node.text("id")
    name = _read_name(node, player_id)
    status_node = node.child("status")
    if status_node is None:
        return None
    state = _read_state(status_node)
    position = _read_position(status_node)
    in_playoff = status_node.optional_boolean("playoff")
    if state is None:
        return None

    scorecard = read_rounds(node, state, facts)
    complete = sum(1 for card_round in scorecard.rounds if card_round.complete)
    if player_id is None:
        return None
    return PlayerCard(
        player_id=player_id,
        status=_status(state, complete, facts),
        rounds=scorecard.rounds,
        name=name,
        position=position,
        playoff=in_playoff or scorecard.playoff,
    )


def _read_name(node: Node, player_id: str | None) -> str:
    athlete = node.child("athlete")
    if athlete is None:
        return ""

    athlete_id = athlete.optional_text("id")
    if athlete_id is not None and player_id is not None and athlete_id != player_id:
        athlete.add_fault(FaultCode.STATUS_CONTRADICTION, "id", athlete_id)
    key = "displayName"
    if athlete.values.get(key) is None and "fullName" in athlete.values:
        key = "fullName"
    return athlete.text(key) or ""


def _read_position(status: Node) -> str | None:
    node = status.optional_child("position")
    return None if node is None else node.optional_text("displayName")


def _read_state(status: Node) -> PlayerState | None:
    """Return what the player is doing, None with a fault if the document does not tell."""
    period = status.number("period")
    thru = status.optional_number("thru")
    node = status.child("type")
    term = None if node is None else node.text("name")
    if node is None or term is None:
        return None
    play = PLAYER_TERMS.get(term)
    if play is None:
        node.add_fault(FaultCode.UNKNOWN_STATUS, "name", term)
        return None

    out = _read_out(status, term) if play is Play.OUT else None
    if period is None or (play is Play.OUT and out is None):
        return None
    return PlayerState(play=play, out=out, period=period, thru=thru)


def _read_out(status: Node, term: str) -> PlayerStatus | None:
    """Return why a player is out; displayValue decides where STATUS_CUT means anything."""
    text = status.optional_text("displayValue")
    if term != "STATUS_CUT" or text is None:
        return OUT_TYPES[term]

    out = OUT_TERMS.get(text)
    if out is None:
        status.add_fault(FaultCode.UNKNOWN_STATUS, "displayValue", text)
    return out


def _status(state: PlayerState, complete: int, facts: TournamentFacts) -> PlayerStatus:
    """Return FIN only for a player who has no round left to play."""
    if state.out is not None:
        return state.out
    if state.play is not Play.ROUND_OVER:
        return PlayerStatus.ACTIVE

    if facts.is_final or complete >= facts.rounds:
        return PlayerStatus.FIN
    return PlayerStatus.ACTIVE


def _check_order(nodes: Sequence[Node]) -> None:
    """Add a fault for each player who is listed before another one with a better position."""
    listed: list[tuple[int, int, Node]] = []
    for node in nodes:
        order = node.optional_number("sortOrder")
        position = _position_number(node)
        if order is not None and position is not None:
            listed.append((order, position, node))

    listed.sort(key=lambda item: item[:2])
    best_behind: int | None = None
    for _, position, node in reversed(listed):
        if best_behind is not None and position > best_behind:
            node.add_fault(FaultCode.LEADERBOARD_ORDER_MISMATCH, "sortOrder", position)
        best_behind = position if best_behind is None else min(best_behind, position)


def _position_number(node: Node) -> int | None:
    """Return the number of a position such as T13; faults of its form are added elsewhere."""
    value: object = node.values
    for key in ("status", "position", "displayName"):
        if not isinstance(value, dict):
            return None
        value = cast("dict[str, object]", value).get(key)
    match = POSITION.fullmatch(value) if isinstance(value, str) else None
    return int(match.group(1)) if match else None
