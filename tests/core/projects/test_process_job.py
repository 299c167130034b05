"""A job is processed to one commit, or to a failure with a reason; its workspace is deleted."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from tests.project_jobs import (
    MAYA,
    WORKER,
    AnyStage,
    JobSetup,
    WatchedHost,
    git,
    push_as_somebody,
    short_files,
)

from indelible import projects
from indelible.kernel.stages import PermanentFailure
from indelible.kernel.tasks import TaskState
from indelible.projects import ArchitectureSpec, GeneratedFile, errors
from indelible.projects.entities import Phase
from indelible.projects.lifecycle import JobStatus
from indelible.projects.ports import Workspace
from indelible.projects.rules import PROCESS_JOB_STAGE, Plan
from indelible.projects.tasks import JobFailpoint, PushOutcome
from indelible.projects.tasks.pushing import UNCHANGED
from indelible_git import FolderWorkspaces
from indelible_workers import process_batch

LEASE_SECONDS = 60


class Killed(BaseException):
    """The end of a worker in the middle of a job."""


def killing_at(*failpoints: JobFailpoint) -> Callable[[JobFailpoint], None]:
    """Return a function that ends the worker at each of the failpoints, once."""
    waiting = list(failpoints)

    def kill(failpoint: JobFailpoint) -> None:
        if waiting and waiting[0] is failpoint:
            waiting.pop(0)
            raise Killed

    return kill


def failing(error: Exception, times: int = 1) -> Callable[[], None]:
    """Return a function that raises the error in its first calls."""
    calls = count()

    def fail() -> None:
        if next(calls) < times:
            raise error

    return fail


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


def test_each_failpoint_is_reached_once_and_in_order(setup: JobSetup) -> None:
    setup.job(setup.project())
    reached: list[JobFailpoint] = []

    setup.process(at_failpoint=reached.append)

    assert reached == list(JobFailpoint)


def test_a_claim_that_is_not_committed_leaves_the_job_pending(setup: JobSetup) -> None:
    job = setup.job(setup.project())
    processor = setup.processor(at_failpoint=killing_at(JobFailpoint.AFTER_RUNNING))
    stage: AnyStage = processor.stage()

    with pytest.raises(Killed):
        process_batch(setup.store, stage, actor=WORKER)

    assert setup.statuses(job) == [JobStatus.PENDING]


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


def test_a_push_whose_response_is_lost_is_found_by_its_trailer(setup: JobSetup) -> None:
    project = setup.project()
    job = setup.job(project)
    lost = failing(errors.HostUnavailable("the connection was reset"))
    host = WatchedHost(host=setup.host, after_push=lost)

    setup.process(host=host)
    waiting = setup.details(job).job.status
    setup.clock.advance(300)
    setup.process(host=host)

    done = setup.details(job).job
    assert waiting is JobStatus.RUNNING
    assert done.status is JobStatus.COMPLETED
    assert done.result is not None
    assert setup.commits_of(project, job) == [done.result.commit]
    assert setup.observer.pushes == [PushOutcome.FAILED, PushOutcome.PUSHED_BEFORE]


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


def test_a_job_fails_when_somebody_else_always_pushes_first(
    setup: JobSetup, tmp_path: Path
) -> None:
    project = setup.project()
    setup.job(project)
    setup.process()
    job = setup.job(project, name="Another Shop")
    numbers = count()

    def push_first() -> None:
        push_as_somebody(setup.repository(project), tmp_path, f"note-{next(numbers)}")

    setup.process(host=WatchedHost(host=setup.host, before_push=push_first))

    failed = setup.details(job).job
    assert failed.status is JobStatus.FAILED
    assert "push was rejected" in (failed.failure_reason or "")
    assert next(numbers) == 4
    assert setup.commits_of(project, job) == []


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


def test_a_blocked_architecture_fails_with_all_findings_as_warnings(setup: JobSetup) -> None:
    project = setup.project()
    job = setup.job(project, nodes=(), edges=(), prompt="make a website")

    setup.process()

    failed = setup.details(job)
    assert failed.job.status is JobStatus.FAILED
    assert failed.job.failure_reason == "Architecture blocked: The architecture has no nodes."
    assert len(failed.warnings) >= 2
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


@pytest.mark.parametrize("path", ["../outside", ".git/config", "/etc/passwd", "unplanned.txt"])
def test_a_path_that_the_plan_does_not_have_is_refused(setup: JobSetup, path: str) -> None:
    project = setup.project()
    job = setup.job(project)

    def generate(given: ArchitectureSpec, plan: Plan) -> tuple[GeneratedFile, ...]:
        return (*short_files(given, plan), GeneratedFile(path=path, content=b"x"))

    setup.process(generate=generate)

    failed = setup.details(job).job
    assert failed.status is JobStatus.FAILED
    assert path in (failed.failure_reason or "")
    assert setup.project_now(project).repository is None


def test_files_without_a_readme_fail_the_job(setup: JobSetup) -> None:
    job = setup.job(setup.project())

    setup.process(generate=lambda _, __: ())

    assert setup.details(job).job.failure_reason == "no README.md was generated"


def test_a_permanent_failure_of_the_generation_fails_the_job(setup: JobSetup) -> None:
    job = setup.job(setup.project())

    def generate(_: ArchitectureSpec, __: Plan) -> tuple[GeneratedFile, ...]:
        raise PermanentFailure("the model refuses token=ghp_" + "a" * 36)

    setup.process(generate=generate)

    failed = setup.details(job).job
    assert failed.status is JobStatus.FAILED
    assert failed.failure_reason == "the model refuses token=***"


def test_a_host_that_is_unavailable_decides_when_the_job_is_tried_again(setup: JobSetup) -> None:
    job = setup.job(setup.project())
    limited = failing(errors.HostUnavailable("rate limit", retry_after_seconds=1_000))
    host = WatchedHost(host=setup.host, before_ensure=limited)

    setup.process(host=host)
    setup.clock.advance(900)
    early = setup.process(host=host)
    setup.clock.advance(150)
    setup.process(host=host)

    assert early == 0
    assert setup.details(job).job.status is JobStatus.COMPLETED


def test_a_job_fails_with_the_reason_of_its_last_attempt(setup: JobSetup) -> None:
    job = setup.job(setup.project())
    down = failing(errors.HostUnavailable("it does not answer"), times=100)
    host = WatchedHost(host=setup.host, before_clone=down)

    for _ in range(3):
        setup.process(host=host, max_attempts=3)
        setup.clock.advance(600)

    failed = setup.details(job).job
    assert failed.status is JobStatus.FAILED
    assert failed.failure_reason == "The Git host is unavailable: it does not answer."
    assert setup.task(job).state(setup.clock.now()) is TaskState.DEAD


def test_a_job_whose_workers_were_lost_fails_after_its_last_attempt(setup: JobSetup) -> None:
    job = setup.job(setup.project())
    processor = setup.processor(max_attempts=2)
    for _ in range(2):
        with setup.store.transaction(actor=WORKER, reason="a claim") as tx:
            leases = tx.tasks.claim(PROCESS_JOB_STAGE, limit=1, until=tx.clock.now())
            processor.claim(tx, leases)
        setup.clock.advance(LEASE_SECONDS)

    setup.process(max_attempts=2)

    failed = setup.details(job).job
    assert setup.statuses(job) == [JobStatus.PENDING, JobStatus.RUNNING, JobStatus.FAILED]
    assert (failed.failure_reason or "").startswith("worker lost")


def test_a_repository_that_is_gone_fails_the_job(setup: JobSetup) -> None:
    project = setup.project()
    setup.job(project)
    setup.process()
    setup.repository(project).rename(setup.folder / "moved-away")
    job = setup.job(project, name="Another Shop")

    setup.process()

    failed = setup.details(job).job
    assert failed.status is JobStatus.FAILED
    assert "no longer exists" in (failed.failure_reason or "")


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


def test_a_name_that_is_taken_leads_to_the_next_name(setup: JobSetup) -> None:
    others = setup.project()
    setup.job(others)
    setup.process()
    project = setup.project()
    job = setup.job(project)
    theirs = git(setup.repository(others), "rev-parse", "main")

    setup.process()

    assert setup.details(job).job.status is JobStatus.COMPLETED
    assert setup.repository(project) != setup.repository(others)
    assert git(setup.repository(others), "rev-parse", "main") == theirs


def test_the_repository_is_created_once_although_its_answer_is_lost(setup: JobSetup) -> None:
    project = setup.project()
    job = setup.job(project)
    host = WatchedHost(host=setup.host)
    unbound = failing(errors.HostUnavailable("the connection was reset"))

    def lose_answer() -> None:
        setup.host.ensure_repository(host.requests[-1])
        unbound()

    setup.process(host=WatchedHost(host=host, before_ensure=lambda: None, before_clone=unbound))
    losing = WatchedHost(host=setup.host, before_ensure=lose_answer, requests=host.requests)
    setup.clock.advance(300)
    setup.process(host=losing)

    repositories = sorted(path.name for path in (setup.folder / "repositories").glob("*.git"))
    assert len(repositories) == 1
    assert setup.details(job).job.status is JobStatus.COMPLETED


def test_a_project_of_another_host_is_refused(setup: JobSetup) -> None:
    project = setup.project()
    setup.job(project)
    setup.process()
    job = setup.job(project)

    class OtherHost(WatchedHost):
        @property
        def name(self) -> str:
            return "other"

    setup.process(host=OtherHost(host=setup.host))

    assert "is on host local" in (setup.details(job).job.failure_reason or "")


def test_a_stale_workspace_is_deleted_with_one_warning(setup: JobSetup) -> None:
    project = setup.project()
    job = setup.job(project)
    stale = setup.workspaces.create(job.id)
    (stale.path / "left over").write_text("of a worker that was killed")

    setup.process()

    done = setup.details(job)
    assert done.job.status is JobStatus.COMPLETED_WITH_WARNINGS
    assert done.warnings == ("A stale workspace of an earlier attempt was deleted.",)
    assert len(setup.commits_of(project, job)) == 1


class KeptWorkspaces:
    """Workspaces that cannot be deleted, as of a folder without permissions."""

    def __init__(self, workspaces: FolderWorkspaces) -> None:
        self._workspaces = workspaces

    def create(self, job_id: str) -> Workspace:
        return self._workspaces.create(job_id)

    def remove(self, job_id: str) -> None:
        raise errors.WorkspaceNotRemoved(job_id, "Permission denied")

    def job_ids(self) -> tuple[str, ...]:
        return self._workspaces.job_ids()


def test_a_failed_cleanup_is_counted_and_changes_nothing_in_the_job(setup: JobSetup) -> None:
    job = setup.job(setup.project())

    setup.process(workspaces=KeptWorkspaces(setup.workspaces))
    left = setup.workspace_names()
    setup.clean()

    done = setup.details(job)
    assert (done.job.status, done.warnings) == (JobStatus.COMPLETED, ())
    assert setup.observer.cleanup_failures == 1
    assert left == [job.id]
    assert setup.workspace_names() == []


def test_the_janitor_leaves_the_workspace_of_a_running_job(setup: JobSetup) -> None:
    job = setup.job(setup.project())
    seen: list[list[str]] = []

    def clean(failpoint: JobFailpoint) -> None:
        if failpoint is JobFailpoint.AFTER_WORKSPACE:
            setup.clean()
            seen.append(setup.workspace_names())

    setup.process(at_failpoint=clean)

    assert seen == [[job.id]]
    assert setup.details(job).job.status is JobStatus.COMPLETED


def test_the_janitor_deletes_the_workspace_of_an_expired_lease(setup: JobSetup) -> None:
    job = setup.job(setup.project())
    with setup.store.transaction(actor=WORKER, reason="a claim") as tx:
        leases = tx.tasks.claim(PROCESS_JOB_STAGE, limit=1, until=tx.clock.now())
        setup.processor().claim(tx, leases)
    setup.workspaces.create(job.id)
    unknown = "01a2045b-0000-7000-8000-000000000000"
    setup.workspaces.create(unknown)
    foreign = FolderWorkspaces(root=setup.workspaces.root, database_id="other", min_free_bytes=0)
    foreign.create("of-another-database")
    setup.clock.advance(LEASE_SECONDS)

    setup.clean()

    assert setup.workspace_names() == ["of-another-database"]


def test_a_cancellation_ends_the_job_and_pushes_nothing(setup: JobSetup) -> None:
    project = setup.project()
    job = setup.job(project)

    def cancel(failpoint: JobFailpoint) -> None:
        if failpoint is JobFailpoint.AFTER_COMMIT:
            command = projects.CancelJob(
                user_id=MAYA.id,
                job_id=job.id,
                reason="the wrong project",
                expected_seq=setup.details(job).seq,
            )
            setup.store.run(projects.cancel_job, command, actor=MAYA, reason="a test")

    setup.process(at_failpoint=cancel)

    failed = setup.details(job).job
    assert failed.status is JobStatus.FAILED
    assert failed.failure_reason == "CANCELED: the wrong project"
    assert setup.task(job).state(setup.clock.now()) is TaskState.CANCELED
    assert git(setup.repository(project), "for-each-ref") == ""
    assert setup.workspace_names() == []


def test_a_worker_that_lost_its_lease_writes_nothing_and_leaves_the_workspace(
    setup: JobSetup,
) -> None:
    project = setup.project()
    job = setup.job(project)
    seen: list[list[str]] = []

    def take_over(failpoint: JobFailpoint) -> None:
        if failpoint is JobFailpoint.AFTER_COMMIT and not seen:
            seen.append([])
            with setup.store.transaction(actor=WORKER, reason="the lease expires") as tx:
                setup.clock.advance(LEASE_SECONDS + 1)
                until = tx.clock.now()
                tx.tasks.claim(PROCESS_JOB_STAGE, limit=1, until=until + (until - job.created_at))
        if failpoint is JobFailpoint.AFTER_CLEANUP:
            seen.append(setup.workspace_names())

    setup.process(at_failpoint=take_over)

    assert seen == [[], [job.id]]
    assert setup.details(job).job.status is JobStatus.RUNNING
    assert git(setup.repository(project), "for-each-ref") == ""


def test_secrets_are_masked_before_a_line_or_a_reason_is_stored(setup: JobSetup) -> None:
    token = "ghp_" + "b" * 36
    job = setup.job(setup.project())
    leaking = errors.HostRefused(f"401 for https://x:{token}@example.com, Authorization: {token}")

    setup.process(host=WatchedHost(host=setup.host, before_clone=failing(leaking)))

    changes = setup.store.read(lambda tx: tx.history.of("job", job.id))
    stored = f"{setup.details(job)}{changes}"
    assert setup.details(job).job.status is JobStatus.FAILED
    assert token not in stored
    assert "***" in stored
