"""Invented golfers and their scores, hole by hole, from a seed."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from random import Random
from typing import Final

from attrs import evolve, field, frozen

HOLES: Final = 18
USUAL_HOLE_PAR: Final = 4
MIN_FINISHERS: Final = 4  # of a tournament in which a player is disqualified
FIRST_ID: Final = 900_001
HOLE_RESULTS: Final = (-1, -1, 0, 0, 0, 0, 0, 0, 1, 1)  # to par, each as likely
FIRST_NAMES: Final = ("Aldo", "Bram", "Cyrus", "Dario", "Elio", "Falk", "Gustav", "Hale", "Ivo")
LAST_NAMES: Final = (
    "Abbotsley",
    "Brackenby",
    "Corvane",
    "Dunmarsh",
    "Ellerton",
    "Fennimore",
    "Grellow",
    "Harkwood",
    "Ingersby",
    "Jessamy",
    "Kestrow",
)


class Exit(StrEnum):
    """The ways in which a player leaves a tournament before its end."""

    CUT = "CUT"
    WD = "WD"
    DQ = "DQ"


@frozen(kw_only=True)
class TournamentOptions:
    """The facts of an invented tournament.

    `pars` has the par of each round. `cut_after` is None for a tournament without a cut; else
    `cut_size` players and ties play on. `has_holes` adds the scores of single holes.
    """

    provider_event_id: str = "900900901"
    name: str = "Harkwood Invitational"
    seed: int = 1
    players: int = 40
    pars: tuple[int, ...] = (72, 72, 72, 72)
    cut_after: int | None = 2
    cut_size: int = 20
    has_playoff: bool = True
    has_holes: bool = False
    first_day: date = date(2027, 4, 8)

    @property
    def rounds(self) -> int:
        """Return the number of rounds."""
        return len(self.pars)


@frozen(kw_only=True)
class Golfer:
    """An invented player with the scores of all holes, played or not.

    A player who leaves does so in `exit_round` after `exit_holes` holes. `start` orders the tee
    times from 0 to 1.
    """

    player_id: str
    name: str
    start: float
    scores: tuple[tuple[int, ...], ...]
    exit: Exit | None = None
    exit_round: int = 0
    exit_holes: int = field(default=HOLES)

    def strokes(self, n: int) -> int:
        """Return the strokes of a whole round."""
        return sum(self.scores[n - 1])

    def total(self, rounds: int) -> int:
        """Return the strokes of the first rounds."""
        return sum(self.strokes(n) for n in range(1, rounds + 1))

    def has_left(self, n: int) -> bool:
        """Return True for a player who has left before the end of a round."""
        return self.exit is not None and self.exit_round <= n


@frozen(kw_only=True)
class KnownGolfer:
    """A player of a real tournament with the strokes of the first round."""

    player_id: str
    name: str
    strokes: int


def hole_pars(par: int) -> tuple[int, ...]:
    """Return the par of each hole of a course."""
    missing = par - USUAL_HOLE_PAR * HOLES
    step = 1 if missing > 0 else -1
    return tuple(USUAL_HOLE_PAR + (step if number < abs(missing) else 0) for number in range(HOLES))


def invent_golfers(
    options: TournamentOptions, known: Sequence[KnownGolfer] = ()
) -> tuple[Golfer, ...]:
    """Return the players of a tournament; the same arguments always give the same players.

    The first players are the known ones.
    """
    chance = Random(options.seed)  # noqa: S311 - no secret
    golfers = [_invent_golfer(number, options, chance) for number in range(options.players)]
    for number, player in enumerate(known[: options.players]):
        golfers[number] = _known_golfer(golfers[number], player, options)
    _withdraw(golfers, options)
    _cut(golfers, options)
    _disqualify(golfers, options)
    if options.has_playoff:
        _tie_the_lead(golfers, options)

    return tuple(golfers)


def _invent_golfer(number: int, options: TournamentOptions, chance: Random) -> Golfer:
    scores: list[tuple[int, ...]] = []
    for par in options.pars:
        pars = hole_pars(par)
        scores.append(tuple(hole + chance.choice(HOLE_RESULTS) for hole in pars))

    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    last = LAST_NAMES[number % len(LAST_NAMES)]
    generation = number // (len(FIRST_NAMES) * len(LAST_NAMES))
    return Golfer(
        player_id=str(FIRST_ID + number),
        name=f"{first} {last}" if generation == 0 else f"{first} {last} {generation + 1}",
        start=chance.random(),
        scores=tuple(scores),
    )


def _known_golfer(golfer: Golfer, player: KnownGolfer, options: TournamentOptions) -> Golfer:
    """Return a golfer with the id, the name and the first round of a known player."""
    first_round = list(hole_pars(options.pars[0]))
    over_par = player.strokes - options.pars[0]
    step = 1 if over_par > 0 else -1
    for number in range(abs(over_par)):
        first_round[number % HOLES] += step

    scores = (tuple(first_round), *golfer.scores[1:])
    return evolve(golfer, player_id=player.player_id, name=player.name, scores=scores)


def _withdraw(golfers: list[Golfer], options: TournamentOptions) -> None:
    """Let one player withdraw before the start, and one during the second round."""
    golfers[-1] = evolve(golfers[-1], exit=Exit.WD, exit_round=1, exit_holes=0)
    if options.rounds > 1:
        golfers[-2] = evolve(golfers[-2], exit=Exit.WD, exit_round=2, exit_holes=7)


def _cut(golfers: list[Golfer], options: TournamentOptions) -> None:
    after = options.cut_after
    if after is None:
        return

    totals = sorted(golfer.total(after) for golfer in _left(golfers))
    if len(totals) <= options.cut_size:
        return
    limit = totals[options.cut_size - 1]
    for index, golfer in enumerate(golfers):
        if golfer.exit is None and golfer.total(after) > limit:
            golfers[index] = evolve(golfer, exit=Exit.CUT, exit_round=after)


def _disqualify(golfers: list[Golfer], options: TournamentOptions) -> None:
    """Disqualify the last of those who play the last round, after the round before it."""
    playing = _left(golfers)
    if options.rounds == 1 or len(playing) < MIN_FINISHERS:
        return

    worst = max(playing, key=lambda golfer: (golfer.total(options.rounds), golfer.player_id))
    index = golfers.index(worst)
    golfers[index] = evolve(worst, exit=Exit.DQ, exit_round=options.rounds - 1)


def _tie_the_lead(golfers: list[Golfer], options: TournamentOptions) -> None:
    """Give the leader as many strokes more as it takes to tie with the second."""
    ranked = sorted(_left(golfers), key=lambda golfer: golfer.total(options.rounds))
    first, second = ranked[0], ranked[1]
    missing = second.total(options.rounds) - first.total(options.rounds)
    last_round = list(first.scores[-1])
    for number in range(missing):
        last_round[number % HOLES] += 1
    scores = (*first.scores[:-1], tuple(last_round))
    golfers[golfers.index(first)] = evolve(first, scores=scores)


def _left(golfers: Sequence[Golfer]) -> list[Golfer]:
    return [golfer for golfer in golfers if golfer.exit is None]
