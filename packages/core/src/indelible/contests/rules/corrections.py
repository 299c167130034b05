"""An operator's correction of a contest's leaderboard."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, field, frozen

from indelible.contests.entities.values import EventKind, LogMarks, Validity
from indelible.contests.rules.assess import Assessment, NewEvent, marks_of
from indelible.contests.rules.espn.rounds import MAX_ROUND_STROKES
from indelible.contests.rules.faults import FaultCode, FaultList
from indelible.contests.rules.fold import LogState, fold
from indelible.contests.rules.overlay import corrections_of, with_strokes
from indelible.contests.rules.validation import check_leaderboard, player_path, round_path
from indelible.contests.rules.values import (
    Correction,
    Leaderboard,
    PlayerStatus,
    TournamentKeys,
)
from indelible.kernel.json_objects import JsonObject


@frozen(kw_only=True)
class CorrectedRound:
    """The strokes of a round of a player, which is then complete."""

    player_id: str
    n: int
    strokes: int


@frozen(kw_only=True)
class CorrectionInput:
    """A correction that an operator submits.

    `base` is the body of the event that is canonical: that of the applied leaderboard, or of an
    event that was refused. The rounds and statuses replace those of the base. `payload_digest` is
    that of the request as canonical JSON.
    """

    configuration: TournamentKeys
    state: LogState
    marks: LogMarks
    supersedes: int
    base: Mapping[str, Any]
    payload_digest: str
    now: datetime
    rounds: tuple[CorrectedRound, ...] = ()
    statuses: Mapping[str, PlayerStatus] = field(factory=dict[str, PlayerStatus])


def correct(request: CorrectionInput) -> Assessment:
    """Return the CORRECTION event of a request and what it leads to.

    The event is INVALID if the corrected leaderboard has faults. A valid one closes an open
    TIMESTAMP_CONFLICT and drops a pending rewrite. Its body names the operator's values, so that
    later fetches keep them.
    """
    faults = FaultList()
    leaderboard = _corrected(Leaderboard.of_body(request.base), request, faults)
    leaderboard = evolve(leaderboard, corrections=_corrections(leaderboard, request))
    check_leaderboard(leaderboard, request.state, request.configuration, faults)
    body = JsonObject.of(leaderboard.body())
    reported = faults.done()
    event = NewEvent(
        number=request.state.number + 1,
        kind=EventKind.CORRECTION,
        validity=Validity.INVALID if reported else Validity.VALID,
        payload_digest=request.payload_digest,
        fetch_number=None,
        fetched_at=request.now,
        body=body,
        body_hash=body.digest,
        supersedes=request.supersedes,
        fault_count=len(reported),
        faults=reported,
    )
    state = fold(request.state, event)
    marks = request.marks
    if not reported:
        marks = evolve(
            marks,
            conflict_number=None,
            pending_rewrite=None,
            pending_rewrite_at=None,
            pending_rewrite_number=None,
        )
    return Assessment(events=(event,), state=state, marks=marks_of(state, marks))


def _corrected(base: Leaderboard, request: CorrectionInput, faults: FaultList) -> Leaderboard:
    cards = dict(base.cards)
    for corrected in request.rounds:
        path = round_path(corrected.player_id, corrected.n)
        card = cards.get(corrected.player_id)
        if card is None:
            faults.add(FaultCode.UNKNOWN_PLAYER, path, corrected.player_id)
        elif not 0 < corrected.strokes <= MAX_ROUND_STROKES:
            faults.add(FaultCode.STROKES_OUT_OF_RANGE, path, corrected.strokes)
        else:
            cards[card.player_id] = with_strokes(card, corrected.n, corrected.strokes)

    for player_id, status in request.statuses.items():
        card = cards.get(player_id)
        if card is None:
            faults.add(FaultCode.UNKNOWN_PLAYER, player_path(player_id), player_id)
        else:
            cards[player_id] = evolve(card, status=status)

    return evolve(base, players=tuple([cards[player_id] for player_id in sorted(cards)]))


def _corrections(leaderboard: Leaderboard, request: CorrectionInput) -> tuple[Correction, ...]:
    """Return the operator's values in a corrected leaderboard.

    The finished rounds of an accepted event count if they differ from the applied leaderboard. Its
    statuses do not: they may only be earlier ones.
    """
    sources = [Leaderboard.of_body(request.base)]
    if request.state.leaderboard is not None:
        sources.append(request.state.leaderboard)
    return corrections_of(leaderboard, tuple(sources), request.statuses.keys())
