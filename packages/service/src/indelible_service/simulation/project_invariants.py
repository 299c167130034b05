"""The invariants of projects and jobs."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from indelible.projects.lifecycle import JOB, SUCCESSFUL, TERMINAL, JobStatus
from indelible_git.git import Git
from indelible_git.local import SUFFIX
from indelible_git.trailers import JOB_TRAILER
from indelible_service.simulation.changes import ReadChange
from indelible_service.simulation.observed import Observed

if TYPE_CHECKING:
    from indelible.projects.entities.jobs import Job
    from indelible.projects.entities.projects import Project

# Within it a janitor comes, also after crashes of the workers and the scheduler.
MAX_WORKSPACE_AGE: Final = timedelta(hours=12)
COMMITS_FORMAT: Final = f"--format=%H %(trailers:key={JOB_TRAILER},valueonly,separator=%x2C)"


def one_running_job(observed: Observed) -> Iterator[str]:
    """Yield each job that was started while another one of its project was running."""
    jobs = observed.jobs
    for change in observed.new_changes:
        if change.lifecycle != JOB.name:
            continue
        job_id = change.entity_id
        if job_id not in jobs.projects:
            jobs.projects[job_id] = observed.store.read(_job, job_id).project_id
        project_id = jobs.projects[job_id]
        other = jobs.running.get(project_id, job_id)
        if change.to_state == JobStatus.RUNNING:
            if other != job_id:
                yield f"jobs {other} and {job_id} of project {project_id} are running"
            jobs.running[project_id] = job_id
        elif other == job_id:
            jobs.running.pop(project_id, None)
        if change.to_state in SUCCESSFUL:
            jobs.succeeded.add(job_id)


def forget_lost_jobs(observed: Observed, lost: Sequence[ReadChange]) -> None:
    """Let the next checks know what a restored database has of the jobs whose changes are lost."""
    jobs = observed.jobs
    births = {change.key for change in lost if not change.prev_hash}
    for key in dict.fromkeys(change.key for change in lost):
        lifecycle, job_id = key
        if lifecycle != JOB.name:
            continue
        jobs.succeeded.discard(job_id)
        project_id = jobs.projects.pop(job_id, "")
        if jobs.running.get(project_id) == job_id:
            del jobs.running[project_id]
        if key not in births:
            _remember(observed, job_id)


def _remember(observed: Observed, job_id: str) -> None:
    """Note a job as the restored database has it."""
    job = observed.store.read(_job, job_id)
    observed.jobs.projects[job_id] = job.project_id
    if job.status == JobStatus.RUNNING:
        observed.jobs.running[job.project_id] = job_id
    if job.status in SUCCESSFUL:
        observed.jobs.succeeded.add(job_id)


def one_commit(observed: Observed) -> Iterator[str]:
    """Yield each job that the repositories have another commit of than the job itself names."""
    jobs = observed.jobs
    on_host = _commits(observed)
    for job_id, commits in sorted(on_host.items()):
        if len(commits) > 1:
            yield f"job {job_id} has the commits {', '.join(commits)}"
    for job_id in sorted(jobs.succeeded):
        result = observed.store.read(_job, job_id).result
        commit = None if result is None else result.commit
        expected = [] if commit is None else [commit]
        if on_host.get(job_id, []) != expected:
            yield f"job {job_id} names commit {commit}, and has {on_host.get(job_id)}"


def latest_job(observed: Observed) -> Iterator[str]:
    """Yield each project whose latest successful job is not its newest successful one."""
    newest: dict[str, tuple[int, str]] = {}
    for job_id in observed.jobs.succeeded:
        job = observed.store.read(_job, job_id)
        newest[job.project_id] = max(newest.get(job.project_id, (0, "")), (job.number, job.id))
    for project_id, (number, job_id) in sorted(newest.items()):
        latest = observed.store.read(_project, project_id).latest_successful_job_id
        if latest != job_id:
            yield f"project {project_id} names job {latest}, expected job {number}, {job_id}"


def workspaces_end(observed: Observed) -> Iterator[str]:
    """Yield each workspace of a job that ended long ago."""
    if observed.git is None:
        return
    limit = observed.world.clock.now() - MAX_WORKSPACE_AGE
    for job_id in observed.git.workspaces().job_ids():
        if job_id not in observed.jobs.projects:
            continue  # a restore has lost the job
        ended_at = observed.store.read(_job, job_id).completed_at
        if ended_at is not None and ended_at < limit:
            yield f"job {job_id} has a workspace, and ended at {ended_at:%Y-%m-%d %H:%M}"


def all_jobs_ended(observed: Observed) -> Iterator[str]:
    """Yield the planned jobs that were never created, and the jobs that have not ended."""
    for planned in observed.plan.jobs:
        if planned.name not in observed.builders.job_ids:
            yield f"{planned.name} was never created"
    for job_id in sorted(observed.jobs.projects):
        status = observed.store.read(_job, job_id).status
        if status not in TERMINAL:
            yield f"job {job_id} is {status}"


def _commits(observed: Observed) -> dict[str, list[str]]:
    """Return the commits of each job in all repositories; one that has not moved is not read."""
    host = observed.git
    if host is None or not host.repositories.exists():
        return {}
    jobs = observed.jobs
    commits_of_jobs: dict[str, list[str]] = {}
    for repository in sorted(host.repositories.glob(f"*{SUFFIX}")):
        tip = host.tip(repository)
        if tip and jobs.tips.get(repository) != tip:
            jobs.tips[repository] = tip
            jobs.commits[repository] = _read_commits(repository, tip)
        for job_id, commits in jobs.commits.get(repository, {}).items():
            commits_of_jobs.setdefault(job_id, []).extend(commits)
    return commits_of_jobs


def _read_commits(repository: Path, tip: str) -> dict[str, list[str]]:
    output = Git(repository=repository).output("log", COMMITS_FORMAT, tip, folder=repository)
    commits: dict[str, list[str]] = {}
    for line in output.decode().splitlines():
        commit, _, job_id = line.partition(" ")
        if job_id:
            commits.setdefault(job_id, []).append(commit)
    return commits


def _job(tx: Any, job_id: str) -> "Job":  # noqa: ANN401 - of the store
    job: Job = tx.projects.jobs.get(job_id).entity
    return job


def _project(tx: Any, project_id: str) -> "Project":  # noqa: ANN401 - of the store
    project: Project = tx.projects.projects.get(project_id).entity
    return project


HOURLY: Final = {
    "one-running-job": one_running_job,  # it comes first: it reads the new changes
    "one-commit": one_commit,
    "latest-job": latest_job,
}
DAILY: Final = {"workspaces-end": workspaces_end}
ENDS: Final = {"all-jobs-ended": all_jobs_ended}
