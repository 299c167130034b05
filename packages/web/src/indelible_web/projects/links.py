"""The names and pages of projects and jobs, for history and for the search of all pages."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from flask import url_for

from indelible import projects
from indelible.app import ReadTx
from indelible.kernel import NamedListOrder, NotFound
from indelible.kernel.audit import ActorKind
from indelible.projects import Job, Project, ProjectFilter
from indelible_web.console.page import EntityLink, EntitySearch
from indelible_web.http.request import Caller
from indelible_web.projects.routes import READ


def project_links(
    tx: ReadTx, caller: Caller, project_ids: Collection[str]
) -> Mapping[str, EntityLink]:
    """Map the id of each of the caller's projects to its name and page."""
    links: dict[str, EntityLink] = {}
    for project_id in project_ids:
        project = tx.projects.projects.get(project_id).entity
        if caller.may_read_as_owner(project.user_id, READ):
            links[project_id] = _link_of_project(project)

    return links


def job_links(tx: ReadTx, caller: Caller, job_ids: Collection[str]) -> Mapping[str, EntityLink]:
    """Map the id of each of the caller's jobs to its number, its project's name, and its page."""
    links: dict[str, EntityLink] = {}
    for job_id in job_ids:
        job = tx.projects.jobs.get(job_id).entity
        if caller.may_read_as_owner(job.user_id, READ):
            links[job_id] = _link_of_job(tx, job)

    return links


def find_projects(tx: ReadTx, caller: Caller, text: str, limit: int) -> Sequence[EntityLink]:
    """Return the caller's project with this id, and those whose names begin with the text."""
    if caller.actor.kind is not ActorKind.USER:
        return ()

    links: dict[str, EntityLink] = {}
    try:
        project = projects.get_project(tx, caller.user_id, text).entity
        links[project.id] = _link_of_project(project)
    except NotFound:
        pass  # The text is no id of a project.

    matching = ProjectFilter(name_prefix=text, order=NamedListOrder.NAME)
    for head in projects.list_projects(
        tx, caller.user_id, matching=matching, after="", limit=limit
    ):
        links[head.entity.id] = _link_of_project(head.entity)

    return tuple(links.values())[:limit]


def find_jobs(tx: ReadTx, caller: Caller, text: str, limit: int) -> Sequence[EntityLink]:
    """Return the caller's job with this id, as a list that is empty if there is none."""
    if limit < 1:
        return ()
    try:
        link = job_links(tx, caller, (text,)).get(text)
    except NotFound:
        return ()

    return () if link is None else (link,)


def _link_of_project(project: Project) -> EntityLink:
    url = url_for("console.project", project_id=project.id)
    return EntityLink(name=project.name, url=url, status=project.display_status)


def _link_of_job(tx: ReadTx, job: Job) -> EntityLink:
    project = tx.projects.projects.get(job.project_id).entity
    url = url_for("console.job", job_id=job.id)
    return EntityLink(name=f"Job {job.number} of {project.name}", url=url, status=job.status)


PROJECT_SEARCH: Final = EntitySearch(label="Projects", find=find_projects, scopes=(READ,))
JOB_SEARCH: Final = EntitySearch(label="Jobs", find=find_jobs, scopes=(READ,))
