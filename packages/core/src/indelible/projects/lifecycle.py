"""The lifecycles of projects and of their jobs."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from indelible.kernel import OWNER, Edge, Lifecycle
from indelible.kernel.lifecycle import MAX_CLOCK_LEAD


class ProjectStatus(StrEnum):
    """The state of a project's binding to a Git repository."""

    UNBOUND = "unbound"
    REQUESTED = "requested"  # the name is committed; the repository may or may not exist yet
    BOUND = "bound"


class JobStatus(StrEnum):
    """The states of a job."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    COMPLETED_WITH_WARNINGS = "completed_with_warnings"
    FAILED = "failed"


def _in_each_state(action: str, adds_version: int) -> tuple[Edge[ProjectStatus], ...]:
    """Return the edges of an action that every project allows and that keeps its state."""
    return tuple(Edge(status, action, status, adds_version) for status in ProjectStatus)


PROJECT: Final = Lifecycle(
    name="project",
    readers=OWNER,
    edges=(
        Edge("", "create", ProjectStatus.UNBOUND, 0),
        *_in_each_state("rename", 0),
        *_in_each_state("set_nodes", 0),
        *_in_each_state("add_prompt", 1),
        *_in_each_state("update_latest_job", 0),
        Edge(ProjectStatus.UNBOUND, "request_repository", ProjectStatus.REQUESTED, 0),
        Edge(ProjectStatus.REQUESTED, "request_repository", ProjectStatus.REQUESTED, 0),
        Edge(ProjectStatus.REQUESTED, "set_github_repo_url", ProjectStatus.BOUND, 0),
    ),
    changes={
        "create": ("name", "description"),
        "rename": ("name", "description"),
        "set_nodes": ("current_nodes",),
        "update_latest_job": ("latest_successful_job_id", "latest_successful_job_number"),
        "request_repository": ("repository_host", "repository_name"),
        "set_github_repo_url": (
            "repository_name",
            "repository_id",
            "repository_branch",
            "github_repo_url",
        ),
    },
    initial={"current_nodes": ()},
)

JOB: Final = Lifecycle(
    name="job",
    readers=OWNER,
    edges=(
        Edge("", "create", JobStatus.PENDING, 1),
        Edge(JobStatus.PENDING, "start", JobStatus.RUNNING, 1),
        Edge(JobStatus.PENDING, "fail", JobStatus.FAILED, 1),
        Edge(JobStatus.RUNNING, "progress", JobStatus.RUNNING, 1),
        Edge(JobStatus.RUNNING, "complete", JobStatus.COMPLETED, 1),
        Edge(
            JobStatus.RUNNING,
            "complete_with_warnings",
            JobStatus.COMPLETED_WITH_WARNINGS,
            1,
        ),
        Edge(JobStatus.RUNNING, "fail", JobStatus.FAILED, 1),
    ),
    changes={
        "progress": ("phase", "warning_count"),
        "complete": ("completed_at", "result"),
        "complete_with_warnings": ("completed_at", "result", "warning_count"),
        "fail": ("completed_at", "failure_reason", "warning_count"),
    },
    initial={"warning_count": 0},
    latest={"completed_at": MAX_CLOCK_LEAD},
)


def _valid_transitions() -> dict[JobStatus, frozenset[JobStatus]]:
    """Return the states that follow each state of a job, without the state itself."""
    transitions: dict[JobStatus, frozenset[JobStatus]] = {}
    for status in JobStatus:
        following = {edge.to_state for edge in JOB.edges if edge.from_state == status}
        transitions[status] = frozenset(following - {status})

    return transitions


# Seed 003, section 4: the dict by which `update_job_status` refuses a transition.
VALID_TRANSITIONS: Final[Mapping[JobStatus, frozenset[JobStatus]]] = _valid_transitions()
TERMINAL: Final = frozenset(status for status in JobStatus if not VALID_TRANSITIONS[status])
SUCCESSFUL: Final = frozenset({JobStatus.COMPLETED, JobStatus.COMPLETED_WITH_WARNINGS})
