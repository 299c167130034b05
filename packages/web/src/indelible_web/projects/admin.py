"""The operator's routes of projects, outside the public OpenAPI document."""

from typing import ClassVar, Final

from attrs import frozen

from indelible.app import ReadTx, WriteTx
from indelible.kernel import Head
from indelible.kernel.kinds import Identifier, kinds
from indelible.kernel.lists import ListOrder
from indelible.kernel.transaction import single_statement
from indelible.projects import CLEAN_WORKSPACES_STAGE, Job, JobFilter, RetryJob
from indelible_web.http.admin import TaskView, get_task
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.request import OPS
from indelible_web.http.routing import Routes
from indelible_web.projects.jobs import retry_and_show
from indelible_web.projects.schemas import JobView, job_view

JANITOR: Final = "workspaces"  # The name of the service's recurring task, which is its id.

routes = Routes("projects_admin", "Workspaces and jobs of all users, for operators.")


@frozen(kw_only=True)
class CleanWorkspaces:
    """Make the janitor of workspaces due now."""

    command_name: ClassVar[str] = "clean_workspaces"


@frozen(kw_only=True, field_transformer=kinds)
class FailedJobQuery:
    """A failed job of any user."""

    command_name: ClassVar[str] = "retry_job"

    job_id: Identifier


@frozen(kw_only=True)
class AllJobsQuery(JobFilter, PageQuery):
    """A page of the jobs of all users; numbers count within a project, so ids order them."""

    own_field: ClassVar[str] = "id"
    own_type: ClassVar[type[str] | type[int]] = str

    order: ListOrder | None = ListOrder.NEWEST


@routes.add(
    "POST /projects/workspaces/clean",
    OPS,
    request_type=CleanWorkspaces,
    response_type=TaskView,
    requires_idempotency_key=True,
)
def clean_workspaces(context: OperationContext, command: CleanWorkspaces) -> TaskView:
    """Delete the workspaces that ended or lost jobs have left; a worker does it, now."""
    return context.run_recorded(clean_and_show, command)


@routes.pages(
    "GET /jobs", OPS, request_type=AllJobsQuery, response_type=JobView, reads_with_key=True
)
def list_all_jobs(context: OperationContext, query: AllJobsQuery) -> Page[JobView]:
    """List the jobs of all users, newest first; `error` tells why one has failed."""
    cursors = context.cursors(query)

    @single_statement
    def read(tx: ReadTx) -> tuple[Head[Job], ...]:
        return tx.projects.jobs.list_page(query, after=cursors.start(), limit=query.limit + 1)

    return cursors.page([job_view(head) for head in context.read(read)], query.position_of)


@routes.add(
    "POST /jobs/<job_id>/retry",
    OPS,
    request_type=FailedJobQuery,
    response_type=JobView,
    requires_idempotency_key=True,
)
def retry_failed_job(context: OperationContext, query: FailedJobQuery) -> JobView:
    """Create a new job of the same owner with the specification of a failed one.

    The failed job stays as it is. Where its push took effect although it failed, the new job
    finds nothing to change.
    """

    def owner_of_job(tx: ReadTx) -> str:
        return tx.projects.jobs.get(query.job_id).entity.user_id

    with context.recording(query):
        user_id = context.store.read(owner_of_job)
    return context.run_recorded(retry_and_show, RetryJob(user_id=user_id, job_id=query.job_id))


def clean_and_show(tx: WriteTx, _: CleanWorkspaces) -> TaskView:
    """Make the janitor due and return its task; one that has died is due again too."""
    tx.tasks.enqueue_slot(CLEAN_WORKSPACES_STAGE, JANITOR, slot=tx.clock.now())

    return get_task(tx, CLEAN_WORKSPACES_STAGE, JANITOR)
