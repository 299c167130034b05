"""Examples for the fields of projects' and jobs' operations."""

from collections.abc import Mapping
from typing import Final

from indelible.kernel.json_objects import JsonObject
from indelible.projects import JobStatus, Phase, ProjectStatus
from indelible_web.http.examples import DIGEST

PROJECT_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d31"
JOB_ID: Final = "0199e1c8-7c1f-7a3e-8b6e-2f4f8a1c9d32"
COMMIT: Final = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
PROMPT: Final = "A shop for used books, with accounts and a search."
REPOSITORY_URL: Final = "https://example.org/maya/book-shop"
NODES: Final = (
    JsonObject.of({"id": "web", "type": "frontend", "position": {"x": 12.5, "y": 40}}),
    JsonObject.of({"id": "api", "type": "backend", "position": {"x": 240, "y": 40}}),
)

EXAMPLES: Final[Mapping[str, object]] = {
    "JobResult.commit_url": f"{REPOSITORY_URL}/commit/{COMMIT}",
    "JobDetailsView.warnings": ("The node cache has no edge.",),
    "JobLogsView.warnings": (),
    "LogEntry.message": "Pushed one commit.",
    "CritiqueView.warnings": (),
    "Plan.app_name": "book-shop",
    "after": 4,
    "architecture_spec.metadata": JsonObject.of({}),
    "commit": COMMIT,
    "current_nodes": NODES,
    "description": "A shop for used books.",
    "edges": (JsonObject.of({"source": "web", "target": "api"}),),
    "error": None,
    "JobResult.files": ("README.md",),
    "findings": (),
    "github_repo_url": REPOSITORY_URL,
    "has_more": False,
    "id": PROJECT_ID,
    "job_id": JOB_ID,
    "latest_successful_job_id": JOB_ID,
    "metadata": JsonObject.of({"source": "editor"}),
    "name": "Book shop",
    "node_ids": ("web",),
    "nodes": NODES,
    "nodes_count": 2,
    "number": 1,
    "path": "README.md",
    "phase": Phase.CLEANUP,
    "project_id": PROJECT_ID,
    "prompt": PROMPT,
    "prompt_count": 1,
    "push_skipped": False,
    "repository_status": ProjectStatus.BOUND,
    "spec_digest": DIGEST,
    "digest": DIGEST,
    "JobView.status": JobStatus.COMPLETED,
    "JobView.id": JOB_ID,
    "JobDetailsView.status": JobStatus.COMPLETED,
    "JobDetailsView.id": JOB_ID,
    "JobLogsView.status": JobStatus.RUNNING,
    "JobLogsView.phase": Phase.PUSH,
    "user_id": "maya",
}
