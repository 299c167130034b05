"""An operator's correction stays while the provider sends what it has replaced."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from attrs import evolve
from tests.contest_runs import FIRST_ROUND, ORGANIZER, ContestRun
from tests.contest_runs import OPTIONS as RUN_OPTIONS
from tests.core.contests.deliveries import problems_of_replay, wrong_status
from tests.core.contests.pure_log import FINAL, LAST, MINUTE, START, PureLog, body_of, end_of_round

from indelible.contests.commands.logs import CorrectLog
from indelible.contests.entities.values import EventKind, Validity
from indelible.contests.handlers.logs import correct_log
from indelible.contests.rules.assess import Assessment
from indelible.contests.rules.corrections import CorrectedRound, CorrectionInput, correct
from indelible.contests.rules.faults import FaultCode
from indelible.contests.rules.settlement import settle
from indelible.contests.rules.values import PlayerStatus
from indelible.contests.tasks.settlement_inputs import read_settlement
from indelible_service.demos.leaderboards import Json, Moment, Tournament, competitors_of

BEFORE = body_of(end_of_round(1))
VALID_SNAPSHOT = (EventKind.SNAPSHOT, Validity.VALID)
REFUSED_SNAPSHOT = (EventKind.SNAPSHOT, Validity.INVALID)
CORRECTION = (EventKind.CORRECTION, Validity.VALID)


def _history(log: PureLog) -> list[tuple[EventKind, Validity]]:
    return [(event.kind, event.validity) for event in log.events]


def _player(log: PureLog) -> str:
    """Return the player whose first round `_set_first_round` changes."""
    assert log.state.leaderboard is not None
    return min(log.state.leaderboard.cards)


def _correct(
    log: PureLog,
    *,
    base: int | None = None,
    rounds: tuple[CorrectedRound, ...] = (),
    statuses: dict[str, PlayerStatus] | None = None,
) -> Assessment:
    """Submit an operator's correction of the applied leaderboard."""
    number = log.state.leaderboard_number
    assert number is not None
    event = log.events[(base or number) - 1]
    assert event.body is not None
    log.now += MINUTE
    assessment = correct(
        CorrectionInput(
            configuration=log.configuration,
            state=log.state,
            marks=log.marks,
            supersedes=number,
            base=event.body,
            payload_digest=sha256(b"request").hexdigest(),
            now=log.now,
            rounds=rounds,
            statuses=statuses or {},
        )
    )
    log.add(assessment)
    return assessment


@pytest.mark.parametrize("chosen", [1, 2])
def test_an_operator_decides_a_conflict(chosen: int) -> None:
    log = PureLog()
    log.take(BEFORE, at=START)
    log.take(body_of(end_of_round(2)), at=START)
    assert log.marks.conflict_number == 2

    _correct(log, base=chosen)
    assert log.marks.conflict_number is None
    assert log.state.leaderboard is not None
    assert evolve(log.state.leaderboard, corrections=()).digest == log.events[chosen - 1].body_hash
    assert problems_of_replay(log) == []


def test_an_operator_corrects_a_round_and_a_status() -> None:
    log = PureLog()
    log.take(BEFORE)
    player_id = _player(log)
    fixed = CorrectedRound(player_id=player_id, n=1, strokes=99)
    _correct(log, rounds=(fixed,), statuses={player_id: PlayerStatus.DQ})

    assert log.state.leaderboard is not None
    card = log.state.leaderboard.cards[player_id]
    assert card.complete_rounds[1] == 99
    assert card.status is PlayerStatus.DQ
    assert log.events[-1].supersedes == 1
    assert log.events[-1].fetch_number is None


@pytest.mark.parametrize("corrected", [(60,), (60, 61)])
def test_what_an_operator_has_superseded_does_not_come_back(corrected: tuple[int, ...]) -> None:
    log = PureLog()
    log.take(body_of(FINAL))
    leader = _leader_of(log)
    for strokes in corrected:
        _correct(log, rounds=(CorrectedRound(player_id=leader, n=LAST, strokes=strokes),))
    chosen = log.state.leaderboard_hash
    for _ in range(3):
        log.take(body_of(FINAL))

    assert log.state.leaderboard_hash == chosen
    corrections = [EventKind.CORRECTION] * len(corrected)
    assert log.kinds()[1:] == [*corrections, EventKind.CONFIRMED, EventKind.TERMINAL]


def _in_round(n: int, progress: float, change: Callable[[Json], None] | None = None) -> bytes:
    """Return the document of a moment in a round, after a change."""
    return body_of(Moment(n=n, progress=progress), change)


def _first_round(log: PureLog) -> int | None:
    """Return the strokes in the first round of that player."""
    assert log.state.leaderboard is not None
    return log.state.leaderboard.cards[_player(log)].complete_rounds.get(1)


def _set_first_round(strokes: int) -> Callable[[Json], None]:
    """Return a change of the document: the provider sends other strokes for that player."""

    def set_strokes(document: Json) -> None:
        player = min(competitors_of(document), key=lambda each: str(each["id"]))
        linescore = player["linescores"][0]
        linescore["inScore"] += strokes - linescore["value"]
        linescore["value"] = strokes
        linescore.pop("linescores", None)

    return set_strokes


def _corrected_log(*corrected: int) -> PureLog:
    """Return a log in which an operator has corrected the player's first round."""
    log = PureLog()
    log.take(BEFORE)
    for strokes in corrected:
        _correct(log, rounds=(CorrectedRound(player_id=_player(log), n=1, strokes=strokes),))
    return log


@pytest.mark.parametrize("corrected", [(99,), (98, 99)])
def test_an_operators_round_stays_while_other_scores_change(corrected: tuple[int, ...]) -> None:
    log = _corrected_log(*corrected)
    for n in range(2, LAST + 1):
        for progress in (0.3, 0.5, 0.8):
            log.take(_in_round(n, progress))
            assert _first_round(log) == 99
    for _ in range(3):
        log.take(body_of(FINAL))

    assert _first_round(log) == 99
    assert log.kinds(Validity.INVALID) == []
    assert log.kinds().count(EventKind.CORRECTION) == len(corrected)
    assert log.kinds()[-1] is EventKind.TERMINAL
    assert problems_of_replay(log) == []


def test_a_correction_ends_when_the_provider_adopts_it() -> None:
    log = _corrected_log(99)
    log.take(_in_round(2, 0.3, _set_first_round(99)))
    assert log.state.leaderboard is not None
    assert log.state.leaderboard.corrections == ()
    assert _history(log) == [VALID_SNAPSHOT, CORRECTION, VALID_SNAPSHOT]

    log.take(_in_round(2, 0.4))
    assert _history(log)[3:] == [REFUSED_SNAPSHOT]


def test_a_third_value_of_a_corrected_round_is_a_rewrite() -> None:
    log = _corrected_log(99)
    log.take(_in_round(2, 0.3, _set_first_round(68)))
    assert _history(log)[2:] == [REFUSED_SNAPSHOT]
    assert set(log.codes()) == {"SCORE_REWRITE_WITHOUT_CORRECTION"}
    assert _first_round(log) == 99

    log.take(_in_round(2, 0.4, _set_first_round(68)))
    assert _history(log)[3:] == [CORRECTION]
    assert _first_round(log) == 68
    assert problems_of_replay(log) == []


def test_an_operator_who_takes_a_correction_back_follows_the_provider_again() -> None:
    log = PureLog()
    log.take(BEFORE)
    strokes = _first_round(log)
    assert strokes is not None
    player_id = _player(log)
    for value, status in ((99, PlayerStatus.DQ), (strokes, PlayerStatus.ACTIVE)):
        fixed = CorrectedRound(player_id=player_id, n=1, strokes=value)
        _correct(log, rounds=(fixed,), statuses={player_id: status})
    assert log.state.leaderboard is not None
    assert log.state.leaderboard.corrections == ()


def _status(log: PureLog) -> PlayerStatus:
    """Return the status of that player."""
    assert log.state.leaderboard is not None
    return log.state.leaderboard.cards[_player(log)].status


def test_an_operators_status_stays_until_the_provider_sends_a_third_one_twice() -> None:
    log = PureLog()
    log.take(BEFORE)
    player_id = _player(log)
    _correct(log, statuses={player_id: PlayerStatus.DQ})
    fixed = CorrectedRound(player_id=player_id, n=1, strokes=99)
    _correct(log, rounds=(fixed,))
    for moment in (Moment(n=2, progress=0.4), end_of_round(2)):
        log.take(body_of(moment))
        assert _status(log) is PlayerStatus.DQ
    assert log.kinds(Validity.INVALID) == []

    log.take(body_of(Moment(n=3, progress=0.3), wrong_status))
    assert _status(log) is PlayerStatus.DQ
    assert _history(log)[-1] == REFUSED_SNAPSHOT
    (fault,) = log.events[-1].faults
    assert fault.code is FaultCode.SCORE_REWRITE_WITHOUT_CORRECTION
    assert (fault.path, fault.value) == (f"players[{player_id}].status", "WD")

    log.take(body_of(Moment(n=3, progress=0.4), wrong_status))
    assert _history(log)[-1] == CORRECTION
    assert _status(log) is PlayerStatus.WD
    assert _first_round(log) == 99
    assert problems_of_replay(log) == []


def test_a_player_whom_an_operator_has_made_active_may_get_any_status() -> None:
    log = PureLog()
    log.take(body_of(end_of_round(1), wrong_status))
    _correct(log, statuses={_player(log): PlayerStatus.ACTIVE})
    log.take(body_of(Moment(n=2, progress=0.3), wrong_status))
    assert _status(log) is PlayerStatus.ACTIVE
    for _ in range(3):
        log.take(body_of(FINAL))

    assert _status(log) in {PlayerStatus.FIN, PlayerStatus.CUT}
    assert log.kinds(Validity.INVALID) == []


def test_the_rounds_of_an_accepted_event_stay_while_other_scores_change() -> None:
    log = PureLog()
    log.take(BEFORE, at=START)
    log.take(body_of(end_of_round(1), _set_first_round(99)), at=START)
    _correct(log, base=2)
    for progress in (0.3, 0.5, 0.8):
        log.take(_in_round(2, progress))
        assert _first_round(log) == 99

    assert log.kinds(Validity.INVALID) == [EventKind.SNAPSHOT]
    assert problems_of_replay(log) == []


def test_an_operators_round_is_settled(run: ContestRun) -> None:
    contest = run.open()
    run.lock(contest)
    run.start(contest)
    run.clock.advance(90)
    run.fetch(FIRST_ROUND)
    player_id = Tournament(RUN_OPTIONS).golfers[0].player_id
    command = CorrectLog(
        contest_id=contest.id,
        supersedes=run.log(contest).event_number,
        rounds=(CorrectedRound(player_id=player_id, n=1, strokes=99),),
    )
    run.clock.advance(90)
    run.store.run(correct_log, command, actor=ORGANIZER, reason="the signed card")
    run.play()
    run.hold()
    run.settle()

    (settlement,) = run.runs(contest)
    settled = run.store.read(read_settlement, contest.id).input
    assert settled is not None
    assert settled.leaderboard.cards[player_id].complete_rounds[1] == 99
    assert settle(settled).result_digest == settlement.result_digest
    kinds = run.kinds(contest)
    assert "!SNAPSHOT" not in kinds
    run.clock.advance(60)
    run.fetch()
    assert run.kinds(contest) == kinds


def _leader_of(log: PureLog) -> str:
    assert log.state.leaderboard is not None
    finished = [card for card in log.state.leaderboard.players if card.status is PlayerStatus.FIN]
    return finished[0].player_id


@pytest.mark.parametrize("strokes", [1, 120])
def test_a_correction_within_the_limits_is_accepted(strokes: int) -> None:
    log = PureLog()
    log.take(BEFORE)
    corrected = CorrectedRound(player_id=_player(log), n=1, strokes=strokes)
    (event,) = _correct(log, rounds=(corrected,)).events

    assert event.validity is Validity.VALID


@pytest.mark.parametrize(
    ("player_id", "n", "strokes", "code"),
    [
        ("nobody", 1, 70, "UNKNOWN_PLAYER"),
        (None, 1, 0, "STROKES_OUT_OF_RANGE"),
        (None, 1, 121, "STROKES_OUT_OF_RANGE"),
        (None, LAST + 1, 70, "ROUND_OUT_OF_RANGE"),
    ],
)
def test_an_unfit_correction_is_refused(
    player_id: str | None, n: int, strokes: int, code: str
) -> None:
    log = PureLog()
    log.take(BEFORE)
    before = log.state
    chosen = player_id or _player(log)
    unfit = CorrectedRound(player_id=chosen, n=n, strokes=strokes)
    assessment = _correct(log, rounds=(unfit,))

    (event,) = assessment.events
    assert event.validity is Validity.INVALID
    assert {fault.code for fault in event.faults} == {code}
    assert evolve(log.state, number=before.number) == before
