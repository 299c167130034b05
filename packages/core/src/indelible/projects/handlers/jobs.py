"""The handlers of commands on jobs.

A transaction locks in this order: the job's task, the project, the job. A worker completes a task
before it ends the job, so that a cancellation locks the task first too. No other order is allowed:
two transactions could wait for each other.
"""

from contextlib import suppress
from typing import Final

from indelible.kernel import Head
from indelible.kernel.task_errors import TaskEnded, TaskNotFound
from indelible.projects import commands
from indelible.projects.entities.jobs import END_ACTIONS, Job
from indelible.projects.entities.projects import Project
from indelible.projects.entities.values import NO_OUTPUT, ArchitectureSpec, OutputBatch
from indelible.projects.errors import JobAlreadyRunning, JobNotFound
from indelible.projects.handlers.saving import save, save_job, with_nodes, with_prompt
from indelible.projects.lifecycle import JobStatus
from indelible.projects.repositories import ProjectsWrite
from indelible.projects.rules.tasks import PROCESS_JOB_STAGE

CANCELED: Final = "CANCELED"


def create_job(tx: ProjectsWrite, command: commands.CreateJob) -> Head[Job]:
    """Create a pending job and enqueue its task; the project gets its prompt and its nodes."""
    head = tx.projects.projects.lock(command.project_id)
    head.entity.require_owner(command.user_id)
    spec = command.architecture_spec
    return _create_job(tx, with_nodes(tx, head, spec.nodes), spec)


def start_job(tx: ProjectsWrite, command: commands.StartJob) -> Head[Job]:
    """Start a pending job.

    Raises:
        JobAlreadyRunning: Another job of the project is running.
    """
    head = lock_with_project(tx, command.job_id)[1]
    job = head.entity.started(now=tx.clock.now())
    running = {"project_id": job.project_id, "status": JobStatus.RUNNING}
    if tx.projects.jobs.find(running, limit=1):
        raise JobAlreadyRunning(job.project_id)

    return save_job(tx, head, job, "start", NO_OUTPUT)


def record_progress(tx: ProjectsWrite, command: commands.RecordProgress) -> Head[Job]:
    """Add output to a running job; a progress that has nothing to store changes nothing."""
    head = tx.projects.jobs.lock(command.job_id)
    job = head.entity.require_running()
    batch = job.accepted(OutputBatch(logs=command.logs, warnings=command.warnings))
    if batch.is_empty and command.phase in (None, job.phase):
        return head

    progressed = job.progressed(batch, phase=command.phase, now=tx.clock.now())
    return save_job(tx, head, progressed, "progress", batch)


def finish_job(tx: ProjectsWrite, command: commands.FinishJob) -> Head[Job]:
    """End a running job successfully; the project's latest successful job moves with it."""
    project_head, head = lock_with_project(tx, command.job_id)
    batch = head.entity.accepted(OutputBatch(logs=command.logs, warnings=command.warnings))
    job = head.entity.finished(command.result, batch, now=tx.clock.now())
    saved = save_job(tx, head, job, END_ACTIONS[job.status], batch)
    _update_latest_job(tx, project_head, job)
    return saved


def fail_job(tx: ProjectsWrite, command: commands.FailJob) -> Head[Job]:
    """End a pending or running job as failed."""
    head = tx.projects.jobs.lock(command.job_id)
    return _fail(
        tx, head, command.reason, OutputBatch(logs=command.logs, warnings=command.warnings)
    )


def cancel_job(tx: ProjectsWrite, command: commands.CancelJob) -> Head[Job]:
    """End a user's pending or running job as failed, and cancel its task.

    The task of a job may have ended already, with its completion still to be recorded.
    """
    tx.projects.jobs.get(command.job_id).entity.require_owner(command.user_id)
    with suppress(TaskNotFound, TaskEnded):
        tx.tasks.cancel(PROCESS_JOB_STAGE, command.job_id)

    head = tx.projects.jobs.load(command.job_id, expected_seq=command.expected_seq)
    return _fail(tx, head, f"{CANCELED}: {command.reason}", NO_OUTPUT)


def retry_job(tx: ProjectsWrite, command: commands.RetryJob) -> Head[Job]:
    """Create a new job with the specification of a failed one; the project keeps its nodes.

    Raises:
        JobNotFailed: The job has not failed.
    """
    job = tx.projects.jobs.get(command.job_id).entity
    job.require_owner(command.user_id).require_failed()
    spec = tx.projects.jobs.spec(job.id).architecture_spec
    return _create_job(tx, tx.projects.projects.lock(job.project_id), spec)


def update_latest_job(tx: ProjectsWrite, project_id: str, job_id: str) -> Head[Project]:
    """Point a project to a successful job of its own, unless a later one has succeeded.

    Raises:
        JobNotFound: The project has no such job.
        JobNotSuccessful: The job has not succeeded.
    """
    head = tx.projects.projects.lock(project_id)
    job = tx.projects.jobs.get(job_id).entity
    if job.project_id != project_id:
        raise JobNotFound(job_id)

    return _update_latest_job(tx, head, job.require_successful())


def lock_with_project(tx: ProjectsWrite, job_id: str) -> tuple[Head[Project], Head[Job]]:
    """Return a job's project and the job, locked in this order."""
    project_id = tx.projects.jobs.get(job_id).entity.project_id
    return tx.read_together(
        lambda: tx.projects.projects.lock(project_id), lambda: tx.projects.jobs.lock(job_id)
    )


def _create_job(tx: ProjectsWrite, head: Head[Project], spec: ArchitectureSpec) -> Head[Job]:
    """Create a job of a locked project; its number is that of the prompt that it adds."""
    head = with_prompt(tx, head, spec.prompt, spec.metadata)
    job = Job.of_project(head.entity, spec, job_id=tx.ids.new())
    records = (job.new_output(NO_OUTPUT), job.new_spec(spec))
    saved = save(tx, tx.projects.jobs, None, job, "create", records)
    tx.tasks.enqueue(PROCESS_JOB_STAGE, {job.id: job.created_at})
    return saved


def _fail(tx: ProjectsWrite, head: Head[Job], reason: str, batch: OutputBatch) -> Head[Job]:
    accepted = head.entity.accepted(batch)
    job = head.entity.failed(reason, accepted, now=tx.clock.now())
    return save_job(tx, head, job, "fail", accepted)


def _update_latest_job(tx: ProjectsWrite, head: Head[Project], job: Job) -> Head[Project]:
    """Point the project to a successful job, unless one that was created later has succeeded."""
    if not head.entity.is_newer_success(job.number):
        return head

    project = head.entity.with_latest_job(job.id, job.number, now=tx.clock.now())
    return save(tx, tx.projects.projects, head, project, "update_latest_job")
