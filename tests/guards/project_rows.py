"""The rows of projects in the situation, and raw writes of projects and jobs.

There are three projects of maya's. The first is bound to a repository and has five jobs: one that
succeeded, one that runs, one that succeeded with warnings, one that failed and one that is pending.
The second has requested a repository and has a running job with a warning, and one that succeeded.
The third has a prompt without a job.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from attrs import evolve, frozen
from sqlalchemy import Executable, Insert, Table, insert
from tests.guards.writes import AUDIT, Row, Step, head_write, insert_change, later_than

from indelible.kernel import Head
from indelible.kernel.aggregates import Aggregate, change_data, change_for
from indelible.kernel.history import Record
from indelible.kernel.values import field_values
from indelible.projects import commands
from indelible.projects.entities.jobs import Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.records import JobOutput, JobSpec, ProjectPrompt
from indelible.projects.entities.values import (
    ArchitectureSpec,
    JobResult,
    LogEntry,
    LogLevel,
    OutputBatch,
    Phase,
    Repository,
)
from indelible.projects.handlers.jobs import (
    create_job,
    fail_job,
    finish_job,
    record_progress,
    start_job,
)
from indelible.projects.handlers.projects import (
    add_prompt,
    create_project,
    request_repository,
    set_github_repo_url,
)
from indelible.testing.stores import BEGINNING, do
from indelible_sql import SqlReading, SqlStore
from indelible_sql.projects.tables import OUTPUTS, PROMPTS, SPECS

UNCHANGED: Row = MappingProxyType({})
TABLE_OF_RECORD: Mapping[type[Record], Table] = {
    ProjectPrompt: PROMPTS,
    JobOutput: OUTPUTS,
    JobSpec: SPECS,
}
PROJECT_RECORDS = tuple(TABLE_OF_RECORD.values())

SPEC = ArchitectureSpec(
    name="Library",
    description="A library that lends books.",
    prompt="Build a library that lends books.",
    nodes=({"id": "books", "type": "database", "x": 12.5},),
    edges=({"source": "web", "target": "books"},),
    metadata={"version": 1},
)
SPEC_VALUES: Mapping[str, Any] = {
    "name": SPEC.name,
    "prompt": SPEC.prompt,
    "nodes": [],
    "edges": [],
    "metadata": {},
}
LINE = LogEntry(ts=BEGINNING, level=LogLevel.INFO, message="A file was written.")
BATCH = OutputBatch(logs=(LINE,), warnings=("An unknown type.",))
RESULT = JobResult(
    commit="a" * 40,
    commit_url="https://git.example.org/library/commit/aaaa",
    files=("README.md", "main.py"),
)
REPOSITORY = Repository(
    host="local", repository_id="17", name="library", url="https://git.example.org/library"
)


@frozen(kw_only=True)
class ProjectSituation:
    """The ids of the stored rows, and legal next steps with the inserts of their records."""

    project_id: str
    other_project_id: str
    successful_id: str
    running_id: str
    completed_id: str
    failed_id: str
    pending_id: str
    foreign_successful_id: str  # of the other project

    # Steps of the running job: more output, and three ends.
    progressed: Step
    completed: Step
    completed_with_warnings: Step
    failed: Step

    # A step of the pending job, which waits for the running one, and of the job with a warning.
    started: Step
    warned: Step

    # The success of the job with a warning, the newest of its project, which does not follow.
    unnoticed: Step

    # The birth of a job of the project whose prompt has none.
    birth: Step

    # Steps of the first project: a prompt, and the latest job set again.
    prompted: Step
    latest: Step

    # A request of the third project, and the binding of the second.
    requested: Step
    bound: Step


@frozen(kw_only=True)
class ProjectIds:
    """The ids of the three projects and of their jobs in the order of creation."""

    bound: str
    requested: str
    unbound: str
    jobs: tuple[str, ...]


def settle_projects(store: SqlStore) -> ProjectIds:
    """Save the three projects with their jobs, and return their ids."""
    bound = _create_project(store)
    do(store, request_repository, _request(bound))
    bind = commands.SetGithubRepoUrl(project_id=bound, repository=REPOSITORY)
    do(store, set_github_repo_url, bind)
    jobs = [_create_job(store, bound) for _ in range(5)]
    successful, running, completed, failed, _ = jobs
    _finish(store, successful)
    _finish(store, completed, warnings=BATCH.warnings)
    fail = commands.FailJob(job_id=failed, reason="The host refused the push.", logs=(LINE,))
    do(store, start_job, commands.StartJob(job_id=failed))
    do(store, fail_job, fail)
    _start(store, running, warnings=())

    requested = _create_project(store)
    do(store, request_repository, _request(requested))
    foreign_successful = _create_job(store, requested)
    warned = _create_job(store, requested)
    _finish(store, foreign_successful)
    _start(store, warned, warnings=BATCH.warnings)

    unbound = _create_project(store)
    prompt = commands.AddPrompt(
        user_id="maya",
        project_id=unbound,
        expected_seq=1,
        prompt=SPEC.prompt,
        metadata=SPEC.metadata,
    )
    do(store, add_prompt, prompt)
    return ProjectIds(
        bound=bound,
        requested=requested,
        unbound=unbound,
        jobs=(*jobs, foreign_successful, warned),
    )


def project_situation(tx: SqlReading, ids: ProjectIds) -> ProjectSituation:
    """Return the stored ids and the legal next steps."""
    successful, running, completed, failed, pending, foreign_successful, warned = ids.jobs
    running_head = tx.projects.jobs.get(running)
    with_warning = tx.projects.jobs.get(warned)
    bound = tx.projects.projects.get(ids.bound)
    return ProjectSituation(
        project_id=ids.bound,
        other_project_id=ids.requested,
        successful_id=successful,
        running_id=running,
        completed_id=completed,
        failed_id=failed,
        pending_id=pending,
        foreign_successful_id=foreign_successful,
        completed=_completed(running_head),
        **_running_steps(running_head),
        started=_job_step(
            tx.projects.jobs.get(pending), "start", OutputBatch(), now=_next_time(tx, pending)
        ),
        warned=_progress(with_warning),
        unnoticed=_running_steps(with_warning)["completed_with_warnings"],
        birth=_birth(tx.projects.projects.get(ids.unbound).entity),
        prompted=_prompted(bound),
        latest=_project_step(bound, "update_latest_job"),
        requested=_project_step(
            tx.projects.projects.get(ids.unbound),
            "request_repository",
            repository_host=REPOSITORY.host,
            repository_name=REPOSITORY.name,
        ),
        bound=_project_step(
            tx.projects.projects.get(ids.requested),
            "set_github_repo_url",
            repository_id=REPOSITORY.repository_id,
            repository_branch=REPOSITORY.branch,
            github_repo_url=REPOSITORY.url,
        ),
    )


def record_writes(step: Step, **columns: Row) -> tuple[Executable, ...]:
    """Return all writes of a step, with some columns of its records changed, by table."""
    records: list[Insert] = []
    for record in step.records:
        records.append(record.values(columns.get(record.table.name, UNCHANGED)))

    return head_write(step), *records, insert_change(step.change)


def without_record(step: Step, table: Table) -> tuple[Executable, ...]:
    """Return all writes of a step but the insert into one table."""
    records = [record for record in step.records if record.table is not table]
    return head_write(step), *records, insert_change(step.change)


def record_of(step: Step, table: Table, **columns: object) -> Insert:
    """Return the insert of a step into one table, with some columns changed."""
    for record in step.records:
        if record.table is table:
            return record.values(columns)

    raise LookupError(table.name)


def record_with(s: ProjectSituation, table: Table, columns: Row) -> Sequence[Executable]:
    """Return a legal step that adds a record, but with these columns in it."""
    step = {PROMPTS: s.prompted, OUTPUTS: s.progressed, SPECS: s.birth}[table]
    return record_writes(step, **{table.name: columns})


def job_of_column(s: ProjectSituation, column: str) -> str:
    """Return the id of a stored job with a value in the column."""
    if column == "failure_reason":
        return s.failed_id
    return s.completed_id


def _create_project(store: SqlStore) -> str:
    create = commands.CreateProject(user_id="maya", name="Library", description="Lends books.")
    return do(store, create_project, create).entity.id


def _create_job(store: SqlStore, project_id: str) -> str:
    create = commands.CreateJob(user_id="maya", project_id=project_id, architecture_spec=SPEC)
    return do(store, create_job, create).entity.id


def _request(project_id: str) -> commands.RequestRepository:
    return commands.RequestRepository(
        project_id=project_id, host=REPOSITORY.host, name=REPOSITORY.name
    )


def _start(store: SqlStore, job_id: str, *, warnings: tuple[str, ...]) -> None:
    progress = commands.RecordProgress(
        job_id=job_id, phase=Phase.GENERATE, logs=(LINE,), warnings=warnings
    )
    do(store, start_job, commands.StartJob(job_id=job_id))
    do(store, record_progress, progress)


def _finish(store: SqlStore, job_id: str, *, warnings: tuple[str, ...] = ()) -> None:
    """Start and finish a job."""
    _start(store, job_id, warnings=warnings)
    do(store, finish_job, commands.FinishJob(job_id=job_id, result=RESULT, logs=(LINE,)))


def _next_time(tx: SqlReading, job_id: str) -> datetime:
    return later_than(tx.projects.jobs.get(job_id).entity.updated_at)


def _running_steps(head: Head[Job]) -> dict[str, Step]:
    """Return the next steps of a running job, by their names in the situation."""
    job, now = head.entity, later_than(head.entity.updated_at)
    with_warnings = job.finished(RESULT, BATCH, now=now)
    failed = job.failed("The host refused the push.", BATCH, now=now)
    return {
        "progressed": _progress(head),
        "completed_with_warnings": _step(
            head, with_warnings, "complete_with_warnings", with_warnings.new_output(BATCH)
        ),
        "failed": _step(head, failed, "fail", failed.new_output(BATCH)),
    }


def _completed(head: Head[Job]) -> Step:
    """Return the completion of a job without a warning."""
    quiet = evolve(BATCH, warnings=())
    job = head.entity.finished(RESULT, quiet, now=later_than(head.entity.updated_at))
    return _step(head, job, "complete", job.new_output(quiet))


def _progress(head: Head[Job]) -> Step:
    now = later_than(head.entity.updated_at)
    job = head.entity.progressed(BATCH, phase=Phase.COMMIT, now=now)
    return _step(head, job, "progress", job.new_output(BATCH))


def _job_step(head: Head[Job], action: str, batch: OutputBatch, *, now: datetime) -> Step:
    job = head.entity.transition(action, now=now)
    return _step(head, job, action, job.new_output(batch))


def _birth(project: Project) -> Step:
    job = Job.of_project(project, SPEC, job_id="new")
    return _step(None, job, "create", job.new_output(BATCH), job.new_spec(SPEC))


def _prompted(head: Head[Project]) -> Step:
    project = head.entity.with_prompt(now=later_than(head.entity.updated_at))
    return _step(head, project, "add_prompt", project.new_prompt(SPEC.prompt, SPEC.metadata))


def _project_step(head: Head[Project], action: str, **fields: object) -> Step:
    project = head.entity.transition(action, now=later_than(head.entity.updated_at), **fields)
    return _step(head, project, action)


def _step(head: Head[Any] | None, entity: Aggregate, action: str, *records: Record) -> Step:
    inserts: list[Insert] = []
    for record in records:
        inserts.append(insert(TABLE_OF_RECORD[type(record)]).values(field_values(record)))

    change = change_for(AUDIT, head, entity, action, records=records)
    return Step(change=change, row=dict(change_data(entity)), records=tuple(inserts))
