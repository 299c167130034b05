"""The commands of projects and jobs, and their results."""

from typing import ClassVar

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel.json_objects import JSON_OBJECT, JSON_OBJECTS, JsonObject, JsonObjects
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    LINE,
    TEXT,
    bounded_int,
    instance_of,
    is_identifier,
    is_text,
    non_blank_line,
    non_blank_text,
)
from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.values import (
    MAX_MESSAGE,
    NO_METADATA,
    ArchitectureSpec,
    JobResult,
    LogEntry,
    Phase,
    Repository,
    clean_text,
    freeze_metadata,
    freeze_nodes,
    logs_field,
    warnings_field,
)


@frozen(kw_only=True)
class CreateProject:
    """Create a project without nodes, prompts or a repository."""

    command_name: ClassVar[str] = "create_project"
    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    name: str = field(validator=non_blank_line, metadata=LINE)
    description: str = field(default="", validator=is_text, metadata=TEXT)


@frozen(kw_only=True)
class ProjectCommand:
    """A command on a user's project, as the caller last saw it."""

    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    project_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class RenameProject(ProjectCommand):
    """Rename a project; without a description, it keeps its own."""

    command_name: ClassVar[str] = "rename_project"
    name: str = field(validator=non_blank_line, metadata=LINE)
    description: str | None = field(default=None, validator=optional(is_text), metadata=TEXT)


@frozen(kw_only=True)
class SetNodes(ProjectCommand):
    """Set the current nodes of a project."""

    command_name: ClassVar[str] = "set_nodes"
    nodes: JsonObjects = field(converter=freeze_nodes, metadata=JSON_OBJECTS)


@frozen(kw_only=True)
class AddPrompt(ProjectCommand):
    """Append a prompt to the history of a project."""

    command_name: ClassVar[str] = "add_prompt"
    prompt: str = field(validator=is_text, metadata=TEXT)
    metadata: JsonObject = field(
        default=NO_METADATA, converter=freeze_metadata, metadata=JSON_OBJECT
    )


@frozen(kw_only=True)
class RequestRepository:
    """Store the repository that a project is about to ask a host for."""

    command_name: ClassVar[str] = "request_repository"
    project_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    host: str = field(validator=is_identifier, metadata=IDENTIFIER)
    name: str = field(validator=non_blank_line, metadata=LINE)


@frozen(kw_only=True)
class SetGithubRepoUrl:
    """Bind a project to its repository, once."""

    command_name: ClassVar[str] = "set_github_repo_url"
    project_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    repository: Repository = field(validator=instance_of(Repository))


@frozen(kw_only=True)
class CreateJob:
    """Create a job: append its prompt to the project, set the project's nodes, enqueue its task."""

    command_name: ClassVar[str] = "create_job"
    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    project_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    architecture_spec: ArchitectureSpec = field(validator=instance_of(ArchitectureSpec))


@frozen(kw_only=True)
class StartJob:
    """Start a pending job."""

    command_name: ClassVar[str] = "start_job"
    job_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class RecordProgress:
    """Add output to a running job, and name the phase that has begun."""

    command_name: ClassVar[str] = "record_progress"
    job_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    phase: Phase | None = field(default=None, validator=optional(instance_of(Phase)))
    logs: tuple[LogEntry, ...] = logs_field()
    warnings: tuple[str, ...] = warnings_field()


@frozen(kw_only=True)
class FinishJob:
    """End a running job as completed, or as completed_with_warnings if it has any warning."""

    command_name: ClassVar[str] = "finish_job"
    job_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    result: JobResult = field(validator=instance_of(JobResult))
    logs: tuple[LogEntry, ...] = logs_field()
    warnings: tuple[str, ...] = warnings_field()


@frozen(kw_only=True)
class FailJob:
    """End a pending or running job as failed."""

    command_name: ClassVar[str] = "fail_job"
    job_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    reason: str = field(converter=clean_text, validator=non_blank_text, metadata=MAX_MESSAGE)
    logs: tuple[LogEntry, ...] = logs_field()
    warnings: tuple[str, ...] = warnings_field()


@frozen(kw_only=True)
class CancelJob:
    """End a user's pending or running job as failed, and cancel its task."""

    command_name: ClassVar[str] = "cancel_job"
    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    job_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    reason: str = field(validator=non_blank_line, metadata=LINE)
    expected_seq: int = field(validator=bounded_int, metadata=COUNT)


@frozen(kw_only=True)
class RetryJob:
    """Create a new job with the specification of a failed one."""

    command_name: ClassVar[str] = "retry_job"
    user_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    job_id: str = field(validator=is_identifier, metadata=IDENTIFIER)


@frozen(kw_only=True)
class ProjectSaved:
    """A project, and the seq that the next command on it must expect."""

    project: Project
    seq: int


@frozen(kw_only=True)
class JobSaved:
    """A job, and the seq that the next command on it must expect."""

    job: Job
    seq: int
