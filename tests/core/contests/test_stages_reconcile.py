"""The reconciler: overdue transitions, missing tasks, and the report about all contests."""

import pytest
from tests.contest_runs import EVENT_ID, FIRST_ROUND, WORKER, ContestRun

from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.tasks import (
    FETCH_TOURNAMENT_STAGE,
    INGEST_CONTEST_STAGE,
    LOCK_CONTEST_STAGE,
    RECONCILE_CONTESTS_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.contests.tasks.observers import ContestReport, SilentContestObserver
from indelible.contests.tasks.reconciling import find_repairs
from indelible.kernel.stages import PermanentFailure
from indelible.kernel.task_commands import CancelTask, cancel_task
from indelible.kernel.tasks import TaskState

ALL = (FETCH_TOURNAMENT_STAGE, INGEST_CONTEST_STAGE)


class Reports(SilentContestObserver):
    """Keeps the reports."""

    def __init__(self) -> None:
        self.reports: list[ContestReport] = []

    def reconciled(self, report: ContestReport) -> None:
        self.reports.append(report)


def lose(run: ContestRun, stage: str, entity_id: str) -> None:
    """Complete a task without doing anything, as if nobody had enqueued it."""
    with run.store.transaction(actor=WORKER, reason="a test") as tx:
        tx.tasks.enqueue(stage, {entity_id: tx.clock.now()})
        until = tx.clock.now().replace(year=tx.clock.now().year)
        leases = tx.tasks.claim(stage, limit=9, until=until)
        tx.tasks.complete([lease for lease in leases if lease.entity_id == entity_id])


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        (ContestStatus.SCHEDULED, LOCK_CONTEST_STAGE),
        (ContestStatus.LOCKED, START_CONTEST_STAGE),
        (ContestStatus.LIVE, SETTLE_CONTEST_STAGE),
    ],
)
def test_a_lost_transition_is_enqueued(run: ContestRun, status: ContestStatus, stage: str) -> None:
    contest = run.bring_to(status)
    lose(run, stage, contest.id)
    assert run.process(stage) == 0

    run.reconcile()
    run.process(stage)

    assert run.status(contest) is not status


def test_contests_that_are_not_overdue_are_left_alone(run: ContestRun) -> None:
    contest = run.open()
    due_at = run.task(LOCK_CONTEST_STAGE, contest.id).due_at

    run.reconcile()

    assert run.task(LOCK_CONTEST_STAGE, contest.id).due_at == due_at == contest.lock_time


def test_a_lost_fetch_and_a_lost_ingestion_are_enqueued(run: ContestRun) -> None:
    contest = run.open()
    run.lock(contest)
    run.clock.advance(60)
    run.provider.serve(FIRST_ROUND)
    run.enqueue(FETCH_TOURNAMENT_STAGE, EVENT_ID)
    run.process(FETCH_TOURNAMENT_STAGE)
    lose(run, FETCH_TOURNAMENT_STAGE, EVENT_ID)
    lose(run, INGEST_CONTEST_STAGE, contest.id)

    run.reconcile()
    claimed = [run.process(stage) for stage in ALL]

    assert claimed == [1, 1]
    assert "SNAPSHOT" in run.kinds(contest)


def test_a_dead_ingestion_is_requeued_and_no_error_of_the_contest(run: ContestRun) -> None:
    contest = run.open()
    run.clock.advance(60)
    run.enqueue(FETCH_TOURNAMENT_STAGE, EVENT_ID)
    run.process(FETCH_TOURNAMENT_STAGE)

    def fail(_: object) -> None:
        raise PermanentFailure("a defect")

    run.process(INGEST_CONTEST_STAGE, at_failpoint=fail)
    task = run.task(INGEST_CONTEST_STAGE, contest.id)
    assert task.state(run.clock.now()) is TaskState.DEAD

    run.reconcile()
    run.process(INGEST_CONTEST_STAGE)

    assert run.status(contest) is ContestStatus.SCHEDULED
    assert run.log(contest).fetch_number == 2


def test_a_task_that_an_operator_has_canceled_stays_canceled(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.SCHEDULED)
    cancel = CancelTask(stage=LOCK_CONTEST_STAGE, entity_id=contest.id)
    run.store.run(cancel_task, cancel, actor=WORKER, reason="an operator")

    run.reconcile()

    task = run.task(LOCK_CONTEST_STAGE, contest.id)
    assert task.state(run.clock.now()) is TaskState.CANCELED


def test_the_report_counts_states_and_overdue_seconds(run: ContestRun) -> None:
    contest = run.open()
    run.publish(name="Second Pool", min_entries=None)
    run.clock.time = contest.lock_time
    run.clock.advance(90)
    observer = Reports()
    run.enqueue(RECONCILE_CONTESTS_STAGE, "contests")

    run.process(RECONCILE_CONTESTS_STAGE, observer=observer)

    (report,) = observer.reports
    assert report.states == {ContestStatus.SCHEDULED: 2}
    assert report.overdue_seconds == {"lock": 90}
    assert report.lag_seconds == (run.clock.now() - contest.created_at).total_seconds() - 60


def test_looking_for_repairs_writes_nothing(run: ContestRun) -> None:
    run.bring_to(ContestStatus.LIVE)
    before = run.store.feed(limit=1_000)

    run.store.read(find_repairs, run.clock.now())

    assert run.store.feed(limit=1_000) == before
