"""The handlers of projects and jobs: one function for each command, and the only writers.

A transaction locks in this order: the job's task, the project, the job. A worker completes a task
before it ends the job, so that a cancellation locks the task first too. No other order is allowed:
two transactions could wait for each other.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final, TypeVar

from indelible.kernel import Head
from indelible.kernel.aggregates import Aggregate, change_for
from indelible.kernel.history import AggregateRepository, Record
from indelible.kernel.json_objects import JsonObject, JsonObjects
from indelible.kernel.task_errors import TaskEnded, TaskNotFound
from indelible.projects import commands
from indelible.projects.commands import JobSaved, ProjectSaved
from indelible.projects.entities import (
    NO_OUTPUT,
    ArchitectureSpec,
    Job,
    OutputBatch,
    Project,
)
from indelible.projects.entities.jobs import END_ACTIONS
from indelible.projects.errors import JobAlreadyRunning, JobNotFound
from indelible.projects.lifecycle import JobStatus
from indelible.projects.ports import ProjectsWrite
from indelible.projects.rules.tasks import PROCESS_JOB_STAGE

CANCELED: Final = "CANCELED"

E = TypeVar("E", bound=Aggregate)


def create_project(tx: ProjectsWrite, command: commands.CreateProject) -> ProjectSaved:
    """Create a project without nodes, prompts or a repository."""
    project = Project.create(
        "create",
        now=tx.clock.now(),
        id=tx.ids.new(),
        user_id=command.user_id,
        name=command.name,
        description=command.description,
    )
    return _project_saved(_save(tx, tx.projects.projects, None, project, "create"))


def rename_project(tx: ProjectsWrite, command: commands.RenameProject) -> ProjectSaved:
    """Change the name of a project, and its description where one is given."""
    head = _load_project(tx, command)
    project = head.entity.renamed(command.name, command.description, now=tx.clock.now())
    return _project_saved(_save(tx, tx.projects.projects, head, project, "rename"))


def set_nodes(tx: ProjectsWrite, command: commands.SetNodes) -> ProjectSaved:
    """Set the current nodes of a project; equal nodes change nothing."""
    head = _load_project(tx, command)
    return _project_saved(_with_nodes(tx, head, command.nodes))


def add_prompt(tx: ProjectsWrite, command: commands.AddPrompt) -> ProjectSaved:
    """Append a prompt to the history of a project."""
    head = _load_project(tx, command)
    return _project_saved(_with_prompt(tx, head, command.prompt, command.metadata))


def request_repository(tx: ProjectsWrite, command: commands.RequestRepository) -> ProjectSaved:
    """Store the repository that a project is about to ask a host for.

    A project that is bound, or has requested the same repository, stays as it is.
    """
    head = tx.projects.projects.lock(command.project_id)
    project = head.entity
    if project.repository is not None or project.has_requested(command.host, command.name):
        return _project_saved(head)

    requesting = project.requesting_repository(command.host, command.name, now=tx.clock.now())
    return _project_saved(_save(tx, tx.projects.projects, head, requesting, "request_repository"))


def set_github_repo_url(tx: ProjectsWrite, command: commands.SetGithubRepoUrl) -> ProjectSaved:
    """Bind a project to its repository.

    Raises:
        RepositoryAlreadySet: The project is bound already.
        InvalidTransition, RepositoryNotRequested: The project has not requested the repository.
    """
    head = tx.projects.projects.lock(command.project_id)
    bound = head.entity.bound_to(command.repository, now=tx.clock.now())
    return _project_saved(_save(tx, tx.projects.projects, head, bound, "set_github_repo_url"))


def create_job(tx: ProjectsWrite, command: commands.CreateJob) -> JobSaved:
    """Create a pending job and enqueue its task; the project gets its prompt and its nodes."""
    head = tx.projects.projects.lock(command.project_id)
    head.entity.require_owner(command.user_id)
    return _create_job(tx, head, command.architecture_spec)


def lock_with_project(tx: ProjectsWrite, job_id: str) -> tuple[Head[Project], Head[Job]]:
    """Return a job's project and the job, locked in this order."""
    project_id = tx.projects.jobs.get(job_id).entity.project_id
    return tx.projects.projects.lock(project_id), tx.projects.jobs.lock(job_id)


def start_job(tx: ProjectsWrite, command: commands.StartJob) -> JobSaved:
    """Start a pending job.

    Raises:
        JobAlreadyRunning: Another job of the project is running.
    """
    head = lock_with_project(tx, command.job_id)[1]
    job = head.entity.started(now=tx.clock.now())
    running = {"project_id": job.project_id, "status": JobStatus.RUNNING}
    if tx.projects.jobs.find(running, limit=1):
        raise JobAlreadyRunning(job.project_id)

    return _job_saved(_save_job(tx, head, job, "start", NO_OUTPUT))


def record_progress(tx: ProjectsWrite, command: commands.RecordProgress) -> JobSaved:
    """Add output to a running job; a progress that has nothing to store changes nothing."""
    head = tx.projects.jobs.lock(command.job_id)
    job = head.entity.require_running()
    batch = job.accepted(OutputBatch(logs=command.logs, warnings=command.warnings))
    if batch.is_empty and command.phase in (None, job.phase):
        return _job_saved(head)

    progressed = job.progressed(batch, phase=command.phase, now=tx.clock.now())
    return _job_saved(_save_job(tx, head, progressed, "progress", batch))


def finish_job(tx: ProjectsWrite, command: commands.FinishJob) -> JobSaved:
    """End a running job successfully; the project's latest successful job moves with it."""
    project_head, head = lock_with_project(tx, command.job_id)
    batch = head.entity.accepted(OutputBatch(logs=command.logs, warnings=command.warnings))
    job = head.entity.finished(command.result, batch, now=tx.clock.now())
    saved = _save_job(tx, head, job, END_ACTIONS[job.status], batch)
    _update_latest_job(tx, project_head, job)
    return _job_saved(saved)


def update_latest_job(tx: ProjectsWrite, project_id: str, job_id: str) -> ProjectSaved:
    """Point a project to a successful job of its own, unless a later one has succeeded.

    Raises:
        JobNotFound: The project has no such job.
        JobNotSuccessful: The job has not succeeded.
    """
    head = tx.projects.projects.lock(project_id)
    job = tx.projects.jobs.get(job_id).entity
    if job.project_id != project_id:
        raise JobNotFound(job_id)

    return _project_saved(_update_latest_job(tx, head, job.require_successful()))


def fail_job(tx: ProjectsWrite, command: commands.FailJob) -> JobSaved:
    """End a pending or running job as failed."""
    head = tx.projects.jobs.lock(command.job_id)
    return _fail(
        tx, head, command.reason, OutputBatch(logs=command.logs, warnings=command.warnings)
    )


def cancel_job(tx: ProjectsWrite, command: commands.CancelJob) -> JobSaved:
    """End a user's pending or running job as failed, and cancel its task.

    The task of a job may have ended already, with its completion still to be recorded.
    """
    tx.projects.jobs.get(command.job_id).entity.require_owner(command.user_id)
    with suppress(TaskNotFound, TaskEnded):
        tx.tasks.cancel(PROCESS_JOB_STAGE, command.job_id)

    head = tx.projects.jobs.load(command.job_id, expected_seq=command.expected_seq)
    return _fail(tx, head, f"{CANCELED}: {command.reason}", NO_OUTPUT)


def retry_job(tx: ProjectsWrite, command: commands.RetryJob) -> JobSaved:
    """Create a new job with the specification of a failed one.

    Raises:
        JobNotFailed: The job has not failed.
    """
    job = tx.projects.jobs.get(command.job_id).entity
    job.require_owner(command.user_id).require_failed()
    spec = tx.projects.jobs.spec(job.id).architecture_spec
    return _create_job(tx, tx.projects.projects.lock(job.project_id), spec)


def _load_project(tx: ProjectsWrite, command: commands.ProjectCommand) -> Head[Project]:
    """Return the locked project. Another user's project is not found, whatever the seq."""
    repository = tx.projects.projects
    repository.get(command.project_id).entity.require_owner(command.user_id)
    return repository.load(command.project_id, expected_seq=command.expected_seq)


def _with_nodes(tx: ProjectsWrite, head: Head[Project], nodes: JsonObjects) -> Head[Project]:
    if head.entity.current_nodes == nodes:
        return head

    project = head.entity.with_nodes(nodes, now=tx.clock.now())
    return _save(tx, tx.projects.projects, head, project, "set_nodes")


def _with_prompt(
    tx: ProjectsWrite, head: Head[Project], prompt: str, metadata: JsonObject
) -> Head[Project]:
    project = head.entity.with_prompt(now=tx.clock.now())
    record = project.new_prompt(prompt, metadata)
    return _save(tx, tx.projects.projects, head, project, "add_prompt", (record,))


def _create_job(tx: ProjectsWrite, head: Head[Project], spec: ArchitectureSpec) -> JobSaved:
    """Create a job of a locked project; its number is that of the prompt that it adds."""
    head = _with_nodes(tx, head, spec.nodes)
    head = _with_prompt(tx, head, spec.prompt, spec.metadata)
    job = Job.of_project(head.entity, spec, job_id=tx.ids.new())
    records = (job.new_output(NO_OUTPUT), job.new_spec(spec))
    saved = _save(tx, tx.projects.jobs, None, job, "create", records)
    tx.tasks.enqueue(PROCESS_JOB_STAGE, {job.id: job.created_at})
    return _job_saved(saved)


def _fail(tx: ProjectsWrite, head: Head[Job], reason: str, batch: OutputBatch) -> JobSaved:
    accepted = head.entity.accepted(batch)
    job = head.entity.failed(reason, accepted, now=tx.clock.now())
    return _job_saved(_save_job(tx, head, job, "fail", accepted))


def _update_latest_job(tx: ProjectsWrite, head: Head[Project], job: Job) -> Head[Project]:
    """Point the project to a successful job, unless one that was created later has succeeded."""
    if not head.entity.is_newer_success(job.number):
        return head

    project = head.entity.with_latest_job(job.id, job.number, now=tx.clock.now())
    return _save(tx, tx.projects.projects, head, project, "update_latest_job")


def _save_job(
    tx: ProjectsWrite, head: Head[Job], job: Job, action: str, batch: OutputBatch
) -> Head[Job]:
    return _save(tx, tx.projects.jobs, head, job, action, (job.new_output(batch),))


def _save(
    tx: ProjectsWrite,
    repository: AggregateRepository[E],
    head: Head[E] | None,
    entity: E,
    action: str,
    records: Sequence[Record] = (),
) -> Head[E]:
    """Save an aggregate with its change and records, and return the new head."""
    change = change_for(tx, head, entity, action, records=records)
    repository.save(change, entity, records)
    return Head(entity=entity, revision=change.revision)


def _project_saved(head: Head[Project]) -> ProjectSaved:
    return ProjectSaved(project=head.entity, seq=head.revision.seq)


def _job_saved(head: Head[Job]) -> JobSaved:
    return JobSaved(job=head.entity, seq=head.revision.seq)
