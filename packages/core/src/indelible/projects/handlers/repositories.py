"""The repositories that seed 003 names: thin facades over the handlers.

They raise the errors of the handlers; the seed's own return a bool, which hides the reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from indelible.kernel import Head, NamedListOrder
from indelible.kernel.aggregate_errors import FieldNotOfState
from indelible.projects import commands
from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.values import (
    NO_METADATA,
    ArchitectureSpec,
    JobResult,
    LogEntry,
    OutputBatch,
    Repository,
)
from indelible.projects.handlers import jobs, projects
from indelible.projects.lifecycle import JOB, JobStatus
from indelible.projects.ports import ALL_JOBS, ProjectFilter
from indelible.projects.repositories import ProjectsWrite

MAX_LISTED: Final = 50
LAST_CHANGED: Final = ProjectFilter(order=NamedListOrder.CHANGED)


@frozen(kw_only=True)
class StatusUpdate:
    """The arguments of `update_job_status`: a status and what comes with it."""

    status: JobStatus
    result: JobResult | None
    error: str | None
    batch: OutputBatch


@frozen
class JobRepository:
    """Jobs of users; another user's job is not found."""

    _tx: ProjectsWrite

    def create_job(self, user_id: str, project_id: str, architecture_spec: ArchitectureSpec) -> Job:
        """Create a pending job, as the command CreateJob does."""
        command = commands.CreateJob(
            user_id=user_id, project_id=project_id, architecture_spec=architecture_spec
        )
        return jobs.create_job(self._tx, command).entity

    def get_job(self, user_id: str, job_id: str) -> Job:
        """Return the job; the query of this name adds its specification and its output."""
        return self._tx.projects.jobs.get(job_id).entity.require_owner(user_id)

    def list_jobs_for_project(
        self, user_id: str, project_id: str, *, limit: int = MAX_LISTED
    ) -> list[Job]:
        """Return the last jobs of the project, newest first."""
        self._tx.projects.projects.get(project_id).entity.require_owner(user_id)
        heads = self._tx.projects.jobs.list_page(
            ALL_JOBS, where={"project_id": project_id}, after="", limit=limit
        )
        return [head.entity for head in heads]

    def update_job_status(
        self,
        user_id: str,
        job_id: str,
        status: str,
        *,
        result: JobResult | None = None,
        error: str | None = None,
        warnings: Sequence[str] = (),
    ) -> Job:
        """Move the job to the status, one of those that VALID_TRANSITIONS allows.

        The status may be given as its text. The warnings are added to those that the job has. A
        successful status needs a result, a failed one an error. The project's latest successful
        job moves in the same transaction.

        Raises:
            JobNotFound: The job does not exist, or belongs to another user.
            InvalidTransition: The status does not follow the job's present one.
            FieldNotOfState: The result or the error is missing, or the status excludes it; or the
                status is `completed` and the job has warnings or no commit; or it is
                `completed_with_warnings` and the job has no warning.
            JobAlreadyRunning: Another job of the project is running.
        """
        _, head = jobs.lock_with_project(self._tx, job_id)
        job = head.entity.require_owner(user_id).require_transition(status)
        update = StatusUpdate(
            status=JobStatus(status),
            result=result,
            error=error,
            batch=OutputBatch(warnings=tuple(warnings)),
        )
        job.require_none_excluded(update.status, result=result, error=error)
        steps = {JobStatus.RUNNING: self._start, JobStatus.FAILED: self._fail}
        step = steps.get(update.status, self._finish)
        return step(job, update)

    def append_job_logs(self, user_id: str, job_id: str, logs: Iterable[LogEntry]) -> Job:
        """Append lines to the log of a running job."""
        self.get_job(user_id, job_id)
        return self._progress(job_id, OutputBatch(logs=tuple(logs)))

    def append_job_warnings(self, user_id: str, job_id: str, warnings: Iterable[str]) -> Job:
        """Append warnings to a running job."""
        self.get_job(user_id, job_id)
        return self._progress(job_id, OutputBatch(warnings=tuple(warnings)))

    def _start(self, job: Job, update: StatusUpdate) -> Job:
        started = jobs.start_job(self._tx, commands.StartJob(job_id=job.id)).entity
        if update.batch.is_empty:
            return started

        return self._progress(job.id, update.batch)

    def _progress(self, job_id: str, batch: OutputBatch) -> Job:
        command = commands.RecordProgress(job_id=job_id, logs=batch.logs, warnings=batch.warnings)
        return jobs.record_progress(self._tx, command).entity

    def _finish(self, job: Job, update: StatusUpdate) -> Job:
        if update.result is None:
            raise FieldNotOfState(JOB.name, job.id, "result", "set", str(update.status))

        job.require_success_status(update.status, update.batch)
        command = commands.FinishJob(
            job_id=job.id, result=update.result, warnings=update.batch.warnings
        )
        return jobs.finish_job(self._tx, command).entity

    def _fail(self, job: Job, update: StatusUpdate) -> Job:
        if update.error is None:
            raise FieldNotOfState(JOB.name, job.id, "error", "set", str(update.status))

        command = commands.FailJob(
            job_id=job.id, reason=update.error, warnings=update.batch.warnings
        )
        return jobs.fail_job(self._tx, command).entity


@frozen
class ProjectRepository:
    """Projects of users; another user's project is not found."""

    _tx: ProjectsWrite

    def create(self, user_id: str, name: str, description: str = "") -> Project:
        """Create a project."""
        command = commands.CreateProject(user_id=user_id, name=name, description=description)
        return projects.create_project(self._tx, command).entity

    def get(self, user_id: str, project_id: str) -> Project:
        """Return the project."""
        return self._tx.projects.projects.get(project_id).entity.require_owner(user_id)

    def list(self, user_id: str, *, limit: int = MAX_LISTED) -> tuple[Project, ...]:
        """Return the projects that were changed last, the latest first."""
        heads = self._tx.projects.projects.list_page(
            LAST_CHANGED, where={"user_id": user_id}, after="", limit=limit
        )
        return tuple(head.entity for head in heads)

    def update_current_nodes(
        self, user_id: str, project_id: str, nodes: Sequence[Mapping[str, Any]]
    ) -> Project:
        """Set the nodes of the project."""
        command = commands.SetNodes(
            user_id=user_id,
            project_id=project_id,
            expected_seq=self._lock(user_id, project_id).revision.seq,
            nodes=nodes,
        )
        return projects.set_nodes(self._tx, command).entity

    def append_prompt_to_history(
        self, user_id: str, project_id: str, prompt: str, metadata: Mapping[str, Any] = NO_METADATA
    ) -> Project:
        """Append a prompt to the history of the project."""
        command = commands.AddPrompt(
            user_id=user_id,
            project_id=project_id,
            expected_seq=self._lock(user_id, project_id).revision.seq,
            prompt=prompt,
            metadata=metadata,
        )
        return projects.add_prompt(self._tx, command).entity

    def set_github_repo_url(self, user_id: str, project_id: str, repository: Repository) -> Project:
        """Bind the project to the repository that it has requested, once."""
        self._lock(user_id, project_id)
        command = commands.SetGithubRepoUrl(project_id=project_id, repository=repository)
        return projects.set_github_repo_url(self._tx, command).entity

    def update_latest_job(self, user_id: str, project_id: str, job_id: str) -> Project:
        """Point the project to its latest successful job; it never moves to an older one.

        The end of a job does this already, so that a call changes nothing.

        Raises:
            ProjectNotFound, JobNotFound: The user has no such project, or the project no such job.
            JobNotSuccessful: The job has not succeeded.
        """
        self._lock(user_id, project_id)
        return jobs.update_latest_job(self._tx, project_id, job_id).entity

    def _lock(self, user_id: str, project_id: str) -> Head[Project]:
        """Return the locked project of the user."""
        self.get(user_id, project_id)
        return self._tx.projects.projects.lock(project_id)
