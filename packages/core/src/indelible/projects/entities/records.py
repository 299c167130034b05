"""The records of projects and jobs: insert-only rows that their changes add."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from attrs import field, frozen

from indelible.kernel.history import Record
from indelible.kernel.json_objects import JSON_OBJECT, JsonObject
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    TEXT,
    bounded_int,
    instance_of,
    is_digest,
    is_identifier,
    is_instant,
    is_text,
)
from indelible.projects.entities.values import (
    NO_METADATA,
    ArchitectureSpec,
    LogEntry,
    freeze_metadata,
    logs_field,
    warnings_field,
)


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
    metadata: JsonObject = field(
        default=NO_METADATA, converter=freeze_metadata, metadata=JSON_OBJECT
    )


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
    logs: tuple[LogEntry, ...] = logs_field()
    warnings: tuple[str, ...] = warnings_field()
