"""Lose the answers to pushes, and let other people push at the same time."""

from collections.abc import Callable
from itertools import count
from random import Random
from typing import Final

from tests.doses.chaos.project_site import ProjectReport, ProjectSite, check_end, finish_job
from tests.doubles.git_server import PUSH
from tests.doubles.serving import Fault
from tests.project_jobs import JobSetup, WatchedHost, push_as_somebody

from indelible.projects import Job, Project
from indelible.projects.errors import HostUnavailable

NUMBERS: Final = count(1)
MAX_PUSHES: Final = 3  # of others, in one race
MIN_ATTEMPTS: Final = 2  # one that loses the answer, and one that finds the commit
SHARE_OF_OTHERS: Final = 0.2  # of the jobs: somebody pushes after the lost answer


def lose_pushes(site: ProjectSite, times: int, chance: Random) -> ProjectReport:
    """Lose the answer to the push of many jobs after it took effect, then finish the jobs."""
    report = ProjectReport()
    setup = site.setup
    waiting: list[tuple[Project, Job, list[str]]] = []
    for _ in range(times):
        project = setup.project(f"Fruit Shop {next(NUMBERS)}")
        job = setup.job(project)
        waiting.append((project, job, _lose_answer(site, project, job)))
        report.broken += 1
        if chance.random() < SHARE_OF_OTHERS:
            _push_after(setup, project)

    for project, job, pushed in waiting:
        finish_job(setup, job)
        check_end(site, project, job, report)
        result = setup.details(job).job.result
        if setup.task(job).attempts < MIN_ATTEMPTS:
            report.problems.append(f"job {job.id} did not lose its answer")
        if result is None or [result.commit] != pushed:
            report.problems.append(f"job {job.id} has another commit than {pushed}")

    return report


def _lose_answer(site: ProjectSite, project: Project, job: Job) -> list[str]:
    """Process a job whose push takes effect without an answer, and return its commits."""
    if site.double is not None:
        # The client of HTTP sends a request again by itself where a kept connection is closed.
        fault = site.double.plan(Fault(matching=PUSH, times=2, lost=True))
        site.setup.process()
        fault.times = 0
    else:
        site.setup.process(host=WatchedHost(host=site.setup.host, after_push=_lose))

    return site.setup.commits_of(project, job)


def _lose() -> None:
    raise HostUnavailable("the answer was lost")


def _push_after(setup: JobSetup, project: Project) -> None:
    push_as_somebody(setup.repository(project), setup.folder, f"note-{next(NUMBERS)}.txt")


def race_pushes(site: ProjectSite, races: int, chance: Random) -> ProjectReport:
    """Let somebody push right before a job, up to three times in each job."""
    report = ProjectReport()
    setup = site.setup
    project = setup.project("Fruit Shop of many")
    first = setup.job(project, name="Fruit Shop 0")
    finish_job(setup, first)
    for _ in range(races):
        number = next(NUMBERS)
        job = setup.job(project, name=f"Fruit Shop {number}")
        others: list[str] = []
        before = _pushing(setup, project, chance.randint(1, MAX_PUSHES), others)
        setup.process(host=WatchedHost(host=setup.host, before_push=before))
        finish_job(setup, job)
        report.broken += len(others)
        check_end(site, project, job, report)
        expected = [*setup.commits_of(project, job), *reversed(others)]
        if setup.commits(project)[: len(expected)] != expected:
            report.problems.append(f"job {job.id} is not on top of {others}")

    return report


def _pushing(
    setup: JobSetup, project: Project, times: int, pushed: list[str]
) -> Callable[[], None]:
    """Return a function that pushes as somebody else in its first calls."""

    def push() -> None:
        if len(pushed) < times:
            name = f"note-{next(NUMBERS)}.txt"
            pushed.append(push_as_somebody(setup.repository(project), setup.folder, name))

    return push
