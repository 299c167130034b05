"""A database with contests whose provider is a file, and the checks of how a contest ended."""

import os
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from signal import SIGKILL
from typing import Any, Final

from attrs import define, evolve, field, frozen
from tests.contest_runs import FIRST_ROUND, WORKER, ContestRun, FileProvider, TestClock

from indelible.contests.commands.contests import CancelContest
from indelible.contests.entities.contests import Contest
from indelible.contests.handlers.transitions import cancel_contest
from indelible.contests.lifecycle import ContestStatus, RunStatus
from indelible.contests.rules.tasks import (
    FETCH_TOURNAMENT_STAGE,
    INGEST_CONTEST_STAGE,
    LOCK_CONTEST_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.contests.tasks.dry_runs import dry_run_settlement
from indelible.contests.tasks.failpoints import FAIL_FAILPOINTS, ContestFailpoint
from indelible.contests.tasks.replays import replay_log
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


@define
class ContestReport:
    """Numbers of kills and of contests by their end, and each problem."""

    killed: int = 0
    finished: int = 0
    digests: set[str] = field(factory=set[str])
    problems: list[str] = field(factory=list[str])

    def __str__(self) -> str:
        counts = f"{self.killed} workers killed, {self.finished} contests as if none had been"
        return f"{counts}; problems: {self.problems or 'none'}"


@frozen(kw_only=True)
class ContestSite:
    """The contests of a parent process."""

    address: ContestAddress
    run: ContestRun

    def prepare(self, stage: str) -> tuple[ContestRun, Contest]:
        """Return a new contest on a tournament of its own; its next step is the stage's."""
        self.run.clock.time = TestClock().time
        run = evolve(self.run, event_id=f"9{time.monotonic_ns()}")
        contest = run.bring_to(STATUS_OF_STAGE[stage])
        if stage in (FETCH_TOURNAMENT_STAGE, INGEST_CONTEST_STAGE):
            run.clock.advance(60)
            run.serve(FIRST_ROUND)
            run.enqueue(FETCH_TOURNAMENT_STAGE, run.event_id)
        if stage == INGEST_CONTEST_STAGE:
            run.record_fetch()
        return run, contest

    def finish(self, stage: str, entity_id: str, **options: Any) -> None:  # noqa: ANN401 - of stages
        """Process tasks of the stage until this one has ended, after a killed worker's lease."""
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while time.monotonic() < deadline:
            self.run.process(stage, lease_seconds=LEASE_SECONDS, **options)
            task = self.run.task(stage, entity_id)
            if task.due_at is None or task.due_at > self.run.clock.now():
                return
            # SQLite decides by this clock when a lease has ended, and PostgreSQL by its own.
            self.run.clock.advance(PAUSE_SECONDS)
            time.sleep(PAUSE_SECONDS)

    def retire(self, run: ContestRun, contest: Contest) -> None:
        """Cancel a contest, so that no later worker has tasks of it or of its tournament."""
        cancel = CancelContest(contest_id=contest.id)
        if not run.contest(contest).is_terminal:
            run.store.run(cancel_contest, cancel, actor=WORKER, reason="the check is over")
        for stage in STATUS_OF_STAGE:
            run.process_all(stage)


@contextmanager
def contest_site(url: str, folder: Path) -> Generator[ContestSite]:
    """Open a database for the block."""
    address = ContestAddress(url=url, folder=folder)
    clock = TestClock()
    store = open_store(url, clock=clock)
    run = ContestRun(store=store, provider=address.provider, clock=clock)
    yield ContestSite(address=address, run=run)
    store.dispose()


def fail_at(stage: str) -> Callable[[ContestFailpoint], None]:
    """Return a failpoint of a stage at which it fails for good."""

    def fail(failpoint: ContestFailpoint) -> None:
        if failpoint is FAILING_POINTS[stage]:
            raise Unsettleable

    return fail


def work_and_die(address: ContestAddress, stage: str, now: datetime, failpoint_name: str) -> None:
    """Process tasks of a stage in this process, which kills itself at a failpoint.

    A failpoint of the way to ERROR is reached because the stage fails.
    """
    is_failing = failpoint_name in FAIL_NAMES

    def die(failpoint: ContestFailpoint | StageFailpoint) -> None:
        if failpoint.name == failpoint_name:
            os.kill(os.getpid(), SIGKILL)

    def fail_or_die(failpoint: ContestFailpoint) -> None:
        die(failpoint)
        if is_failing:
            fail_at(stage)(failpoint)

    clock = TestClock(now)
    store = open_store(address.url, clock=clock)
    run = ContestRun(store=store, provider=address.provider, clock=clock)
    stages = run.stages(at_failpoint=fail_or_die, lease_seconds=LEASE_SECONDS)
    with Worker(store=store, actor=WORKER, at_failpoint=die).heartbeat() as worker:
        while process_batch(store, stages[stage], actor=WORKER, worker=worker):
            pass


def expected_digest(run: ContestRun, contest: Contest, stage: str) -> str | None:
    """Return the digest that the settlement of a contest must have, None for another stage."""
    if stage != SETTLE_CONTEST_STAGE:
        return None

    return dry_run_settlement(run.store, contest.id).run.result_digest


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
