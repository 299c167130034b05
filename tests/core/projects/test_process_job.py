"""A job is processed to one commit with its trailer, in the repository of its project."""

from pathlib import Path

import pytest
from tests.core.projects.job_faults import Killed, killing_at
from tests.project_jobs import (
    WORKER,
    AnyStage,
    JobSetup,
    WatchedHost,
    git,
    push_as_somebody,
    short_files,
)

from indelible.kernel.tasks import TaskState
from indelible.projects import ArchitectureSpec, GeneratedFile
from indelible.projects.entities.values import Phase
from indelible.projects.lifecycle import JobStatus
from indelible.projects.rules.plan import Plan
from indelible.projects.tasks.failpoints import JobFailpoint
from indelible.projects.tasks.observers import PushOutcome
from indelible.projects.tasks.pushing import UNCHANGED
from indelible_workers import process_batch


def test_a_job_becomes_one_commit_with_its_trailer(setup: JobSetup) -> None:
    project = setup.project()
    job = setup.job(project)

    setup.process()

    done = setup.details(job)
    assert done.job.status is JobStatus.COMPLETED
    assert done.job.result is not None
    assert setup.commits_of(project, job) == [done.job.result.commit]
    assert not done.job.result.push_skipped
    assert "README.md" in done.job.result.files
    assert setup.workspace_names() == []
    assert setup.project_now(project).latest_successful_job_id == job.id
    assert setup.task(job).state(setup.clock.now()) is TaskState.COMPLETED


def test_the_commit_is_dated_by_the_creation_of_the_job(setup: JobSetup) -> None:
    project = setup.project()
    job = setup.job(project)
    setup.clock.advance(7_200)

    setup.process()

    date = git(setup.repository(project), "log", "-1", "--format=%at %ct", "main")
    seconds = int(job.created_at.timestamp())
    assert date == f"{seconds} {seconds}"


def test_the_phases_are_logged_in_their_order(setup: JobSetup) -> None:
    job = setup.job(setup.project())

    setup.process()

    changes = setup.store.read(lambda tx: tx.history.of("job", job.id))
    phases = list(dict.fromkeys(change.data["phase"] for change in changes))
    expected = [Phase.WORKSPACE, Phase.GENERATE, Phase.COMMIT, Phase.PUSH, Phase.FINALIZE]
    assert phases == [None, *expected]
    times = [line.ts for line in setup.details(job).logs]
    assert times == sorted(times)


def test_a_claim_that_is_not_committed_leaves_the_job_pending(setup: JobSetup) -> None:
    job = setup.job(setup.project())
    processor = setup.processor(at_failpoint=killing_at(JobFailpoint.AFTER_RUNNING))
    stage: AnyStage = processor.stage()

    with pytest.raises(Killed):
        process_batch(setup.store, stage, actor=WORKER)

    assert setup.statuses(job) == [JobStatus.PENDING]


@pytest.mark.slow
def test_a_second_job_of_a_project_waits_without_an_attempt(setup: JobSetup) -> None:
    project = setup.project()
    first = setup.job(project)
    second = setup.job(project)
    seen: list[tuple[str, int]] = []

    def look_at_second(failpoint: JobFailpoint) -> None:
        if failpoint is JobFailpoint.BEFORE_GIT_PUSH and not seen:
            setup.process()
            task = setup.task(second)
            seen.append((setup.details(second).job.status, task.attempts))

    setup.process(at_failpoint=look_at_second)
    setup.clock.advance(10)
    setup.process()

    assert seen == [(JobStatus.PENDING, 0)]
    assert len(setup.commits_of(project, first)) == 1
    assert setup.statuses(second)[-1] == JobStatus.COMPLETED_WITH_WARNINGS
    assert setup.details(second).warnings == (UNCHANGED,)


@pytest.mark.slow
def test_a_commit_is_rebuilt_on_the_push_of_somebody_else(setup: JobSetup, tmp_path: Path) -> None:
    project = setup.project()
    first = setup.job(project)
    setup.process()
    job = setup.job(project, name="Fruit and Vegetables")
    pushed: list[str] = []

    def push_once() -> None:
        if not pushed:
            pushed.append(push_as_somebody(setup.repository(project), tmp_path, "notes.txt"))

    setup.process(host=WatchedHost(host=setup.host, before_push=push_once))
    setup.clock.advance(10)
    setup.process()

    history = git(setup.repository(project), "log", "--format=%H", "main").splitlines()
    ours = setup.commits_of(project, job)
    assert history == [*ours, *pushed, *setup.commits_of(project, first)]
    assert len(ours) == 1
    assert setup.observer.pushes.count(PushOutcome.REJECTED) == 1


def test_files_that_the_repository_has_already_are_not_committed_again(setup: JobSetup) -> None:
    project = setup.project()
    setup.job(project)
    setup.process()
    again = setup.job(project)

    setup.process()

    done = setup.details(again)
    assert done.job.status is JobStatus.COMPLETED_WITH_WARNINGS
    assert done.warnings == (UNCHANGED,)
    assert done.job.result is not None
    assert done.job.result.commit is None
    assert done.job.result.push_skipped
    assert setup.project_now(project).latest_successful_job_id == again.id


def test_without_a_host_the_push_is_skipped_with_its_reason(setup: JobSetup) -> None:
    project = setup.project()
    job = setup.job(project)

    setup.process(host=None, no_host_reason="no token is set")

    done = setup.details(job)
    assert done.job.status is JobStatus.COMPLETED_WITH_WARNINGS
    assert done.warnings == ("The push was skipped: no token is set.",)
    assert done.job.result is not None
    assert done.job.result.push_skipped
    assert "README.md" in done.job.result.files
    assert setup.project_now(project).repository is None


def test_an_unknown_type_of_node_is_a_warning(setup: JobSetup) -> None:
    project = setup.project()
    nodes = [{"id": "x", "type": "quantum", "label": "Oracle"}, {"id": "db", "type": "database"}]
    job = setup.job(project, nodes=nodes, edges=[{"source": "x", "target": "db"}])

    setup.process()

    done = setup.details(job)
    assert done.job.status is JobStatus.COMPLETED_WITH_WARNINGS
    assert any("quantum" in warning for warning in done.warnings)
    assert len(setup.commits_of(project, job)) == 1


def test_a_prompt_of_spaces_is_stored_as_it_is(setup: JobSetup) -> None:
    job = setup.job(setup.project(), prompt="   ", description="")
    seen: list[str] = []

    def generate(given: ArchitectureSpec, plan: Plan) -> tuple[GeneratedFile, ...]:
        seen.append(given.prompt)
        return short_files(given, plan)

    setup.process(generate=generate)

    done = setup.details(job)
    assert done.job.status is JobStatus.COMPLETED
    assert (done.job.prompt, seen) == ("   ", ["   "])


@pytest.mark.slow
def test_a_renamed_repository_is_found_by_its_id(setup: JobSetup) -> None:
    project = setup.project()
    setup.job(project)
    setup.process()
    old = setup.repository(project)
    renamed = old.with_name("renamed.git")
    old.rename(renamed)
    job = setup.job(project, name="Another Shop")

    setup.process()

    done = setup.details(job).job
    assert done.status is JobStatus.COMPLETED
    assert done.result is not None
    assert git(renamed, "rev-parse", "main") == done.result.commit
