"""Queries on projects and jobs; none of them writes."""

from attrs import frozen

from indelible.kernel import Head
from indelible.kernel.transaction import single_statement
from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.records import JobOutput, ProjectPrompt
from indelible.projects.entities.values import ArchitectureSpec, LogEntry
from indelible.projects.ports import (
    ALL_JOBS,
    ALL_PROJECTS,
    MAX_OUTPUTS_PER_PAGE,
    JobFilter,
    ProjectFilter,
)
from indelible.projects.repositories import ProjectsRead

PAGE_SIZE = 50


@frozen(kw_only=True)
class JobDetails:
    """A job with its specification, its warnings and its log, and its seq.

    `warnings` are all of them. `logs` are the lines of the last outputs; `skipped_outputs` is the
    number of outputs before them, which `job_logs` returns.
    """

    job: Job
    architecture_spec: ArchitectureSpec
    warnings: tuple[str, ...]
    logs: tuple[LogEntry, ...]
    skipped_outputs: int
    seq: int


@frozen(kw_only=True)
class JobLogs:
    """A job, and its next outputs after a number."""

    job: Job
    outputs: tuple[JobOutput, ...]


@single_statement
def get_project(tx: ProjectsRead, user_id: str, project_id: str) -> Head[Project]:
    """Return the user's project, with the seq that the next command must expect.

    Raises:
        ProjectNotFound: The project does not exist, or belongs to another user.
    """
    head = tx.projects.projects.get(project_id)
    head.entity.require_owner(user_id)
    return head


@single_statement
def list_projects(
    tx: ProjectsRead,
    user_id: str,
    *,
    matching: ProjectFilter = ALL_PROJECTS,
    after: str = "",
    limit: int = PAGE_SIZE,
) -> tuple[Head[Project], ...]:
    """Return the user's next matching projects after a position."""
    return tx.projects.projects.list_page(
        matching, where={"user_id": user_id}, after=after, limit=limit
    )


def list_prompts(
    tx: ProjectsRead, user_id: str, project_id: str, *, after: int = 0, limit: int = PAGE_SIZE
) -> tuple[ProjectPrompt, ...]:
    """Return the next prompts of the user's project after a number, oldest first."""
    _, prompts = tx.read_together(
        lambda: get_project(tx, user_id, project_id),
        lambda: tx.projects.projects.prompts(project_id, after=after, limit=limit),
    )
    return prompts


def get_job(tx: ProjectsRead, user_id: str, job_id: str) -> JobDetails:
    """Return the user's job with its specification, warnings and log.

    Raises:
        JobNotFound: The job does not exist, or belongs to another user.
    """
    head = tx.projects.jobs.get(job_id)
    job = head.entity.require_owner(user_id)
    skipped_outputs = max(0, job.output_number - MAX_OUTPUTS_PER_PAGE)
    jobs = tx.projects.jobs
    outputs, specification, warnings = tx.read_together(
        lambda: jobs.outputs(job_id, after=skipped_outputs, limit=MAX_OUTPUTS_PER_PAGE),
        lambda: jobs.spec(job_id),
        lambda: jobs.joins.warnings(job_id),
    )
    logs: list[LogEntry] = []
    for output in outputs:
        logs.extend(output.logs)

    return JobDetails(
        job=job,
        architecture_spec=specification.architecture_spec,
        warnings=warnings,
        logs=tuple(logs),
        skipped_outputs=skipped_outputs,
        seq=head.revision.seq,
    )


def list_jobs(
    tx: ProjectsRead,
    user_id: str,
    project_id: str,
    *,
    matching: JobFilter = ALL_JOBS,
    after: str = "",
    limit: int = PAGE_SIZE,
) -> tuple[Head[Job], ...]:
    """Return the next matching jobs of the user's project after a position, newest first."""
    _, jobs = tx.read_together(
        lambda: get_project(tx, user_id, project_id),
        lambda: tx.projects.jobs.list_page(
            matching, where={"project_id": project_id}, after=after, limit=limit
        ),
    )
    return jobs


def job_logs(
    tx: ProjectsRead, user_id: str, job_id: str, *, after: int = 0, limit: int = PAGE_SIZE
) -> JobLogs:
    """Return the next outputs of the user's job after a number, oldest first."""
    job, outputs = tx.read_together(
        lambda: tx.projects.jobs.get(job_id).entity.require_owner(user_id),
        lambda: tx.projects.jobs.outputs(job_id, after=after, limit=limit),
    )
    return JobLogs(job=job, outputs=outputs)
