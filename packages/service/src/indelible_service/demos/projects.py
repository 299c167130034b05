"""Build a project in three jobs, and kill the worker of the second one during its push.

As a program this module is that worker: it reads its settings from stdin, processes one job, and
kills itself when the host has taken the commit.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from signal import SIGKILL, SIGTERM
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Final

from attrs import evolve, frozen

from indelible import projects
from indelible.kernel import Actor, Unavailable
from indelible.projects import ArchitectureSpec, GeneratedFile, Job, Project, Repository
from indelible.projects.ports import (
    Checkout,
    CommitRequest,
    FoundCommit,
    GitHost,
    ProcessGroups,
    RepositoryRequest,
)
from indelible.projects.rules.tasks import PROCESS_JOB_STAGE
from indelible.projects.tasks.process_job import ProcessJob
from indelible_git.processes import UnwatchedGroups
from indelible_service.contexts.declaration import AnyStage
from indelible_service.contexts.projects import GITHUB, LOCAL, ProjectSettings, build_process_job
from indelible_service.database import open_configured_store, upgrade
from indelible_service.demos.concepts import DemoStep, variables_of_own_database
from indelible_service.demos.waiting import OnWait, tell_nobody
from indelible_service.embedded.children import StopSignals, running_child
from indelible_service.processes.supervisor import write_settings
from indelible_service.settings.environment import SettingsWrong
from indelible_service.settings.service import Settings, environment_without_settings
from indelible_sql import SqlStore
from indelible_workers import process_batch

OWNER: Final = Actor.user("admin")  # of the first key, so that its holder sees the project
WORKER: Final = Actor.system("worker")
REASON: Final = "demo of projects"
FOLDER: Final = "demo-projects"  # in the data directory
NAME: Final = "Fruit Shop"
LEASE_SECONDS: Final = 2  # of the worker that is killed, and then waited for
MAX_WAIT_SECONDS: Final = 120
PAUSE_SECONDS: Final = 0.2
STOP_SIGNALS: Final[StopSignals] = ((SIGTERM, 3), (SIGKILL, None))
COLUMNS: Final = ("job", "state", "attempts", "commit on the branch", "trailer")
PROMPT: Final = "An online shop that sells fruit, with a catalogue and a basket"
Node = Mapping[str, Any]
NODES: Final[Sequence[Node]] = (
    {"id": "shop", "type": "frontend", "label": "Shop"},
    {"id": "api", "type": "backend", "label": "Orders API"},
    {"id": "login", "type": "auth", "label": "Login"},
    {"id": "orders", "type": "database", "label": "Orders"},
    {"id": "stock", "type": "database", "label": "Stock"},
    {"id": "mail", "type": "backend", "label": "Mail"},
)
JOBS: Final = (4, 5, 6)  # the numbers of nodes; each job has one more


@frozen
class JobNotEnded(Unavailable):
    """A job of the demonstration did not end in time."""

    message: ClassVar[str] = "Job {job_id} did not end within {seconds} seconds."
    job_id: str
    seconds: int


def demo_settings(settings: Settings, api_url: str | None) -> Settings:
    """Return the settings of a database and repositories that only the demonstration uses.

    Raises: SettingsWrong.
    """
    variables = variables_of_own_database(settings, FOLDER)
    variables["INDELIBLE_GIT_HOST"] = LOCAL
    if api_url is not None:
        variables.update({"INDELIBLE_GIT_HOST": GITHUB, "GITHUB_API_URL": api_url})
        if not variables.get("GITHUB_TOKEN"):
            raise SettingsWrong(("GITHUB_TOKEN must be set because --host is passed",))

    return Settings.read(variables)


def projects_demo(settings: Settings, on_wait: OnWait = tell_nobody) -> Generator[DemoStep]:
    """Process three jobs of a new project; the worker of the second one is killed.

    Raises: JobNotEnded.
    """
    upgrade(settings)
    with open_configured_store(settings) as store:
        process_job = build_process_job(settings.section(ProjectSettings), store)
        process_job.lease_seconds = LEASE_SECONDS
        demo = _Demo(settings=settings, store=store, process_job=process_job, on_wait=on_wait)
        project = demo.create_project()
        first, second, third = [demo.create_job(project, number) for number in JOBS]

        demo.process(first)
        repository = demo.repository(project)
        yield DemoStep(f"Project {project.name} has the repository {repository.url}.")

        on_wait("the push of a worker process, which is killed")
        process_id = demo.kill_worker_during_push()
        pushed = demo.pushed_commits(project, (second,))
        state = demo.job(second).status
        yield DemoStep(
            f"Worker process {process_id} was killed during its push. Job {second.number} is"
            f" {state}; the branch has its commit {pushed[0]}."
        )

        demo.process(second)
        yield DemoStep(f"The next worker found commit {demo.commit(second)} and pushed nothing.")

        demo.process(third)
        rows = demo.rows(project, (first, second, third))
        yield DemoStep(f"Each job is one commit of {repository.url}:", COLUMNS, rows)


@frozen(kw_only=True)
class _Demo:
    settings: Settings
    store: SqlStore
    process_job: ProcessJob
    on_wait: OnWait

    @property
    def host(self) -> GitHost:
        assert self.process_job.host is not None  # noqa: S101 - `demo_settings` chooses one
        return self.process_job.host

    def create_project(self) -> Project:
        command = projects.CreateProject(user_id=OWNER.id, name=NAME)
        saved = self.store.run(projects.create_project, command, actor=OWNER, reason=REASON)
        return saved.entity

    def create_job(self, project: Project, node_count: int) -> Job:
        command = projects.CreateJob(
            user_id=OWNER.id, project_id=project.id, architecture_spec=_spec(node_count)
        )
        return self.store.run(projects.create_job, command, actor=OWNER, reason=REASON).entity

    def process(self, job: Job) -> None:
        """Process jobs until this one has ended; a lease of a killed worker ends first.

        Raises: JobNotEnded.
        """
        stage: AnyStage = self.process_job.stage()
        self.on_wait(f"the end of job {job.number}")
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while time.monotonic() < deadline:
            process_batch(self.store, stage, actor=WORKER)
            if self.job(job).completed_at is not None:
                return
            time.sleep(PAUSE_SECONDS)

        raise JobNotEnded(job.id, MAX_WAIT_SECONDS)

    def kill_worker_during_push(self) -> int:
        """Let a child process the next job, and return its process id when it has killed itself."""
        program = running_child(
            (sys.executable, "-m", "indelible_service.demos.projects"),
            STOP_SIGNALS,
            env=environment_without_settings(),
            stdin=subprocess.PIPE,
        )
        with program as child:
            write_settings(child, self.settings.variables)
            child.wait()
        return child.pid

    def job(self, job: Job) -> Job:
        return self.store.read(projects.get_job, OWNER.id, job.id).job

    def commit(self, job: Job) -> str | None:
        result = self.job(job).result
        return None if result is None else result.commit

    def repository(self, project: Project) -> Repository:
        saved = self.store.read(projects.get_project, OWNER.id, project.id)
        assert saved.entity.repository is not None  # noqa: S101 - its first job has ended
        return saved.entity.repository

    def pushed_commits(self, project: Project, jobs: Sequence[Job]) -> list[str | None]:
        """Return the commit of each job that a new clone of the repository has."""
        commits: list[str | None] = []
        with TemporaryDirectory(prefix="indelible-demo-") as directory:
            checkout = self.host.clone(
                self.repository(project), Path(directory) / "clone", UnwatchedGroups()
            )
            for job in jobs:
                pushed = checkout.find_commit(job.id)
                commits.append(None if pushed is None else pushed.sha)

        return commits

    def rows(self, project: Project, jobs: Sequence[Job]) -> list[Sequence[object]]:
        rows: list[Sequence[object]] = []
        commits = self.pushed_commits(project, jobs)
        for job, commit in zip(jobs, commits, strict=True):
            trailer = f"Job-Id: {job.id}"
            rows.append((job.number, self.job(job).status, self.attempts(job), commit, trailer))

        return rows

    def attempts(self, job: Job) -> int:
        return self.store.read(lambda tx: tx.tasks.get(PROCESS_JOB_STAGE, job.id).attempts)


def _spec(node_count: int) -> ArchitectureSpec:
    """Return the shop with its first nodes; each node is connected with the API."""
    edges: list[Node] = []
    for node in NODES[:node_count]:
        if node["id"] != "api":
            edges.append({"source": "api", "target": node["id"]})

    return ArchitectureSpec(name=NAME, prompt=PROMPT, nodes=NODES[:node_count], edges=edges)


@frozen
class _DyingHost:
    """A host whose first push is the last act of this process."""

    host: GitHost

    @property
    def name(self) -> str:
        return self.host.name

    def ensure_repository(self, request: RepositoryRequest) -> Repository:
        return self.host.ensure_repository(request)

    def get_repository(self, repository_id: str) -> Repository:
        return self.host.get_repository(repository_id)

    def clone(self, repository: Repository, folder: Path, groups: ProcessGroups) -> Checkout:
        return _DyingCheckout(self.host.clone(repository, folder, groups))

    def commit_url(self, repository: Repository, sha: str) -> str | None:
        return self.host.commit_url(repository, sha)

    def remaining_requests(self) -> int | None:
        return self.host.remaining_requests()


@frozen
class _DyingCheckout:
    checkout: Checkout

    @property
    def tip(self) -> str | None:
        return self.checkout.tip

    def find_commit(self, job_id: str, since: str | None = None) -> FoundCommit | None:
        return self.checkout.find_commit(job_id, since)

    def write_files(self, files: Sequence[GeneratedFile]) -> None:
        self.checkout.write_files(files)

    def commit(self, request: CommitRequest) -> str | None:
        return self.checkout.commit(request)

    def push(self) -> None:
        """Push, and kill this process before anybody learns of it."""
        self.checkout.push()
        os.kill(os.getpid(), SIGKILL)

    def update(self) -> None:
        self.checkout.update()


def _exit(*_: object) -> None:
    sys.exit(1)


def main() -> None:
    """Process one job until its commit is pushed, and die."""
    signal.signal(SIGTERM, _exit)  # so that the git of the job ends, too
    settings = Settings.read(json.load(sys.stdin))
    with open_configured_store(settings) as store:
        process_job = build_process_job(settings.section(ProjectSettings), store)
        assert process_job.host is not None  # noqa: S101 - `demo_settings` chooses one
        dying = evolve(process_job, host=_DyingHost(process_job.host), lease_seconds=LEASE_SECONDS)
        stage: AnyStage = dying.stage()
        process_batch(store, stage, actor=WORKER)


if __name__ == "__main__":
    main()
