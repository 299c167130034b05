"""Small documents in the provider's shape, of an invented tournament, for the suites."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen

PLAYERS: Final = tuple(f"P{number:02d}" for number in range(1, 13))
ROUNDS: Final = 2
PAR: Final = 72
FINAL: Final = "STATUS_FINAL"
IN_PROGRESS: Final = "STATUS_IN_PROGRESS"
CANCELED: Final = "STATUS_CANCELED"

Cards = Mapping[str, Sequence[int]]  # the strokes of each complete round by player


@frozen(kw_only=True)
class Board:
    """A leaderboard: the strokes of complete rounds, the players who left, and the status."""

    cards: Cards = field(factory=dict[str, Sequence[int]])
    left: Mapping[str, str] = field(factory=dict[str, str])
    status: str = IN_PROGRESS
    tournament: str = "T1"
    course_id: str = "31"

    def payload(self) -> bytes:
        """Return the document as bytes."""
        return json.dumps(self.document(), sort_keys=True).encode()

    def document(self) -> dict[str, Any]:
        """Return the document."""
        is_final = self.status == FINAL
        state = "post" if is_final else "in"
        status = {"type": {"name": self.status, "state": state, "completed": is_final}}
        competitors = [self._competitor(player_id) for player_id in PLAYERS]
        event = {
            "id": self.tournament,
            "tournament": {"numberOfRounds": ROUNDS, "currentRound": 1},
            "status": status,
            "courses": [{"id": self.course_id, "host": True, "shotsToPar": PAR}],
            "competitions": [{"status": status, "competitors": competitors}],
        }
        return {"events": [event]}

    def _competitor(self, player_id: str) -> dict[str, Any]:
        strokes = self.cards.get(player_id, ())
        rounds: list[dict[str, Any]] = []
        for number, value in enumerate(strokes, start=1):
            rounds.append({"period": number, "value": value, "displayValue": "E"})

        return {
            "id": player_id,
            "athlete": {"id": player_id, "displayName": f"Player {player_id}"},
            "status": self._player_status(player_id, len(strokes)),
            "linescores": rounds,
        }

    def _player_status(self, player_id: str, rounds: int) -> dict[str, Any]:
        out = self.left.get(player_id)
        if out is not None:
            return {"period": rounds + 1, "type": {"name": "STATUS_CUT"}, "displayValue": out}
        if rounds == 0:
            return {"period": 1, "type": {"name": "STATUS_SCHEDULED"}}
        return {"period": rounds, "thru": 18, "type": {"name": "STATUS_FINISH"}}


def strokes_of(rounds: int, *, base: int = 70) -> Cards:
    """Return rounds of all players: player number n needs n strokes more than the base."""
    cards: dict[str, Sequence[int]] = {}
    for number, player_id in enumerate(PLAYERS):
        cards[player_id] = [base + number] * rounds

    return cards


SCHEDULED: Final = Board(status="STATUS_SCHEDULED")
FIRST_ROUND: Final = Board(cards=strokes_of(1))
LAST_ROUND: Final = Board(cards=strokes_of(2))
FINAL_BOARD: Final = Board(cards=strokes_of(2), status=FINAL)
