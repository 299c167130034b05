"""Handlers of commands on projects and jobs. They load, let entities and rules decide, and save."""

from indelible.projects.handlers.jobs import (
    cancel_job,
    create_job,
    fail_job,
    finish_job,
    record_progress,
    retry_job,
    start_job,
)
from indelible.projects.handlers.projects import (
    add_prompt,
    create_project,
    rename_project,
    request_repository,
    set_github_repo_url,
    set_nodes,
)
from indelible.projects.handlers.repositories import JobRepository, ProjectRepository

__all__ = [
    "JobRepository",
    "ProjectRepository",
    "add_prompt",
    "cancel_job",
    "create_job",
    "create_project",
    "fail_job",
    "finish_job",
    "record_progress",
    "rename_project",
    "request_repository",
    "retry_job",
    "set_github_repo_url",
    "set_nodes",
    "start_job",
]
