"""Finished rounds are corrected by two observations or by an operator; each step is stored."""

from datetime import timedelta

import pytest
from tests.core.contests.deliveries import problems_of_replay, wrong_round
from tests.core.contests.pure_log import (
    PureLog,
    body_of,
    configured,
    end_of_round,
)

from indelible.contests.entities.values import EventKind, Validity
from indelible.contests.rules.faults import FaultCode
from indelible.contests.rules.values import PlayerStatus
from indelible_service.demos.leaderboards import Json, Moment, competitors_of

BEFORE = body_of(end_of_round(1))
REWRITTEN = body_of(end_of_round(1), wrong_round)
VALID_SNAPSHOT = (EventKind.SNAPSHOT, Validity.VALID)
REFUSED_SNAPSHOT = (EventKind.SNAPSHOT, Validity.INVALID)
CORRECTION = (EventKind.CORRECTION, Validity.VALID)


def _history(log: PureLog) -> list[tuple[EventKind, Validity]]:
    return [(event.kind, event.validity) for event in log.events]


def test_a_round_rewritten_once_is_refused() -> None:
    log = PureLog()
    log.take(BEFORE)
    log.take(REWRITTEN)

    assert _history(log) == [VALID_SNAPSHOT, REFUSED_SNAPSHOT]
    assert log.state.leaderboard_number == 1
    assert log.marks.pending_rewrite_number == 2


def test_a_round_rewritten_twice_a_minute_apart_is_corrected_by_the_engine() -> None:
    log = PureLog()
    log.take(BEFORE)
    log.take(REWRITTEN)
    log.take(REWRITTEN, after=timedelta(seconds=59))
    assert len(log.events) == 2

    log.take(REWRITTEN, after=timedelta(seconds=1))
    assert _history(log)[2:] == [CORRECTION]
    assert log.events[-1].supersedes == 1
    assert log.events[-1].fetch_number == 4
    assert log.state.leaderboard_number == 3
    assert log.marks.pending_rewrite is None


def test_a_round_rewritten_back_goes_the_same_way() -> None:
    log = PureLog()
    for payload in (BEFORE, REWRITTEN, REWRITTEN, BEFORE, BEFORE):
        log.take(payload)

    steps = [VALID_SNAPSHOT, REFUSED_SNAPSHOT, CORRECTION, REFUSED_SNAPSHOT, CORRECTION]
    assert _history(log) == steps
    assert [event.supersedes for event in log.events] == [None, None, 1, None, 3]
    assert log.events[0].body_hash == log.state.leaderboard_hash
    assert problems_of_replay(log) == []


def test_a_rewrite_taken_back_at_once_leaves_the_scores() -> None:
    log = PureLog()
    for payload in (BEFORE, REWRITTEN, BEFORE):
        log.take(payload)

    assert _history(log) == [VALID_SNAPSHOT, REFUSED_SNAPSHOT, VALID_SNAPSHOT]
    assert log.state.leaderboard_number == 1
    assert log.marks.pending_rewrite is None

    log.take(REWRITTEN)
    assert _history(log)[-1] == REFUSED_SNAPSHOT


def test_a_rewrite_is_confirmed_while_other_scores_change() -> None:
    log = PureLog()
    log.take(BEFORE)
    log.take(body_of(Moment(n=2, progress=0.3), wrong_round))
    log.take(body_of(Moment(n=2, progress=0.4), wrong_round))
    assert _history(log)[1:] == [REFUSED_SNAPSHOT, CORRECTION]


def test_a_different_rewrite_starts_the_minute_again() -> None:
    def other_round(document: Json) -> None:
        wrong_round(document)
        wrong_round(document)

    log = PureLog()
    for payload in (BEFORE, REWRITTEN, body_of(end_of_round(1), other_round)):
        log.take(payload)
    assert _history(log)[1:] == [REFUSED_SNAPSHOT, REFUSED_SNAPSHOT]
    assert log.marks.pending_rewrite_number == 3


def return_the_cut_players(document: Json) -> None:
    """Report every player who was cut as one who plays."""
    for competitor in competitors_of(document):
        if competitor["status"]["displayValue"] == "CUT":
            playing = {"name": "STATUS_IN_PROGRESS", "state": "in", "completed": False}
            competitor["status"] |= {"period": 3, "displayValue": "Thru 1", "type": playing}


def test_cut_players_return_after_a_second_observation_only() -> None:
    log = PureLog()
    after_the_cut = Moment(n=3, progress=0.5)
    log.take(body_of(after_the_cut))
    returned = body_of(after_the_cut, return_the_cut_players)
    log.take(returned)

    assert _history(log) == [VALID_SNAPSHOT, REFUSED_SNAPSHOT]
    faults = log.events[-1].faults
    assert {fault.code for fault in faults} == {FaultCode.SCORE_REWRITE_WITHOUT_CORRECTION}
    assert log.state.leaderboard is not None
    cards = log.state.leaderboard.players
    cut = [card.player_id for card in cards if card.status is PlayerStatus.CUT]
    assert len(cut) > 3
    assert [fault.path for fault in faults] == [f"players[{player}].status" for player in cut]

    log.take(returned)
    assert _history(log)[2:] == [CORRECTION]
    assert problems_of_replay(log) == []


def test_a_round_that_is_no_longer_finished_is_a_rewrite() -> None:
    log = PureLog()
    log.take(BEFORE)
    log.take(body_of(Moment(n=1, progress=0.4)))
    assert set(log.codes()) == {"SCORE_REWRITE_WITHOUT_CORRECTION"}


def test_a_rewrite_with_another_fault_is_never_confirmed() -> None:
    def with_fault(document: Json) -> None:
        wrong_round(document)
        competitors_of(document)[1]["linescores"][0]["value"] = 70.5

    log = PureLog()
    log.take(BEFORE)
    for _ in range(3):
        log.take(body_of(end_of_round(1), with_fault))
    assert _history(log) == [VALID_SNAPSHOT, REFUSED_SNAPSHOT]
    assert log.marks.pending_rewrite is None


def _played_on(course_id: str | None) -> bytes:
    """Return the first round of all players, played on one course."""

    def set_course(document: Json) -> None:
        event = document["events"][0]
        event.pop("courses", None)
        for competitor in competitors_of(document):
            for linescore in competitor["linescores"]:
                linescore["courseId"] = course_id

    return body_of(end_of_round(1), set_course)


@pytest.mark.parametrize("other", ["south", None])
def test_another_course_of_a_finished_round_is_a_rewrite_if_par_depends_on_it(
    other: str | None,
) -> None:
    log = PureLog(configuration=configured(par={"north": 72, "south": 70}))
    log.take(_played_on("north"))
    log.take(_played_on(other))
    assert _history(log) == [VALID_SNAPSHOT, REFUSED_SNAPSHOT]
    assert set(log.codes()) == {"SCORE_REWRITE_WITHOUT_CORRECTION"}

    log.take(_played_on(other))
    assert _history(log)[2:] == [CORRECTION]


def test_another_course_is_no_rewrite_if_par_does_not_depend_on_it() -> None:
    log = PureLog()
    log.take(_played_on("north"))
    log.take(_played_on("south"))
    assert _history(log) == [VALID_SNAPSHOT, VALID_SNAPSHOT]


def test_a_course_that_becomes_known_is_no_rewrite() -> None:
    log = PureLog(configuration=configured(par={"north": 72, "south": 70}))
    log.take(_played_on(None))
    log.take(_played_on("south"))
    assert _history(log) == [VALID_SNAPSHOT, VALID_SNAPSHOT]
