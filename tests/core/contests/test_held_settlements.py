"""Tests of what holds a settlement back after the tournament, and of who is told about it."""

from functools import partial

import pytest
from attrs import evolve
from tests.contest_runs import FIRST_ROUND, ContestRun

from indelible.contests.commands.contests import FailContest, ResolveError
from indelible.contests.commands.logs import CorrectLog, PauseIngestion, ResumeIngestion
from indelible.contests.commands.runs import StartRun
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.values import ResolveAction
from indelible.contests.handlers.logs import correct_log, pause_ingestion, resume_ingestion
from indelible.contests.handlers.runs import start_run
from indelible.contests.handlers.transitions import fail_contest, resolve_error
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.tasks import INGEST_CONTEST_STAGE, SETTLE_CONTEST_STAGE
from indelible.contests.tasks.failpoints import ContestFailpoint
from indelible.contests.tasks.reconciling import find_repairs
from indelible.kernel import Actor
from indelible.testing.captures.scenarios import code
from indelible_web.contests.overview import contest_row

OPS = Actor.user("ops")
HOLD_SECONDS = 120


def played(run: ContestRun) -> Contest:
    """Return a live contest whose tournament has just ended."""
    contest = run.open()
    run.lock(contest)
    run.start(contest)
    run.play()
    return contest


def try_to_settle(run: ContestRun, contest: Contest) -> str:
    """Let the stage try to settle the contest, and return what an operator's try leads to."""
    run.enqueue(SETTLE_CONTEST_STAGE, contest.id)
    run.settle()
    run.reconcile()
    run.settle()
    start = StartRun(contest_id=contest.id)
    return code(partial(run.store.run, start_run, start, actor=OPS, reason="a test"))


def pause(run: ContestRun, contest: Contest) -> None:
    """Pause the log of a contest, as an operator does."""
    command = PauseIngestion(contest_id=contest.id)
    run.store.run(pause_ingestion, command, actor=OPS, reason="the scores look wrong")


def resume(run: ContestRun, contest: Contest) -> None:
    """Resume the log of a contest."""
    command = ResumeIngestion(contest_id=contest.id)
    run.store.run(resume_ingestion, command, actor=OPS, reason="the scores are right")


def alerts_of(run: ContestRun, contest: Contest) -> list[str]:
    """Return the codes of the alerts in the list of contests."""
    row = run.store.read(contest_row, run.contest(contest), run.clock.now())
    return [alert.code.value for alert in row.alerts]


def held(run: ContestRun) -> dict[str, int]:
    """Return the numbers of contests by what holds them up, as the reconciler counts them."""
    report = run.store.read(find_repairs, run.clock.now()).report
    return {code.value: number for code, number in report.holds.items()}


def test_an_open_conflict_holds_the_settlement_until_an_operator_decides(run: ContestRun) -> None:
    contest = played(run)
    applied = run.log(contest).leaderboard_number
    assert applied is not None
    run.serve_ruling()
    run.fetch()  # at the same instant as the fetch before
    run.clock.advance(30 * HOLD_SECONDS)
    assert run.log(contest).conflict_number == run.log(contest).event_number
    assert try_to_settle(run, contest) == "SETTLEMENT_NOT_DUE"
    assert run.runs(contest) == []
    assert "TIMESTAMP_CONFLICT" in alerts_of(run, contest)
    assert held(run)["TIMESTAMP_CONFLICT"] == 1

    decide = CorrectLog(contest_id=contest.id, supersedes=applied, accept_event=applied)
    run.store.run(correct_log, decide, actor=OPS, reason="the first leaderboard is right")
    try_to_settle(run, contest)

    assert run.status(contest) is ContestStatus.COMPLETE
    assert alerts_of(run, contest) == []
    assert set(held(run).values()) == {0}


def test_a_live_contest_past_its_end_is_counted_with_what_the_provider_reports(
    run: ContestRun,
) -> None:
    contest = run.bring_to(ContestStatus.LIVE)
    assert set(held(run).values()) == {0}

    run.clock.time = contest.end_time

    assert held(run)["LIVE_PAST_END"] == 1
    assert held(run)["TERMINAL_SIGNAL_INCONSISTENT"] == 0


def test_a_rewrite_that_is_seen_during_the_hold_starts_it_again(run: ContestRun) -> None:
    contest = played(run)
    run.clock.advance(HOLD_SECONDS - 1)
    run.serve_ruling()
    run.fetch()
    run.clock.advance(HOLD_SECONDS - 1)

    assert try_to_settle(run, contest) == "SETTLEMENT_NOT_DUE"
    due_at = run.task(SETTLE_CONTEST_STAGE, contest.id).due_at
    assert due_at is not None
    assert (due_at - run.clock.now()).total_seconds() == 1
    assert "SCORE_REWRITTEN" in alerts_of(run, contest)

    run.clock.advance(1)
    try_to_settle(run, contest)
    assert run.status(contest) is ContestStatus.COMPLETE


def test_a_rewrite_that_is_seen_while_a_settlement_is_computed_holds_it_back(
    run: ContestRun,
) -> None:
    contest = played(run)
    run.hold()
    started = run.store.run(
        start_run, StartRun(contest_id=contest.id), actor=OPS, reason="a test"
    ).entity
    run.serve_ruling()
    run.fetch()

    assert try_to_settle(run, contest) == "SETTLEMENT_NOT_DUE"
    assert [each.id for each in run.runs(contest)] == [started.id]
    assert run.status(contest) is ContestStatus.LIVE


def test_a_canceled_tournament_is_an_alert_for_a_contest_in_error(run: ContestRun) -> None:
    contest = played(run)
    fail = FailContest(
        contest_id=contest.id,
        attempted_action="complete",
        error_code="BROKEN",
        error_message="a defect",
    )
    run.store.run(fail_contest, fail, actor=OPS, reason="a test")
    run.clock.advance(60)
    run.serve_canceled()
    run.fetch()
    assert run.status(contest) is ContestStatus.ERROR
    assert alerts_of(run, contest) == ["TOURNAMENT_CANCELLED"]

    resolve = ResolveError(contest_id=contest.id, action=ResolveAction.RESUME)
    run.store.run(resolve_error, resolve, actor=OPS, reason="a test")
    run.clock.advance(60)
    run.fetch()

    assert run.status(contest) is ContestStatus.CANCELLED
    assert run.actions(contest)[-1] == "cancel_by_provider"


@pytest.mark.slow
def test_a_paused_log_holds_the_settlement_until_it_is_resumed(run: ContestRun) -> None:
    contest = played(run)
    pause(run, contest)
    run.hold()
    for _ in range(30):
        assert try_to_settle(run, contest) == "SETTLEMENT_NOT_DUE"
        run.clock.advance(60)

    assert run.status(contest) is ContestStatus.LIVE
    assert run.runs(contest) == []
    assert run.task(SETTLE_CONTEST_STAGE, contest.id).attempts == 0

    resume(run, contest)
    try_to_settle(run, contest)
    assert run.status(contest) is ContestStatus.COMPLETE


def test_a_log_that_is_paused_while_a_settlement_is_computed_holds_it_back(
    run: ContestRun,
) -> None:
    contest = played(run)
    run.hold()

    def pause_after_computation(reached: ContestFailpoint) -> None:
        if reached is ContestFailpoint.SETTLE_AFTER_COMPUTE:
            pause(run, contest)

    run.process(SETTLE_CONTEST_STAGE, at_failpoint=pause_after_computation)
    assert run.status(contest) is ContestStatus.LIVE

    resume(run, contest)
    try_to_settle(run, contest)
    assert run.status(contest) is ContestStatus.COMPLETE


def test_a_tournament_that_was_too_short_cancels_no_contest_while_its_log_is_paused(
    run: ContestRun,
) -> None:
    contest = run.open(min_official_rounds=2)
    run.lock(contest)
    run.start(contest)
    short = evolve(FIRST_ROUND, is_final=True)
    for _ in range(2):
        run.clock.advance(90)
        run.fetch(short)
    pause(run, contest)
    run.hold()
    try_to_settle(run, contest)
    assert run.status(contest) is ContestStatus.LIVE

    resume(run, contest)
    try_to_settle(run, contest)
    assert run.status(contest) is ContestStatus.CANCELLED


def test_fetches_of_a_pause_are_taken_up_before_the_settlement(run: ContestRun) -> None:
    contest = played(run)
    pause(run, contest)
    run.serve_ruling()
    for _ in range(2):
        run.clock.advance(HOLD_SECONDS)
        run.fetch()
    resume(run, contest)
    run.clock.advance(HOLD_SECONDS)
    assert run.process(SETTLE_CONTEST_STAGE) == 1
    assert run.runs(contest) == []

    run.process_all(INGEST_CONTEST_STAGE)
    assert run.kinds(contest)[-2:] == ["!SNAPSHOT", "CORRECTION"]
    assert run.log(contest).terminal_number is None
    try_to_settle(run, contest)
    assert run.status(contest) is ContestStatus.LIVE
