"""Conversion between the values of projects and their rows."""

from datetime import datetime
from typing import Any, TypeVar

from indelible.kernel import to_json_value
from indelible.kernel.history import Record
from indelible.kernel.values import field_values
from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.records import JobOutput, JobSpec, ProjectPrompt
from indelible.projects.entities.values import LogEntry, LogLevel
from indelible.projects.errors import JobNotFound, ProjectNotFound
from indelible_sql.engine.errors import UNREADABLE, RowUnreadable
from indelible_sql.engine.session import Row
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.mappings import HeadMapping, RecordMapping
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


def output_of_row(row: Row) -> JobOutput:
    """Return the output that a row stores."""
    try:
        logs: list[LogEntry] = []
        for line in row["logs"]:
            ts = datetime.fromisoformat(line["ts"])
            logs.append(LogEntry(ts=ts, level=LogLevel(line["level"]), message=line["message"]))

        return JobOutput(
            job_id=row["job_id"],
            number=row["number"],
            written_at=row["written_at"],
            logs=tuple(logs),
            warnings=tuple(row["warnings"]),
        )
    except UNREADABLE as error:
        raise RowUnreadable.because_of(error) from error


def _checked(record: R, row: Row) -> R:
    """Return a row's record, or raise ValueError where the library would write it otherwise."""
    for name, value in record_row(record).items():
        if value != row[name]:
            raise ValueError(f"the stored {name} is not in canonical form")

    return record


def _previous_number(row: Row) -> dict[str, Any]:
    return {"previous_number": row["number"] - 1 or None}


def _prompt_digest(row: Row, scheme: int) -> str:
    return _checked(ROWS.structure(row, ProjectPrompt), row).digest(scheme)


def _output_digest(row: Row, scheme: int) -> str:
    return _checked(output_of_row(row), row).digest(scheme)


def _spec_digest(row: Row, scheme: int) -> str:
    record = _checked(ROWS.structure(row, JobSpec), row)
    if record.spec_digest != record.architecture_spec.digest():
        raise ValueError("spec_digest is not the digest of the architecture_spec")

    return record.digest(scheme)


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
        RecordMapping(table=OUTPUTS, record=JobOutput, to_row=record_row, of_row=output_of_row),
        RecordMapping(table=SPECS, record=JobSpec, to_row=record_row),
    ),
)
PROJECT_RECORDED = (
    RecordDigest(
        table=PROMPTS,
        change_field=ProjectPrompt.record_name,
        digest=_prompt_digest,
        derived=_previous_number,
    ),
)
JOB_RECORDED = (
    RecordDigest(
        table=OUTPUTS,
        change_field=JobOutput.record_name,
        digest=_output_digest,
        derived=_previous_number,
    ),
    RecordDigest(
        table=SPECS,
        change_field=JobSpec.record_name,
        digest=_spec_digest,
        only_first=True,
    ),
)
