"""A user of projects over HTTP, and the worker's side of their jobs."""

from collections.abc import Iterable
from typing import Any, Final, cast

from attrs import frozen
from tests.web.harness import Json, Web, saved
from werkzeug.test import TestResponse

from indelible import projects
from indelible.app import WriteTx
from indelible.kernel import Actor
from indelible.projects import (
    FailJob,
    FinishJob,
    JobResult,
    LogEntry,
    LogLevel,
    Phase,
    RecordProgress,
    RequestRepository,
    SetGithubRepoUrl,
    StartJob,
)
from indelible.projects.entities.values import Repository
from indelible.testing.stores import BEGINNING, MAYA, AnyStore

WORKER: Final = Actor.system("worker")
COMMIT: Final = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
REPOSITORY_URL: Final = "https://git.example.org/maya/book-shop"
NODES: Final[list[Json]] = [
    {"id": "web", "type": "frontend", "position": {"x": 12.5, "y": 40}},
    {"id": "api", "type": "backend", "position": {"x": 240, "y": 40}},
    {"id": "db", "type": "database", "position": {"x": 460, "y": 0.1}},
    {"id": "login", "type": "auth", "position": {"x": 240, "y": -1}},
]
EDGES: Final[list[Json]] = [
    {"id": "1", "source": "web", "target": "api"},
    {"id": "2", "source": "api", "target": "db"},
    {"id": "3", "source": "api", "target": "login"},
]
SPEC: Final[Json] = {
    "name": "Book shop",
    "description": "A shop for used books.",
    "prompt": "A shop for used books, with accounts and a search.",
    "nodes": NODES,
    "edges": EDGES,
    "metadata": {"source": "editor"},
}
RESULT: Final = JobResult(
    commit=COMMIT,
    commit_url=f"{REPOSITORY_URL}/commit/{COMMIT}",
    files=("README.md", "main.py"),
    push_skipped=False,
)


@frozen
class Builder:
    """A user with projects, and the requests that they send."""

    web: Web
    key: str

    def post(self, path: str, body: object, **sent: Any) -> TestResponse:  # noqa: ANN401 - of the test client
        return self.web.post(f"/v1/{path}", json=body, key=self.key, **sent)

    def get(self, path: str, **sent: Any) -> TestResponse:  # noqa: ANN401 - of the test client
        return self.web.get(f"/v1/{path}", key=self.key, **sent)

    def found(self, path: str) -> Json:
        """Return the body of a successful GET."""
        return saved(self.get(path), 200)

    def project(self, name: str = "Book shop") -> Json:
        """Create a project."""
        return saved(self.post("projects", {"name": name, "reason": "a test"}), 201)

    def job(self, project_id: str, **fields: object) -> Json:
        """Create a job of a project."""
        answer = self.post("jobs", job_body(project_id, **fields))
        return saved(answer, 201)


def job_body(project_id: str, **fields: object) -> Json:
    """Return the body that creates a job; `fields` replace some of its specification."""
    spec = {**SPEC, **fields}
    return {"project_id": project_id, "architecture_spec": spec, "reason": "a test"}


def builder_of(web: Web) -> Builder:
    return Builder(web, web.key)


def line(message: str, level: LogLevel = LogLevel.INFO) -> LogEntry:
    return LogEntry(ts=BEGINNING, level=level, message=message)


def start(store: AnyStore, job_id: str) -> None:
    """Move a job to running, as the claim of its task does."""
    _act(store, projects.start_job, StartJob(job_id=job_id))


def progress(
    store: AnyStore,
    job_id: str,
    *messages: str,
    phase: Phase | None = None,
    warnings: Iterable[str] = (),
) -> None:
    """Record the beginning of a phase, lines and warnings."""
    logs = tuple(line(message) for message in messages)
    command = RecordProgress(job_id=job_id, phase=phase, logs=logs, warnings=tuple(warnings))
    _act(store, projects.record_progress, command)


def finish(store: AnyStore, job_id: str, result: JobResult = RESULT) -> None:
    _act(store, projects.finish_job, FinishJob(job_id=job_id, result=result))


def fail(store: AnyStore, job_id: str, reason: str = "the disk is full") -> None:
    _act(store, projects.fail_job, FailJob(job_id=job_id, reason=reason))


def bind(store: AnyStore, project_id: str) -> None:
    """Bind a project to its repository."""
    request = RequestRepository(project_id=project_id, host="github", name="book-shop")
    repository = Repository(host="github", repository_id="17", name="book-shop", url=REPOSITORY_URL)
    _act(store, projects.request_repository, request)
    bound = SetGithubRepoUrl(project_id=project_id, repository=repository)
    _act(store, projects.set_github_repo_url, bound)


def created_project(store: AnyStore, name: str = "Book shop", owner: Actor = MAYA) -> str:
    """Create a project in a store and return its id."""
    command = projects.CreateProject(user_id=owner.id, name=name)
    return store.run(projects.create_project, command, actor=owner, reason="a test").entity.id


def created_job(store: AnyStore, project_id: str, owner: Actor = MAYA) -> str:
    """Create a job in a store and return its id."""
    command = projects.CreateJob(
        user_id=owner.id,
        project_id=project_id,
        architecture_spec=projects.ArchitectureSpec(**cast("Any", SPEC)),
    )
    return store.run(projects.create_job, command, actor=owner, reason="a test").entity.id


def _act(store: AnyStore, handler: Any, command: object) -> None:  # noqa: ANN401 - any handler
    def act(tx: WriteTx, command: Any) -> None:  # noqa: ANN401 - of the handler
        handler(tx, command)

    store.run(act, cast("Any", command), actor=WORKER, reason="a test")
