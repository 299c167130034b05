"""The records of projects and jobs: insert-only rows that their changes add."""

from collections.abc import Mapping
from typing import ClassVar

from attrs import frozen

from indelible.kernel.history import Record
from indelible.kernel.kinds import Count, Digest, Identifier, Instant, Text, kinds
from indelible.projects.entities.values import (
    NO_METADATA,
    ArchitectureSpec,
    LogLines,
    Metadata,
    Warnings,
)


@frozen(kw_only=True, field_transformer=kinds)
class ProjectPrompt(Record):
    """A prompt of a project, with its instant and metadata."""

    record_name: ClassVar[str] = "prompt"
    head_fields: ClassVar[Mapping[str, str]] = {
        "project_id": "id",
        "number": "prompt_count",
        "timestamp": "updated_at",
    }

    project_id: Identifier
    number: Count
    prompt: Text
    timestamp: Instant
    metadata: Metadata = NO_METADATA


@frozen(kw_only=True, field_transformer=kinds)
class JobSpec(Record):
    """The specification of a job, added once with its creation. `number` is always 1."""

    record_name: ClassVar[str] = "architecture_spec"
    head_fields: ClassVar[Mapping[str, str]] = {
        "job_id": "id",
        "number": "output_number",
        "created_at": "updated_at",
        "spec_digest": "spec_digest",
    }

    job_id: Identifier
    number: Count
    created_at: Instant
    spec_digest: Digest
    architecture_spec: ArchitectureSpec


@frozen(kw_only=True, field_transformer=kinds)
class JobOutput(Record):
    """A batch of a job's log lines and warnings, in their order; each change of a job adds one."""

    record_name: ClassVar[str] = "output"
    head_fields: ClassVar[Mapping[str, str]] = {
        "job_id": "id",
        "number": "output_number",
        "written_at": "updated_at",
    }

    job_id: Identifier
    number: Count
    written_at: Instant
    logs: LogLines = ()
    warnings: Warnings = ()
