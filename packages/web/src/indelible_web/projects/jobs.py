"""The routes of jobs, and of the rules that a job applies to its specification."""

from typing import Final

from indelible import projects
from indelible.app import WriteTx
from indelible.projects import CancelJob, CreateJob, RetryJob
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.projects.routes import MAX_SPEC_BYTES, READ, WRITE
from indelible_web.projects.schemas import (
    CritiqueView,
    JobDetailsView,
    JobListQuery,
    JobLogsView,
    JobQuery,
    JobView,
    LogsQuery,
    PlanView,
    SpecQuery,
    job_details_view,
    job_view,
    plan_view,
)

MAX_OUTPUTS: Final = 100  # Batches of log lines and warnings in one answer.

routes = Routes("jobs", "Immutable attempts to build a project, each with at most one push.")


@routes.add(
    "POST /jobs",
    WRITE,
    request_type=CreateJob,
    response_type=JobView,
    location_id=lambda view: view.id,
    max_body_bytes=MAX_SPEC_BYTES,
)
def create_job(context: OperationContext, command: CreateJob) -> JobView:
    """Create a job, which a worker builds later.

    One transaction appends the specification's prompt to the project, sets the project's nodes,
    creates the job with a snapshot of the specification, and enqueues its task.
    """
    return context.run(create_and_show, command)


@routes.pages(
    "GET /jobs", READ, request_type=JobListQuery, response_type=JobView, reads_standby=True
)
def list_jobs(context: OperationContext, query: JobListQuery) -> Page[JobView]:
    """List the jobs of a project, newest first."""
    cursors = context.cursors(query)
    heads = context.store.read(
        projects.list_jobs,
        query.user_id,
        query.project_id,
        matching=query,
        after=cursors.start(),
        limit=query.limit + 1,
    )
    return cursors.page([job_view(head) for head in heads], query.position_of)


@routes.add(
    "GET /jobs/<job_id>",
    READ,
    request_type=JobQuery,
    response_type=JobDetailsView,
    shows_head_alone=True,
)
def get_job(context: OperationContext, query: JobQuery) -> JobDetailsView:
    """Show a job with its specification, its warnings and the end of its log.

    Its ETag is the If-Match of a cancellation. To follow a running job, list its logs instead.
    """
    return job_details_view(context.store.read(projects.get_job, query.user_id, query.job_id))


@routes.add("GET /jobs/<job_id>/logs", READ, request_type=LogsQuery, response_type=JobLogsView)
def list_job_logs(context: OperationContext, query: LogsQuery) -> JobLogsView:
    """List the log lines and warnings of a job, oldest first.

    Repeat the request with the answer's `after`: at once while `has_more` is true, and after a
    pause until the status is final.
    """
    job_logs = context.store.read(
        projects.job_logs, query.user_id, query.job_id, after=query.after, limit=MAX_OUTPUTS
    )
    return logs_view(job_logs, query.after)


@routes.add("POST /jobs/<job_id>/cancel", WRITE, request_type=CancelJob, response_type=JobView)
def cancel_job(context: OperationContext, command: CancelJob) -> JobView:
    """Cancel a pending or running job: it fails with the reason `CANCELED`.

    A commit that a running job has pushed before stays on the remote.
    """
    return context.run(cancel_and_show, command)


@routes.add(
    "POST /architecture/critique",
    READ,
    request_type=SpecQuery,
    response_type=CritiqueView,
    reason="",
    max_body_bytes=MAX_SPEC_BYTES,
)
def critique_architecture(_: OperationContext, query: SpecQuery) -> CritiqueView:
    """Review an architecture by the rules of a job; nothing is stored.

    A finding of severity `critical` blocks: a job with this specification fails.
    """
    critique = projects.critique(query.architecture_spec)
    return project(CritiqueView, critique, warnings=critique.warnings())


@routes.add(
    "POST /architecture/plan",
    READ,
    request_type=SpecQuery,
    response_type=PlanView,
    reason="",
    max_body_bytes=MAX_SPEC_BYTES,
)
def plan_architecture(_: OperationContext, query: SpecQuery) -> PlanView:
    """List the files that a job with this specification would write; nothing is stored."""
    return plan_view(projects.plan_files(query.architecture_spec))


def create_and_show(tx: WriteTx, command: CreateJob) -> JobView:
    """Create a job and return its view."""
    return job_view(projects.create_job(tx, command))


def cancel_and_show(tx: WriteTx, command: CancelJob) -> JobView:
    """Cancel a job and return its view."""
    return job_view(projects.cancel_job(tx, command))


def retry_and_show(tx: WriteTx, command: RetryJob) -> JobView:
    """Create a new job with the specification of a failed one and return its view."""
    return job_view(projects.retry_job(tx, command))


def logs_view(job_logs: projects.JobLogs, after: int) -> JobLogsView:
    """Return batches of output as one list of lines and one of warnings."""
    logs: list[projects.LogEntry] = []
    warnings: list[str] = []
    for output in job_logs.outputs:
        logs += output.logs
        warnings += output.warnings

    last = job_logs.outputs[-1].number if job_logs.outputs else after
    return JobLogsView(
        job_id=job_logs.job.id,
        status=job_logs.job.status,
        phase=job_logs.job.phase,
        logs=tuple(logs),
        warnings=tuple(warnings),
        after=last,
        has_more=last < job_logs.job.output_number,
    )
