"""The console's pages of projects: the caller's list, and one project with its jobs."""

from typing import ClassVar, Final

from attrs import evolve, frozen
from werkzeug.wrappers import Response

from indelible import projects
from indelible.app import ReadTx
from indelible.kernel import NamedListFilter, NamedListOrder
from indelible.kernel.kinds import Identifier, kinds
from indelible.projects import (
    JOB,
    PROJECT,
    Job,
    Project,
    ProjectFilter,
    ProjectPrompt,
)
from indelible_web.console.context import ConsoleContext
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.lists import list_view, parse_list
from indelible_web.console.page import ConsolePage, label_actions
from indelible_web.http.paging import LIST_FILTERS, PageQuery
from indelible_web.http.responses import project as make
from indelible_web.projects.routes import READ

MAX_PROJECTS: Final = 50  # of one page of the list
MAX_JOBS: Final = 50  # on the page of a project, the newest first
MAX_PROMPTS: Final = 50
ACTION_LABELS: Final = label_actions(
    (PROJECT, JOB),
    {
        "create": "Created",
        "rename": "Renamed",
        "set_nodes": "Set the nodes of",
        "add_prompt": "Added a prompt to",
        "update_latest_job": "Set the latest successful job of",
        "request_repository": "Requested a repository for",
        "set_github_repo_url": "Set the repository of",
        "start": "Started",
        "progress": "Recorded progress of",
        "complete": "Completed",
        "complete_with_warnings": "Completed with warnings",
        "fail": "Failed",
    },
)


@frozen(kw_only=True, field_transformer=kinds)
class ProjectPathQuery:
    """The query for one project."""

    project_id: Identifier


@frozen(kw_only=True)
class ProjectPageQuery(NamedListFilter, PageQuery):
    """The filters of the caller's projects, and a page of them."""

    added_filters: ClassVar[frozenset[str]] = LIST_FILTERS


@frozen(kw_only=True)
class ProjectRow:
    """A project of the list, with its newest job if it has one."""

    project: Project
    newest_job: Job | None


@frozen(kw_only=True)
class ProjectPageView:
    """A project with its newest jobs and prompts, newest first, read from one view."""

    project: Project
    jobs: tuple[Job, ...]
    prompts: tuple[ProjectPrompt, ...]


def list_projects(console: ConsoleContext) -> Response:
    """Render the list of the caller's projects."""
    context = console.operation(scope=READ)
    query = parse_list(ProjectPageQuery, context.caller)
    query = evolve(
        query,
        limit=min(query.limit, MAX_PROJECTS),
        order=query.order or NamedListOrder.CHANGED,
    )
    matching = make(ProjectFilter, query, status=None)
    cursors = context.cursors(query)
    rows = context.store.read(
        _project_rows,
        context.caller.user_id,
        matching,
        after=cursors.start(),
        limit=query.limit + 1,
    )

    return render_page(
        "projects/projects",
        query=query,
        page=cursors.page(rows, lambda row: query.position_of(row.project)),
        list=list_view(query.order),
    )


def project(console: ConsoleContext, project_id: str) -> Response:
    """Render a project with its repository, its newest jobs and its newest prompts."""
    context = console.operation(scope=READ)
    query = parse_fields(ProjectPathQuery, {}, project_id=project_id)
    view = context.store.read(_project_view, context.caller.user_id, query.project_id)

    return render_page("projects/project", view=view, max_jobs=MAX_JOBS, max_prompts=MAX_PROMPTS)


def _project_rows(
    tx: ReadTx, user_id: str, matching: ProjectFilter, *, after: str, limit: int
) -> tuple[ProjectRow, ...]:
    rows: list[ProjectRow] = []
    for head in projects.list_projects(tx, user_id, matching=matching, after=after, limit=limit):
        newest = projects.list_jobs(tx, user_id, head.entity.id, after="", limit=1)
        newest_job = newest[0].entity if newest else None
        rows.append(ProjectRow(project=head.entity, newest_job=newest_job))

    return tuple(rows)


def _project_view(tx: ReadTx, user_id: str, project_id: str) -> ProjectPageView:
    head = projects.get_project(tx, user_id, project_id)
    after = max(0, head.entity.prompt_count - MAX_PROMPTS)
    prompts = projects.list_prompts(tx, user_id, project_id, after=after, limit=MAX_PROMPTS)
    jobs = projects.list_jobs(tx, user_id, project_id, after="", limit=MAX_JOBS)

    return ProjectPageView(
        project=head.entity,
        jobs=tuple(job.entity for job in jobs),
        prompts=prompts[::-1],
    )


PAGES: Final = (
    ConsolePage(rule="/projects", view=list_projects, reads_standby=True),
    ConsolePage(rule="/projects/<project_id>", view=project),
)
