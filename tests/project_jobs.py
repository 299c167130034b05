"""Projects with jobs for tests: a store, a folder with repositories and workspaces, and a host."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from attrs import define, field, frozen

from indelible import projects
from indelible.app import ReadTx, WriteTx
from indelible.kernel import Actor, Store
from indelible.kernel.stages import Stage
from indelible.kernel.tasks import Task
from indelible.projects import (
    ArchitectureSpec,
    GeneratedFile,
    Job,
    JobStatus,
    Phase,
    Project,
    Repository,
)
from indelible.projects.ports import (
    Checkout,
    CommitRequest,
    FoundCommit,
    GitHost,
    ProcessGroups,
    RepositoryRequest,
)
from indelible.projects.queries import JobDetails
from indelible.projects.rules.plan import Plan
from indelible.projects.rules.tasks import PROCESS_JOB_STAGE
from indelible.projects.tasks.janitor import Janitor
from indelible.projects.tasks.observers import PushOutcome, SilentObserver
from indelible.projects.tasks.process_job import ProcessJob
from indelible_git import FolderWorkspaces, LocalHost
from indelible_workers import Worker, process_batch

MAYA: Final = Actor.user("maya")
WORKER: Final = Actor.system("worker")
DATABASE_ID: Final = "the database of this test"
PROMPT: Final = "An online shop that sells fruit, with a catalogue and a basket"
NODES: Final[Sequence[Mapping[str, Any]]] = (
    {"id": "shop", "type": "frontend", "label": "Shop"},
    {"id": "api", "type": "backend", "label": "API"},
    {"id": "db", "type": "database", "label": "Orders"},
    {"id": "login", "type": "auth", "label": "Login"},
)
EDGES: Final[Sequence[Mapping[str, Any]]] = (
    {"source": "shop", "target": "api"},
    {"source": "api", "target": "db"},
    {"source": "api", "target": "login"},
)
GIT: Final = shutil.which("git") or "git"
GIT_ENVIRONMENT: Final = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.com",
    "GIT_COMMITTER_NAME": "Somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.com",
}
TRAILER: Final = "%(trailers:key=Job-Id,valueonly,separator=%x2C)"

JobStore = Store[ReadTx, WriteTx]
AnyStage = Stage[Any, Any, Any]


def spec(**values: Any) -> ArchitectureSpec:  # noqa: ANN401 - the fields of a specification
    """Return a specification without a finding, or with other values."""
    complete: dict[str, Any] = {
        "name": "Fruit Shop",
        "prompt": PROMPT,
        "nodes": NODES,
        "edges": EDGES,
        **values,
    }
    return ArchitectureSpec(**complete)


def short_files(given: ArchitectureSpec, plan: Plan) -> tuple[GeneratedFile, ...]:
    """Return a file of two lines for each file of the plan."""
    files: list[GeneratedFile] = []
    for planned in plan.files:
        content = f"{given.name}\n{planned.path}\n".encode()
        files.append(GeneratedFile(path=planned.path, content=content))

    return tuple(files)


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return its output without the last line break."""
    completed = subprocess.run(
        (GIT, *arguments),
        cwd=folder,
        env=GIT_ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    return completed.stdout.rstrip("\n")


@define
class AheadClock:
    """The clock of this machine, or one that is ahead of it."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """Return the time."""
        return datetime.now(UTC) + self.ahead

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.ahead += timedelta(seconds=seconds)


@define
class CountingObserver(SilentObserver):
    """Counts pushes, failed cleanups, and jobs that ended."""

    ends: list[tuple[JobStatus, Phase]] = field(factory=list[tuple[JobStatus, Phase]])
    pushes: list[PushOutcome] = field(factory=list[PushOutcome])
    cleanup_failures: int = 0

    def job_ended(self, outcome: JobStatus, phase: Phase) -> None:
        """Note the state of a job that ended, and its phase."""
        self.ends.append((outcome, phase))

    def cleanup_failed(self) -> None:
        """Count a workspace that could not be deleted."""
        self.cleanup_failures += 1

    def pushed(self, outcome: PushOutcome) -> None:
        """Note the outcome of a push."""
        self.pushes.append(outcome)


@frozen(kw_only=True)
class JobSetup:
    """A store with a folder for repositories and workspaces.

    Without a host, repositories are bare ones in the folder. Those of the double of GitHub are
    below `github` in the same folder.
    """

    store: JobStore
    folder: Path
    clock: AheadClock
    other_host: GitHost | None = None
    observer: CountingObserver = field(factory=CountingObserver)

    @property
    def host(self) -> GitHost:
        """Return the host of the repositories."""
        return self.other_host or LocalHost(root=self.folder / "repositories")

    @property
    def workspaces(self) -> FolderWorkspaces:
        """Return the workspaces."""
        return FolderWorkspaces(
            root=self.folder / "workspaces", database_id=DATABASE_ID, min_free_bytes=0
        )

    def project(self, name: str = "Fruit Shop") -> Project:
        """Create a project."""
        command = projects.CreateProject(user_id=MAYA.id, name=name)
        saved = self.store.run(projects.create_project, command, actor=MAYA, reason="a test")
        return saved.entity

    def job(self, project: Project, **values: Any) -> Job:  # noqa: ANN401 - of a specification
        """Create a job of a project."""
        command = projects.CreateJob(
            user_id=MAYA.id, project_id=project.id, architecture_spec=spec(**values)
        )
        return self.store.run(projects.create_job, command, actor=MAYA, reason="a test").entity

    def processor(self, **options: Any) -> ProcessJob:  # noqa: ANN401 - of the stage
        """Return the stage's functions, with the local host unless another one is passed."""
        values: dict[str, Any] = {
            "store": self.store,
            "workspaces": self.workspaces,
            "host": self.host,
            "generate": short_files,
            "clock": self.clock,
            "observer": self.observer,
            **options,
        }
        return ProcessJob(**values)

    def process(self, **options: Any) -> int:  # noqa: ANN401 - of the stage
        """Process the jobs that are due, and return how many tasks were claimed."""
        stage: AnyStage = self.processor(**options).stage()
        claimed = 0
        with Worker(store=self.store, actor=WORKER).heartbeat() as worker:
            while process_batch(self.store, stage, actor=WORKER, worker=worker):
                claimed += 1

        return claimed

    def clean(self) -> None:
        """Let the janitor delete the workspaces that no worker uses."""
        janitor = Janitor(
            store=self.store,
            workspaces=self.workspaces,
            clock=self.clock,
            observer=self.observer,
        )
        stage: AnyStage = janitor.stage()
        with self.store.transaction(actor=WORKER, reason="a slot") as tx:
            tx.tasks.enqueue(stage.name, {"workspaces": tx.clock.now()})
        process_batch(self.store, stage, actor=WORKER)

    def details(self, job: Job) -> JobDetails:
        """Return a job as it is now, with its log and its warnings."""
        return self.store.read(projects.get_job, job.user_id, job.id)

    def project_now(self, project: Project) -> Project:
        """Return a project as it is now."""
        return self.store.read(projects.get_project, project.user_id, project.id).entity

    def task(self, job: Job) -> Task:
        """Return the task of a job."""
        return self.store.read(lambda tx: tx.tasks.get(PROCESS_JOB_STAGE, job.id))

    def statuses(self, job: Job) -> list[str]:
        """Return the states of a job in the order of its history, each once in a row."""
        changes = self.store.read(lambda tx: tx.history.of("job", job.id))
        states: list[str] = []
        for change in changes:
            if not states or states[-1] != change.to_state:
                states.append(change.to_state)

        return states

    def repository(self, project: Project) -> Path:
        """Return the bare repository of a bound project."""
        bound = self.project_now(project).repository
        assert bound is not None
        if bound.host == "github":
            return self.folder / "github" / f"{bound.repository_id}.git"

        return Path(bound.url)

    def commits_of(self, project: Project, job: Job) -> list[str]:
        """Return the commits on the branch that have the job's trailer, newest first."""
        repository = self.repository(project)
        if not git(repository, "for-each-ref", "refs/heads/main"):
            return []

        lines = git(repository, "log", f"--format=%H {TRAILER}", "main").splitlines()
        return [line.partition(" ")[0] for line in lines if line.endswith(f" {job.id}")]

    def commits(self, project: Project) -> list[str]:
        """Return all commits on the branch, newest first."""
        repository = self.repository(project)
        if not git(repository, "for-each-ref", "refs/heads/main"):
            return []

        return git(repository, "log", "--format=%H", "main").splitlines()

    def workspace_names(self) -> list[str]:
        """Return the names of the folders in the root of workspaces."""
        root = self.folder / "workspaces"
        return sorted(path.name for path in root.iterdir()) if root.exists() else []


def push_as_somebody(repository: Path, folder: Path, name: str) -> str:
    """Push a commit of another person to a bare repository, and return its SHA."""
    clone = folder / f"clone-{name}"
    git(folder, "clone", "--quiet", str(repository), str(clone))
    git(clone, "checkout", "--quiet", "-B", "main")
    (clone / name).write_text(f"{name}\n")
    git(clone, "add", "--", name)
    git(clone, "commit", "--quiet", "--message", f"Add {name}")
    git(clone, "push", "--quiet", "origin", "main")
    return git(clone, "rev-parse", "HEAD")


def _no_call() -> None:
    """Do nothing."""


@frozen(kw_only=True)
class WatchedHost:
    """A real host whose pushes are preceded and followed by calls, which may raise errors."""

    host: GitHost
    before_push: Callable[[], object] = _no_call
    after_push: Callable[[], object] = _no_call
    before_ensure: Callable[[], object] = _no_call
    before_clone: Callable[[], object] = _no_call
    requests: list[RepositoryRequest] = field(factory=list[RepositoryRequest])

    @property
    def name(self) -> str:
        """Return the name of the host."""
        return self.host.name

    def ensure_repository(self, request: RepositoryRequest) -> Repository:
        """Note the request, and pass it on."""
        self.requests.append(request)
        self.before_ensure()
        return self.host.ensure_repository(request)

    def get_repository(self, repository_id: str) -> Repository:
        """Return the repository."""
        return self.host.get_repository(repository_id)

    def clone(self, repository: Repository, folder: Path, groups: ProcessGroups) -> Checkout:
        """Return a checkout whose pushes are watched."""
        self.before_clone()
        return _WatchedCheckout(self.host.clone(repository, folder, groups), self)

    def commit_url(self, repository: Repository, sha: str) -> str | None:
        """Return the address of a commit."""
        return self.host.commit_url(repository, sha)

    def remaining_requests(self) -> int | None:
        """Return the requests that the rate limit leaves."""
        return self.host.remaining_requests()


@frozen
class _WatchedCheckout:
    checkout: Checkout
    watched: WatchedHost

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
        self.watched.before_push()
        self.checkout.push()
        self.watched.after_push()

    def update(self) -> None:
        self.checkout.update()
