"""The rounds of a player in the provider's document."""

import re
from collections.abc import Iterable
from typing import Final

from attrs import frozen

from indelible.contests.rules.espn.nodes import Node
from indelible.contests.rules.espn.terms import EVEN, NO_TO_PAR, Play
from indelible.contests.rules.faults import FaultCode
from indelible.contests.rules.values import Holes, PlayerStatus, Round

MAX_ROUND_STROKES: Final = 120
MAX_HOLE_STROKES: Final = 20
HOLES_PER_ROUND: Final = 18
SIGNED: Final = re.compile(r"[+-][0-9]{1,3}", re.ASCII)
COMPLETES_ROUND: Final = frozenset({PlayerStatus.CUT, PlayerStatus.MDF})


@frozen(kw_only=True)
class TournamentFacts:
    """The facts about the tournament that the reading of its players needs.

    `regulation` is the provider's number of rounds, None if it does not send it; `round_count` is
    the configured one.
    """

    regulation: int | None
    round_count: int
    is_final: bool
    course_id: str | None

    @property
    def rounds(self) -> int:
        """Return the number of rounds that a player has to complete."""
        return self.regulation or self.round_count


@frozen(kw_only=True)
class PlayerState:
    """The activity of a player: the current round, and the holes played in it.

    `out` is the status of a player who has left the tournament.
    """

    play: Play
    out: PlayerStatus | None
    period: int
    thru: int | None

    def ends_period(self, holes: Holes | None) -> bool:
        """Return True if the player has completed the current round."""
        if self.play is not Play.OUT:
            return self.play is Play.ROUND_OVER
        if self.out in COMPLETES_ROUND:
            return True

        has_all_holes = holes is not None and len(holes) == HOLES_PER_ROUND
        return has_all_holes or self.thru == HOLES_PER_ROUND


@frozen
class Scorecard:
    """The regulation rounds of a player, and whether there were playoff holes."""

    rounds: tuple[Round, ...]
    playoff: bool


def read_rounds(player: Node, state: PlayerState, facts: TournamentFacts) -> Scorecard:
    """Return the regulation rounds of a player in order.

    A period after the provider's number of rounds and one with `isPlayoff` are playoff holes and no
    rounds. Strokes of a configured round that is after the provider's number of rounds are a fault:
    either may be wrong.
    """
    rounds: dict[int, Round] = {}
    has_playoff = False
    for node in player.optional_nodes("linescores"):
        n = node.number("period")
        is_extra = node.optional_boolean("isPlayoff")
        if n is None:
            continue
        if is_extra or (facts.regulation is not None and n > facts.regulation):
            has_playoff = True
            if not is_extra and n <= facts.round_count and node.values.get("value"):
                node.add_fault(FaultCode.ROUND_OUT_OF_RANGE, "period", n)
            continue
        if n in rounds:
            node.add_fault(FaultCode.DUPLICATE_ROUND, "period", n)
            continue
        rounds[n] = _read_round(node, n, state, facts.course_id)

    ordered = tuple([rounds[n] for n in sorted(rounds)])
    _require_past_rounds(player, state, rounds.values(), facts.rounds)
    return Scorecard(ordered, has_playoff)


def _read_round(node: Node, n: int, state: PlayerState, course_id: str | None) -> Round:
    strokes = node.strokes("value", MAX_ROUND_STROKES)
    holes = _read_holes(node)
    to_par = _read_to_par(node)
    course = node.optional_text("courseId") or course_id
    if not strokes:
        # A round that is not played has the value 0 or none.
        return Round(n, None, complete=False, course_id=course)

    is_early = n > state.period or (n == state.period and state.play is Play.WAITING)
    if is_early:
        node.add_fault(FaultCode.STATUS_CONTRADICTION, "value", strokes)
    complete = n < state.period or (n == state.period and state.ends_period(holes))
    if complete:
        _check_total(node, strokes, holes)
        to_par = None  # computed from the par of the configuration
    return Round(n, strokes, complete, holes, to_par, course)


def _read_holes(node: Node) -> Holes | None:
    """Return the holes that have been played, None if the provider sends none."""
    if node.values.get("linescores") is None:
        return None

    holes: dict[int, int] = {}
    for hole in node.optional_nodes("linescores"):
        number = hole.number("period")
        strokes = hole.strokes("value", MAX_HOLE_STROKES)
        if number is None:
            continue
        if not 1 <= number <= HOLES_PER_ROUND or number in holes:
            hole.add_fault(FaultCode.HOLE_SET_INVALID, "period", number)
        elif strokes:
            holes[number] = strokes

    return tuple(sorted(holes.items())) or None


def _read_to_par(node: Node) -> int | None:
    """Return the provider's to-par, which is displayed and never settled."""
    text = node.values.get("displayValue")
    if text is None:
        return None
    if isinstance(text, str):
        if text in NO_TO_PAR:
            return None
        if text == EVEN:
            return 0
        if SIGNED.fullmatch(text):
            return int(text)

    node.add_fault(FaultCode.WRONG_TYPE, "displayValue", text)
    return None


def _check_total(node: Node, strokes: int, holes: Holes | None) -> None:
    """Compare the strokes of a complete round with its holes, or with its halves."""
    if holes is not None:
        if len(holes) != HOLES_PER_ROUND:
            node.add_fault(FaultCode.HOLE_SET_INVALID, "linescores", len(holes))
        elif sum(hole_strokes for _, hole_strokes in holes) != strokes:
            node.add_fault(FaultCode.ROUND_TOTAL_MISMATCH, "value", strokes)

    first = node.strokes("outScore", MAX_ROUND_STROKES)
    second = node.strokes("inScore", MAX_ROUND_STROKES)
    if first is not None and second is not None and first + second != strokes:
        node.add_fault(FaultCode.ROUND_TOTAL_MISMATCH, "value", strokes)


def _require_past_rounds(
    player: Node, state: PlayerState, rounds: Iterable[Round], number: int
) -> None:
    """Add MISSING_FIELD for a round that a player who is not out must have completed."""
    if state.out is not None:
        return

    last = state.period if state.play is Play.ROUND_OVER else state.period - 1
    complete = {card_round.n for card_round in rounds if card_round.complete}
    for n in range(1, min(last, number) + 1):
        if n not in complete:
            player.add_fault(FaultCode.MISSING_FIELD, f"linescores[period={n}].value")
