"""Kill the worker of a contest's stage, at a failpoint or a random moment; another one goes on."""

from random import Random
from signal import SIGKILL
from typing import Final

from attrs import frozen
from tests.contest_runs import ContestRun
from tests.doses.chaos.contest_site import (
    ContestReport,
    ContestSite,
    expected_digest,
    problems_of,
    work_and_die,
)
from tests.forks import start_child

from indelible.contests.entities.contests import Contest
from indelible.contests.rules.tasks import (
    FETCH_TOURNAMENT_STAGE,
    INGEST_CONTEST_STAGE,
    LOCK_CONTEST_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.contests.tasks.failpoints import (
    FETCH_FAILPOINTS,
    INGEST_FAILPOINTS,
    LOCK_FAILPOINTS,
    SETTLE_FAILPOINTS,
    START_FAILPOINTS,
    ContestFailpoint,
)
from indelible_workers.processing.failpoints import StageFailpoint

MAX_WAIT_SECONDS: Final = 120
MAX_MOMENT_SECONDS: Final = 0.4  # a stage of a small contest takes less
NO_FAILPOINT: Final = ""
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
STAGES: Final = tuple(OWN_FAILPOINTS)


@frozen(kw_only=True)
class Kill:
    """A kill of the worker of a stage: at a failpoint, or after a time if it has no name."""

    stage: str
    failpoint: str = NO_FAILPOINT
    moment_seconds: float | None = None

    @property
    def label(self) -> str:
        """Return the name of the kill for a report."""
        if self.moment_seconds is None:
            return f"{self.stage} at {self.failpoint}"

        return f"{self.stage} after {self.moment_seconds:.3f} s"


def kills_at_failpoints() -> list[Kill]:
    """Return a kill at each failpoint of each stage."""
    kills: list[Kill] = []
    for stage, own in OWN_FAILPOINTS.items():
        points: list[ContestFailpoint | StageFailpoint] = [*own, *WORKER_FAILPOINTS]
        if stage != INGEST_CONTEST_STAGE:
            points.extend(COMMIT_FAILPOINTS)
        kills.extend(Kill(stage=stage, failpoint=point.name) for point in points)

    return kills


def random_kills(number: int, chance: Random) -> list[Kill]:
    """Return kills at failpoints and at moments that chance decides."""
    kills: list[Kill] = []
    at_failpoints = kills_at_failpoints()
    for _ in range(number):
        if chance.random() < 0.5:
            kills.append(chance.choice(at_failpoints))
        else:
            moment_seconds = chance.uniform(0, MAX_MOMENT_SECONDS)
            kills.append(Kill(stage=chance.choice(STAGES), moment_seconds=moment_seconds))

    return kills


def kill_workers(site: ContestSite, kills: list[Kill]) -> ContestReport:
    """Kill a worker of a new contest for each of the kills, and check how the contest went on."""
    report = ContestReport()
    for kill in kills:
        run, contest = site.prepare(kill.stage)
        digest = expected_digest(run, contest, kill.stage)
        kill_worker(site, report, kill)
        site.finish(kill.stage, _entity_of(kill, run, contest))
        problems = list(problems_of(run, contest, kill.stage, digest))
        report.problems.extend(f"{kill.label}: {problem}" for problem in problems)
        report.finished += not problems
        site.retire(run, contest)

    return report


def _entity_of(kill: Kill, run: ContestRun, contest: Contest) -> str:
    """Return the id of the task: the tournament's for a fetch."""
    return run.event_id if kill.stage == FETCH_TOURNAMENT_STAGE else contest.id


def kill_worker(site: ContestSite, report: ContestReport, kill: Kill) -> None:
    """Let a child process the stage's tasks, and kill it."""
    child = start_child(
        work_and_die, site.address, kill.stage, site.run.clock.now(), kill.failpoint
    )
    if kill.moment_seconds is not None:
        child.join(kill.moment_seconds)
        child.kill()
    child.join(MAX_WAIT_SECONDS)
    report.killed += 1
    if kill.moment_seconds is None and child.exitcode != -SIGKILL:
        report.problems.append(f"{kill.label}: the worker was not killed: {child.exitcode}")
