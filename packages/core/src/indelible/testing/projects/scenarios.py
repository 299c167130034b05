"""Values and short scenarios for the suites of projects."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeVar

from attrs import frozen

from indelible import projects
from indelible.kernel import Head
from indelible.projects import (
    ArchitectureSpec,
    Job,
    JobDetails,
    JobRepository,
    JobResult,
    JobStatus,
    LogEntry,
    LogLevel,
    Project,
    Repository,
)
from indelible.projects.lifecycle import SUCCESSFUL
from indelible.testing.stores import BEGINNING, AnyStore, do, within

R = TypeVar("R")
Value = Any  # of any field

OWNER: Final = "maya"
STRANGER: Final = "noor"
COMMIT: Final = "c0ffee" * 6 + "c0ff"
PUSHED: Final = JobResult(commit=COMMIT, files=("README.md",))
SKIPPED: Final = JobResult(push_skipped=True)
SHOP: Final = Repository(
    host="local", repository_id="17", name="shop", url="local:shop", branch="main"
)


def make_spec(prompt: str = "Build a shop that sells books.", **fields: Value) -> ArchitectureSpec:
    """Return a specification with a node."""
    fields.setdefault("name", "Shop")
    fields.setdefault("nodes", [{"id": "api", "type": "backend", "x": 12.5}])
    return ArchitectureSpec(prompt=prompt, **fields)


def line(message: str, level: LogLevel = LogLevel.INFO, ts: datetime = BEGINNING) -> LogEntry:
    """Return a line of a log."""
    return LogEntry(ts=ts, level=level, message=message)


@frozen
class ProjectScenario:
    """A project of a store, and commands and queries of its owner."""

    store: AnyStore
    project_id: str

    @property
    def project(self) -> Project:
        """Return the project as it is stored."""
        return self.saved.entity

    @property
    def saved(self) -> Head[Project]:
        """Return the project as it is stored, with its seq."""
        return self.store.read(projects.get_project, OWNER, self.project_id)

    def create_job(self, spec: ArchitectureSpec | None = None, user_id: str = OWNER) -> Job:
        """Create a job."""
        command = projects.CreateJob(
            user_id=user_id, project_id=self.project_id, architecture_spec=spec or make_spec()
        )
        return do(self.store, projects.create_job, command).entity

    def start(self, job: Job) -> Job:
        """Start a job."""
        return do(self.store, projects.start_job, projects.StartJob(job_id=job.id)).entity

    def running_job(self, spec: ArchitectureSpec | None = None) -> Job:
        """Create a job and start it."""
        return self.start(self.create_job(spec))

    def progress(self, job: Job, **fields: Value) -> Head[Job]:
        """Record progress of a job."""
        command = projects.RecordProgress(job_id=job.id, **fields)
        return do(self.store, projects.record_progress, command)

    def finish(self, job: Job, result: JobResult = PUSHED, **fields: Value) -> Job:
        """Finish a job."""
        command = projects.FinishJob(job_id=job.id, result=result, **fields)
        return do(self.store, projects.finish_job, command).entity

    def fail(self, job: Job, reason: str = "no host", **fields: Value) -> Job:
        """Fail a job."""
        command = projects.FailJob(job_id=job.id, reason=reason, **fields)
        return do(self.store, projects.fail_job, command).entity

    def job_in(self, status: JobStatus) -> Job:
        """Return a new job in a status."""
        if status is JobStatus.PENDING:
            return self.create_job()

        job = self.running_job()
        if status is JobStatus.COMPLETED:
            return self.finish(job)
        if status is JobStatus.COMPLETED_WITH_WARNINGS:
            return self.finish(job, warnings=("a warning",))
        if status is JobStatus.FAILED:
            return self.fail(job)

        return job

    def details(self, job: Job) -> JobDetails:
        """Return a job with its output."""
        return self.store.read(projects.get_job, OWNER, job.id)


def new_project(store: AnyStore, name: str = "Shop", user_id: str = OWNER) -> ProjectScenario:
    """Create a project."""
    command = projects.CreateProject(user_id=user_id, name=name)
    saved = do(store, projects.create_project, command)
    return ProjectScenario(store, saved.entity.id)


def request_repository(scenario: ProjectScenario, name: str = SHOP.name) -> Head[Project]:
    """Store the repository that the project asks a host for."""
    command = projects.RequestRepository(project_id=scenario.project_id, host=SHOP.host, name=name)
    return do(scenario.store, projects.request_repository, command)


def bind(scenario: ProjectScenario, repository: Repository = SHOP) -> Head[Project]:
    """Bind the project to a repository."""
    command = projects.SetGithubRepoUrl(project_id=scenario.project_id, repository=repository)
    return do(scenario.store, projects.set_github_repo_url, command)


def with_jobs(store: AnyStore, work: Callable[[JobRepository], R]) -> R:
    """Return what `work` on the repository of jobs returns, run in one transaction."""
    return within(store, lambda tx: work(JobRepository(tx)))


def update_status(
    scenario: ProjectScenario,
    job: Job,
    status: str,
    **fields: Value,
) -> Job:
    """Move a job to a status by the method that the seed names, with what the status needs."""
    values: dict[str, Value] = {}
    if status in SUCCESSFUL:
        values["result"] = PUSHED
    if status == JobStatus.FAILED:
        values["error"] = "no host"
    if status == JobStatus.COMPLETED_WITH_WARNINGS:
        values["warnings"] = ("a warning",)
    values.update(fields)

    def update(jobs: JobRepository) -> Job:
        return jobs.update_job_status(OWNER, job.id, status, **values)

    return with_jobs(scenario.store, update)
