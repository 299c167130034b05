"""The commands of projects and jobs."""

from typing import ClassVar

from attrs import field, frozen

from indelible.kernel.json_objects import JSON_OBJECT, JSON_OBJECTS, JsonObject, JsonObjects
from indelible.kernel.kinds import Count, Identifier, Label, Text, kinds
from indelible.projects.entities.values import (
    NO_METADATA,
    ArchitectureSpec,
    FailureReason,
    JobResult,
    LogLines,
    Phase,
    Repository,
    Warnings,
    freeze_metadata,
    freeze_nodes,
)


@frozen(kw_only=True, field_transformer=kinds)
class CreateProject:
    """Create a project without nodes, prompts or a repository."""

    command_name: ClassVar[str] = "create_project"
    user_id: Identifier
    name: Label
    description: Text = ""


@frozen(kw_only=True, field_transformer=kinds)
class ProjectCommand:
    """A command on a user's project, as the caller last saw it."""

    user_id: Identifier
    project_id: Identifier
    expected_seq: Count


@frozen(kw_only=True, field_transformer=kinds)
class RenameProject(ProjectCommand):
    """Rename a project; without a description, it keeps its own."""

    command_name: ClassVar[str] = "rename_project"
    name: Label
    description: Text | None = None


@frozen(kw_only=True)
class SetNodes(ProjectCommand):
    """Set the current nodes of a project."""

    command_name: ClassVar[str] = "set_nodes"
    nodes: JsonObjects = field(converter=freeze_nodes, metadata=JSON_OBJECTS)


@frozen(kw_only=True, field_transformer=kinds)
class AddPrompt(ProjectCommand):
    """Append a prompt to the history of a project."""

    command_name: ClassVar[str] = "add_prompt"
    prompt: Text
    metadata: JsonObject = field(
        default=NO_METADATA, converter=freeze_metadata, metadata=JSON_OBJECT
    )


@frozen(kw_only=True, field_transformer=kinds)
class RequestRepository:
    """Store the repository that a project is about to ask a host for."""

    command_name: ClassVar[str] = "request_repository"
    project_id: Identifier
    host: Identifier
    name: Label


@frozen(kw_only=True, field_transformer=kinds)
class SetGithubRepoUrl:
    """Bind a project to its repository, once."""

    command_name: ClassVar[str] = "set_github_repo_url"
    project_id: Identifier
    repository: Repository


@frozen(kw_only=True, field_transformer=kinds)
class CreateJob:
    """Create a job: append its prompt to the project, set the project's nodes, enqueue its task."""

    command_name: ClassVar[str] = "create_job"
    user_id: Identifier
    project_id: Identifier
    architecture_spec: ArchitectureSpec


@frozen(kw_only=True, field_transformer=kinds)
class StartJob:
    """Start a pending job."""

    command_name: ClassVar[str] = "start_job"
    job_id: Identifier


@frozen(kw_only=True, field_transformer=kinds)
class RecordProgress:
    """Add output to a running job, and name the phase that has begun."""

    command_name: ClassVar[str] = "record_progress"
    job_id: Identifier
    phase: Phase | None = None
    logs: LogLines = ()
    warnings: Warnings = ()


@frozen(kw_only=True, field_transformer=kinds)
class FinishJob:
    """End a running job as completed, or as completed_with_warnings if it has any warning."""

    command_name: ClassVar[str] = "finish_job"
    job_id: Identifier
    result: JobResult
    logs: LogLines = ()
    warnings: Warnings = ()


@frozen(kw_only=True, field_transformer=kinds)
class FailJob:
    """End a pending or running job as failed."""

    command_name: ClassVar[str] = "fail_job"
    job_id: Identifier
    reason: FailureReason
    logs: LogLines = ()
    warnings: Warnings = ()


@frozen(kw_only=True, field_transformer=kinds)
class CancelJob:
    """End a user's pending or running job as failed, and cancel its task."""

    command_name: ClassVar[str] = "cancel_job"
    user_id: Identifier
    job_id: Identifier
    reason: Label
    expected_seq: Count


@frozen(kw_only=True, field_transformer=kinds)
class RetryJob:
    """Create a new job with the specification of a failed one."""

    command_name: ClassVar[str] = "retry_job"
    user_id: Identifier
    job_id: Identifier
