"""Steps of projects and jobs: each becomes a command that fits those of the oracle."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.stateful.steps import ALL, Call, Step, Twist, World, expected_seq, pick_newest

from indelible import projects
from indelible.kernel import Head
from indelible.projects import (
    ArchitectureSpec,
    Job,
    JobResult,
    LogEntry,
    LogLevel,
    Phase,
    Project,
    Repository,
)
from indelible.testing.projects.scenarios import COMMIT
from indelible.testing.stores import BEGINNING

USER = "maya"
STRANGER = "noor"
HOSTS = ("local", "github")


def all_projects(world: World) -> tuple[Head[Project], ...]:
    """Return all projects of the user."""
    return world.oracle.read(projects.list_projects, USER, limit=ALL)


def all_jobs(world: World) -> list[Head[Job]]:
    """Return all jobs of the user, those of the oldest project first."""
    jobs: list[Head[Job]] = []
    for saved in all_projects(world):
        jobs.extend(world.oracle.read(projects.list_jobs, USER, saved.entity.id, limit=ALL))

    return jobs


def create_project(_: World, step: Step) -> Call:
    """Create a project."""
    command = projects.CreateProject(
        user_id=USER, name=f"project {step.pick}", description=step.content.definition
    )
    return Call(projects.create_project, command)


def change_project(world: World, step: Step) -> Call:
    """Change a project in one of five ways; an illegal step is another user's."""
    saved = pick_newest(all_projects(world), step.pick)
    if saved is None:
        return create_project(world, step)

    changes = (_rename, _set_nodes, _add_prompt, _request_repository, _bind)
    change = changes[step.pick % len(changes)]
    return change(saved, step)


def _own(saved: Head[Project], step: Step) -> dict[str, Any]:
    """Return the fields that every command on a user's project has."""
    return {
        "user_id": _user(step),
        "project_id": saved.entity.id,
        "expected_seq": expected_seq(step, saved.revision.seq),
    }


def _user(step: Step) -> str:
    return STRANGER if step.twist is Twist.ILLEGAL else USER


def _rename(saved: Head[Project], step: Step) -> Call:
    command = projects.RenameProject(**_own(saved, step), name=f"renamed {step.pick}")
    return Call(projects.rename_project, command)


def _nodes(step: Step) -> list[dict[str, Any]]:
    """Return up to two nodes with a fraction."""
    node = {"id": step.content.name, "x": step.pick / 8, "texts": step.content.examples}
    return [node] * (step.pick % 3)


def _set_nodes(saved: Head[Project], step: Step) -> Call:
    command = projects.SetNodes(**_own(saved, step), nodes=_nodes(step))
    return Call(projects.set_nodes, command)


def _add_prompt(saved: Head[Project], step: Step) -> Call:
    command = projects.AddPrompt(
        **_own(saved, step), prompt=step.content.definition, metadata={"pick": step.pick}
    )
    return Call(projects.add_prompt, command)


def _request_repository(saved: Head[Project], step: Step) -> Call:
    command = projects.RequestRepository(
        project_id=saved.entity.id, host=HOSTS[step.pick % 2], name=f"name-{step.pick % 3}"
    )
    return Call(projects.request_repository, command)


def _bind(saved: Head[Project], step: Step) -> Call:
    repository = Repository(
        host=HOSTS[step.pick % 2],
        repository_id=str(step.pick),
        name=f"name-{step.pick % 3}",
        url=f"local:{step.pick}",
    )
    command = projects.SetGithubRepoUrl(project_id=saved.entity.id, repository=repository)
    return Call(projects.set_github_repo_url, command)


def create_job(world: World, step: Step) -> Call:
    """Create a job of a project; an illegal step is another user's."""
    saved = pick_newest(all_projects(world), step.pick)
    if saved is None:
        return create_project(world, step)

    spec = ArchitectureSpec(
        name="Shop",
        description=step.content.explanation,
        prompt=step.content.definition,
        nodes=_nodes(step),
        metadata={"pick": step.pick},
    )
    command = projects.CreateJob(
        user_id=_user(step), project_id=saved.entity.id, architecture_spec=spec
    )
    return Call(projects.create_job, command)


def change_job(world: World, step: Step) -> Call:
    """Move a job on by one of its commands, whatever its state."""
    saved = pick_newest(all_jobs(world), step.pick)
    if saved is None:
        return create_job(world, step)

    changes: tuple[Callable[[Head[Job], Step], Call], ...] = (
        _start,
        _start,
        _progress,
        _progress,
        _finish,
        _fail,
        _cancel,
        _retry,
    )
    return changes[step.pick % len(changes)](saved, step)


def _output(job: Job, step: Step) -> dict[str, Any]:
    """Return lines and warnings that are different for each step."""
    entry = LogEntry(
        ts=BEGINNING + timedelta(seconds=step.pick),
        level=LogLevel.INFO,
        message=f"{job.output_number} {step.content.definition}",
    )
    return {"logs": (entry,) * (step.pick % 3), "warnings": step.content.examples}


def _start(saved: Head[Job], _: Step) -> Call:
    return Call(projects.start_job, projects.StartJob(job_id=saved.entity.id))


def _progress(saved: Head[Job], step: Step) -> Call:
    phases = (None, *Phase)
    command = projects.RecordProgress(
        job_id=saved.entity.id, phase=phases[step.pick % len(phases)], **_output(saved.entity, step)
    )
    return Call(projects.record_progress, command)


def _finish(saved: Head[Job], step: Step) -> Call:
    commit = COMMIT if step.pick % 3 else None
    result = JobResult(commit=commit, files=("README.md",), push_skipped=commit is None)
    job = saved.entity
    command = projects.FinishJob(job_id=job.id, result=result, **_output(job, step))
    return Call(projects.finish_job, command)


def _fail(saved: Head[Job], step: Step) -> Call:
    command = projects.FailJob(
        job_id=saved.entity.id, reason=f"reason {step.pick}", **_output(saved.entity, step)
    )
    return Call(projects.fail_job, command)


def _cancel(saved: Head[Job], step: Step) -> Call:
    command = projects.CancelJob(
        user_id=_user(step),
        job_id=saved.entity.id,
        reason="not needed",
        expected_seq=expected_seq(step, saved.revision.seq),
    )
    return Call(projects.cancel_job, command)


def _retry(saved: Head[Job], step: Step) -> Call:
    command = projects.RetryJob(user_id=_user(step), job_id=saved.entity.id)
    return Call(projects.retry_job, command)
