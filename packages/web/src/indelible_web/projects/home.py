"""The projects' part of the console's home page."""

from datetime import datetime
from typing import Final

from flask import url_for

from indelible import projects
from indelible.app import ReadTx
from indelible.kernel.audit import ActorKind
from indelible.projects import Job, JobStatus
from indelible_web.console.home_parts import AttentionItem, HomePart, Level
from indelible_web.http.request import current_request

MAX_INSPECTED: Final = 20  # Of the caller's failed jobs, the newest first.


def projects_part(tx: ReadTx, _: datetime) -> HomePart:
    """Return the caller's failed jobs that no later job of the same project has replaced."""
    caller = current_request().caller
    if caller is None or caller.actor.kind is not ActorKind.USER:
        return HomePart()

    failed = tx.projects.jobs.find(
        {"user_id": caller.user_id, "status": JobStatus.FAILED},
        order=("-created_at", "id"),
        limit=MAX_INSPECTED,
    )
    items: list[AttentionItem] = []
    for head in failed:
        if _is_newest(tx, head.entity):
            items.append(_item(tx, head.entity))

    return HomePart(items=tuple(items))


def _is_newest(tx: ReadTx, job: Job) -> bool:
    newest = projects.list_jobs(tx, job.user_id, job.project_id, after="", limit=1)
    return newest[0].entity.id == job.id


def _item(tx: ReadTx, job: Job) -> AttentionItem:
    project = tx.projects.projects.get(job.project_id).entity
    return AttentionItem(
        text=f"Job {job.number} of {project.name} has failed.",
        detail=job.failure_reason or "",
        url=url_for("console.job", job_id=job.id),
        level=Level.BAD,
        alert="JobsFail",
    )
