"""Projects and jobs in each state, without a store."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from indelible.projects import ArchitectureSpec, Job, JobStatus, Project
from indelible.projects.entities.values import NO_OUTPUT, OutputBatch
from indelible.testing.projects.scenarios import PUSHED, SHOP, make_spec
from indelible.testing.stores import BEGINNING

Value = Any  # of any field

LATER = BEGINNING + timedelta(hours=1)
LATEST = BEGINNING + timedelta(hours=2)
WARNED = OutputBatch(warnings=("a warning",))


def new_project(**fields: Value) -> Project:
    """Return a project that was just created."""
    fields.setdefault("user_id", "maya")
    fields.setdefault("name", "Shop")
    return Project.create("create", now=BEGINNING, id="p-1", **fields)


def prompted(spec: ArchitectureSpec | None = None) -> Project:
    """Return a project with its first prompt."""
    nodes = (spec or make_spec()).nodes
    return new_project().with_nodes(nodes, now=LATER).with_prompt(now=LATER)


def new_job(spec: ArchitectureSpec | None = None) -> Job:
    """Return a job that was just created."""
    return Job.of_project(prompted(), spec or make_spec(), job_id="j-1")


def running_job() -> Job:
    return new_job().started(now=LATEST)


def job_in(status: JobStatus) -> Job:
    """Return a job in a status."""
    ends: dict[JobStatus, Callable[[], Job]] = {
        JobStatus.PENDING: new_job,
        JobStatus.RUNNING: running_job,
        JobStatus.COMPLETED: lambda: running_job().finished(PUSHED, NO_OUTPUT, now=LATEST),
        JobStatus.COMPLETED_WITH_WARNINGS: lambda: running_job().finished(
            PUSHED, WARNED, now=LATEST
        ),
        JobStatus.FAILED: lambda: running_job().failed("no host", NO_OUTPUT, now=LATEST),
    }
    return ends[status]()


def requested() -> Project:
    """Return a project that has requested its repository."""
    return new_project().requesting_repository(SHOP.host, "taken", now=LATER)
