"""Projects, jobs and their records.

A job is an immutable attempt. After its creation only its status, phase, result and output move:
`docs/architecture.md`, "Job immutability".
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.history import Record
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    LINE,
    TEXT,
    bounded_int,
    instance_of,
    is_digest,
    is_identifier,
    is_instant,
    is_text,
    non_blank_line,
)
from indelible.projects.lifecycle import JOB, PROJECT, JobStatus, ProjectStatus

MAX_LINES_PER_OUTPUT: Final = 100
MAX_WARNINGS_PER_OUTPUT: Final = 100
MAX_MESSAGE: Final = {"max_length": 4_000}
MAX_PLAN_FILES: Final = 10_000

# Placeholder for the kernel's JSON fields (kernel prerequisite 4): normalized, deeply frozen.
JsonObject = Mapping[str, Any]
JsonObjects = tuple[JsonObject, ...]


class Phase(StrEnum):
    """The eight phases of a job."""

    LOAD = "load"
    RUNNING = "running"
    WORKSPACE = "workspace"
    GENERATE = "generate"
    COMMIT = "commit"
    PUSH = "push"
    FINALIZE = "finalize"
    CLEANUP = "cleanup"


class LogLevel(StrEnum):
    """The level of a log line."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class DisplayStatus(StrEnum):
    """The status of a project as it is displayed; it is derived and never stored."""

    DRAFT = "draft"
    ACTIVE = "active"
    COMPLETED = "completed"


@frozen(kw_only=True)
class LogEntry:
    """A line of a job's log."""

    ts: datetime = field(validator=is_instant)
    level: LogLevel = field(validator=instance_of(LogLevel))
    message: str = field(validator=is_text, metadata=MAX_MESSAGE)


@frozen(kw_only=True)
class Repository:
    """A repository on a host.

    `repository_id` is the host's own id, which a rename keeps. `url` is the address that a project
    stores as `github_repo_url`; it carries no credentials.
    """

    host: str = field(validator=is_identifier, metadata=IDENTIFIER)
    repository_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    name: str = field(validator=non_blank_line, metadata=LINE)
    url: str = field(validator=non_blank_line, metadata=LINE)
    branch: str = field(default="main", validator=non_blank_line, metadata=LINE)


@frozen(kw_only=True)
class ArchitectureSpec:
    """The complete description that a job builds: a snapshot, taken when the job is created."""

    name: str = field(validator=non_blank_line, metadata=LINE)
    description: str = field(default="", validator=is_text, metadata=TEXT)
    prompt: str = field(default="", validator=is_text, metadata=TEXT)
    nodes: JsonObjects = ()
    edges: JsonObjects = ()
    metadata: JsonObject = field(factory=dict[str, Any])


@frozen(kw_only=True)
class GeneratedFile:
    """A file to write into a checkout: a relative path with `/`, and its content."""

    path: str
    content: bytes


@frozen(kw_only=True)
class JobResult:
    """The outcome of a successful job: the commit, if one was made, and the planned files."""

    commit: str | None
    commit_url: str | None
    files: tuple[str, ...]
    push_skipped: bool


@frozen(kw_only=True)
class ProjectPrompt(Record):
    """A prompt of a project, with its instant and metadata."""

    record_name: ClassVar[str] = "prompt"
    head_fields: ClassVar[Mapping[str, str]] = {
        "project_id": "id",
        "number": "prompt_count",
        "timestamp": "updated_at",
    }

    project_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    number: int = field(validator=bounded_int, metadata=COUNT)
    prompt: str = field(validator=is_text, metadata=TEXT)
    timestamp: datetime = field(validator=is_instant)
    metadata: JsonObject = field(factory=dict[str, Any])


@frozen(kw_only=True)
class JobSpec(Record):
    """The specification of a job, added once with its creation. `number` is always 1."""

    record_name: ClassVar[str] = "architecture_spec"
    head_fields: ClassVar[Mapping[str, str]] = {
        "job_id": "id",
        "number": "output_number",
        "created_at": "updated_at",
        "spec_digest": "spec_digest",
    }

    job_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    number: int = field(validator=bounded_int, metadata=COUNT)
    created_at: datetime = field(validator=is_instant)
    spec_digest: str = field(validator=is_digest)
    architecture_spec: ArchitectureSpec = field(validator=instance_of(ArchitectureSpec))


@frozen(kw_only=True)
class JobOutput(Record):
    """A batch of a job's log lines and warnings, in their order; each change of a job adds one."""

    record_name: ClassVar[str] = "output"
    head_fields: ClassVar[Mapping[str, str]] = {
        "job_id": "id",
        "number": "output_number",
        "written_at": "updated_at",
    }

    job_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    number: int = field(validator=bounded_int, metadata=COUNT)
    written_at: datetime = field(validator=is_instant)
    logs: tuple[LogEntry, ...] = ()
    warnings: tuple[str, ...] = ()


@frozen(kw_only=True)
class Project(Aggregate):
    """A long-lived intent that owns a Git repository.

    `latest_successful_job_number` is the `number` of the latest successful job; it only grows.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = PROJECT
    fixed: ClassVar[tuple[str, ...]] = ("user_id",)
    version_field: ClassVar[str] = "prompt_count"
    version_records: ClassVar[tuple[type[Record], ...]] = (ProjectPrompt,)

    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    name: str = field(validator=non_blank_line, metadata=LINE)
    description: str = field(default="", validator=is_text, metadata=TEXT)
    status: ProjectStatus = field(validator=instance_of(ProjectStatus))
    prompt_count: int = 0
    current_nodes: JsonObjects = ()
    latest_successful_job_id: str | None = None
    latest_successful_job_number: int | None = None
    repository_host: str | None = None
    repository_name: str | None = None
    repository_id: str | None = None
    repository_branch: str | None = None
    github_repo_url: str | None = None

    @property
    def display_status(self) -> DisplayStatus:
        """Return the status that is displayed."""
        if self.latest_successful_job_id is not None:
            return DisplayStatus.COMPLETED
        if self.current_nodes:
            return DisplayStatus.ACTIVE

        return DisplayStatus.DRAFT


@frozen(kw_only=True)
class Job(Aggregate):
    """One immutable attempt to build a project.

    `number` is the number of the project's prompt that the job was created with, so that the jobs
    of a project are ordered by it. `phase` is the last phase that began. `failure_reason` is set in
    `failed`, `result` in the successful states, `completed_at` in all three terminal states.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = JOB
    fixed: ClassVar[tuple[str, ...]] = ("project_id", "user_id", "number", "prompt", "spec_digest")
    version_field: ClassVar[str] = "output_number"
    version_records: ClassVar[tuple[type[Record], ...]] = (JobOutput,)
    first_records: ClassVar[tuple[type[Record], ...]] = (JobSpec,)

    project_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    number: int = field(validator=bounded_int, metadata=COUNT)
    prompt: str = field(validator=is_text, metadata=TEXT)
    spec_digest: str = field(validator=is_digest)
    status: JobStatus = field(validator=instance_of(JobStatus))
    output_number: int = field(validator=bounded_int, metadata=COUNT)
    phase: Phase | None = None
    result: JobResult | None = None
    failure_reason: str | None = None
    completed_at: datetime | None = field(default=None, validator=optional(is_instant))
