"""The stages that lock and start contests: once, in time, and to ERROR only after real failures."""

from collections.abc import Callable

import pytest
from tests.contest_runs import ContestRun
from tests.core.contests.failing import Away, Broken, failing

from indelible.contests.commands.contests import CancelContest, ResolveError
from indelible.contests.entities.values import ResolveAction
from indelible.contests.handlers.transitions import cancel_contest, resolve_error
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.tasks import LOCK_CONTEST_STAGE, START_CONTEST_STAGE
from indelible.contests.tasks.failpoints import ContestFailpoint
from indelible.kernel import Actor, Stale
from indelible.kernel.errors import StoreUnreachable
from indelible.kernel.tasks import TaskState

OPS = Actor.user("ops")
HOUR = 3_600


def test_a_contest_is_locked_and_started_by_the_clock(run: ContestRun) -> None:
    contest = run.open()
    run.lock(contest)
    assert run.status(contest) is ContestStatus.LOCKED

    run.start(contest)

    assert run.status(contest) is ContestStatus.LIVE
    assert run.actions(contest) == ["publish", "lock", "start"]
    assert {str(change.actor) for change in run.changes(contest)[1:]} == {"system:worker"}


def test_a_timer_that_is_early_changes_nothing_and_waits(run: ContestRun) -> None:
    contest = run.open()
    run.enqueue(LOCK_CONTEST_STAGE, contest.id)

    run.process(LOCK_CONTEST_STAGE)

    assert run.status(contest) is ContestStatus.SCHEDULED
    task = run.task(LOCK_CONTEST_STAGE, contest.id)
    assert (task.due_at, task.attempts) == (contest.lock_time, 0)


def test_a_clock_that_runs_backwards_fires_no_timer_early_or_twice(run: ContestRun) -> None:
    contest = run.open()
    run.clock.time = contest.lock_time
    run.clock.advance(-HOUR)
    run.enqueue(LOCK_CONTEST_STAGE, contest.id)
    run.process(LOCK_CONTEST_STAGE)
    assert run.status(contest) is ContestStatus.SCHEDULED

    run.lock(contest)
    run.clock.advance(-HOUR)
    run.enqueue(LOCK_CONTEST_STAGE, contest.id)
    run.process(LOCK_CONTEST_STAGE)

    assert run.actions(contest) == ["publish", "lock"]


def test_a_clock_that_jumps_an_hour_fires_each_timer_once(run: ContestRun) -> None:
    contest = run.open()
    run.clock.advance(HOUR)
    for _ in range(2):
        run.enqueue(LOCK_CONTEST_STAGE, contest.id)
        run.process(LOCK_CONTEST_STAGE, START_CONTEST_STAGE)

    assert run.actions(contest) == ["publish", "lock", "start"]


def test_too_few_entries_cancel_the_contest_at_its_lock_time(run: ContestRun) -> None:
    contest = run.publish(min_entries=2)
    run.lock(contest)

    assert run.status(contest) is ContestStatus.CANCELLED
    assert run.actions(contest) == ["publish", "cancel_unfilled"]


def test_a_canceled_contest_is_left_alone(run: ContestRun) -> None:
    contest = run.open()
    cancel = CancelContest(contest_id=contest.id)
    run.store.run(cancel_contest, cancel, actor=OPS, reason="a test")

    run.lock(contest)

    assert run.actions(contest) == ["publish", "cancel"]
    assert run.task(LOCK_CONTEST_STAGE, contest.id).is_completed


def test_a_deterministic_failure_brings_the_contest_to_error_at_once(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.SCHEDULED)
    fail = failing(ContestFailpoint.LOCK_AFTER_READ, Broken)

    run.process(LOCK_CONTEST_STAGE, at_failpoint=fail)

    failed = run.contest(contest)
    assert (failed.status, failed.error_from_state) == (
        ContestStatus.ERROR,
        ContestStatus.SCHEDULED,
    )
    assert (failed.error_code, failed.attempted_action) == ("BROKEN_FOR_GOOD", "lock")
    assert failed.error_message == "It cannot be made."


@pytest.mark.parametrize(
    "error", [Away, lambda: StoreUnreachable("no answer"), lambda: Stale("x", 1, 2)]
)
def test_a_transient_failure_is_tried_again(
    run: ContestRun, error: Callable[[], Exception]
) -> None:
    contest = run.bring_to(ContestStatus.SCHEDULED)
    fail = failing(ContestFailpoint.LOCK_AFTER_READ, error)

    for _ in range(19):
        run.process(LOCK_CONTEST_STAGE, at_failpoint=fail)
        run.clock.advance(600)
    assert run.status(contest) is ContestStatus.SCHEDULED

    run.process(LOCK_CONTEST_STAGE)
    assert run.status(contest) is ContestStatus.LOCKED


def test_twenty_transient_failures_bring_the_contest_to_error(run: ContestRun) -> None:
    contest = run.bring_to(ContestStatus.SCHEDULED)
    fail = failing(ContestFailpoint.LOCK_AFTER_READ, Away)

    for _ in range(20):
        assert run.status(contest) is ContestStatus.SCHEDULED
        run.process(LOCK_CONTEST_STAGE, at_failpoint=fail)
        run.clock.advance(600)

    assert run.status(contest) is ContestStatus.ERROR
    assert run.contest(contest).error_code == "AWAY"
    assert run.task(LOCK_CONTEST_STAGE, contest.id).state(run.clock.now()) is TaskState.DEAD


@pytest.mark.parametrize(
    ("status", "stage", "point"),
    [
        (ContestStatus.SCHEDULED, LOCK_CONTEST_STAGE, ContestFailpoint.LOCK_AFTER_READ),
        (ContestStatus.LOCKED, START_CONTEST_STAGE, ContestFailpoint.START_AFTER_READ),
    ],
)
def test_a_resumed_contest_goes_on_although_its_task_is_dead(
    run: ContestRun, status: ContestStatus, stage: str, point: ContestFailpoint
) -> None:
    contest = run.bring_to(status)
    run.process(stage, at_failpoint=failing(point, Broken))
    assert run.status(contest) is ContestStatus.ERROR
    resume = ResolveError(contest_id=contest.id, action=ResolveAction.RESUME)
    run.store.run(resolve_error, resume, actor=OPS, reason="the defect is mended")
    assert run.status(contest) is status

    run.reconcile()
    run.process(stage)

    expected = {ContestStatus.SCHEDULED: "lock", ContestStatus.LOCKED: "start"}
    assert run.actions(contest)[-1] == expected[status]
