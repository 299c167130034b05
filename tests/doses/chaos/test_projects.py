"""Kill workers of jobs, lose the answers of their pushes, and let others push first."""

from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from attrs import frozen
from tests.doubles.git_server import PUSH
from tests.doubles.serving import Fault
from tests.kills import Kill, kill_each, kills_at, random_kills
from tests.project_jobs import JobSetup, WatchedHost, push_as_somebody
from tests.project_site import (
    KINDS,
    LOCAL,
    ProjectSite,
    finish_job,
    problems_of_site,
    project_site,
    work_and_die,
)

from indelible.projects import Job, Project
from indelible.projects.errors import HostUnavailable
from indelible.projects.lifecycle import SUCCESSFUL
from indelible.projects.tasks.failpoints import JobFailpoint

NUMBERS: Final = count(1)
RANDOM_KILLS: Final = 8
MAX_MOMENT_SECONDS: Final = 0.5  # a job of a few files takes less
LOST_PUSHES: Final = 5
RACES: Final = 5
MAX_RACING_PUSHES: Final = 3  # of others, in one race
MIN_ATTEMPTS: Final = 2  # one that loses the answer, and one that finds the commit
SHARE_OF_OTHERS: Final = 0.2  # of the jobs: somebody pushes after the lost answer
Subject = tuple[Project, Job]


@pytest.fixture(params=KINDS)
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[ProjectSite]:
    """Return a site with local Git on SQLite, and one with Git over HTTP on PostgreSQL."""
    if request.param == LOCAL:
        url: str = request.getfixturevalue("sqlite_url")
    else:
        url = request.getfixturevalue("database").url
    with project_site(url, tmp_path, request.param) as opened:
        yield opened


@frozen
class ProjectScenario:
    """Jobs, each of a project of its own, whose worker is killed."""

    site: ProjectSite

    def prepare(self, _: Kill) -> Subject:
        """Create a job."""
        project = self.site.setup.project(f"Fruit Shop {next(NUMBERS)}")
        return project, self.site.setup.job(project)

    def work(self, kill: Kill, _: Subject) -> tuple[Callable[..., object], Sequence[Any]]:
        """Return the work of the child."""
        return work_and_die, (self.site.address, kill.failpoint)

    def finish(self, _: Kill, subject: Subject) -> None:
        """Process jobs until this one has ended."""
        finish_job(self.site.setup, subject[1])

    def problems(self, _: Kill, subject: Subject) -> Iterator[str]:
        """Yield what is wrong with the job, its commit and its repository."""
        yield from problems_of_success(self.site, *subject)


def problems_of_success(site: ProjectSite, project: Project, job: Job) -> Iterator[str]:
    """Yield what is wrong with a job that should have succeeded."""
    yield from problems_of_site(site.setup, project, job)
    status = site.setup.details(job).job.status
    if status not in SUCCESSFUL:
        yield f"the job is {status}"


def test_a_killed_worker_leaves_one_commit_and_no_workspace(
    site: ProjectSite, chance: Random
) -> None:
    kills = kills_at("job", JobFailpoint)
    kills += random_kills(kills, RANDOM_KILLS, MAX_MOMENT_SECONDS, chance)

    assert kill_each(ProjectScenario(site), kills).problems == []


def test_a_push_whose_answer_is_lost_is_found(site: ProjectSite, chance: Random) -> None:
    setup = site.setup
    waiting: list[tuple[Project, Job, list[str]]] = []
    for _ in range(LOST_PUSHES):
        project = setup.project(f"Fruit Shop {next(NUMBERS)}")
        job = setup.job(project)
        waiting.append((project, job, _lose_answer(site, project, job)))
        if chance.random() < SHARE_OF_OTHERS:
            _push_after(setup, project)

    for project, job, pushed in waiting:
        finish_job(setup, job)
        assert list(problems_of_success(site, project, job)) == []
        assert setup.task(job).attempts >= MIN_ATTEMPTS
        result = setup.details(job).job.result
        assert result is not None
        assert [result.commit] == pushed


def test_the_commits_of_others_stay_and_ours_is_on_top(site: ProjectSite, chance: Random) -> None:
    setup = site.setup
    project = setup.project("Fruit Shop of many")
    finish_job(setup, setup.job(project, name="Fruit Shop 0"))
    for _ in range(RACES):
        job = setup.job(project, name=f"Fruit Shop {next(NUMBERS)}")
        others: list[str] = []
        before = _pushing(setup, project, chance.randint(1, MAX_RACING_PUSHES), others)
        setup.process(host=WatchedHost(host=setup.host, before_push=before))
        finish_job(setup, job)

        assert list(problems_of_success(site, project, job)) == []
        expected = [*setup.commits_of(project, job), *reversed(others)]
        assert setup.commits(project)[: len(expected)] == expected


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


def _pushing(
    setup: JobSetup, project: Project, times: int, pushed: list[str]
) -> Callable[[], None]:
    """Return a function that pushes as somebody else in its first calls."""

    def push() -> None:
        if len(pushed) < times:
            name = f"note-{next(NUMBERS)}.txt"
            pushed.append(push_as_somebody(setup.repository(project), setup.folder, name))

    return push
