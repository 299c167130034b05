"""Alerts follow from stored records: each has a contest that raises it, and one that does not."""

from datetime import timedelta

import pytest
from attrs import evolve
from tests.core.contests.deliveries import wrong_round
from tests.core.contests.pure_log import HOUR, START, PureLog, body_of, end_of_round

from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.alerts import ALERT_MEANINGS, AlertCode, AlertInput, alerts

END = START + 96 * HOUR


def _input(log: PureLog, settled_number: int | None = None) -> AlertInput:
    return AlertInput(
        status=log.status,
        start_time=START,
        end_time=END,
        configuration=log.configuration,
        state=log.state,
        marks=log.marks,
        settled_number=settled_number,
        observed_at=log.now,
    )


def _codes(log: PureLog, after: timedelta = timedelta()) -> list[AlertCode]:
    return [alert.code for alert in alerts(_input(log), now=log.now + after)]


def test_a_contest_that_runs_as_planned_has_no_alert() -> None:
    log = PureLog()
    log.take(body_of(end_of_round(1)))
    assert _codes(log) == []


@pytest.mark.parametrize("status", [ContestStatus.SCHEDULED, ContestStatus.CANCELLED])
def test_a_contest_that_is_not_played_has_no_alert(status: ContestStatus) -> None:
    log = PureLog(status=status)
    assert _codes(log, 200 * HOUR) == []


def test_a_locked_contest_after_its_start_waits_for_data() -> None:
    log = PureLog(status=ContestStatus.LOCKED)
    assert _codes(log) == [AlertCode.LOCKED_PAST_START]
    early = evolve(_input(log), start_time=START + HOUR)
    assert alerts(early, now=START) == ()


@pytest.mark.parametrize(("seconds", "critical"), [(299, []), (300, [False]), (3_600, [True])])
def test_old_data_are_critical_after_an_hour(seconds: int, critical: list[bool]) -> None:
    log = PureLog()
    log.take(body_of(end_of_round(1)))
    raised = alerts(_input(log), now=log.now + timedelta(seconds=seconds))
    assert [alert.is_critical for alert in raised] == critical
    assert {alert.code for alert in raised} <= {AlertCode.INGESTION_LAG}


def test_data_that_never_came_are_old_since_the_start() -> None:
    never = evolve(_input(PureLog()), observed_at=None)
    assert [alert.code for alert in alerts(never, now=START + HOUR)] == [AlertCode.INGESTION_LAG]


def test_a_conflict_is_critical_until_an_operator_decides() -> None:
    log = PureLog()
    log.take(body_of(end_of_round(1)), at=START)
    log.take(body_of(end_of_round(2)), at=START)
    (alert,) = alerts(_input(log), now=log.now)
    assert (alert.code, alert.is_critical) == (AlertCode.TIMESTAMP_CONFLICT, True)
    assert "Event 2" in alert.message


def test_a_rewritten_round_is_reported_before_and_after_its_correction() -> None:
    log = PureLog()
    log.take(body_of(end_of_round(1)))
    for number in (2, 3):
        log.take(body_of(end_of_round(1), wrong_round))
        correction = 3 if number == 3 else None
        request = evolve(_input(log), correction_number=correction)
        (alert,) = alerts(request, now=log.now)
        assert alert.code is AlertCode.SCORE_REWRITTEN
        assert f"Event {number}" in alert.message


def test_a_change_after_the_settlement_is_reported_even_if_it_is_taken_back() -> None:
    log = PureLog()
    log.take(body_of(end_of_round(1)))
    log.status = ContestStatus.COMPLETE
    settled_number = log.state.number
    assert alerts(_input(log, settled_number), now=log.now) == ()
    for moment in (end_of_round(2), end_of_round(1)):
        log.take(body_of(moment))
        (alert,) = alerts(_input(log, settled_number), now=log.now)
        assert alert.code is AlertCode.AFTER_TERMINAL_LOCK


def test_a_faulty_answer_before_the_settlement_is_no_change_after_it() -> None:
    log = PureLog()
    log.take(body_of(end_of_round(1)))
    log.take(b"<html>")
    log.status = ContestStatus.COMPLETE
    settled_number = log.state.number
    for content in (body_of(end_of_round(1)), b"<html>", b"<html lang='en'>"):
        assert log.take(content).is_skipped
    assert alerts(_input(log, settled_number), now=log.now) == ()


def test_a_canceled_tournament_is_critical_for_a_contest_in_error() -> None:
    log = PureLog(status=ContestStatus.ERROR)
    log.take(body_of(end_of_round(1)))
    assert _codes(log) == []
    canceled = evolve(_input(log), state=evolve(log.state, cancelled_number=2))
    (alert,) = alerts(canceled, now=log.now)
    assert (alert.code, alert.is_critical) == (AlertCode.TOURNAMENT_CANCELLED, True)
    assert "Event 2" in alert.message


def test_each_alert_has_a_meaning() -> None:
    assert set(ALERT_MEANINGS) == set(AlertCode)
