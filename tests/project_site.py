"""A database with projects, a Git host that real programs use, and the checks of their end."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from attrs import frozen
from tests.doubles.github import github
from tests.doubles.serving import Double
from tests.kills import dies_at
from tests.project_jobs import AheadClock, JobSetup, git

from indelible.projects import Job, Project
from indelible.projects.entities.values import JobResult
from indelible.projects.lifecycle import SUCCESSFUL, JobStatus
from indelible.projects.ports import GitHost
from indelible_git import GitHubHost, LocalHost
from indelible_sql import open_store

LOCAL: Final = "local Git"
HTTP: Final = "Git over HTTP"
KINDS: Final = (LOCAL, HTTP)
TOKEN: Final = "ghp_" + "t0k3n" * 7
LEASE_SECONDS: Final = 1  # the shortest; a database decides by its own clock when it has ended
MAX_WAIT_SECONDS: Final = 300  # of a busy machine
PAUSE_SECONDS: Final = 0.05
NO_COMMIT: Final = "0" * 40


@frozen(kw_only=True)
class SiteAddress:
    """The address of a site, for a child process that works there."""

    url: str
    folder: Path
    host_url: str  # of the double of GitHub, '' for local repositories

    def host(self) -> GitHost:
        """Return the Git host."""
        if self.host_url:
            return GitHubHost(token=TOKEN, api_url=self.host_url)

        return LocalHost(root=self.folder / "repositories")


@frozen(kw_only=True)
class ProjectSite:
    """The setup of a parent process, and the double that it serves."""

    address: SiteAddress
    setup: JobSetup
    double: Double | None


@contextmanager
def project_site(url: str, folder: Path, kind: str) -> Generator[ProjectSite]:
    """Open a database for the block, and serve the double of GitHub where the kind wants it."""
    if kind == LOCAL:
        with _opened(SiteAddress(url=url, folder=folder, host_url=""), None) as site:
            yield site
        return

    root = folder / "github"
    root.mkdir()
    with github(root, TOKEN) as (account, double):
        address = SiteAddress(url=url, folder=folder, host_url=double.url)
        with _opened(address, double) as site:
            yield site
    if account.violations:
        raise AssertionError(account.violations)


@contextmanager
def _opened(address: SiteAddress, double: Double | None) -> Generator[ProjectSite]:
    clock = AheadClock()
    store = open_store(address.url, clock=clock)
    setup = JobSetup(store=store, folder=address.folder, clock=clock, other_host=address.host())
    yield ProjectSite(address=address, setup=setup, double=double)
    store.dispose()


def work_and_die(address: SiteAddress, failpoint: str) -> None:
    """Process the jobs that are due in this process, which kills itself at a failpoint."""
    with _opened(address, None) as site:
        site.setup.process(at_failpoint=dies_at(failpoint), lease_seconds=LEASE_SECONDS)


def finish_job(setup: JobSetup, job: Job) -> None:
    """Process jobs until this one and its task have ended, after the lease of a killed worker."""
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while time.monotonic() < deadline:
        setup.process(lease_seconds=LEASE_SECONDS)
        if setup.task(job).due_at is None:
            return
        time.sleep(PAUSE_SECONDS)


def problems_of_site(setup: JobSetup, project: Project, job: Job) -> Iterator[str]:
    """Yield everything that is wrong after a job has ended."""
    setup.clean()
    yield from problems_of_job(setup, project, setup.details(job).job)
    if setup.workspace_names():
        yield f"workspaces are left: {setup.workspace_names()}"


def problems_of_job(setup: JobSetup, project: Project, job: Job) -> Iterator[str]:
    """Yield what is wrong with the end of a job and with its repository."""
    yield from problems_of_end(setup, project, job)
    if setup.project_now(project).repository is not None:
        yield from problems_of_repository(setup.repository(project))


def problems_of_end(setup: JobSetup, project: Project, job: Job) -> Iterator[str]:
    """Yield what is wrong with the end of a job, its commit, and the states that it had."""
    is_bound = setup.project_now(project).repository is not None
    commits = setup.commits_of(project, job) if is_bound else []
    if job.status in SUCCESSFUL:
        result = job.result or JobResult()
        if commits != [result.commit]:
            yield f"its commit is {result.commit}, and the branch has {commits}"
    elif job.status is not JobStatus.FAILED:
        yield f"it is {job.status}"
    elif not job.failure_reason or len(commits) > 1:
        yield f"it failed because of {job.failure_reason!r} with the commits {commits}"

    states = setup.statuses(job)
    if len(set(states)) != len(states) or states[0] != JobStatus.PENDING:
        yield f"its states were {states}"


def problems_of_repository(repository: Path) -> Iterator[str]:
    """Yield each update of the branch that dropped a commit, and what `git fsck` finds."""
    yield from problems_of_updates(repository)
    output = git(repository, "fsck", "--strict", "--no-dangling")
    if output:
        yield f"git fsck: {output}"


def problems_of_updates(repository: Path) -> Iterator[str]:
    """Yield each update of the branch that dropped a commit, or that has no record."""
    previous = NO_COMMIT
    for old, new in reflog(repository):
        if old != previous:
            yield f"the branch moved from {previous} to {old} without a record"
        if old != NO_COMMIT and git(repository, "merge-base", old, new) != old:
            yield f"the update from {old} to {new} is forced"
        previous = new


def reflog(repository: Path) -> Iterator[tuple[str, str]]:
    """Yield the old and the new tip of each update of the branch, oldest first."""
    path = repository / "logs" / "refs" / "heads" / "main"
    if not path.exists():
        return

    for line in path.read_text(encoding="utf-8").splitlines():
        old, new, *_ = line.split(" ")
        yield old, new
