"""The tables of projects: two heads, projects and jobs, with their records."""

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.schema import SchemaItem

from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.records import JobOutput, JobSpec, ProjectPrompt
from indelible.projects.entities.values import MAX_LINES_PER_OUTPUT, MAX_WARNINGS_PER_OUTPUT
from indelible_sql.schema.checks import number_or_null
from indelible_sql.schema.columns import (
    C_COLLATED_TEXT,
)
from indelible_sql.schema.entity_conditions import entity_checks
from indelible_sql.schema.entity_tables import entity_head, entity_record, previous_key
from indelible_sql.schema.tables import key


def _at_most(column: str, limit: int) -> tuple[SchemaItem, ...]:
    """Return the check that a list of JSON has at most so many items, for each database."""
    name = f"job_outputs_{column}_size"
    return (
        CheckConstraint(f"json_array_length({column}) <= {limit}", name=name).ddl_if(
            dialect="sqlite"
        ),
        CheckConstraint(f"{column} -> {limit} IS NULL", name=name).ddl_if(dialect="postgresql"),
    )


def _success_checks() -> tuple[SchemaItem, ...]:
    """Return the check that a success has a commit and no warning, or has a warning."""
    commits = {
        "sqlite": "CASE WHEN json_valid(result) THEN json_extract(result, '$.commit') END",
        "postgresql": "(result ->> 'commit')",
    }
    checks: list[SchemaItem] = []
    for dialect, commit in commits.items():
        condition = (
            f"CASE status WHEN 'completed' THEN warning_count = 0 AND {commit} IS NOT NULL"
            " WHEN 'completed_with_warnings' THEN warning_count > 0 ELSE TRUE END"
        )
        check = CheckConstraint(condition, name="jobs_success_has_reason")
        checks.append(check.ddl_if(dialect=dialect))

    return tuple(checks)


PROJECTS = entity_head(
    "projects",
    Project,
    # The last prompt, NULL before the first.
    number_or_null("prompt_number", "prompt_count"),
    UniqueConstraint("user_id", "id", name="projects_owner"),
    key(
        "projects_prompt",
        ["id", "prompt_number"],
        "project_prompts",
        ["project_id", "number"],
        deferred=True,
    ),
    CheckConstraint("trim(name) <> ''", name="projects_name_not_blank"),
    *entity_checks("projects", Project),
    # By hand: `seq` is no field; a project is new in the domain until its times differ.
    CheckConstraint(
        "(latest_successful_job_id IS NULL) = (latest_successful_job_number IS NULL)"
        " AND (seq > 1 OR latest_successful_job_id IS NULL)",
        name="projects_latest_job",
    ),
    Index("projects_created_at", "user_id", "created_at", "id"),
    Index("projects_updated_at", "user_id", "updated_at", "id"),
    Index("projects_name", "user_id", "name", "id"),
    # Lists are ordered by the name.
    types={"name": C_COLLATED_TEXT},
)
JOBS = entity_head(
    "jobs",
    Job,
    UniqueConstraint("user_id", "id", name="jobs_owner"),
    UniqueConstraint("project_id", "number", name="jobs_number"),
    key("jobs_project", ["user_id", "project_id"], "projects", ["user_id", "id"]),
    key(
        "jobs_output",
        ["id", "output_number"],
        "job_outputs",
        ["job_id", "number"],
        deferred=True,
    ),
    key("jobs_spec", ["id"], "job_specs", ["job_id"], deferred=True),
    *entity_checks("jobs", Job),
    # By hand: the databases read a value of JSON in different ways.
    *_success_checks(),
    Index("jobs_status", "status", "id"),
)
PROMPTS = entity_record(
    "project_prompts",
    ProjectPrompt,
    Project,
    key("project_prompts_project", ["project_id"], "projects", ["id"]),
    previous_key("project_prompts", ProjectPrompt, Project),
)
SPECS = entity_record(
    "job_specs",
    JobSpec,
    Job,
    UniqueConstraint("job_id", name="job_specs_job_id"),
    key("job_specs_job", ["job_id"], "jobs", ["id"]),
    # By hand: the core refuses a second one as one record too many of a change.
    CheckConstraint("number = 1", name="job_specs_first"),
    has_previous=False,
)
OUTPUTS = entity_record(
    "job_outputs",
    JobOutput,
    Job,
    key("job_outputs_job", ["job_id"], "jobs", ["id"]),
    previous_key("job_outputs", JobOutput, Job),
    # By hand: the databases count the items of a list in different ways.
    *_at_most("logs", MAX_LINES_PER_OUTPUT),
    *_at_most("warnings", MAX_WARNINGS_PER_OUTPUT),
)
