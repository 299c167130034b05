"""The terminal table: which event ends a contest, and what never does (Show 4)."""

from datetime import timedelta

import pytest
from attrs import evolve
from tests.core.contests.pure_log import (
    FINAL,
    HOUR,
    LAST,
    MINUTE,
    OPTIONS,
    START,
    PureLog,
    body_of,
    configured,
    end_of_round,
)

from indelible.contests.entities.values import EventKind, ReasonCode, Validity
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.alerts import AlertCode, AlertInput, alerts
from indelible.contests.rules.terminal import (
    is_shortened_too_much,
    official_rounds,
    settlement_due,
    terminal_reason,
)
from indelible.contests.rules.values import PlayerStatus
from indelible_service.demos.leaderboards import Json, Moment, as_competitors, competitors_of

FINAL_TYPE = {"name": "STATUS_FINAL", "state": "post", "completed": True}
FINISHED = {"name": "STATUS_FINISH", "state": "post", "completed": True}
ENDS = {EventKind.TERMINAL, EventKind.CANCELLED}


def _report(document: Json, kind: Json) -> None:
    event = document["events"][0]
    for owner in (event, event["competitions"][0]):
        owner["status"]["type"] = kind


def _report_final(document: Json) -> None:
    _report(document, FINAL_TYPE)


def _alerts(log: PureLog, now_after: timedelta = MINUTE) -> dict[AlertCode, str]:
    configuration = log.configuration
    given = AlertInput(
        status=log.status,
        start_time=START,
        end_time=START + 96 * HOUR,
        configuration=configuration,
        state=log.state,
        marks=log.marks,
        observed_at=log.now,
    )
    return {alert.code: alert.message for alert in alerts(given, now=log.now + now_after)}


def _never_ended(log: PureLog) -> bool:
    is_due = settlement_due(log.state, log.configuration, log.marks) is not None
    return not ENDS & set(log.kinds()) and not is_due and terminal_reason(log.state) is None


def _ended_by(log: PureLog) -> tuple[int | None, ReasonCode | None]:
    return log.state.terminal_number, terminal_reason(log.state)


def test_a_final_tournament_ends_with_its_second_observation_and_a_hold() -> None:
    log = PureLog()
    log.take(body_of(FINAL))
    assert _never_ended(log)
    log.take(body_of(FINAL))

    kinds = [EventKind.SNAPSHOT, EventKind.CONFIRMED, EventKind.TERMINAL]
    assert log.kinds() == kinds
    assert _ended_by(log) == (3, ReasonCode.PROVIDER_TERMINAL_STATUS)
    assert [event.snapshot_number for event in log.events] == [None, 1, 1]
    due = settlement_due(log.state, log.configuration)
    assert due == log.now + timedelta(seconds=log.configuration.settlement_hold_seconds)


def test_observations_less_than_a_minute_apart_count_once() -> None:
    log = PureLog()
    for _ in range(3):
        log.take(body_of(FINAL), after=timedelta(seconds=59) / 2)
    assert log.kinds() == [EventKind.SNAPSHOT]

    log.take(body_of(FINAL), after=timedelta(seconds=1))
    assert EventKind.TERMINAL in log.kinds()


def test_after_its_end_an_unchanged_tournament_adds_no_event() -> None:
    log = PureLog()
    for _ in range(10):
        log.take(body_of(FINAL))
    assert len(log.events) == 3


@pytest.mark.parametrize("confirmations", [1, 3])
def test_the_number_of_observations_is_configured(confirmations: int) -> None:
    log = PureLog(configuration=configured(terminal_confirmations=confirmations))
    for _ in range(confirmations):
        assert _never_ended(log)
        log.take(body_of(FINAL))
    assert _ended_by(log)[1] is ReasonCode.PROVIDER_TERMINAL_STATUS


def test_days_without_data_end_nothing() -> None:
    log = PureLog()
    log.take(body_of(end_of_round(LAST - 1)))
    for _ in range(100):
        log.take(None, after=HOUR)

    assert _never_ended(log)
    assert len(log.events) == 1
    assert {AlertCode.LIVE_PAST_END, AlertCode.INGESTION_LAG} <= set(_alerts(log, HOUR))


def test_the_end_time_ends_nothing() -> None:
    log = PureLog()
    for n in range(1, LAST):
        log.take(body_of(end_of_round(n)), after=36 * HOUR)

    assert _never_ended(log)
    assert set(_alerts(log)) == {AlertCode.LIVE_PAST_END}


def test_period_4_and_thru_18_of_all_end_nothing() -> None:
    def play_on(document: Json) -> None:
        for each in competitors_of(document):
            status = each["status"]
            if status["type"]["name"] == "STATUS_FINISH":
                status["type"] = {"name": "STATUS_IN_PROGRESS"}
                assert (status["period"], status["thru"]) == (LAST, 18)

    log = PureLog()
    for _ in range(5):
        log.take(body_of(end_of_round(LAST), play_on), after=36 * HOUR)

    assert log.kinds() == [EventKind.SNAPSHOT]
    assert _never_ended(log)


@pytest.mark.parametrize("n", range(1, LAST))
def test_finish_of_all_and_play_complete_end_no_tournament(n: int) -> None:
    log = PureLog()
    for _ in range(3):
        log.take(body_of(end_of_round(n)), after=48 * HOUR)

    assert log.kinds() == [EventKind.SNAPSHOT]
    assert _never_ended(log)


def test_final_without_every_round_is_inconsistent() -> None:
    log = PureLog()
    for _ in range(3):
        log.take(body_of(Moment(n=LAST, progress=0.5), _report_final), after=48 * HOUR)

    assert log.kinds(Validity.VALID) == [EventKind.SNAPSHOT]
    assert _never_ended(log)
    message = _alerts(log)[AlertCode.TERMINAL_SIGNAL_INCONSISTENT]
    assert log.state.leaderboard is not None
    players = log.state.leaderboard.players
    unfinished = [card for card in players if card.status is PlayerStatus.ACTIVE]
    assert f"with {len(unfinished)} unfinished players" in message
    assert [card.player_id in message for card in unfinished[:6]] == [True] * 5 + [False]


def test_final_with_different_numbers_of_rounds_is_inconsistent() -> None:
    leaders: list[str] = []

    def drop_round(document: Json) -> None:
        _report_final(document)
        leader = competitors_of(document)[0]
        leaders.append(leader["id"])
        leader["linescores"] = leader["linescores"][: LAST - 1]
        leader["status"] |= {"period": LAST - 1, "type": FINISHED}

    log = PureLog()
    for _ in range(3):
        log.take(body_of(end_of_round(LAST), drop_round))

    assert _never_ended(log)
    assert _alerts(log)[AlertCode.TERMINAL_SIGNAL_INCONSISTENT] == (
        f"The tournament is final with 1 unfinished players: {leaders[0]} (FIN, {LAST - 1} rounds)."
    )


def test_every_round_without_final_waits_and_is_then_verified() -> None:
    log = PureLog()
    hours = log.configuration.final_round_verify_hours
    for _ in range(hours):
        log.take(body_of(end_of_round(LAST)), after=HOUR)
    assert log.kinds() == [EventKind.SNAPSHOT]
    assert _never_ended(log)

    log.take(body_of(end_of_round(LAST)), after=HOUR)
    assert log.kinds() == [EventKind.SNAPSHOT, EventKind.CONFIRMED, EventKind.TERMINAL]
    assert _ended_by(log) == (3, ReasonCode.FINAL_ROUND_VERIFIED)


def test_hours_of_silence_verify_nothing() -> None:
    log = PureLog()
    log.take(body_of(end_of_round(LAST)))
    log.take(None, after=48 * HOUR)
    assert _never_ended(log)


def test_a_document_without_any_status_ends_with_every_round() -> None:
    def body(moment: Moment) -> bytes:
        return _root_body(moment)

    log = PureLog()
    for _ in range(2):
        log.take(body(end_of_round(LAST - 1)))
    assert _never_ended(log)
    for _ in range(2):
        log.take(body(end_of_round(LAST)))
    assert _ended_by(log)[1] is ReasonCode.FINAL_ROUND_VERIFIED


def _root_body(moment: Moment) -> bytes:
    def reshape(document: Json) -> None:
        root = as_competitors(document)
        document.clear()
        document.update(root)

    return body_of(moment, reshape)


def test_play_that_goes_on_during_the_hold_starts_the_hold_again() -> None:
    log = PureLog()
    log.take(body_of(FINAL))
    log.take(body_of(FINAL))
    first_due = settlement_due(log.state, log.configuration)
    assert first_due is not None

    log.take(body_of(Moment(n=LAST + 1, progress=0.5)))
    assert log.state.terminal_number is None
    assert settlement_due(log.state, log.configuration) is None

    log.take(body_of(FINAL))
    assert settlement_due(log.state, log.configuration) is None
    log.take(body_of(FINAL))
    second_due = settlement_due(log.state, log.configuration)
    assert second_due is not None
    assert second_due > first_due
    assert _ended_by(log) == (7, ReasonCode.PROVIDER_TERMINAL_STATUS)


def test_a_monday_finish_ends_late() -> None:
    log = PureLog()
    log.take(body_of(Moment(n=LAST, progress=0.5)), after=96 * HOUR)
    assert _never_ended(log)
    assert AlertCode.LIVE_PAST_END in _alerts(log)

    log.take(body_of(FINAL), after=24 * HOUR)
    log.take(body_of(FINAL))
    assert _ended_by(log)[1] is ReasonCode.PROVIDER_TERMINAL_STATUS


@pytest.mark.parametrize("n", range(1, LAST))
def test_a_shortened_tournament_ends_with_the_rounds_of_all(n: int) -> None:
    log = PureLog(configuration=configured(min_official_rounds=2))
    for _ in range(2):
        log.take(body_of(end_of_round(n), _report_final))

    assert log.state.leaderboard is not None
    assert official_rounds(log.state.leaderboard, log.configuration) == n
    assert _ended_by(log) == (3, ReasonCode.PROVIDER_TERMINAL_STATUS)
    assert is_shortened_too_much(log.state, log.configuration) is (n < 2)


@pytest.mark.parametrize("status", [ContestStatus.SCHEDULED, ContestStatus.LOCKED, "LIVE"])
@pytest.mark.parametrize("word", ["STATUS_CANCELED", "STATUS_CANCELLED"])
def test_a_canceled_tournament_is_one_event(status: ContestStatus, word: str) -> None:
    def cancel(document: Json) -> None:
        _report(document, {"name": word, "state": "post", "completed": False})
        del document["events"][0]["competitions"][0]["competitors"]

    log = PureLog(status=ContestStatus(status))
    log.take(body_of(Moment(n=1)))
    for _ in range(2):
        log.take(body_of(Moment(n=1), cancel))

    assert log.kinds()[-1] is EventKind.CANCELLED
    assert log.kinds().count(EventKind.CANCELLED) == 1
    assert log.state.cancelled_number == len(log.events)
    assert log.state.terminal_number is None


def test_one_word_of_cancellation_cancels_nothing_while_the_other_plays() -> None:
    def contradict(document: Json) -> None:
        document["events"][0]["status"]["type"] = {"name": "STATUS_CANCELED"}

    log = PureLog()
    log.take(body_of(Moment(n=2, progress=0.5), contradict))
    assert log.kinds() == [EventKind.SNAPSHOT]


def test_a_playoff_in_progress_ends_nothing_even_if_reported_as_final() -> None:
    log = PureLog()
    for _ in range(3):
        log.take(body_of(Moment(n=LAST + 1, progress=0.5), _report_final))

    assert _never_ended(log)
    assert AlertCode.TERMINAL_SIGNAL_INCONSISTENT in _alerts(log)


def test_a_withdrawal_before_the_start_prevents_no_end() -> None:
    log = PureLog()
    log.take(body_of(FINAL))
    log.take(body_of(FINAL))

    leaderboard = log.state.leaderboard
    assert leaderboard is not None
    never_started = [card for card in leaderboard.players if not card.has_strokes]
    assert [card.status for card in never_started] == [PlayerStatus.WD]
    assert _ended_by(log)[1] is ReasonCode.PROVIDER_TERMINAL_STATUS


def test_a_player_who_vanishes_before_the_start_prevents_no_end() -> None:
    missing: list[str] = []

    def without_one(document: Json) -> None:
        competitors = competitors_of(document)
        missing.append(competitors.pop()["id"])

    log = PureLog(status=ContestStatus.LOCKED)
    log.take(body_of(Moment(n=1)))
    log.status = ContestStatus.LIVE
    log.take(body_of(FINAL, without_one))
    log.take(body_of(FINAL, without_one))

    assert log.state.leaderboard is not None
    assert missing[0] not in log.state.leaderboard.cards
    assert _ended_by(log)[1] is ReasonCode.PROVIDER_TERMINAL_STATUS


def test_a_player_with_a_cut_before_the_cut_round_prevents_the_end() -> None:
    def cut_early(document: Json) -> None:
        for each in competitors_of(document):
            if each["status"]["displayValue"] == "CUT":
                each["status"]["period"] = 1
                each["linescores"] = each["linescores"][:1]

    log = PureLog()
    for _ in range(3):
        log.take(body_of(FINAL, cut_early))
    assert _never_ended(log)


def test_an_open_conflict_prevents_the_settlement() -> None:
    log = PureLog()
    log.take(body_of(FINAL))
    log.take(body_of(FINAL))
    assert settlement_due(log.state, log.configuration, log.marks) is not None
    marks = evolve(log.marks, conflict_number=2)
    assert settlement_due(log.state, log.configuration, marks) is None


def test_a_rewrite_seen_during_the_hold_starts_the_hold_again() -> None:
    log = PureLog()
    log.take(body_of(FINAL))
    log.take(body_of(FINAL))
    first_due = settlement_due(log.state, log.configuration, log.marks)
    assert first_due is not None

    def rewrite(document: Json) -> None:
        linescore = competitors_of(document)[0]["linescores"][0]
        linescore["value"] += 1
        linescore["inScore"] += 1

    log.take(body_of(FINAL, rewrite), after=HOUR / 2)
    due = settlement_due(log.state, log.configuration, log.marks)
    assert due == first_due + HOUR / 2
    assert AlertCode.SCORE_REWRITTEN in _alerts(log)


def test_a_contest_without_a_cut_refuses_a_cut_player() -> None:
    cut = {"after_round": None, "rule": "provider_status", "n": None}
    log = PureLog(configuration=configured(cut=cut))
    log.take(body_of(FINAL))
    assert set(log.codes()) == {"STATUS_CONTRADICTION"}
    assert OPTIONS.cut_after is not None
