"""A database with contests whose provider is a file, and the checks of how a contest ended."""

import os
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from signal import SIGKILL
from typing import Final

from attrs import define, evolve, field, frozen
from tests.contest_runs import (
    FIRST_ROUND,
    WORKER,
    ContestRun,
    FileProvider,
    TestClock,
)

from indelible.contests.commands import CancelContest
from indelible.contests.entities import Contest
from indelible.contests.handlers import cancel_contest
from indelible.contests.lifecycle import ContestStatus, RunStatus
from indelible.contests.rules.tasks import (
    FETCH_TOURNAMENT_STAGE,
    INGEST_CONTEST_STAGE,
    LOCK_CONTEST_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.contests.tasks import ContestFailpoint, replay_log
from indelible.kernel.errors import Conflict
from indelible_sql import open_store
from indelible_workers import Worker, process_batch
from indelible_workers.failpoints import StageFailpoint

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
            run.process(FETCH_TOURNAMENT_STAGE)
        return run, contest

    def finish(self, stage: str, entity_id: str) -> None:
        """Process tasks of the stage until this one has ended, after a killed worker's lease."""
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while time.monotonic() < deadline:
            self.run.process(stage, lease_seconds=LEASE_SECONDS)
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


def work_and_die(address: ContestAddress, stage: str, now: datetime, failpoint_name: str) -> None:
    """Process tasks of a stage in this process, which kills itself at a failpoint."""

    def die(failpoint: ContestFailpoint | StageFailpoint) -> None:
        if failpoint.name == failpoint_name:
            os.kill(os.getpid(), SIGKILL)

    def fail_and_die(failpoint: ContestFailpoint) -> None:
        die(failpoint)
        if failpoint_name.startswith("FAIL_") and failpoint is not failpoint.FAIL_BEFORE_WRITE:
            raise Unsettleable

    clock = TestClock(now)
    store = open_store(address.url, clock=clock)
    run = ContestRun(store=store, provider=address.provider, clock=clock)
    stages = run.stages(at_failpoint=fail_and_die, lease_seconds=LEASE_SECONDS)
    with Worker(store=store, actor=WORKER, at_failpoint=die).heartbeat() as worker:
        while process_batch(store, stages[stage], actor=WORKER, worker=worker):
            pass


def problems_of(run: ContestRun, contest: Contest, stage: str) -> Iterator[str]:
    """Yield what is wrong with a contest after a stage has ended."""
    actions = run.actions(contest)
    if actions != EXPECTED_ACTIONS[stage]:
        yield f"its changes are {actions}"
    if not replay_log(run.store, contest.id).is_equal:
        yield "a replay leads to another state"

    kinds = run.kinds(contest)
    if stage == INGEST_CONTEST_STAGE and kinds != ["FIELD", "SNAPSHOT"]:
        yield f"its events are {kinds}"
    completed = [ended for ended in run.runs(contest) if ended.status is RunStatus.COMPLETE]
    if len(completed) != int(stage == SETTLE_CONTEST_STAGE):
        yield f"it has {len(completed)} settlements"
    if any(ended.status is RunStatus.STARTED for ended in run.runs(contest)):
        yield "a run is left started"
    for ended in completed:
        yield from problems_of_lines(run, contest, ended.id)


def problems_of_lines(run: ContestRun, contest: Contest, run_id: str) -> Iterator[str]:
    """Yield what is wrong with the lines of a settlement."""
    lines = run.store.read(lambda tx: tx.contests.runs.lines(run_id, after=0, limit=500))
    settled = run.contest(contest)
    if settled.settlement_run_id != run_id:
        yield "the contest names another run"
    if len(lines) != 3 or sum(line.payout_minor for line in lines) == 0:
        yield f"its lines are {lines}"
