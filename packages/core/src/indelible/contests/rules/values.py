"""Values that the rules of contests share: the field, the leaderboard and eligible entries.

A *body* is the JSON form in which an event stores a field or a leaderboard.
"""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Protocol, Self

from attrs import field, frozen

from indelible.contests.errors import EventBodyUnreadable
from indelible.kernel.json import digest

LEADERBOARD_SCHEMA_VERSION: Final = 1

# Hole number and strokes, sorted by the hole number.
Holes = tuple[tuple[int, int], ...]


class PlayerStatus(StrEnum):
    """The status of a player in a tournament.

    FIN has completed the tournament; a player who has only completed a round is ACTIVE.
    """

    ACTIVE = "ACTIVE"
    FIN = "FIN"
    CUT = "CUT"
    WD = "WD"
    DQ = "DQ"
    MDF = "MDF"
    DNS = "DNS"


class TournamentStatus(StrEnum):
    """The status of a tournament as its provider reports it."""

    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN_PROGRESS"
    FINAL = "FINAL"
    CANCELLED = "CANCELLED"


class CutKeys(Protocol):
    """The part of a configuration's cut that these rules read."""

    @property
    def after_round(self) -> int | None:
        """Return the round after which players are cut, None without a cut."""
        ...

    @property
    def rule(self) -> str:
        """Return the rule that the provider's cut is compared with."""
        ...

    @property
    def n(self) -> int | None:
        """Return the number of players of the rule, None if it needs none."""
        ...

    @property
    def within_strokes(self) -> int | None:
        """Return the strokes behind the lead with which players play on, None without that rule."""
        ...


class ParKeys(Protocol):
    """The part of a configuration's par that these rules read."""

    @property
    def depends_on_course(self) -> bool:
        """Return True if a round's par is known only with its course."""
        ...


class TournamentKeys(Protocol):
    """The part of a configuration that ingestion and the terminal rule read."""

    @property
    def provider_event_id(self) -> str: ...
    @property
    def leaderboard_schema_version(self) -> int: ...
    @property
    def field_source(self) -> str: ...
    @property
    def round_count(self) -> int: ...
    @property
    def par(self) -> ParKeys: ...
    @property
    def cut(self) -> CutKeys: ...
    @property
    def min_official_rounds(self) -> int: ...
    @property
    def terminal_confirmations(self) -> int: ...
    @property
    def terminal_confirmation_seconds(self) -> int: ...
    @property
    def settlement_hold_seconds(self) -> int: ...
    @property
    def final_round_verify_hours(self) -> int: ...


@contextmanager
def reading_body() -> Generator[None]:
    """Raise EventBodyUnreadable for a body that lacks a key or has another type."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise EventBodyUnreadable(type(error).__name__) from error


@frozen
class Field:
    """The players of a tournament by id, each list sorted and without repeated ids."""

    primary: tuple[str, ...]
    alternates: tuple[str, ...] = ()

    @classmethod
    def of(cls, primary: Iterable[str], alternates: Iterable[str] = ()) -> Self:
        """Return the field of these players; an alternate who is primary is listed once."""
        chosen = frozenset(primary)
        return cls(tuple(sorted(chosen)), tuple(sorted(frozenset(alternates) - chosen)))

    @classmethod
    def of_body(cls, body: Mapping[str, Any]) -> Self:
        """Return the field that an event has stored.

        Raises:
            EventBodyUnreadable: The body is none of a field.
        """
        with reading_body():
            return cls(tuple(body["primary"]), tuple(body["alternates"]))

    def body(self) -> dict[str, Any]:
        """Return the JSON form that an event stores."""
        return {"primary": list(self.primary), "alternates": list(self.alternates)}

    @cached_property
    def player_ids(self) -> frozenset[str]:
        """Return the ids of all players."""
        return frozenset(self.primary) | frozenset(self.alternates)


@frozen
class Round:
    """One regulation round of a player.

    `strokes` of an incomplete round are partial. `to_par_display` is the provider's to-par of an
    incomplete round, for display only. `holes` is None if the provider sends no hole scores, and
    `course_id` if it does not say on which course the round is played.
    """

    n: int
    strokes: int | None
    complete: bool
    holes: Holes | None = None
    to_par_display: int | None = None
    course_id: str | None = None

    @classmethod
    def of_body(cls, body: Mapping[str, Any]) -> Self:
        """Return the round that an event has stored."""
        holes = body["holes"]
        if holes is not None:
            holes = tuple((hole["h"], hole["strokes"]) for hole in holes)
        return cls(
            n=body["n"],
            strokes=body["strokes"],
            complete=body["complete"],
            holes=holes,
            to_par_display=body["to_par"],
            course_id=body["course_id"],
        )

    def body(self) -> dict[str, Any]:
        """Return the JSON form that an event stores."""
        holes = None
        if self.holes is not None:
            holes = [{"h": number, "strokes": strokes} for number, strokes in self.holes]
        return {
            "n": self.n,
            "strokes": self.strokes,
            "complete": self.complete,
            "to_par": self.to_par_display,
            "holes": holes,
            "course_id": self.course_id,
        }


@frozen
class PlayerCard:
    """A player on a leaderboard: the status, and the rounds sorted by number.

    `position` is the provider's text, for display only. `playoff` is True for a player with extra
    holes, which are no rounds.
    """

    player_id: str
    status: PlayerStatus
    rounds: tuple[Round, ...]
    name: str = ""
    position: str | None = None
    playoff: bool = False

    @classmethod
    def of_body(cls, body: Mapping[str, Any]) -> Self:
        """Return the player that an event has stored."""
        return cls(
            player_id=body["player_id"],
            status=PlayerStatus(body["status"]),
            rounds=tuple([Round.of_body(each_round) for each_round in body["rounds"]]),
            name=body["name"],
            position=body["position"],
            playoff=body["playoff"],
        )

    def body(self) -> dict[str, Any]:
        """Return the JSON form that an event stores."""
        return {
            "player_id": self.player_id,
            "name": self.name,
            "status": self.status.value,
            "position": self.position,
            "rounds": [card_round.body() for card_round in self.rounds],
            "playoff": self.playoff,
        }

    @property
    def complete_rounds(self) -> dict[int, int]:
        """Return the strokes of each complete round by its number."""
        strokes: dict[int, int] = {}
        for card_round in self.rounds:
            if card_round.complete and card_round.strokes is not None:
                strokes[card_round.n] = card_round.strokes

        return strokes

    @property
    def has_strokes(self) -> bool:
        """Return True for a player with strokes in any round, complete or not."""
        return any(card_round.strokes for card_round in self.rounds)


@frozen
class Tournament:
    """The provider's data about the whole tournament; None for what it does not send."""

    status: TournamentStatus | None = None
    rounds: int | None = None
    current_round: int | None = None
    par: int | None = None

    @classmethod
    def of_body(cls, body: Mapping[str, Any]) -> Self:
        """Return the tournament that an event has stored."""
        status = body["status"]
        if status is not None:
            status = TournamentStatus(status)
        return cls(status, body["rounds"], body["current_round"], body["par"])

    def body(self) -> dict[str, Any]:
        """Return the JSON form that an event stores."""
        return {
            "status": None if self.status is None else self.status.value,
            "rounds": self.rounds,
            "current_round": self.current_round,
            "par": self.par,
        }


@frozen
class Correction:
    """An operator's value for a cell of a leaderboard.

    The cell is the finished round `n` of a player with its strokes, or the player's status if `n`
    is None. `replaced` are the provider's values that the operator's value replaces; None stands
    for a round that is not finished.
    """

    player_id: str
    n: int | None
    value: int | str
    replaced: tuple[int | str | None, ...]

    @classmethod
    def of_body(cls, body: Mapping[str, Any]) -> Self:
        """Return the correction that an event has stored."""
        return cls(body["player_id"], body["n"], body["value"], tuple(body["replaced"]))

    def body(self) -> dict[str, Any]:
        """Return the JSON form that an event stores."""
        return {
            "player_id": self.player_id,
            "n": self.n,
            "value": self.value,
            "replaced": list(self.replaced),
        }


@frozen
class Leaderboard:
    """A normalized leaderboard, its players sorted by id.

    `corrections` are the operator's values in it, sorted by player and round.
    """

    provider_event_id: str
    tournament: Tournament
    players: tuple[PlayerCard, ...]
    schema_version: int = LEADERBOARD_SCHEMA_VERSION
    corrections: tuple[Correction, ...] = ()

    @classmethod
    def of_body(cls, body: Mapping[str, Any]) -> Self:
        """Return the leaderboard that an event has stored.

        Raises:
            EventBodyUnreadable: The body is none of a leaderboard.
        """
        with reading_body():
            players: Sequence[Mapping[str, Any]] = body["players"]
            corrections: Sequence[Mapping[str, Any]] = body.get("corrections", ())
            return cls(
                provider_event_id=body["provider_event_id"],
                tournament=Tournament.of_body(body["tournament"]),
                players=tuple([PlayerCard.of_body(player) for player in players]),
                schema_version=body["schema_version"],
                corrections=tuple([Correction.of_body(correction) for correction in corrections]),
            )

    def body(self) -> dict[str, Any]:
        """Return the JSON form that an event stores; it names corrections only if there are any."""
        body: dict[str, Any] = {
            "provider_event_id": self.provider_event_id,
            "schema_version": self.schema_version,
            "tournament": self.tournament.body(),
            "players": [player.body() for player in self.players],
        }
        if self.corrections:
            body["corrections"] = [correction.body() for correction in self.corrections]
        return body

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON of the body, in hex."""
        return digest(self.body())

    @cached_property
    def cards(self) -> Mapping[str, PlayerCard]:
        """Return the players by id."""
        return {player.player_id: player for player in self.players}


def player_tuple(player_ids: Iterable[str]) -> tuple[str, ...]:
    """Return player ids as a tuple; a converter of fields."""
    return tuple(player_ids)


@frozen(kw_only=True)
class EligibleEntry:
    """An entry that is settled: active, paid in time, with its newest roster.

    `player_ids` are sorted. `payment_ref` is None for an entry of a free contest.
    """

    entry_id: str
    user_id: str
    payment_ref: str | None
    paid_minor: int
    paid_at: datetime
    roster_digest: str
    player_ids: tuple[str, ...] = field(converter=player_tuple)
    prediction: int | None = None
