"""Read the players and the first round of a real leaderboard, for the tournament of a demo."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

from attrs import evolve, frozen

from indelible.contests.rules.espn.parser import parse_payload
from indelible.contests.rules.espn.terms import EVEN
from indelible.contests.rules.values import PlayerCard
from indelible.kernel import Invalid
from indelible.kernel.payloads import MAX_PAYLOAD_BYTES
from indelible_service.demos.golfers import KnownGolfer, TournamentOptions, invent_golfers
from indelible_service.demos.leaderboards import Tournament
from indelible_service.files.access import translate_os_errors

FIRST_ROUND: Final = 1
MIN_PLAYERS: Final = 20  # so that five users can choose different ones
PARS: Final = range(60, 81)
CUT_SIZE: Final = 65
ANY_EVENT: Final = "0"  # a list of competitors alone names no event


@frozen
class CompetitorsUnusable(Invalid):
    """A file that is no leaderboard with a complete first round."""

    message: ClassVar[str] = (
        "File {file} has no leaderboard for the demo: expected `competitors` at the root, at least"
        " {minimum} of them with a complete first round; got {actual}."
    )
    file: str
    minimum: int
    actual: str


def tournament_of_file(file: Path, options: TournamentOptions) -> Tournament:
    """Return a tournament with the players of the file and their first round; the rest is invented.

    Raises: FileUnusable, CompetitorsUnusable.
    """
    with translate_os_errors(file), file.open("rb") as stream:
        content = stream.read(MAX_PAYLOAD_BYTES + 1)

    parsed = parse_payload(content, provider_event_id=ANY_EVENT, round_count=options.rounds)
    if parsed.leaderboard is None or parsed.faults:
        codes = sorted({fault.code.value for fault in parsed.faults})
        raise CompetitorsUnusable(str(file), MIN_PLAYERS, f"faults {', '.join(codes)}")

    known = _known_golfers(parsed.leaderboard.players)
    if len(known) < MIN_PLAYERS:
        raise CompetitorsUnusable(str(file), MIN_PLAYERS, f"{len(known)} players")

    par = _par(content, known)
    if par is None:
        raise CompetitorsUnusable(str(file), MIN_PLAYERS, "no par of the first round")

    chosen = evolve(
        options,
        name="Pool of a real field",
        players=len(known),
        pars=(par,) * options.rounds,
        cut_size=min(CUT_SIZE, len(known) // 2),
    )
    return Tournament(chosen, invent_golfers(chosen, known))


def _known_golfers(cards: Sequence[PlayerCard]) -> list[KnownGolfer]:
    """Return the players with a complete first round."""
    known: list[KnownGolfer] = []
    for card in cards:
        strokes = card.complete_rounds.get(FIRST_ROUND)
        if strokes is not None:
            name = card.name or card.player_id
            known.append(KnownGolfer(player_id=card.player_id, name=name, strokes=strokes))

    return known


def _par(content: bytes, known: Sequence[KnownGolfer]) -> int | None:
    """Return the par of the first round: a player's strokes less what they are over par."""
    strokes_by_id = {golfer.player_id: golfer.strokes for golfer in known}
    for competitor in json.loads(content)["competitors"]:
        strokes = strokes_by_id.get(competitor["id"])
        for linescore in competitor.get("linescores", ()):
            text = linescore.get("displayValue")
            if strokes is None or linescore["period"] != FIRST_ROUND or not text:
                continue
            to_par = 0
            if text != EVEN:
                to_par = int(text)
            par = strokes - to_par
            return par if par in PARS else None

    return None
