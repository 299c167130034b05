"""The metrics of contests: fetches, events, rejections, settlements, states and replays."""

from pathlib import Path

import pytest
from tests.contest_runs import ContestRun, FileProvider, TestClock

from indelible.contests.errors import LogNotFound
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.faults import FaultCode
from indelible.contests.rules.tasks import (
    FETCH_TOURNAMENT_STAGE,
    INGEST_CONTEST_STAGE,
    RECONCILE_CONTESTS_STAGE,
    SETTLE_CONTEST_STAGE,
)
from indelible.contests.tasks.failpoints import ContestFailpoint
from indelible.contests.tasks.observers import ContestReport
from indelible.contests.tasks.provider_requests import FetchedBody
from indelible.kernel.stages import PermanentFailure
from indelible.memory import MemoryStore
from indelible_service.contexts.contest_metrics import ContestMetrics


@pytest.fixture
def run(tmp_path: Path) -> ContestRun:
    """Return a run without a contest."""
    clock = TestClock()
    provider = FileProvider(tmp_path / "leaderboard.json")
    return ContestRun(store=MemoryStore(clock=clock), provider=provider, clock=clock)


def value(metrics: ContestMetrics, name: str, **labels: str) -> float | None:
    """Return the value of a sample, None without one."""
    return metrics.registry.get_sample_value(f"indelible_{name}", labels)


def test_every_series_exists_before_the_first_contest() -> None:
    metrics = ContestMetrics()

    assert value(metrics, "ingestion_lag_seconds") == 0
    assert value(metrics, "ingestion_events_total", status="VALID", code="") == 0
    for code in FaultCode:
        assert value(metrics, "ingestion_rejections_total", code=code.value) == 0
    for status in ("COMPLETE", "FAILED"):
        assert value(metrics, "settlement_status_total", status=status) == 0
    for state in ContestStatus:
        assert value(metrics, "contest_state", state=state.value) == 0
    for transition in ("lock", "start", "complete"):
        assert value(metrics, "contest_overdue_seconds", transition=transition) == 0
    assert value(metrics, "score_audit_mismatches_total") == 0
    assert value(metrics, "replay_hash_match") == 1
    assert value(metrics, "scoring_duration_seconds_count") == 0
    assert value(metrics, "settlement_duration_seconds_count") == 0


def test_fetches_events_and_rejections_are_counted(run: ContestRun) -> None:
    metrics = ContestMetrics()
    contest = run.open()
    run.lock(contest)
    run.provider.serve_bytes(b"<html>")
    run.enqueue(FETCH_TOURNAMENT_STAGE, run.event_id)

    run.process(FETCH_TOURNAMENT_STAGE, INGEST_CONTEST_STAGE, observer=metrics)

    code = FaultCode.MALFORMED_JSON.value
    assert value(metrics, "ingestion_fetches_total", outcome="OK") == 1
    assert value(metrics, "ingestion_events_total", status="INVALID", code=code) == 1
    assert value(metrics, "ingestion_rejections_total", code=code) == 1
    assert value(metrics, "scoring_duration_seconds_count") == 1


def test_the_lag_is_that_of_the_last_successful_fetch(run: ContestRun) -> None:
    metrics = ContestMetrics()
    run.open()
    run.clock.advance(540)
    run.provider.answers.append(FetchedBody(http_status=404))
    run.enqueue(FETCH_TOURNAMENT_STAGE, run.event_id)

    run.process(FETCH_TOURNAMENT_STAGE, observer=metrics)

    assert value(metrics, "ingestion_lag_seconds") == 600


def test_a_shorter_lag_does_not_hide_that_of_another_tournament() -> None:
    metrics = ContestMetrics()
    metrics.reconciled(ContestReport(lag_seconds=3_600))

    metrics.fetched("HTTP_ERROR", 60)
    assert value(metrics, "ingestion_lag_seconds") == 3_600

    metrics.fetched("HTTP_ERROR", 3_700)
    assert value(metrics, "ingestion_lag_seconds") == 3_700

    metrics.reconciled(ContestReport())
    assert value(metrics, "ingestion_lag_seconds") == 0


def test_a_settlement_is_measured_and_its_replay_compared(run: ContestRun) -> None:
    metrics = ContestMetrics()
    run.bring_to(ContestStatus.LIVE)

    run.process(SETTLE_CONTEST_STAGE, observer=metrics)

    assert value(metrics, "settlement_status_total", status="COMPLETE") == 1
    assert value(metrics, "settlement_duration_seconds_count") == 1
    assert value(metrics, "replay_hash_match") == 1


def test_a_failed_settlement_is_counted_with_its_code(run: ContestRun) -> None:
    metrics = ContestMetrics()
    run.bring_to(ContestStatus.LIVE)

    def fail(failpoint: ContestFailpoint) -> None:
        if failpoint is ContestFailpoint.SETTLE_BEFORE_READ:
            raise PermanentFailure("a log is missing") from LogNotFound("contest-1")

    run.process(SETTLE_CONTEST_STAGE, observer=metrics, at_failpoint=fail)

    labels = {"action": "complete", "code": "CONTEST_LOG_NOT_FOUND"}
    assert value(metrics, "contest_status_transitions_failed_total", **labels) == 1
    assert value(metrics, "settlement_status_total", status="FAILED") == 1


def test_a_replay_that_differs_is_a_mismatch() -> None:
    metrics = ContestMetrics()

    metrics.replayed(is_equal=False)

    assert value(metrics, "score_audit_mismatches_total") == 1
    assert value(metrics, "replay_hash_match") == 0


def test_the_reconciler_shows_states_and_overdue_contests(run: ContestRun) -> None:
    metrics = ContestMetrics()
    contest = run.open()
    run.clock.time = contest.lock_time
    run.clock.advance(75)
    run.enqueue(RECONCILE_CONTESTS_STAGE, "contests")

    run.process(RECONCILE_CONTESTS_STAGE, observer=metrics)

    assert value(metrics, "contest_state", state="SCHEDULED") == 1
    assert value(metrics, "contest_state", state="LIVE") == 0
    assert value(metrics, "contest_overdue_seconds", transition="lock") == 75
