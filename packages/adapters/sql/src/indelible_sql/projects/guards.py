"""The guards of projects, beside those that every head and record has."""

from collections.abc import Iterator
from typing import Final

from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.lifecycle import SUCCESSFUL, ProjectStatus
from indelible.projects.rules.tasks import STAGE_LIFECYCLES
from indelible_sql.kernel.task_guards import task_entity_guard
from indelible_sql.projects.tables import JOBS, PROJECTS, PROMPTS, SPECS
from indelible_sql.schema.checks import quoted
from indelible_sql.schema.entity_conditions import entity_guards
from indelible_sql.schema.guard import Guard, qualified_name

_PROMPT_OF_SPEC: Final = {
    "sqlite": (
        "CASE WHEN json_valid(NEW.architecture_spec)"
        " THEN json_extract(NEW.architecture_spec, '$.prompt') END"
    ),
    "postgresql": "NEW.architecture_spec ->> 'prompt'",
}


def project_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guards of projects for a dialect."""
    yield from entity_guards(PROJECTS, Project, dialect, until="bound_once")
    yield from entity_guards(JOBS, Job, dialect, until="warnings_rise")
    yield from entity_guards(PROJECTS, Project, dialect, since="bound_once", until="latest_rises")
    yield _requested_host_guard()
    yield from entity_guards(PROJECTS, Project, dialect, since="latest_rises")
    yield _successful_guard(dialect)
    yield from entity_guards(JOBS, Job, dialect, since="warnings_rise")
    yield _prompted_guard(dialect)
    yield _spec_prompt_guard(dialect)
    yield task_entity_guard(JOBS, STAGE_LIFECYCLES, dialect)


def _requested_host_guard() -> Guard:
    """Refuse a repository on another host than the one that was asked for it."""
    return Guard(
        table=PROJECTS,
        rule="requested_host",
        event="UPDATE",
        condition=(
            f"OLD.status <> '{ProjectStatus.REQUESTED}' OR NEW.status <> '{ProjectStatus.BOUND}'"
            " OR NEW.repository_host = OLD.repository_host"
        ),
    )


def _successful_guard(dialect: str) -> Guard:
    """Refuse a latest successful job that is no successful job of the project.

    A job never leaves a successful state, so the guard stands in for a foreign key.
    """
    is_latest = (
        "job.id = NEW.latest_successful_job_id AND job.project_id = NEW.id"
        " AND job.number = NEW.latest_successful_job_number"
        f" AND job.status IN ({quoted(SUCCESSFUL)})"
    )
    return Guard(
        table=PROJECTS,
        rule="latest_successful",
        event="UPDATE",
        condition=(
            "NEW.latest_successful_job_id IS NULL"
            f" OR EXISTS (SELECT 1 FROM {qualified_name(JOBS, dialect)} AS job WHERE {is_latest})"
        ),
        row_filter="NEW.latest_successful_job_id IS NOT NULL",
    )


def _prompted_guard(dialect: str) -> Guard:
    """Refuse a new job whose prompt, number and time are not those of the project's last prompt."""
    is_last = (
        "project.id = NEW.project_id AND project.prompt_count = NEW.number"
        " AND record.project_id = NEW.project_id AND record.number = NEW.number"
        " AND record.prompt = NEW.prompt AND record.timestamp = NEW.created_at"
    )
    return Guard(
        table=JOBS,
        rule="prompted",
        event="INSERT",
        condition=(
            f"EXISTS (SELECT 1 FROM {qualified_name(PROJECTS, dialect)} AS project,"
            f" {qualified_name(PROMPTS, dialect)} AS record WHERE {is_last})"
        ),
    )


def _spec_prompt_guard(dialect: str) -> Guard:
    """Refuse a specification with another prompt than its job has."""
    is_same = f"job.id = NEW.job_id AND job.prompt = {_PROMPT_OF_SPEC[dialect]}"
    return Guard(
        table=SPECS,
        rule="has_prompt",
        event="INSERT",
        condition=(
            f"EXISTS (SELECT 1 FROM {qualified_name(JOBS, dialect)} AS job WHERE {is_same})"
        ),
    )
