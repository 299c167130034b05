"""The stage that takes fetches up: what each leads to, and what follows from it."""

import pytest
from tests.contest_runs import EVENT_ID, FINAL, FIRST_ROUND, OPTIONS, ContestRun

from indelible.contests.commands.logs import PauseIngestion, ResumeIngestion
from indelible.contests.entities.contests import Contest
from indelible.contests.handlers.logs import pause_ingestion, resume_ingestion
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.assess import AssessInput, Assessment
from indelible.contests.rules.tasks import (
    FETCH_TOURNAMENT_STAGE,
    INGEST_CONTEST_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.contests.tasks import ingestion as ingestion_module
from indelible.contests.tasks.failpoints import ContestFailpoint
from indelible.contests.tasks.ingestion import MAX_ATTEMPTS
from indelible.kernel import Actor
from indelible_service.demos.leaderboards import Tournament, competitors_of, encode

OPS = Actor.user("ops")


def serve_rewritten(run: ContestRun) -> None:
    """Serve the first round with another score of one player."""
    document = Tournament(OPTIONS).document(FIRST_ROUND)
    first = competitors_of(document)[0]["linescores"][0]
    first["value"] += 1
    first["inScore"] += 1
    run.provider.serve_bytes(encode(document))


def test_events_are_written_by_the_ingestion_with_the_fetch_as_reason(run: ContestRun) -> None:
    contest = run.open()

    changes = run.store.read(lambda tx: tx.history.of("contest_log", contest.id))
    assert changes[-1].action == "append"
    assert str(changes[-1].actor) == "system:ingestion"
    assert changes[-1].reason == f"fetch 1 of tournament {EVENT_ID}"


def test_fetches_that_wait_are_taken_up_in_their_order(run: ContestRun) -> None:
    contest = run.open()
    run.lock(contest)
    for moment in (FIRST_ROUND, FINAL):
        run.clock.advance(60)
        run.provider.serve(moment)
        run.enqueue(FETCH_TOURNAMENT_STAGE, EVENT_ID)
        run.process(FETCH_TOURNAMENT_STAGE)

    assert run.process(INGEST_CONTEST_STAGE) == 1
    assert run.kinds(contest) == ["FIELD", "SNAPSHOT", "SNAPSHOT"]


def test_a_rewritten_round_is_refused_once_and_corrected_by_the_engine(run: ContestRun) -> None:
    contest = run.open()
    run.lock(contest)
    run.fetch(FIRST_ROUND)
    serve_rewritten(run)
    for _ in range(2):
        run.clock.advance(61)
        run.fetch()

    assert run.kinds(contest) == ["FIELD", "SNAPSHOT", "!SNAPSHOT", "CORRECTION"]
    changes = run.store.read(lambda tx: tx.history.of("contest_log", contest.id))
    assert str(changes[-1].actor) == "system:ingestion"


@pytest.mark.parametrize(
    "status", [ContestStatus.SCHEDULED, ContestStatus.LOCKED, ContestStatus.LIVE]
)
def test_a_canceled_tournament_cancels_its_contest(run: ContestRun, status: ContestStatus) -> None:
    contest = run.bring_to(status)
    run.clock.advance(90)
    run.serve_canceled()

    run.fetch()

    assert run.status(contest) is ContestStatus.CANCELLED
    change = run.changes(contest)[-1]
    assert change.action == "cancel_by_provider"
    assert str(change.actor) == "system:ingestion"


def test_a_canceled_tournament_cancels_all_its_contests(run: ContestRun) -> None:
    contests = [run.open(), run.publish(name="Second Pool")]
    run.serve_canceled()
    run.clock.advance(60)

    run.fetch()

    assert [run.status(contest) for contest in contests] == [ContestStatus.CANCELLED] * 2


def test_the_first_leaderboard_after_the_start_time_starts_the_contest(run: ContestRun) -> None:
    contest = run.publish(min_entries=None)
    run.lock(contest)
    run.start(contest)
    assert run.status(contest) is ContestStatus.LOCKED

    run.fetch(FIRST_ROUND)
    run.process(START_CONTEST_STAGE)

    assert run.status(contest) is ContestStatus.LIVE


def test_the_terminal_event_makes_the_settlement_due_after_the_hold(run: ContestRun) -> None:
    contest = run.open()
    run.lock(contest)
    run.start(contest)
    run.play()

    due_at = run.task(SETTLE_CONTEST_STAGE, contest.id).due_at
    terminal_at = run.log(contest).terminal_at
    assert due_at is not None
    assert terminal_at is not None
    assert (due_at - terminal_at).total_seconds() == 120


def test_a_log_that_another_one_changes_is_read_again(run: ContestRun) -> None:
    contest = run.open()
    run.lock(contest)
    run.provider.serve(FIRST_ROUND)
    run.enqueue(FETCH_TOURNAMENT_STAGE, EVENT_ID)
    run.process(FETCH_TOURNAMENT_STAGE)
    pause = PauseIngestion(contest_id=contest.id)
    resume = ResumeIngestion(contest_id=contest.id)
    assessments: list[ContestFailpoint] = []

    def interfere(failpoint: ContestFailpoint) -> None:
        if failpoint is not ContestFailpoint.INGEST_AFTER_ASSESS:
            return
        if not assessments:
            run.store.run(pause_ingestion, pause, actor=OPS, reason="a test")
            run.store.run(resume_ingestion, resume, actor=OPS, reason="a test")
        assessments.append(failpoint)

    run.process(INGEST_CONTEST_STAGE, at_failpoint=interfere)

    assert len(assessments) == 2
    assert run.kinds(contest) == ["FIELD", "SNAPSHOT"]


def fault_values(run: ContestRun, contest: Contest, number: int) -> list[tuple[str, str]]:
    """Return the codes and values of an event's faults."""
    faults = run.store.read(
        lambda tx: tx.contests.logs.joins.faults(contest.id, number, after=0, limit=9)
    )
    return [(fault.code, fault.value) for fault in faults]


def test_a_defect_of_the_assessment_refuses_one_fetch_and_not_the_next(
    run: ContestRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    contest = run.open()
    run.lock(contest)

    def broken(_: AssessInput) -> Assessment:
        raise KeyError("position")

    with monkeypatch.context() as patch:
        patch.setattr(ingestion_module, "assess", broken)
        for _ in range(2):
            run.clock.advance(60)
            run.fetch(FIRST_ROUND)

    assert run.kinds(contest) == ["FIELD", "!SNAPSHOT"]
    assert fault_values(run, contest, 2) == [("ASSESSMENT_FAILED", "KeyError: 'position'")]
    assert run.log(contest).fetch_number == run.fetch_number()
    run.clock.advance(60)
    run.fetch()
    assert run.kinds(contest) == ["FIELD", "!SNAPSHOT", "SNAPSHOT"]


def test_a_defect_of_the_transaction_refuses_the_fetch_in_the_last_attempt(
    run: ContestRun,
) -> None:
    contest = run.open()
    run.lock(contest)
    run.clock.advance(60)
    run.serve(FIRST_ROUND)
    run.record_fetch()
    failures: list[ContestFailpoint] = []

    def fail(reached: ContestFailpoint) -> None:
        if reached is ContestFailpoint.INGEST_BEFORE_APPEND and len(failures) < MAX_ATTEMPTS:
            failures.append(reached)
            raise ValueError("password=tulip")

    for _ in range(MAX_ATTEMPTS):
        assert run.kinds(contest) == ["FIELD"]
        run.enqueue(INGEST_CONTEST_STAGE, contest.id)
        run.process(INGEST_CONTEST_STAGE, at_failpoint=fail)

    assert run.kinds(contest) == ["FIELD", "!SNAPSHOT"]
    ((code, value),) = fault_values(run, contest, 2)
    assert code == "ASSESSMENT_FAILED"
    assert "tulip" not in value
    assert run.task(INGEST_CONTEST_STAGE, contest.id).dead_reason is None


def test_a_transient_error_of_the_transaction_refuses_no_fetch(run: ContestRun) -> None:
    contest = run.open()
    run.lock(contest)
    run.clock.advance(60)
    run.serve(FIRST_ROUND)
    run.record_fetch()

    def fail(reached: ContestFailpoint) -> None:
        if reached is ContestFailpoint.INGEST_BEFORE_APPEND:
            raise OSError("the disk is full")

    for _ in range(MAX_ATTEMPTS):
        run.enqueue(INGEST_CONTEST_STAGE, contest.id)
        run.process(INGEST_CONTEST_STAGE, at_failpoint=fail)

    assert run.task(INGEST_CONTEST_STAGE, contest.id).dead_reason is not None
    run.reconcile()
    run.process(INGEST_CONTEST_STAGE)
    assert run.kinds(contest) == ["FIELD", "SNAPSHOT"]
