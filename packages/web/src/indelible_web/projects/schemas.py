"""The request and response schemas of projects and jobs."""

from datetime import datetime
from typing import ClassVar

from attrs import field, frozen

from indelible import projects
from indelible.kernel import Head, NamedListFilter
from indelible.kernel.json_objects import JsonObject, JsonObjects
from indelible.kernel.kinds import Identifier, Natural, kinds
from indelible.projects import (
    ArchitectureSpec,
    DisplayStatus,
    Finding,
    Job,
    JobDetails,
    JobResult,
    JobStatus,
    LogEntry,
    Phase,
    Plan,
    Project,
    ProjectStatus,
)
from indelible.projects.rules.layout import FileKind
from indelible.projects.rules.plan import AppType
from indelible_web.http.paging import LIST_FILTERS, PageQuery
from indelible_web.http.responses import DATA_KEY, project
from indelible_web.http.views import view_of


@frozen(kw_only=True, field_transformer=kinds)
class OwnerQuery:
    """A query on what belongs to the caller."""

    user_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class ProjectQuery(OwnerQuery):
    """A query on one project."""

    project_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class JobQuery(OwnerQuery):
    """A query on one job."""

    job_id: Identifier


@frozen(kw_only=True)
class ProjectListQuery(OwnerQuery, NamedListFilter, PageQuery):
    """The filters of the caller's projects, and a page of them.

    The status that answers show is derived, so that no list is filtered by it.
    """

    added_filters: ClassVar[frozenset[str]] = LIST_FILTERS

    @property
    def matching(self) -> projects.ProjectFilter:
        """Return the filter of core."""
        return project(projects.ProjectFilter, self, status=None)


@frozen(kw_only=True)
class PromptListQuery(ProjectQuery, PageQuery):
    """A page of a project's prompts."""


@frozen(kw_only=True)
class JobListQuery(ProjectQuery, projects.JobFilter, PageQuery):
    """The filters of a project's jobs, and a page of them."""

    added_filters: ClassVar[frozenset[str]] = LIST_FILTERS


@frozen(kw_only=True, field_transformer=kinds)
class LogsQuery(JobQuery):
    """The output of a job after a number that an earlier answer has given."""

    after: Natural = 0


@frozen(kw_only=True)
class SpecQuery:
    """An architecture to review or to plan."""

    architecture_spec: ArchitectureSpec


@frozen(kw_only=True)
class ProjectSummary:
    """A project in a list, without its nodes."""

    id: str
    name: str
    description: str
    status: DisplayStatus
    repository_status: ProjectStatus
    github_repo_url: str | None
    nodes_count: int
    prompt_count: int
    latest_successful_job_id: str | None
    created_at: datetime
    updated_at: datetime
    seq: int


@frozen(kw_only=True)
class ProjectView(ProjectSummary):
    """A project with its nodes."""

    current_nodes: JsonObjects


@frozen(kw_only=True)
class ProjectPromptView:
    """A prompt of a project."""

    number: int
    prompt: str
    timestamp: datetime
    metadata: JsonObject


@frozen(kw_only=True)
class JobView:
    """A job without its specification and its output."""

    id: str
    project_id: str
    number: int
    status: JobStatus
    phase: Phase | None
    prompt: str
    spec_digest: str
    result: JobResult | None
    error: str | None
    created_at: datetime
    updated_at: datetime
    # The seed's spelling; every other field has the same name in Python and in JSON.
    completed_at: datetime | None = field(metadata={DATA_KEY: "completedAt"})
    seq: int


@frozen(kw_only=True)
class JobDetailsView(JobView):
    """A job with its specification, its warnings, and the end of its log.

    `skipped_outputs` is the number of outputs before the log that is shown.
    """

    architecture_spec: ArchitectureSpec
    warnings: tuple[str, ...]
    logs: tuple[LogEntry, ...]
    skipped_outputs: int


@frozen(kw_only=True)
class JobLogsView:
    """Log lines and warnings of a job, oldest first, and where the next request goes on."""

    job_id: str
    status: JobStatus
    phase: Phase | None
    logs: tuple[LogEntry, ...]
    warnings: tuple[str, ...]
    after: int
    has_more: bool


@frozen(kw_only=True)
class PlannedFileView:
    """A file that a job would write."""

    path: str
    kind: FileKind
    node_ids: tuple[str, ...]
    purpose: str


@frozen(kw_only=True)
class PlanView:
    """The files that a job would write, and the digest that its commit would name."""

    app_name: str
    app_type: AppType
    files: tuple[PlannedFileView, ...]
    digest: str


@frozen(kw_only=True)
class CritiqueView:
    """The review of an architecture."""

    summary: str
    findings: tuple[Finding, ...]
    blocking: bool
    issue_count: int
    high_severity_count: int
    warnings: tuple[str, ...]


def project_summary(head: Head[Project]) -> ProjectSummary:
    """Return a project as a list shows it."""
    return view_of(ProjectSummary, head, **_derived(head.entity))


def project_view(head: Head[Project]) -> ProjectView:
    """Return a project as its own answer shows it."""
    return view_of(ProjectView, head, **_derived(head.entity))


def job_view(head: Head[Job]) -> JobView:
    """Return a job as a list shows it."""
    return view_of(JobView, head, error=head.entity.failure_reason)


def plan_view(plan: Plan) -> PlanView:
    """Return a plan without the names of its templates."""
    files = [project(PlannedFileView, file) for file in plan.files]
    return project(PlanView, plan, files=tuple(files))


def job_details_view(details: JobDetails) -> JobDetailsView:
    """Return a job as its own answer shows it."""
    return project(
        JobDetailsView,
        details.job,
        error=details.job.failure_reason,
        architecture_spec=details.architecture_spec,
        warnings=details.warnings,
        logs=details.logs,
        skipped_outputs=details.skipped_outputs,
        seq=details.seq,
    )


def _derived(entity: Project) -> dict[str, object]:
    """Return the fields that a project's answer derives from the project."""
    return {
        "status": entity.display_status,
        "repository_status": entity.status,
        "nodes_count": len(entity.current_nodes),
    }
