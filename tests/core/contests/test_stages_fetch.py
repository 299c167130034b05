"""The stage that fetches tournaments: requests, retries, records and the next fetch."""

import logging
from datetime import timedelta

import pytest
from tests.contest_runs import BEFORE, EVENT_ID, ContestRun

from indelible.contests.commands.contests import CancelContest
from indelible.contests.commands.logs import StopFeed
from indelible.contests.entities.records import Fetch
from indelible.contests.entities.values import FetchOutcome
from indelible.contests.handlers.feeds import stop_feed
from indelible.contests.handlers.transitions import cancel_contest
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.tasks import FETCH_TOURNAMENT_STAGE, FOLLOW_AFTER_SETTLEMENT
from indelible.contests.tasks import provider_requests as requests_module
from indelible.contests.tasks.observers import SilentContestObserver
from indelible.contests.tasks.provider_requests import FetchedBody
from indelible.kernel import Actor

OPS = Actor.user("ops")
PAUSES = requests_module.RETRY_SECONDS  # before a test shortens them
TIMEOUT = FetchedBody(outcome=FetchOutcome.TIMEOUT, error="no answer")
BROKEN = FetchedBody(outcome=FetchOutcome.NETWORK_ERROR, error="ConnectionRefused")
TRUNCATED = FetchedBody(outcome=FetchOutcome.TRUNCATED, http_status=200)
TOO_LARGE = FetchedBody(outcome=FetchOutcome.TOO_LARGE, http_status=200)
SERVER_ERROR = FetchedBody(http_status=503, body=b"<html>")
NOT_FOUND = FetchedBody(http_status=404, body=b"{}")
REDIRECTED = FetchedBody(http_status=302, body=b"")
BUSY = FetchedBody(http_status=429, body=b"{}", retry_after_seconds=900.0)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pauses between requests be short; their real lengths have a test of their own."""
    monkeypatch.setattr(requests_module, "RETRY_SECONDS", (0.001, 0.001, 0.001))


def fetches(run: ContestRun) -> list[Fetch]:
    return list(run.store.read(lambda tx: tx.contests.feeds.fetches(EVENT_ID, after=0, limit=99)))


def fetch(run: ContestRun, *answers: FetchedBody) -> Fetch:
    """Fetch the tournament with these answers, and return the record."""
    run.provider.answers.extend(answers)
    run.enqueue(FETCH_TOURNAMENT_STAGE, EVENT_ID)
    run.process(FETCH_TOURNAMENT_STAGE)
    return fetches(run)[-1]


def seconds_to_next(run: ContestRun) -> float:
    """Return the seconds from now to the next fetch."""
    due_at = run.task(FETCH_TOURNAMENT_STAGE, EVENT_ID).due_at
    assert due_at is not None
    return (due_at - run.clock.now()).total_seconds()


def test_the_pauses_between_requests_are_1_2_and_4_seconds() -> None:
    assert PAUSES == (1, 2, 4)


def test_a_fetch_is_stored_with_its_bytes_and_enqueues_the_next_one(run: ContestRun) -> None:
    run.publish()
    run.provider.serve(BEFORE)

    record = fetch(run)

    assert (record.number, record.outcome, record.attempts) == (1, FetchOutcome.OK, 1)
    assert record.payload_digest is not None
    payload = run.store.read(lambda tx: tx.payloads.get(record.payload_digest or ""))
    assert payload.content == run.provider.path.read_bytes()
    assert seconds_to_next(run) == 60


@pytest.mark.parametrize("content_type", ["", " ", "a" * 5_000, "text/html;\x85\x00\ud800"])
def test_an_unusual_content_type_loses_no_data(run: ContestRun, content_type: str) -> None:
    run.publish()
    body = b"{}"

    record = fetch(run, FetchedBody(http_status=200, content_type=content_type, body=body))

    assert record.outcome is FetchOutcome.OK
    assert record.payload_digest is not None
    payload = run.store.read(lambda tx: tx.payloads.get(record.payload_digest or ""))
    assert payload.content == body


@pytest.mark.parametrize("status", [0, 99, 600, 999])
def test_an_answer_with_an_unknown_status_is_a_failed_fetch(run: ContestRun, status: int) -> None:
    run.publish()
    record = fetch(run, FetchedBody(http_status=status, body=b"{}"))

    assert (record.outcome, record.attempts) == (FetchOutcome.HTTP_ERROR, 1)
    assert record.http_status is None
    assert record.error == f"status {status}"


@pytest.mark.parametrize("failure", [TIMEOUT, BROKEN, TRUNCATED, SERVER_ERROR])
def test_a_transient_failure_is_tried_four_times(run: ContestRun, failure: FetchedBody) -> None:
    run.publish()

    record = fetch(run, *[failure] * 5)

    assert (run.provider.requests, record.attempts) == (4, 4)
    assert record.outcome is not FetchOutcome.OK


@pytest.mark.parametrize("failure", [NOT_FOUND, REDIRECTED, TOO_LARGE, BUSY])
def test_other_failures_are_not_repeated(run: ContestRun, failure: FetchedBody) -> None:
    run.publish()

    record = fetch(run, failure)

    assert (run.provider.requests, record.attempts) == (1, 1)
    assert record.http_status == failure.http_status


def test_a_request_that_succeeds_at_last_is_a_successful_fetch(run: ContestRun) -> None:
    run.publish()
    run.provider.serve(BEFORE)

    record = fetch(run, TIMEOUT, SERVER_ERROR)

    assert (record.outcome, record.attempts) == (FetchOutcome.OK, 3)


def test_the_body_of_a_refusal_is_stored_too(run: ContestRun) -> None:
    run.publish()

    record = fetch(run, NOT_FOUND)

    payload = run.store.read(lambda tx: tx.payloads.get(record.payload_digest or ""))
    assert payload.content == b"{}"
    assert run.kinds(run.publish(name="another")) == []


def test_the_next_fetch_waits_as_a_busy_provider_says(run: ContestRun) -> None:
    run.publish()

    fetch(run, BUSY)

    assert seconds_to_next(run) == 900


def test_failures_double_the_pause_up_to_a_minute(run: ContestRun) -> None:
    run.publish()
    pauses: list[float] = []
    for _ in range(8):
        run.provider.answers.append(NOT_FOUND)
        run.enqueue(FETCH_TOURNAMENT_STAGE, EVENT_ID)
        run.process(FETCH_TOURNAMENT_STAGE, poll_seconds=1)
        pauses.append(seconds_to_next(run))

    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]


def test_an_error_of_the_hosts_function_is_a_failed_fetch(run: ContestRun) -> None:
    run.publish()

    def broken(_: str) -> FetchedBody:
        raise RuntimeError("a defect of the host")

    run.process(FETCH_TOURNAMENT_STAGE, fetch=broken)

    record = fetches(run)[-1]
    assert record.outcome is FetchOutcome.NETWORK_ERROR
    assert "a defect of the host" in (record.error or "")


@pytest.mark.slow
def test_two_hours_of_failures_are_no_error_of_the_contest(run: ContestRun) -> None:
    contest = run.open()
    for _ in range(120):
        run.clock.advance(60)
        fetch(run, NOT_FOUND)

    assert run.status(contest) is ContestStatus.SCHEDULED
    feed = run.store.read(lambda tx: tx.contests.feeds.get(EVENT_ID)).entity
    assert feed.failures == 120
    assert run.log(contest).fetch_number == 1


def test_a_stopped_feed_is_not_fetched(run: ContestRun) -> None:
    run.publish()
    run.store.run(stop_feed, StopFeed(provider_event_id=EVENT_ID), actor=OPS, reason="a test")

    run.process(FETCH_TOURNAMENT_STAGE)

    assert run.provider.requests == 0
    assert run.task(FETCH_TOURNAMENT_STAGE, EVENT_ID).is_completed


def test_a_settled_tournament_is_fetched_each_quarter_of_an_hour_for_a_week(
    run: ContestRun,
) -> None:
    contest = run.bring_to(ContestStatus.COMPLETE)
    settle_time = run.contest(contest).settle_time
    assert settle_time is not None
    assert timedelta(days=7) == FOLLOW_AFTER_SETTLEMENT
    run.clock.time = settle_time + FOLLOW_AFTER_SETTLEMENT - timedelta(seconds=1)
    run.fetch()
    requests = run.provider.requests
    assert seconds_to_next(run) == 900

    run.clock.advance(1)
    run.enqueue(FETCH_TOURNAMENT_STAGE, EVENT_ID)
    run.process(FETCH_TOURNAMENT_STAGE)

    assert run.provider.requests == requests
    assert run.task(FETCH_TOURNAMENT_STAGE, EVENT_ID).is_completed


def test_a_settled_tournament_is_fetched_as_before_for_another_contest(run: ContestRun) -> None:
    run.bring_to(ContestStatus.COMPLETE)
    run.publish(name="another")

    run.fetch()

    assert seconds_to_next(run) == 60


def test_a_canceled_contest_is_not_followed(run: ContestRun) -> None:
    contest = run.open()
    cancel = CancelContest(contest_id=contest.id)
    run.store.run(cancel_contest, cancel, actor=OPS, reason="a test")
    requests = run.provider.requests

    run.enqueue(FETCH_TOURNAMENT_STAGE, EVENT_ID)
    run.process(FETCH_TOURNAMENT_STAGE)

    assert run.provider.requests == requests
    assert run.task(FETCH_TOURNAMENT_STAGE, EVENT_ID).is_completed


def test_two_contests_on_one_tournament_are_one_fetch(run: ContestRun) -> None:
    first, second = run.publish(), run.publish(name="Second Pool")

    run.clock.advance(60)
    run.fetch(BEFORE)

    assert run.provider.requests == 1
    assert run.kinds(first) == run.kinds(second) == ["FIELD"]


def test_each_request_is_logged(run: ContestRun, caplog: pytest.LogCaptureFixture) -> None:
    run.publish()
    with caplog.at_level(logging.INFO, "indelible.contests"):
        fetch(run, TIMEOUT, SERVER_ERROR, NOT_FOUND)

    lines = [record.message for record in caplog.records if "request" in record.message]
    assert len(lines) == 3
    assert lines[0].startswith(f"[Ingestion] tournament {EVENT_ID}: request 1 of 4: TIMEOUT")
    assert "HTTP_ERROR, status 503" in lines[1]
    assert "HTTP_ERROR, status 404" in lines[2]


def test_each_attempt_is_recorded_before_it_asks(run: ContestRun) -> None:
    run.publish()
    run.provider.serve(BEFORE)

    fetch(run)

    attempts = run.store.read(
        lambda tx: tx.tasks.attempts_of(FETCH_TOURNAMENT_STAGE, EVENT_ID, limit=9)
    )
    assert [attempt.outcome for attempt in attempts] == ["STARTED"]


def test_the_lag_grows_while_no_fetch_succeeds(run: ContestRun) -> None:
    run.publish()
    run.provider.serve(BEFORE)
    fetch(run)
    lags: list[tuple[str, float]] = []

    class Observer(SilentContestObserver):
        def fetched(self, outcome: str, lag_seconds: float) -> None:
            lags.append((outcome, lag_seconds))

    for _ in range(3):
        run.clock.advance(timedelta(minutes=10).total_seconds())
        run.provider.answers.append(NOT_FOUND)
        run.process(FETCH_TOURNAMENT_STAGE, observer=Observer())

    assert lags == [("HTTP_ERROR", seconds) for seconds in (600, 1_200, 1_800)]
