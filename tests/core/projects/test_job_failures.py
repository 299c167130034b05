"""A job that cannot succeed fails with a reason; one that may succeed later is tried again."""

from itertools import count
from pathlib import Path

import pytest
from tests.core.projects.job_faults import failing
from tests.project_jobs import (
    MAYA,
    WORKER,
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
from indelible.projects.entities.values import Phase
from indelible.projects.lifecycle import JobStatus
from indelible.projects.rules.plan import Plan
from indelible.projects.rules.tasks import PROCESS_JOB_STAGE
from indelible.projects.tasks.failpoints import JobFailpoint
from indelible.projects.tasks.observers import PushOutcome

LEASE_SECONDS = 60


def test_each_failpoint_is_reached_once_and_in_order(setup: JobSetup) -> None:
    setup.job(setup.project())
    reached: list[JobFailpoint] = []

    setup.process(at_failpoint=reached.append)

    assert reached == list(JobFailpoint)


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
    messages = [line.message for line in setup.details(job).logs]
    assert messages[-3:] == [
        "Push the commit.",
        f"Commit {done.result.commit} of this job is on the branch already; nothing is pushed.",
        "Record the outcome.",
    ]
    (begins,) = [message for message in messages if message.startswith("Attempt 2 of 8 begins")]
    assert begins.endswith(
        "attempt 1 failed: The Git host is unavailable: the connection was reset."
    )


@pytest.mark.slow
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


def test_a_blocked_architecture_fails_with_all_findings_as_warnings(setup: JobSetup) -> None:
    project = setup.project()
    job = setup.job(project, nodes=(), edges=(), prompt="make a website")

    setup.process()

    failed = setup.details(job)
    assert failed.job.status is JobStatus.FAILED
    assert failed.job.failure_reason == "Architecture blocked: The architecture has no nodes."
    assert len(failed.warnings) >= 2
    assert setup.project_now(project).repository is None


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

    def generate(_: ArchitectureSpec, __: Plan) -> tuple[GeneratedFile, ...]:
        return ()

    setup.process(generate=generate)

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


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (errors.HostUnavailable("it does not answer"), PushOutcome.UNREACHABLE),
        (errors.HostRefused("the token has expired"), PushOutcome.FAILED),
    ],
)
def test_a_host_that_cannot_be_cloned_from_is_counted(
    setup: JobSetup, error: Exception, outcome: PushOutcome
) -> None:
    setup.job(setup.project())

    setup.process(host=WatchedHost(host=setup.host, before_clone=failing(error)))

    assert setup.observer.pushes == [outcome]


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


def test_a_failed_job_stays_in_the_phase_in_which_it_failed(setup: JobSetup) -> None:
    blocked = setup.job(setup.project(), nodes=(), edges=(), prompt="make a website")
    setup.process()
    assert setup.details(blocked).job.phase is Phase.GENERATE

    rejected = setup.job(setup.project())
    refusing = failing(errors.HostRefused("the token may not push"))
    setup.process(host=WatchedHost(host=setup.host, before_clone=refusing))
    assert setup.details(rejected).job.phase is Phase.COMMIT

    setup.job(setup.project())
    setup.process()
    failed = JobStatus.FAILED
    assert setup.observer.ends == [
        (failed, Phase.GENERATE),
        (failed, Phase.COMMIT),
        (JobStatus.COMPLETED, Phase.PUSH),
    ]
    messages = [line.message for line in setup.details(blocked).logs]
    assert "Record the outcome." not in messages


def test_an_attempt_says_what_became_of_the_one_before(setup: JobSetup) -> None:
    job = setup.job(setup.project())
    down = failing(errors.HostUnavailable("it does not answer"))

    setup.process(host=WatchedHost(host=setup.host, before_clone=down))
    setup.clock.advance(600)
    with setup.store.transaction(actor=WORKER, reason="a claim") as tx:
        tx.tasks.claim(PROCESS_JOB_STAGE, limit=1, until=tx.clock.now())
    setup.clock.advance(600)
    setup.process()

    messages = [line.message for line in setup.details(job).logs]
    assert [message for message in messages if message.startswith("Attempt")] == [
        "Attempt 1 of 8 begins.",
        "Attempt 3 of 8 begins; attempt 2 ended without a result.",
    ]
