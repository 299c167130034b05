"""Kill the worker of each stage of a contest, also on the way to ERROR; another one goes on."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from attrs import define, evolve, frozen
from tests.contest_runs import FIRST_ROUND, WORKER, ContestRun, FileProvider, TestClock
from tests.kills import Kill, dies_at, kill_each, kills_at, random_kills

from indelible.contests.commands.contests import CancelContest, ResolveError
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.values import ResolveAction
from indelible.contests.handlers.transitions import cancel_contest, resolve_error
from indelible.contests.lifecycle import ContestStatus, RunStatus
from indelible.contests.rules.tasks import (
    FETCH_TOURNAMENT_STAGE,
    INGEST_CONTEST_STAGE,
    LOCK_CONTEST_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.contests.tasks.dry_runs import dry_run_settlement
from indelible.contests.tasks.failpoints import (
    FAIL_FAILPOINTS,
    FETCH_FAILPOINTS,
    INGEST_FAILPOINTS,
    LOCK_FAILPOINTS,
    SETTLE_FAILPOINTS,
    START_FAILPOINTS,
    ContestFailpoint,
)
from indelible.contests.tasks.replays import replay_log
from indelible.contests.tasks.settlement import settle_now
from indelible.kernel import Actor
from indelible.kernel.errors import Conflict
from indelible_sql import open_store
from indelible_workers import Worker, process_batch
from indelible_workers.processing.failpoints import StageFailpoint

LEASE_SECONDS: Final = 1  # the shortest; a database decides by its own clock when it has ended
MAX_WAIT_SECONDS: Final = 300  # of a busy machine
PAUSE_SECONDS: Final = 0.05
# The stages with the states out of which they lead; ingestion leads nowhere by itself.
STATUS_OF_STAGE: Final = {
    FETCH_TOURNAMENT_STAGE: ContestStatus.LOCKED,
    INGEST_CONTEST_STAGE: ContestStatus.LOCKED,
    LOCK_CONTEST_STAGE: ContestStatus.SCHEDULED,
    START_CONTEST_STAGE: ContestStatus.LOCKED,
    SETTLE_CONTEST_STAGE: ContestStatus.LIVE,
}
EXPECTED_ACTIONS: Final = {
    FETCH_TOURNAMENT_STAGE: ["publish", "lock"],
    INGEST_CONTEST_STAGE: ["publish", "lock"],
    LOCK_CONTEST_STAGE: ["publish", "lock"],
    START_CONTEST_STAGE: ["publish", "lock", "start"],
    SETTLE_CONTEST_STAGE: ["publish", "lock", "start", "complete"],
}
FAIL_NAMES: Final = frozenset(failpoint.name for failpoint in FAIL_FAILPOINTS)
FAILING_POINTS: Final = {
    LOCK_CONTEST_STAGE: ContestFailpoint.LOCK_BEFORE_WRITE,
    START_CONTEST_STAGE: ContestFailpoint.START_BEFORE_WRITE,
    SETTLE_CONTEST_STAGE: ContestFailpoint.SETTLE_BEFORE_READ,
}
RANDOM_KILLS: Final = 10
MAX_MOMENT_SECONDS: Final = 0.4  # a stage of a small contest takes less
# The moments of a worker in every stage, and those in a stage with `claim` and `finish`.
WORKER_FAILPOINTS: Final = (
    StageFailpoint.BEFORE_CLAIM,
    StageFailpoint.AFTER_CLAIM,
    StageFailpoint.BEFORE_PERFORM,
    StageFailpoint.AFTER_PERFORM,
    StageFailpoint.BEFORE_FINISH,
    StageFailpoint.AFTER_FINISH,
)
COMMIT_FAILPOINTS: Final = (
    StageFailpoint.BEFORE_CLAIM_COMMIT,
    StageFailpoint.BEFORE_FINISH_COMMIT,
)
OWN_FAILPOINTS: Final = {
    FETCH_TOURNAMENT_STAGE: FETCH_FAILPOINTS,
    INGEST_CONTEST_STAGE: INGEST_FAILPOINTS,
    LOCK_CONTEST_STAGE: LOCK_FAILPOINTS,
    START_CONTEST_STAGE: START_FAILPOINTS,
    SETTLE_CONTEST_STAGE: SETTLE_FAILPOINTS,
}
RETRY: Final = ResolveAction.RETRY
OPERATOR: Final = Actor.user("ops")
REASON: Final = "the cause is mended"
RESUMPTIONS: Final = {
    LOCK_CONTEST_STAGE: "resume_scheduled",
    START_CONTEST_STAGE: "resume_locked",
    SETTLE_CONTEST_STAGE: "resume_live",
}


class Unsettleable(Conflict):
    """A failure that no repetition mends."""

    code = "UNSETTLEABLE"
    message = "The transition cannot be made."


@frozen(kw_only=True)
class ContestAddress:
    """The address of a site, for a child process that works there."""

    url: str
    folder: Path

    @property
    def provider(self) -> FileProvider:
        """Return the provider, whose answer is in a file."""
        return FileProvider(self.folder / "leaderboard.json")


def fail_at(stage: str) -> Callable[[ContestFailpoint], None]:
    """Return a failpoint of a stage at which it fails for good."""

    def fail(failpoint: ContestFailpoint) -> None:
        if failpoint is FAILING_POINTS[stage]:
            raise Unsettleable

    return fail


def work_and_die(address: ContestAddress, stage: str, now: datetime, failpoint: str) -> None:
    """Process tasks of a stage in this process, which kills itself at a failpoint.

    A failpoint of the way to ERROR is reached because the stage fails.
    """
    die = dies_at(failpoint)

    def fail_or_die(point: ContestFailpoint) -> None:
        die(point)
        if failpoint in FAIL_NAMES:
            fail_at(stage)(point)

    clock = TestClock(now)
    store = open_store(address.url, clock=clock)
    run = ContestRun(store=store, provider=address.provider, clock=clock)
    stages = run.stages(at_failpoint=fail_or_die, lease_seconds=LEASE_SECONDS)
    with Worker(store=store, actor=WORKER, at_failpoint=die).heartbeat() as worker:
        while process_batch(store, stages[stage], actor=WORKER, worker=worker):
            pass


@frozen
class Subject:
    """The contest of one kill, and the digest that its settlement must have."""

    run: ContestRun
    contest: Contest
    digest: str | None


@define(kw_only=True)
class ContestScenario:
    """Contests on a database whose provider is a file; `action` is the way out of ERROR, if any."""

    address: ContestAddress
    run: ContestRun
    action: ResolveAction | None = None
    subject: Subject | None = None

    def prepare(self, kill: Kill) -> Subject:
        """Return a new contest on a tournament of its own; its next step is the stage's."""
        self.retire()
        stage = kill.work
        self.run.clock.time = TestClock().time
        run = evolve(self.run, event_id=f"9{time.monotonic_ns()}")
        contest = run.bring_to(STATUS_OF_STAGE[stage])
        if stage in (FETCH_TOURNAMENT_STAGE, INGEST_CONTEST_STAGE):
            run.clock.advance(60)
            run.serve(FIRST_ROUND)
            run.enqueue(FETCH_TOURNAMENT_STAGE, run.event_id)
        if stage == INGEST_CONTEST_STAGE:
            run.record_fetch()

        digest = None
        if stage == SETTLE_CONTEST_STAGE:
            digest = dry_run_settlement(run.store, contest.id).run.result_digest
        self.subject = Subject(run, contest, digest)
        return self.subject

    def work(self, kill: Kill, _: Subject) -> tuple[Callable[..., object], Sequence[Any]]:
        """Return the work of the child."""
        now = self.run.clock.now()
        return work_and_die, (self.address, kill.work, now, kill.failpoint)

    def finish(self, kill: Kill, subject: Subject) -> None:
        """Process tasks of the stage until this one has ended, after a killed worker's lease."""
        options: dict[str, Any] = {"lease_seconds": LEASE_SECONDS}
        if self.action is not None:
            options["at_failpoint"] = fail_at(kill.work)
        task_id = subject.contest.id
        if kill.work == FETCH_TOURNAMENT_STAGE:
            task_id = subject.run.event_id
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while time.monotonic() < deadline:
            self.run.process(kill.work, **options)
            task = self.run.task(kill.work, task_id)
            if task.due_at is None or task.due_at > self.run.clock.now():
                return
            # SQLite decides by this clock when a lease has ended, and PostgreSQL by its own.
            self.run.clock.advance(PAUSE_SECONDS)
            time.sleep(PAUSE_SECONDS)

    def problems(self, kill: Kill, subject: Subject) -> Iterator[str]:
        """Yield what is wrong with the contest."""
        run, contest = subject.run, subject.contest
        if self.action is None:
            yield from problems_of(run, contest, kill.work, subject.digest)
            return

        if run.status(contest) is not ContestStatus.ERROR:
            yield f"the contest is {run.status(contest)}"
        self._leave_error(kill.work, subject)
        expected = self._expected_actions(kill.work)
        if run.actions(contest) != expected:
            yield f"its changes are {run.actions(contest)}, expected {expected}"
        digest = None if self.action is ResolveAction.CANCEL else subject.digest
        yield from problems_of_runs(run, contest, digest)

    def retire(self) -> None:
        """Cancel the last contest, so that no later worker has tasks of it."""
        if self.subject is None:
            return

        run, contest = self.subject.run, self.subject.contest
        cancel = CancelContest(contest_id=contest.id)
        if not run.contest(contest).is_terminal:
            run.store.run(cancel_contest, cancel, actor=WORKER, reason="the check is over")
        for stage in STATUS_OF_STAGE:
            run.process_all(stage)

    def _leave_error(self, stage: str, subject: Subject) -> None:
        """Leave ERROR, and let the stage go on where the contest is resumed."""
        run, contest_id = subject.run, subject.contest.id
        if self.action is RETRY:
            action = "resolve_complete"
            settle_now(run.store, contest_id, action=action, actor=OPERATOR, reason=REASON)
            return

        assert self.action is not None
        command = ResolveError(contest_id=contest_id, action=self.action)
        run.store.run(resolve_error, command, actor=OPERATOR, reason=REASON)
        run.reconcile()
        run.process_all(stage)

    def _expected_actions(self, stage: str) -> list[str]:
        """Return the changes that a contest must have after its way through ERROR."""
        transitions = EXPECTED_ACTIONS[stage]
        before = [*transitions[:-1], "fail"]
        if self.action is ResolveAction.CANCEL:
            return [*before, "resolve_cancel"]
        if self.action is RETRY:
            return [*before, "resolve_complete"]

        return [*before, RESUMPTIONS[stage], transitions[-1]]


def problems_of(run: ContestRun, contest: Contest, stage: str, digest: str | None) -> Iterator[str]:
    """Yield what is wrong with a contest after a stage has ended."""
    actions = run.actions(contest)
    if actions != EXPECTED_ACTIONS[stage]:
        yield f"its changes are {actions}"
    if not replay_log(run.store, contest.id).is_equal:
        yield "a replay leads to another state"

    kinds = run.kinds(contest)
    if stage == INGEST_CONTEST_STAGE and kinds != ["FIELD", "SNAPSHOT"]:
        yield f"its events are {kinds}"
    yield from problems_of_runs(run, contest, digest)


def problems_of_runs(run: ContestRun, contest: Contest, digest: str | None) -> Iterator[str]:
    """Yield what is wrong with the settlement runs of a contest, which may have no settlement."""
    runs = run.runs(contest)
    if any(ended.status is RunStatus.STARTED for ended in runs):
        yield "a run is left started"

    completed = [ended for ended in runs if ended.status is RunStatus.COMPLETE]
    if len(completed) != int(digest is not None):
        yield f"it has {len(completed)} settlements"
    for ended in completed:
        lines = run.lines(ended)
        if run.contest(contest).settlement_run_id != ended.id:
            yield "the contest names another run"
        if ended.result_digest != digest:
            yield f"its result has digest {ended.result_digest}, expected {digest}"
        if len(lines) != 3:
            yield f"its lines are {lines}"


def kills_of(stage: str) -> list[Kill]:
    """Return a kill at each failpoint of a stage."""
    points = [*OWN_FAILPOINTS[stage], *WORKER_FAILPOINTS]
    if stage != INGEST_CONTEST_STAGE:
        points.extend(COMMIT_FAILPOINTS)
    return kills_at(stage, points)


@pytest.fixture(params=["sqlite_url", "database"])
def scenario(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[ContestScenario]:
    database = request.getfixturevalue(request.param)
    address = ContestAddress(url=getattr(database, "url", database), folder=tmp_path)
    clock = TestClock()
    store = open_store(address.url, clock=clock)
    run = ContestRun(store=store, provider=address.provider, clock=clock)
    yield ContestScenario(address=address, run=run)
    store.dispose()


@pytest.mark.parametrize("stage", OWN_FAILPOINTS)
def test_a_killed_worker_leaves_all_or_nothing(scenario: ContestScenario, stage: str) -> None:
    assert kill_each(scenario, kills_of(stage)).problems == []


def test_workers_that_are_killed_at_random_leave_all_or_nothing(
    scenario: ContestScenario, chance: Random
) -> None:
    kills = [kill for stage in OWN_FAILPOINTS for kill in kills_of(stage)]
    drawn = random_kills(kills, RANDOM_KILLS, MAX_MOMENT_SECONDS, chance)

    assert kill_each(scenario, drawn).problems == []


WAYS_OUT: Final = [
    *((stage, action) for stage in RESUMPTIONS for action in ResolveAction if action != RETRY),
    (SETTLE_CONTEST_STAGE, RETRY),  # the only one that can be repeated
]


@pytest.mark.parametrize(("stage", "action"), WAYS_OUT)
def test_an_error_is_reached_once_and_left_in_each_way(
    scenario: ContestScenario, stage: str, action: ResolveAction
) -> None:
    scenario.action = action

    assert kill_each(scenario, kills_at(stage, FAIL_FAILPOINTS)).problems == []


@pytest.mark.parametrize("stage", [LOCK_CONTEST_STAGE, START_CONTEST_STAGE, SETTLE_CONTEST_STAGE])
def test_workers_at_once_make_one_transition(scenario: ContestScenario, stage: str) -> None:
    subject = scenario.prepare(Kill(work=stage))
    run = subject.run

    def work(_: int) -> int:
        return process_batch(run.store, run.stages()[stage], actor=WORKER)

    with ThreadPoolExecutor(4) as workers:
        claimed = sum(workers.map(work, range(4)))

    assert claimed == 1
    assert list(problems_of(run, subject.contest, stage, subject.digest)) == []


@pytest.mark.parametrize("seconds", [3_600, -3_600])
def test_a_clock_that_jumps_fires_no_timer_early_or_twice(
    scenario: ContestScenario, seconds: float
) -> None:
    subject = scenario.prepare(Kill(work=LOCK_CONTEST_STAGE))
    run, contest = subject.run, subject.contest
    run.clock.advance(-300)  # the lock is five minutes away
    run.process_all(LOCK_CONTEST_STAGE)
    assert run.actions(contest) == ["publish"]

    run.clock.time = contest.lock_time
    run.reconcile()
    run.process_all(LOCK_CONTEST_STAGE)
    run.clock.advance(seconds)
    run.enqueue(LOCK_CONTEST_STAGE, contest.id)
    run.process_all(LOCK_CONTEST_STAGE)

    assert run.actions(contest) == ["publish", "lock"]
