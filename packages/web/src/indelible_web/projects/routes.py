"""The routes of projects; each user sees only their own."""

from collections.abc import Callable
from typing import Final, TypeVar

from indelible import projects
from indelible.app import WriteTx
from indelible.kernel import Head
from indelible.projects import Project
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.projects.schemas import (
    ProjectListQuery,
    ProjectPromptView,
    ProjectQuery,
    ProjectSummary,
    ProjectView,
    PromptListQuery,
    project_summary,
    project_view,
)

Command = TypeVar("Command")

READ: Final = "projects:read"
WRITE: Final = "projects:write"
# Nodes, edges and metadata have a limit of 1 MiB each; escape sequences make a body longer.
MAX_SPEC_BYTES: Final = 8 * 2**20

routes = Routes("projects", "The projects of a user: intents that own a Git repository.")


@routes.pages(
    "GET /projects",
    READ,
    request_type=ProjectListQuery,
    response_type=ProjectSummary,
    reads_standby=True,
)
def list_projects(context: OperationContext, query: ProjectListQuery) -> Page[ProjectSummary]:
    """List the caller's projects, without their nodes."""
    cursors = context.cursors(query)
    heads = context.store.read(
        projects.list_projects,
        query.user_id,
        matching=query.matching,
        after=cursors.start(),
        limit=query.limit + 1,
    )
    return cursors.page([project_summary(head) for head in heads], query.position_of)


@routes.add(
    "POST /projects",
    WRITE,
    request_type=projects.CreateProject,
    response_type=ProjectView,
    location_id=lambda view: view.id,
)
def create_project(context: OperationContext, command: projects.CreateProject) -> ProjectView:
    """Create a project. Its repository is created by its first job that has changes to push."""
    return context.run(_showing(projects.create_project), command)


@routes.add(
    "GET /projects/<project_id>",
    READ,
    request_type=ProjectQuery,
    response_type=ProjectView,
    shows_head_alone=True,
)
def get_project(context: OperationContext, query: ProjectQuery) -> ProjectView:
    """Show a project; its ETag is the If-Match of the next change."""
    return project_view(context.store.read(projects.get_project, query.user_id, query.project_id))


@routes.add(
    "PATCH /projects/<project_id>",
    WRITE,
    request_type=projects.RenameProject,
    response_type=ProjectView,
)
def rename_project(context: OperationContext, command: projects.RenameProject) -> ProjectView:
    """Change the name of a project, and its description where one is given.

    The repository keeps its own name.
    """
    return context.run(_showing(projects.rename_project), command)


@routes.add(
    "PUT /projects/<project_id>/nodes",
    WRITE,
    request_type=projects.SetNodes,
    response_type=ProjectView,
    max_body_bytes=MAX_SPEC_BYTES,
)
def set_project_nodes(context: OperationContext, command: projects.SetNodes) -> ProjectView:
    """Replace the nodes of a project. Earlier jobs keep the nodes of their own specifications."""
    return context.run(_showing(projects.set_nodes), command)


@routes.pages(
    "GET /projects/<project_id>/prompts",
    READ,
    request_type=PromptListQuery,
    response_type=ProjectPromptView,
    reads_standby=True,
)
def list_project_prompts(
    context: OperationContext, query: PromptListQuery
) -> Page[ProjectPromptView]:
    """List the prompts of a project, oldest first."""
    cursors = context.cursors(query)
    prompts = context.store.read(
        projects.list_prompts,
        query.user_id,
        query.project_id,
        after=int(cursors.start() or 0),
        limit=query.limit + 1,
    )
    views = [project(ProjectPromptView, prompt) for prompt in prompts]
    return cursors.page(views, lambda view: view.number)


@routes.add(
    "POST /projects/<project_id>/prompts",
    WRITE,
    request_type=projects.AddPrompt,
    response_type=ProjectView,
)
def add_project_prompt(context: OperationContext, command: projects.AddPrompt) -> ProjectView:
    """Append a prompt to the history of a project. Creating a job appends the job's own prompt."""
    return context.run(_showing(projects.add_prompt), command)


def _showing(
    handler: Callable[[WriteTx, Command], Head[Project]],
) -> Callable[[WriteTx, Command], ProjectView]:
    """Return a handler that answers with the view of the project that it has saved."""

    def show(tx: WriteTx, command: Command) -> ProjectView:
        return project_view(handler(tx, command))

    return show
