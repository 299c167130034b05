"""Build configurations, leaderboards and entries for tests of the rules of contests."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from indelible.contests.entities.values import roster_digest
from indelible.contests.rules.configuration.parsing import parse_configuration
from indelible.contests.rules.configuration.values import Configuration
from indelible.contests.rules.settlement import Settlement, SettlementInput, settle
from indelible.contests.rules.values import (
    EligibleEntry,
    Field,
    Leaderboard,
    PlayerCard,
    PlayerStatus,
    Round,
    Tournament,
    TournamentStatus,
)
from indelible.contests.samples import sample_configuration

CONTEST_ID: Final = "C1"
PAID_AT: Final = datetime(2026, 4, 8, 12, tzinfo=UTC)
FEE: Final = 2501
WORST_PLUS_1: Final = {
    "policy": "worst_round_plus",
    "plus": 1,
    "fixed_strokes": None,
    "use_completed_rounds": True,
}
NOT_COUNTED: Final = {**WORST_PLUS_1, "policy": "not_counted", "plus": None}
FIXED_80: Final = {**WORST_PLUS_1, "policy": "fixed_round", "plus": None, "fixed_strokes": 80}

# The tournament of the golden example: strokes by round, and the status.
GOLDEN_CARDS: Final[Mapping[str, tuple[tuple[int, ...], str]]] = {
    "G01": ((70, 68, 71, 69), "FIN"),
    "G02": ((72, 70, 69, 70), "FIN"),
    "G03": ((71, 73, 70, 72), "FIN"),
    "G04": ((74, 71, 68, 73), "FIN"),
    "G05": ((76, 77), "CUT"),
    "G06": ((73, 70), "WD"),
    "G07": ((69, 72, 74, 70), "FIN"),
    "G08": ((75, 70, 72, 71), "FIN"),
    "G09": ((78, 75), "CUT"),
    "G10": ((72, 72, 73, 74), "FIN"),
}
GOLDEN_ROSTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "E1": ("G01", "G02", "G03", "G05", "G06", "G07"),
    "E2": ("G01", "G02", "G04", "G08", "G09", "G10"),
    "E3": ("G01", "G02", "G03", "G08", "G05", "G10"),
    "E4": ("G02", "G07", "G08", "G04", "G03", "G09"),
    "E5": ("G01", "G08", "G10", "G06", "G05", "G09"),
}


def document(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """Return the configuration of the golden example with changed keys."""
    return sample_configuration("masters") | {"entry_fee_cents": FEE, "min_entries": None} | changes


def configured(**changes: Any) -> Configuration:  # noqa: ANN401 - any JSON value
    """Return the golden configuration with changed keys."""
    return parse_configuration(document(**changes), created_at=None)


def card(
    player_id: str,
    strokes: Sequence[int | None],
    status: str = "FIN",
    courses: Sequence[str | None] = (),
) -> PlayerCard:
    """Return a player with these rounds; a round without strokes is not complete."""
    rounds: list[Round] = []
    for position, value in enumerate(strokes):
        course = courses[position] if courses else None
        rounds.append(Round(position + 1, value, complete=value is not None, course_id=course))

    return PlayerCard(player_id, PlayerStatus(status), tuple(rounds), name=player_id)


def board(*cards: PlayerCard) -> Leaderboard:
    """Return a final leaderboard of these players."""
    in_order = tuple(sorted(cards, key=lambda player: player.player_id))
    return Leaderboard("T1", Tournament(TournamentStatus.FINAL, 4, 4, None), in_order)


def golden_board() -> Leaderboard:
    """Return the leaderboard of the golden example."""
    cards: list[PlayerCard] = []
    for player_id, (strokes, status) in GOLDEN_CARDS.items():
        cards.append(card(player_id, strokes, status))

    return board(*cards)


def entry(
    entry_id: str,
    player_ids: Sequence[str],
    *,
    prediction: int | None = None,
    paid_minor: int = FEE,
    minutes: int = 0,
) -> EligibleEntry:
    """Return an entry that was paid so many minutes after the first possible instant."""
    return EligibleEntry(
        entry_id=entry_id,
        user_id=f"user-{entry_id}",
        payment_ref=f"payment-{entry_id}",
        paid_minor=paid_minor,
        paid_at=PAID_AT + timedelta(minutes=minutes),
        roster_digest=roster_digest(tuple(player_ids), prediction),
        player_ids=tuple(sorted(player_ids)),
        prediction=prediction,
    )


def golden_entries() -> list[EligibleEntry]:
    """Return the entries of the golden example."""
    return [entry(entry_id, players) for entry_id, players in GOLDEN_ROSTERS.items()]


def settled(
    configuration: Configuration,
    leaderboard: Leaderboard,
    entries: Sequence[EligibleEntry],
    *,
    official_rounds: int = 4,
    alternates: Sequence[str] = (),
) -> Settlement:
    """Return the settlement of a contest on a leaderboard."""
    return settle(
        SettlementInput(
            contest_id=CONTEST_ID,
            configuration=configuration,
            configuration_digest=configuration.digest,
            event_number=7,
            events_digest="e" * 64,
            leaderboard=leaderboard,
            field=Field.of(leaderboard.cards.keys() - set(alternates), alternates),
            official_rounds=official_rounds,
            entries=entries,
        )
    )
