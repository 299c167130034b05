"""Leaderboards of an invented tournament, in the shape of the real feed including its traps."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final

from attrs import Factory, field, frozen

from indelible_service.demos.golfers import (
    HOLES,
    Exit,
    Golfer,
    TournamentOptions,
    hole_pars,
    invent_golfers,
)

Json = dict[str, Any]

FIRST_TEE_TIME: Final = time(12, 5)
TEE_MINUTES: Final = 360
COURSE_ID: Final = "31"
EXIT_WORDS: Final[Mapping[Exit, str]] = {
    Exit.CUT: "Cut",
    Exit.WD: "Withdrawn",
    Exit.DQ: "Disqualified",
}


@frozen(kw_only=True)
class Moment:
    """An instant of a tournament: the round, and how much of it is played, from 0 to 1.

    In a playoff the round is the one after the last. `is_final` ends the tournament.
    """

    n: int
    progress: float = 0.0
    is_final: bool = False
    is_over: bool = False  # the round, for every player


@frozen
class PlayedRound:
    """The holes of a round that a player has played."""

    n: int
    strokes: tuple[int, ...]
    to_par: int

    @property
    def is_complete(self) -> bool:
        """Return True if all holes are played."""
        return len(self.strokes) == HOLES


def _invented_golfers(tournament: "Tournament") -> tuple[Golfer, ...]:
    return invent_golfers(tournament.options)


@frozen
class Tournament:
    """An invented tournament, whose leaderboard can be written for any moment."""

    options: TournamentOptions
    golfers: tuple[Golfer, ...] = field(default=Factory(_invented_golfers, takes_self=True))

    def moments(self, steps: int = 3) -> tuple[Moment, ...]:
        """Return the moments of a story: before the start, `steps` in each round, and each end."""
        moments = [Moment(n=1)]
        for n in range(1, self.options.rounds + 1):
            for step in range(1, steps + 1):
                moments.append(Moment(n=n, progress=step / (steps + 1)))
            moments.append(Moment(n=n, progress=1.0, is_over=True))
        last = self.options.rounds
        if self.options.has_playoff:
            last += 1
            moments.append(Moment(n=last, progress=0.5))
        moments.append(Moment(n=last, progress=1.0, is_over=True, is_final=True))
        return tuple(moments)

    def document(self, moment: Moment) -> Json:
        """Return the `/leaderboard` document of a moment."""
        status = self._tournament_status(moment)
        rounds = self.options.rounds
        competition = {
            "id": self.options.provider_event_id,
            "status": {"period": moment.n, **status},
            "competitors": self._competitors(moment),
        }
        event = {
            "id": self.options.provider_event_id,
            "name": self.options.name,
            "date": _minute_text(self._tee_time(self.golfers[0], 1)),
            "tournament": {
                "major": False,
                "numberOfRounds": rounds,
                "currentRound": min(moment.n, rounds),
                "scoringSystem": {"name": "Medal"},
            },
            "status": status,
            "courses": [
                {"id": COURSE_ID, "host": True, "shotsToPar": self.options.pars[0]},
            ],
            "competitions": [competition],
        }
        return {"events": [event]}

    def _tournament_status(self, moment: Moment) -> Json:
        if moment.is_final:
            return {"type": {"name": "STATUS_FINAL", "state": "post", "completed": True}}
        if moment.is_over:
            return {"type": {"name": "STATUS_PLAY_COMPLETE", "state": "in", "completed": False}}
        if moment.n == 1 and not moment.progress:
            return {"type": {"name": "STATUS_SCHEDULED", "state": "pre", "completed": False}}
        return {"type": {"name": "STATUS_IN_PROGRESS", "state": "in", "completed": False}}

    def _competitors(self, moment: Moment) -> list[Json]:
        """Return all players, those in the tournament first and by their scores."""
        played = {golfer.player_id: self._played(golfer, moment) for golfer in self.golfers}
        totals: dict[str, int] = {}
        for golfer in self.golfers:
            if golfer.exit is None or not golfer.has_left(self._last_done(moment)):
                rounds = played[golfer.player_id]
                totals[golfer.player_id] = sum(played_round.to_par for played_round in rounds)

        ranked = sorted(
            self.golfers,
            key=lambda golfer: (
                golfer.player_id not in totals,
                totals.get(golfer.player_id, 0),
                golfer.player_id,
            ),
        )
        competitors: list[Json] = []
        for order, golfer in enumerate(ranked, start=1):
            rounds = played[golfer.player_id]
            position = _position(golfer.player_id, totals)
            competitors.append(self._competitor(golfer, moment, rounds, order, position))

        return competitors

    def _last_done(self, moment: Moment) -> int:
        """Return the last round in which an exit is visible at a moment."""
        return moment.n if moment.is_over or moment.n == 1 else moment.n - 1

    def _played(self, golfer: Golfer, moment: Moment) -> list[PlayedRound]:
        """Return the rounds that a player has begun."""
        rounds: list[PlayedRound] = []
        for n in range(1, min(moment.n, self.options.rounds) + 1):
            holes = HOLES if n < moment.n else _holes_played(golfer, moment)
            if golfer.exit is not None and n >= golfer.exit_round:
                holes = min(holes, golfer.exit_holes) if n == golfer.exit_round else 0
            if holes:
                strokes = golfer.scores[n - 1][:holes]
                pars = hole_pars(self.options.pars[n - 1])[:holes]
                rounds.append(PlayedRound(n, strokes, sum(strokes) - sum(pars)))

        return rounds

    def _competitor(
        self,
        golfer: Golfer,
        moment: Moment,
        rounds: Sequence[PlayedRound],
        order: int,
        position: Json,
    ) -> Json:
        in_play = any(not played_round.is_complete for played_round in rounds)
        to_par = sum(played_round.to_par for played_round in rounds)
        strokes = sum(sum(played_round.strokes) for played_round in rounds)
        return {
            "id": golfer.player_id,
            "uid": f"s:1100~a:{golfer.player_id}",
            "movement": 0,
            "earnings": 0,
            "sortOrder": order,
            "amateur": False,
            "status": {**self._player_status(golfer, moment, rounds), "position": position},
            # The total of a player in play is "E", whatever the score.
            "score": {"value": strokes, "displayValue": "E" if in_play else to_par_text(to_par)},
            "linescores": self._linescores(golfer, moment, rounds),
            "athlete": {"id": golfer.player_id, "displayName": golfer.name},
        }

    def _player_status(self, golfer: Golfer, moment: Moment, rounds: Sequence[PlayedRound]) -> Json:
        by_round = {played_round.n: played_round for played_round in rounds}
        current = by_round.get(min(moment.n, self.options.rounds))
        thru = 0 if current is None else len(current.strokes)
        status: Json = {"period": moment.n, "thru": thru, "startHole": 1, "playoff": False}
        if moment.n <= self.options.rounds:
            status["teeTime"] = _minute_text(self._tee_time(golfer, moment.n))
        if golfer.exit is not None and golfer.has_left(self._last_done(moment)):
            status["period"] = golfer.exit_round
            status["thru"] = golfer.exit_holes
            return status | _out_type(golfer.exit)
        if moment.n > self.options.rounds:
            return status | self._playoff_type(golfer, moment)
        if thru == HOLES:
            return status | _play_type("2", "STATUS_FINISH", "post", "F")
        if thru:
            return status | _play_type("1", "STATUS_IN_PROGRESS", "in", f"Thru {thru}")
        return status | _play_type("0", "STATUS_SCHEDULED", "pre", status["teeTime"])

    def _playoff_type(self, golfer: Golfer, moment: Moment) -> Json:
        """Return the status during a playoff, in which the tied leaders play on."""
        is_in_playoff = golfer.player_id in self._leaders()
        if is_in_playoff and not moment.is_over:
            playing = _play_type("1", "STATUS_IN_PROGRESS", "in", "Playoff")
            return {"playoff": True, **playing}

        period = moment.n if is_in_playoff else self.options.rounds
        finished = _play_type("2", "STATUS_FINISH", "post", "F")
        return {"playoff": is_in_playoff, "period": period, "thru": HOLES, **finished}

    def _leaders(self) -> frozenset[str]:
        totals = {
            golfer.player_id: golfer.total(self.options.rounds)
            for golfer in self.golfers
            if golfer.exit is None
        }
        best = min(totals.values())
        return frozenset(player_id for player_id, total in totals.items() if total == best)

    def _linescores(
        self, golfer: Golfer, moment: Moment, rounds: Sequence[PlayedRound]
    ) -> list[Json]:
        linescores = [self._linescore(golfer, played_round) for played_round in rounds]
        following = len(rounds) + 1
        if golfer.exit is Exit.WD and golfer.exit_holes == 0:
            # A player who withdraws before the start has a round of value 0.
            linescores.append({"period": 1, "value": 0, "displayValue": "-", "isPlayoff": False})
            following = 2
        if following <= self.options.rounds:
            tee_time = _minute_text(self._tee_time(golfer, following))
            linescores.append({"period": following, "teeTime": tee_time, "isPlayoff": False})
        if moment.n > self.options.rounds and golfer.player_id in self._leaders():
            holes = [{"period": 1, "value": 4}]
            extra = {"period": moment.n, "value": 4, "displayValue": "E", "isPlayoff": True}
            linescores.append({**extra, "linescores": holes})
        return linescores

    def _linescore(self, golfer: Golfer, played_round: PlayedRound) -> Json:
        strokes = played_round.strokes
        linescore: Json = {
            "period": played_round.n,
            "value": sum(strokes),
            "displayValue": to_par_text(played_round.to_par),
            "outScore": sum(strokes[: HOLES // 2]),
            "inScore": sum(strokes[HOLES // 2 :]),
            "teeTime": _minute_text(self._tee_time(golfer, played_round.n)),
            "isPlayoff": False,
        }
        if self.options.has_holes:
            linescore["linescores"] = [
                {"period": number, "value": value} for number, value in enumerate(strokes, start=1)
            ]
        return linescore

    def _tee_time(self, golfer: Golfer, n: int) -> datetime:
        day = self.options.first_day + timedelta(days=n - 1)
        minutes = int(golfer.start * TEE_MINUTES)
        return datetime.combine(day, FIRST_TEE_TIME) + timedelta(minutes=minutes)


def encode(document: Json) -> bytes:
    """Return the bytes of a document as the stand-in of the provider sends them."""
    return json.dumps(document, separators=(",", ":")).encode()


def as_scoreboard(document: Json) -> Json:
    """Return a `/leaderboard` document as `/scoreboard` has it: scores are plain texts."""
    copy: Json = json.loads(json.dumps(document))
    for competitor in competitors_of(copy):
        competitor["score"] = competitor["score"]["displayValue"]

    return copy


def as_competitors(document: Json) -> Json:
    """Return the variant with `competitors` at the root, without any status of the tournament."""
    return {"competitors": competitors_of(document)}


def competitors_of(document: Json) -> list[Json]:
    """Return the players of a `/leaderboard` document, which may be changed in place."""
    competitors: list[Json] = document["events"][0]["competitions"][0]["competitors"]
    return competitors


def to_par_text(to_par: int) -> str:
    """Return strokes over or under par as the provider writes them."""
    return f"{to_par:+d}" if to_par else "E"


def _holes_played(golfer: Golfer, moment: Moment) -> int:
    """Return how many holes of the current round a player has finished; late starters have less."""
    if moment.is_over:
        return HOLES
    played = round(HOLES * (2 * moment.progress - golfer.start))
    return max(0, min(HOLES, played))


def _position(player_id: str, totals: Mapping[str, int]) -> Json:
    total = totals.get(player_id)
    if total is None:
        return {"id": "0", "displayName": "-", "isTie": False}

    better = sum(1 for other in totals.values() if other < total)
    is_tie = sum(1 for other in totals.values() if other == total) > 1
    number = better + 1
    text = f"T{number}" if is_tie else str(number)
    return {"id": str(number), "displayName": text, "isTie": is_tie}


def _play_type(type_id: str, name: str, state: str, display: str) -> Json:
    is_over = state == "post"
    kind = {"id": type_id, "name": name, "state": state, "completed": is_over}
    return {"displayValue": display, "type": kind}


def _out_type(reason: Exit) -> Json:
    """Return the status of a player who is out: always STATUS_CUT, told apart by displayValue."""
    kind = {
        "id": "3",
        "name": "STATUS_CUT",
        "state": "post",
        "completed": False,
        "description": EXIT_WORDS[reason],
    }
    return {"displayValue": reason.value, "type": kind}


def _minute_text(instant: datetime) -> str:
    """Return a time as the provider writes it, without seconds."""
    return instant.strftime("%Y-%m-%dT%H:%MZ")
