"""Conversion between the values of projects and their rows."""

from datetime import datetime

from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.records import JobOutput, JobSpec, ProjectPrompt
from indelible.projects.entities.values import LogEntry, LogLevel
from indelible.projects.repositories import Jobs, Projects
from indelible_sql.engine.errors import UNREADABLE, RowUnreadable
from indelible_sql.engine.session import Row
from indelible_sql.kernel.mappings import HeadMapping, RecordMapping
from indelible_sql.projects.tables import JOBS, OUTPUTS, PROJECTS, PROMPTS, SPECS


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


def _check_spec(record: JobSpec) -> None:
    if record.spec_digest != record.architecture_spec.digest():
        raise ValueError("spec_digest is not the digest of the architecture_spec")


PROJECT_HEADS = HeadMapping(
    table=PROJECTS,
    entity=Project,
    finders=Projects,
    records=(RecordMapping(table=PROMPTS, record=ProjectPrompt),),
)
JOB_HEADS = HeadMapping(
    table=JOBS,
    entity=Job,
    finders=Jobs,
    records=(
        RecordMapping(table=OUTPUTS, record=JobOutput, of_row=output_of_row),
        RecordMapping(table=SPECS, record=JobSpec, check=_check_spec),
    ),
)
