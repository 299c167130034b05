"""Illegal writes to projects, jobs, prompts, specifications and output.

Those that are generated for every head, column and record come in addition.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Table, delete, update
from tests.guards.attack_parts import Kind, Write, further_step
from tests.guards.attacks_on_heads import changed_birth, changed_step
from tests.guards.project_rows import (
    SPEC_VALUES,
    ProjectSituation,
    record_of,
    record_writes,
    without_record,
)
from tests.guards.raw_database import Statement
from tests.guards.raw_sql import NULL, by_rowid, raw
from tests.guards.situation import Situation
from tests.guards.writes import DAY, Step, head_write, insert_change, step_writes

from indelible.projects.entities.values import MAX_LINES_PER_OUTPUT, MAX_WARNINGS_PER_OUTPUT
from indelible_sql.projects.tables import JOBS, OUTPUTS, PROJECTS, PROMPTS, SPECS

StepOf = Callable[[ProjectSituation], Step]

LINE = {"ts": "2026-01-01T00:00:00.000000+00:00", "level": "info", "message": "A line."}
OTHER_URL = "https://git.example.org/other"


def _changed(step_of: StepOf, **columns: object) -> Write:
    """Return a legal step with some columns of its head changed."""
    return lambda s: step_writes(step_of(s.projects), **columns)


def _with_record(step_of: StepOf, table: str, **columns: object) -> Write:
    """Return a legal step with some columns of one of its records changed."""
    return lambda s: record_writes(step_of(s.projects), **{table: columns})


def _completed(s: ProjectSituation) -> Step:
    return s.completed


def _with_warnings(s: ProjectSituation) -> Step:
    return s.completed_with_warnings


def _failed(s: ProjectSituation) -> Step:
    return s.failed


def _progressed(s: ProjectSituation) -> Step:
    return s.progressed


def _warned(s: ProjectSituation) -> Step:
    return s.warned


def _birth(s: ProjectSituation) -> Step:
    return s.birth


def _prompted(s: ProjectSituation) -> Step:
    return s.prompted


def _requested(s: ProjectSituation) -> Step:
    return s.requested


def _bound(s: ProjectSituation) -> Step:
    return s.bound


def _latest(job_of: Callable[[ProjectSituation], object], number: object) -> Write:
    """Return a step that sets the latest successful job of the first project."""

    def write(s: Situation) -> Sequence[Statement]:
        return step_writes(
            s.projects.latest,
            latest_successful_job_id=job_of(s.projects),
            latest_successful_job_number=number,
        )

    return write


def _progress_and_end(s: Situation) -> Sequence[Statement]:
    """Return two steps of the running job, of which only the second adds its output."""
    progress = s.projects.progressed
    output_number = progress.change.version + 1
    end = s.projects.failed
    columns = {
        "output_number": output_number,
        "seq": progress.change.seq + 1,
        "updated_at": progress.change.at + DAY,
        "completed_at": progress.change.at + DAY,
    }
    return (
        head_write(progress),
        insert_change(progress.change),
        head_write(end, **columns),
        record_of(end, OUTPUTS, number=output_number, written_at=progress.change.at + DAY),
    )


def _ended_again(s: Situation) -> Sequence[Statement]:
    """Return a completion, and another end after it."""
    end = s.projects.completed.change
    return *step_writes(s.projects.completed), *further_step(end, action="fail", to_state="failed")


LEGAL_ON_PROJECTS: Kind = {
    "a job writes output": lambda s: step_writes(s.projects.progressed),
    "a job is completed": lambda s: step_writes(s.projects.completed),
    "a job fails": lambda s: step_writes(s.projects.failed),
    "a job with a warning writes output": lambda s: step_writes(s.projects.warned),
    "a project gets a prompt": lambda s: step_writes(s.projects.prompted),
    "a project requests a repository": lambda s: step_writes(s.projects.requested),
    "a project is bound to a repository": lambda s: step_writes(s.projects.bound),
}

# Well-formed but wrong values, which no database can refuse.
LIES_ON_PROJECTS: Kind = {
    "a specification that does not match its digest": _with_record(
        _birth, "job_specs", architecture_spec={**SPEC_VALUES, "description": "Another one."}
    ),
    "output that does not match its digest": _with_record(_progressed, "job_outputs", logs=[LINE]),
    "a prompt that does not match its digest": _with_record(
        _prompted, "project_prompts", metadata={"version": 2}
    ),
    "a success that its project does not point to": lambda s: step_writes(s.projects.unnoticed),
}

# What SQLite accepts with foreign keys off.
WITHOUT_PROJECT_RECORD: Mapping[str, Kind] = {
    "a job or project without its record": {
        "a job without its specification": lambda s: without_record(s.projects.birth, SPECS),
        "a job without its first output": lambda s: without_record(s.projects.birth, OUTPUTS),
        "a progress without its output": lambda s: without_record(s.projects.progressed, OUTPUTS),
        "an end without its output": lambda s: without_record(s.projects.failed, OUTPUTS),
        "a prompt that is counted and not stored": lambda s: without_record(
            s.projects.prompted, PROMPTS
        ),
    },
}

ON_PROJECTS: Mapping[str, Kind] = {
    "a record of a project rewritten": {
        "a specification with another node": lambda _: (
            update(SPECS).values(architecture_spec={"nodes": []}),
        ),
        "a specification with another digest": lambda _: (
            update(SPECS).values(spec_digest="b" * 64),
        ),
        "specifications, deleted": lambda _: (delete(SPECS),),
        "a new job without its specification again": lambda s: (
            *step_writes(s.projects.birth),
            delete(SPECS).where(SPECS.c.job_id == "new"),
        ),
        "output with other lines": lambda _: (update(OUTPUTS).values(logs=[LINE]),),
        "warnings that disappear": lambda _: (update(OUTPUTS).values(warnings=[]),),
        "output of another job": lambda s: (update(OUTPUTS).values(job_id=s.projects.failed_id),),
        "output, deleted": lambda s: (
            delete(OUTPUTS).where(OUTPUTS.c.job_id == s.projects.running_id),
        ),
        "a prompt with another text": lambda _: (update(PROMPTS).values(prompt="Build more."),),
        "a prompt of another time": lambda _: (
            update(PROMPTS).values(timestamp=raw("'2026-01-01T00:00:00.000000+00:00'")),
        ),
        "prompts, deleted": lambda _: (delete(PROMPTS),),
    },
    "a record that its job or project does not show": {
        "output alone": lambda s: (record_of(s.projects.progressed, OUTPUTS),),
        "output of a number too high": _with_record(_progressed, "job_outputs", number=9),
        "output at another time": _with_record(
            _progressed, "job_outputs", written_at=raw("'2026-01-01T00:00:00.000000+00:00'")
        ),
        "output of no job": _with_record(_progressed, "job_outputs", job_id="nothing"),
        "output, added twice": lambda s: (
            *step_writes(s.projects.progressed),
            record_of(s.projects.progressed, OUTPUTS),
        ),
        "output of a job that has ended": lambda s: (
            record_of(s.projects.progressed, OUTPUTS, job_id=s.projects.completed_id),
        ),
        "two steps with one output": _progress_and_end,
        "a second specification of a running job": lambda s: (
            record_of(s.projects.birth, SPECS, job_id=s.projects.running_id),
        ),
        "a specification that a progress adds": lambda s: (
            *step_writes(s.projects.progressed),
            record_of(
                s.projects.birth,
                SPECS,
                job_id=s.projects.running_id,
                number=s.projects.progressed.change.version,
                created_at=s.projects.progressed.change.at,
            ),
        ),
        "a specification of another digest than its job's": _with_record(
            _birth, "job_specs", spec_digest="b" * 64
        ),
        "a specification at another time": _with_record(
            _birth, "job_specs", created_at=raw("'2026-01-01T00:00:00.000000+00:00'")
        ),
        "a specification with another prompt than its job's": _with_record(
            _birth, "job_specs", architecture_spec={"prompt": "Build something else."}
        ),
        "a specification without a prompt": _with_record(_birth, "job_specs", architecture_spec={}),
        "a prompt alone": lambda s: (record_of(s.projects.prompted, PROMPTS),),
        "a prompt of a number too high": _with_record(_prompted, "project_prompts", number=99),
        "a prompt at another time": _with_record(
            _prompted,
            "project_prompts",
            timestamp=raw("'2026-01-01T00:00:00.000000+00:00'"),
        ),
        "a prompt of no project": _with_record(_prompted, "project_prompts", project_id="nothing"),
        "a prompt, added twice": lambda s: (
            *step_writes(s.projects.prompted),
            record_of(s.projects.prompted, PROMPTS),
        ),
    },
    "a rule of jobs broken": {
        "a second running job of a project": lambda s: step_writes(s.projects.started),
        "a job that is born running beside another": lambda s: step_writes(
            s.projects.birth, project_id=s.projects.project_id, status="running"
        ),
        "a job that starts without its specification": lambda s: (
            *without_record(s.projects.birth, SPECS),
            *further_step(
                s.projects.birth.change,
                action="start",
                to_state="running",
                adds_version=1,
                version=2,
            ),
        ),
        "a job that ends twice": _ended_again,
        "a running job that is pending again": lambda s: (
            head_write(s.projects.progressed, status="pending"),
            record_of(s.projects.progressed, OUTPUTS),
            insert_change(s.projects.progressed.change, action="start", to_state="pending"),
        ),
        "a job that is completed from pending": lambda s: (
            head_write(s.projects.started, status="completed"),
            *s.projects.started.records,
            insert_change(s.projects.started.change, action="complete", to_state="completed"),
        ),
        "a job that is completed without a result": _changed(_completed, result=NULL),
        "a job that is completed without a commit": _changed(
            _completed, result={"commit": None, "files": []}
        ),
        "a job that is completed with a forgotten warning": _changed(_completed, warning_count=1),
        "a job that is completed with warnings, and has none": _changed(
            _with_warnings, warning_count=0
        ),
        "a job that ends at no time": _changed(_completed, completed_at=NULL),
        "a job that ends at another time than its change": _changed(
            _failed, completed_at=raw("'2026-01-01T00:00:00.000000+00:00'")
        ),
        "a running job with an end": _changed(_progressed, completed_at=JOBS.c.updated_at),
        "a running job with a result": _changed(_progressed, result={"commit": "a"}),
        "a failed job without a reason": _changed(_failed, failure_reason=NULL),
        "a running job with a reason of failure": _changed(_progressed, failure_reason="a fault"),
        "a job in an unknown phase": _changed(_progressed, phase="celebrate"),
        "a job that forgets its warnings": _changed(_warned, warning_count=0),
        "101 lines in one output": _with_record(
            _progressed, "job_outputs", logs=[LINE] * (MAX_LINES_PER_OUTPUT + 1)
        ),
        "101 warnings in one output": _with_record(
            _progressed, "job_outputs", warnings=["A warning."] * (MAX_WARNINGS_PER_OUTPUT + 1)
        ),
        "a job with another prompt than its project's": _changed(_birth, prompt="Another one."),
        "a job of a prompt that does not exist": _changed(_birth, number=9),
        "a job of another user's project": _changed(_birth, user_id="noor"),
        "a job of no project": _changed(_birth, project_id="nothing"),
        "a second job of a prompt": lambda s: step_writes(
            s.projects.birth, project_id=s.projects.project_id, number=1
        ),
        "a job that is born with a warning count below zero": changed_birth(JOBS, warning_count=-1),
    },
    "a rule of projects broken": {
        "another address of a bound project": changed_step(PROJECTS, github_repo_url=OTHER_URL),
        "a bound project without an address": changed_step(PROJECTS, github_repo_url=NULL),
        "a bound project that is unbound again": changed_step(PROJECTS, status="unbound"),
        "a project with an address that it did not ask for": _changed(
            _requested, github_repo_url=OTHER_URL
        ),
        "a request without a name": _changed(_requested, repository_name=NULL),
        "a request without a host": _changed(_requested, repository_host=NULL),
        "a new project with a repository": changed_birth(
            PROJECTS, repository_host="local", repository_name="library"
        ),
        "a binding without an address": _changed(_bound, github_repo_url=NULL),
        "a binding without the host's own id": _changed(_bound, repository_id=NULL),
        "a binding on another host": _changed(_bound, repository_host="github"),
        "an older successful job": _latest(lambda s: s.successful_id, 1),
        "a failed job as the latest successful one": _latest(lambda s: s.failed_id, 4),
        "a pending job as the latest successful one": _latest(lambda s: s.pending_id, 5),
        "a successful job under another number": _latest(lambda s: s.completed_id, 4),
        "a successful job of another project": _latest(lambda s: s.foreign_successful_id, 3),
        "no latest successful job any more": _latest(lambda _: NULL, NULL),
        "a latest successful job without its number": _latest(lambda s: s.completed_id, NULL),
        "a latest successful job that does not exist": _latest(lambda _: "nothing", 9),
        "a new project with a successful job": lambda s: step_writes(
            s.births["projects"],
            latest_successful_job_id=s.projects.completed_id,
            latest_successful_job_number=3,
        ),
        "a prompt that is skipped": lambda s: (
            *without_record(s.projects.prompted, PROMPTS),
            *further_step(s.projects.prompted.change, action="rename"),
        ),
        "a project whose name is blank": changed_step(PROJECTS, name="  "),
        "a project that forgets a prompt": changed_step(PROJECTS, prompt_count=1),
        "a new project with a prompt": changed_birth(PROJECTS, prompt_count=1),
    },
}


def _by_rowid(step_of: StepOf, table: Table) -> Write:
    """Return a step whose record is written by INSERT OR REPLACE with a chosen rowid."""

    def write(s: Situation) -> Sequence[Statement]:
        step = step_of(s.projects)
        row = record_of(step, table).compile().params
        return head_write(step), by_rowid(table, row, 1), insert_change(step.change)

    return write


# OR REPLACE on SQLite silently deletes the rows that conflict with the new row.
REPLACED_PROJECTS: Kind = {
    "a project, replaced by another": lambda s: (
        update(PROJECTS)
        .prefix_with("OR REPLACE")
        .where(PROJECTS.c.id == s.projects.project_id)
        .values(id=s.projects.other_project_id),
    ),
    "a job, replaced by another": lambda s: (
        update(JOBS)
        .prefix_with("OR REPLACE")
        .where(JOBS.c.id == s.projects.running_id)
        .values(id=s.projects.pending_id),
    ),
    "a prompt, replaced by rowid": _by_rowid(_prompted, PROMPTS),
    "output, replaced by rowid": _by_rowid(_progressed, OUTPUTS),
    "a specification, replaced by rowid": _by_rowid(_birth, SPECS),
}
