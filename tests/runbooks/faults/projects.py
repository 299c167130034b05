"""Faults of projects: jobs that fail and jobs that do not end."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.runbooks.bed import OPERATOR, Installation, small_plan
from tests.runbooks.faults.operations import count
from tests.runbooks.scenarios import scenario

from indelible.kernel.stages import PauseStage, pause_stage
from indelible.kernel.tasks import TaskState
from indelible.projects import Job, JobStatus
from indelible.projects.lifecycle import SUCCESSFUL
from indelible_service.simulation.git_host import SimulatedGitHost
from indelible_service.simulation.plan import (
    MINUTE,
    FaultKind,
    PlannedJob,
    PlannedProject,
)

STAGE: Final = "process_job"
FIRST: Final = 30 * MINUTE
LAST: Final = 40 * MINUTE
NUMBERS: Final = range(4)
PROJECTS: Final = tuple(
    PlannedProject(name=f"site-{number}", user="builder", at=10 * MINUTE) for number in NUMBERS
)
# Three jobs at once, and one after them.
JOBS: Final = tuple(
    PlannedJob(
        name=f"job-{number}",
        project=f"site-{number}",
        at=LAST if number == NUMBERS[-1] else FIRST,
        parts=("shop",),
        revision=1,
    )
    for number in NUMBERS
)
plan_of_jobs = partial(small_plan, projects=PROJECTS, jobs=JOBS)


@scenario("41-job-stuck", "JobsStuck", "JobsFail", plan=plan_of_jobs)
def refused_pushes_are_followed_by_a_pause(installation: Installation) -> Iterator[None]:
    host = git_host(installation)
    installation.run_until(FIRST - MINUTE)
    installation.look()
    host.rates = {FaultKind.GIT_REFUSAL: 1.0}
    installation.wait_until(lambda: statuses(installation).count(JobStatus.FAILED) == 3)
    host.rates = {}
    with installation.lock:
        command = PauseStage(stage=STAGE)
        installation.store.run(pause_stage, command, actor=OPERATOR, reason="pushes are refused")
    installation.run_until(LAST + 16 * MINUTE)

    yield

    assert [job_status(installation, job.name) for job in JOBS] == [JobStatus.COMPLETED] * 4


@scenario("42-git-host-refuses", "GitHostRefuses", plan=plan_of_jobs)
def a_rule_of_the_git_host_refuses_pushes(installation: Installation) -> Iterator[None]:
    yield from failing_pushes(installation, FaultKind.GIT_REFUSAL, dead_tasks=0)


@scenario("42-git-host-refuses", "GitHostRefuses", plan=plan_of_jobs)
def the_git_host_does_not_answer(installation: Installation) -> Iterator[None]:
    yield from failing_pushes(installation, FaultKind.GIT_OUTAGE, dead_tasks=3)


def failing_pushes(installation: Installation, kind: FaultKind, dead_tasks: int) -> Iterator[None]:
    """Let three jobs fail by a fault of the host, and one wait for its end."""
    host = git_host(installation)
    installation.run_until(FIRST - MINUTE)
    installation.look()
    host.rates = {kind: 1.0}
    installation.wait_until(lambda: statuses(installation).count(JobStatus.FAILED) == 3)
    assert count(installation, STAGE, TaskState.DEAD) == dead_tasks
    host.rates = {}

    yield

    assert count(installation, STAGE, TaskState.DEAD) == 0
    projects = installation.simulation.builders.project_ids
    newest = [newest_job(installation, projects[project.name]) for project in PROJECTS]
    assert {job.status for job in newest} <= SUCCESSFUL
    # Three were created again, by the operator and by their author: the later one changed nothing.
    assert [job.number for job in newest] == [3, 3, 3, 1]


def git_host(installation: Installation) -> SimulatedGitHost:
    """Return the Git host of the installation."""
    host = installation.simulation.around.git
    assert host is not None
    return host


def statuses(installation: Installation) -> list[JobStatus]:
    """Return the statuses of the newest job of each planned one."""
    names = installation.simulation.builders.job_ids
    return [job_status(installation, name) for name in names]


def job_status(installation: Installation, name: str) -> JobStatus:
    """Return the status of the newest job of a planned one."""
    job_id = installation.simulation.builders.job_ids[name]
    return installation.store.read(lambda tx: tx.projects.jobs.get(job_id)).entity.status


def newest_job(installation: Installation, project_id: str) -> Job:
    """Return the job of a project that was created last."""
    jobs = installation.store.read(
        lambda tx: tx.projects.jobs.find({"project_id": project_id}, order=("-number",), limit=1)
    )
    return jobs[0].entity
