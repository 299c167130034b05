"""Conversion between the values of projects and their rows."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from indelible.kernel import to_json_value
from indelible.kernel.history import Record
from indelible.kernel.json import digest
from indelible.kernel.values import field_values
from indelible.projects.entities import Job, JobOutput, JobSpec, Project, ProjectPrompt
from indelible.projects.errors import JobNotFound, ProjectNotFound
from indelible_sql.engine.session import Row
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.repository import HeadMapping, RecordMapping
from indelible_sql.projects.tables import JOBS, OUTPUTS, PROJECTS, PROMPTS, SPECS
from indelible_sql.schema.tables import RecordDigest

R = TypeVar("R", bound=Record)


def record_row(record: Record) -> dict[str, Any]:
    """Return the columns of a record: its fields, with nested values as JSON."""
    row = field_values(record)
    for name in ("metadata", "architecture_spec", "logs", "warnings"):
        if name in row:
            row[name] = to_json_value(row[name])

    return row


def checked_record(kind: type[R], row: Row) -> R:
    """Return the record of a row; raise ValueError where the library would write it otherwise."""
    record = ROWS.structure(row, kind)
    for name, value in record_row(record).items():
        if value != row[name]:
            raise ValueError(f"the stored {name} is not in canonical form")

    return record


def _digest_of(kind: type[Record]) -> Callable[[Mapping[str, Any]], str]:
    def stored_digest(row: Mapping[str, Any]) -> str:
        return checked_record(kind, row).digest()

    return stored_digest


def _spec_digest(row: Mapping[str, Any]) -> str:
    record = checked_record(JobSpec, row)
    if record.spec_digest != digest(record.architecture_spec):
        raise ValueError("spec_digest is not the digest of the architecture_spec")

    return record.digest()


PROJECT_HEADS = HeadMapping(
    table=PROJECTS,
    entity=Project,
    missing=ProjectNotFound,
    records=(RecordMapping(table=PROMPTS, record=ProjectPrompt, to_row=record_row),),
)
JOB_HEADS = HeadMapping(
    table=JOBS,
    entity=Job,
    missing=JobNotFound,
    records=(
        RecordMapping(table=OUTPUTS, record=JobOutput, to_row=record_row),
        RecordMapping(table=SPECS, record=JobSpec, to_row=record_row),
    ),
)
PROJECT_RECORDED = (
    RecordDigest(
        table=PROMPTS,
        change_field=ProjectPrompt.record_name,
        digest=_digest_of(ProjectPrompt),
    ),
)
JOB_RECORDED = (
    RecordDigest(
        table=OUTPUTS,
        change_field=JobOutput.record_name,
        digest=_digest_of(JobOutput),
    ),
    RecordDigest(
        table=SPECS,
        change_field=JobSpec.record_name,
        digest=_spec_digest,
        only_first=True,
    ),
)
