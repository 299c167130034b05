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
    # of jobs
    "cancel_job",
    "create_job",
    "fail_job",
    "finish_job",
    "record_progress",
    "retry_job",
    "start_job",
    # of projects
    "add_prompt",
    "create_project",
    "rename_project",
    "request_repository",
    "set_github_repo_url",
    "set_nodes",
    # of the seed
    "JobRepository",
    "ProjectRepository",
]
