"""The stage that processes jobs, in eight phases.

A job is an immutable attempt: this module moves its status and phase, adds to its logs and
warnings, and changes nothing else of it. It changes nothing of the project but, in the transaction
in which the job succeeds, its latest successful job.

A worker may be killed at any moment. The task's row is the queue, so another worker claims the task
when the lease has ended and continues the same running job from its first phase. Whether the job's
commit is on the remote is asked there, by its trailer, and never remembered.
"""

import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Final

from attrs import define, field

from indelible.kernel import Actor, Clock, IndelibleError, SystemClock
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import PermanentFailure, Postpone, Stage
from indelible.kernel.task_failures import TaskFailure
from indelible.kernel.tasks import Lease, Leases, TaskState
from indelible.projects.commands import FailJob, FinishJob, RecordProgress, StartJob
from indelible.projects.entities.jobs import Job
from indelible.projects.entities.values import JobResult, Phase
from indelible.projects.errors import JobAlreadyRunning, WorkspaceForeign, WorkspaceRootRefused
from indelible.projects.handlers.jobs import fail_job, finish_job, record_progress, start_job
from indelible.projects.lifecycle import JOB, TERMINAL, JobStatus
from indelible.projects.ports import GitHost, Workspaces
from indelible.projects.repositories import ProjectsRead, ProjectsWrite
from indelible.projects.rules.critique import critique
from indelible.projects.rules.generation import generate_files
from indelible.projects.rules.plan import plan_files
from indelible.projects.rules.tasks import PROCESS_JOB_STAGE
from indelible.projects.tasks.failpoints import (
    AFTER_PHASE,
    BEFORE_PHASE,
    AtJobFailpoint,
    no_job_failpoint,
)
from indelible.projects.tasks.failures import one_line, permanent_reason, reason_of, retry_of
from indelible.projects.tasks.job_log import JobLog, Lines, Warnings
from indelible.projects.tasks.observers import JobObserver, PushOutcome, SilentObserver
from indelible.projects.tasks.pushing import Pushing, check_files
from indelible.projects.tasks.runs import Generate, JobRun, JobWork, ProjectStore

WORKER: Final = Actor.system("job-worker")
WORKER_LOST: Final = "worker lost"
NO_HOST: Final = "no Git host is configured"
LEASE_SECONDS: Final = 60
TIMEOUT_SECONDS: Final = 1_800
MAX_ATTEMPTS: Final = 8
POSTPONE_SECONDS: Final = 2.0

logger = logging.getLogger("indelible.projects")


@define(kw_only=True)
class ProcessJob:
    """Processes jobs: plans and generates the files of a job, and pushes them as one commit.

    Without a host the push is skipped, for the reason `no_host_reason`. `generate` replaces the
    shipped templates; it returns the content of files of the plan.
    """

    store: ProjectStore
    workspaces: Workspaces
    host: GitHost | None = None
    no_host_reason: str = NO_HOST
    generate: Generate = generate_files
    clock: Clock = field(factory=SystemClock)
    observer: JobObserver = field(factory=SilentObserver)
    at_failpoint: AtJobFailpoint = no_job_failpoint
    lease_seconds: int = LEASE_SECONDS
    timeout_seconds: int = TIMEOUT_SECONDS
    max_attempts: int = MAX_ATTEMPTS
    postpone_seconds: float = POSTPONE_SECONDS  # while another job of the project is running

    def stage(self) -> Stage[ProjectsWrite, JobWork, None]:
        """Return the stage. A job acts outside, so each attempt is recorded before it begins."""
        return Stage(
            name=PROCESS_JOB_STAGE,
            batch=1,
            acts_outside=True,
            lifecycle=JOB,
            claim=self.claim,
            perform=self.process_job,
            on_dead=self.on_dead,
            lease_seconds=self.lease_seconds,
            timeout_seconds=self.timeout_seconds,
            max_attempts=self.max_attempts,
        )

    def claim(self, tx: ProjectsWrite, leases: Leases) -> Sequence[JobWork]:
        """Load the jobs and move each from pending to running, in the transaction of the claim.

        Raises: Postpone while another job of the project is running.
        """
        return [self._claim_job(tx, lease) for lease in leases]

    def _claim_job(self, tx: ProjectsWrite, lease: Lease) -> JobWork:
        # PHASE 1: load the job with its specification.
        with self._phase(Phase.LOAD):
            job = tx.projects.jobs.get(lease.entity_id).entity
            work = JobWork(
                job=job,
                spec=tx.projects.jobs.spec(job.id).architecture_spec,
                warnings=frozenset(tx.projects.jobs.joins.warnings(job.id)),
                is_ended=job.status in TERMINAL,
                searched_tip=_newest_commit(tx, job) if job.status is JobStatus.PENDING else None,
            )

        if work.is_ended:
            return work

        # PHASE 2: pending to running. A job that a lost worker left running stays so.
        with self._phase(Phase.RUNNING):
            if job.status is JobStatus.PENDING:
                self._start(tx, job)

        return work

    def _start(self, tx: ProjectsWrite, job: Job) -> None:
        try:
            start_job(tx, StartJob(job_id=job.id))
        except JobAlreadyRunning as error:
            reason = "another job of the project is running"
            raise Postpone(self.postpone_seconds, reason) from error

    def process_job(self, work: JobWork, handle: LeaseHandle) -> None:
        """Process a job from its workspace to its end, and delete the workspace in any case.

        Raises: RetryLater where the next attempt may succeed, PerformStopped, LeaseLost.
        """
        run = self._run(work, handle)
        try:
            if not work.is_ended:
                self._build_and_update(run)
        finally:
            # PHASE 8: cleanup. It runs after failures too, and changes nothing in the job.
            with self._phase(Phase.CLEANUP):
                self._clean_up(run)

    def on_dead(self, tx: ProjectsWrite, lease: Lease, failure: TaskFailure) -> None:
        """Fail the job of a task that will not be tried again.

        A claim beyond the last attempt shows that the worker of that attempt was lost.
        """
        reason = failure.reason
        if lease.attempt > self.max_attempts:
            reason = f"{WORKER_LOST}: {reason}"
        job = tx.projects.jobs.get(lease.entity_id).entity
        if job.status not in TERMINAL:
            fail_job(tx, FailJob(job_id=job.id, reason=one_line(reason)))
            self.observer.job_ended(JobStatus.FAILED, job.phase or Phase.LOAD)

    def _run(self, work: JobWork, handle: LeaseHandle) -> JobRun:
        def write(phase: Phase | None, lines: Lines, warnings: Warnings) -> None:
            command = RecordProgress(job_id=work.job.id, phase=phase, logs=lines, warnings=warnings)
            run.write(record_progress, command)

        output = JobLog(clock=self.clock, write=write, known_warnings=set(work.warnings))
        run = JobRun(work=work, handle=handle, store=self.store, actor=WORKER, output=output)
        return run

    def _build_and_update(self, run: JobRun) -> None:
        """Run the phases up to the push, and end the job with their result."""
        try:
            result = self._build(run)
        except Exception as error:
            reason = permanent_reason(error)
            retry = retry_of(error)
            if retry is not None:
                raise retry from error
            if reason is None:
                raise
            run.output.error(reason)
            self._finalize(run, reason)
        else:
            self._finalize(run, result)

    def _build(self, run: JobRun) -> JobResult:
        run.output.info(self._first_line(run))

        # PHASE 3: a fresh workspace. A stale one is deleted first.
        with self._logged_phase(run, Phase.WORKSPACE, "Create a fresh workspace."):
            self._create_workspace(run)

        # PHASE 4: judge the architecture, plan the files and generate them.
        with self._logged_phase(run, Phase.GENERATE, "Plan and generate the files."):
            self._generate(run)

        pushing = self._pushing()
        # PHASE 5: validate the files and commit them to a clone.
        with self._logged_phase(run, Phase.COMMIT, "Validate and commit the files."):
            check_files(run)
            if pushing is not None:
                pushing.commit(run)

        # PHASE 6: push.
        with self._logged_phase(run, Phase.PUSH, "Push the commit."):
            self._handle_github_push(run, pushing)

        return self._result(run)

    def _first_line(self, run: JobRun) -> str:
        """Return the line that names the attempt, and what became of the one before."""
        attempt = run.handle.lease.attempt
        begins = f"Attempt {attempt} of {self.max_attempts} begins"
        if attempt == 1:
            return f"{begins}."

        failure = run.failure_before()
        if failure is None:
            return f"{begins}; attempt {attempt - 1} ended without a result."

        return f"{begins}; attempt {attempt - 1} failed: {failure}"

    def _pushing(self) -> Pushing | None:
        if self.host is None:
            return None

        return Pushing(host=self.host, observer=self.observer, at_failpoint=self.at_failpoint)

    def _create_workspace(self, run: JobRun) -> None:
        run.workspace = self.workspaces.create(run.job.id)
        self.observer.workspace_created()
        if run.workspace.was_stale:
            run.output.warn("A stale workspace of an earlier attempt was deleted.")

    def _generate(self, run: JobRun) -> None:
        """Generate the files in memory.

        Raises: PermanentFailure where the critique blocks the architecture, PlanPathForbidden,
        PlanTooLarge, or an error of the host's `generate`.
        """
        spec = run.work.spec
        judged = critique(spec)
        run.output.warn_all(judged.warnings())
        if judged.blocking:
            raise PermanentFailure(judged.failure_reason)

        run.plan = plan_files(spec)
        run.files = tuple(self.generate(spec, run.plan))
        run.output.info(f"Generated {len(run.files)} files.")

    def _handle_github_push(self, run: JobRun, pushing: Pushing | None) -> None:
        """Push the commit to the project's repository, or warn that there is no host for it."""
        if pushing is not None:
            pushing.push(run)
            return

        run.output.warn(f"The push was skipped: {self.no_host_reason}.")
        self.observer.pushed(PushOutcome.SKIPPED)

    def _result(self, run: JobRun) -> JobResult:
        url: str | None = None
        if self.host is not None and run.repository is not None and run.commit is not None:
            url = self.host.commit_url(run.repository, run.commit)

        return JobResult(
            commit=run.commit,
            commit_url=url,
            files=tuple(sorted(file.path for file in run.files)),
            push_skipped=run.commit is None,
        )

    def _finalize(self, run: JobRun, outcome: JobResult | str) -> None:
        """End the job; a failed one stays in the phase in which it has failed."""
        decided_in = run.phase
        # PHASE 7: the job ends, with its last lines, in one transaction.
        if isinstance(outcome, JobResult):
            with self._logged_phase(run, Phase.FINALIZE, "Record the outcome."):
                status = self._update_status(run, outcome)
        else:
            run.handle.check()
            with self._phase(Phase.FINALIZE):
                status = self._update_status(run, outcome)
        self.observer.job_ended(status, decided_in)
        if isinstance(outcome, JobResult):
            logger.info("job %s: %s", run.job.id, status)
        else:
            logger.warning("job %s: %s in phase %s: %s", run.job.id, status, decided_in, outcome)

    def _update_status(self, run: JobRun, outcome: JobResult | str) -> JobStatus:
        """End the job with its result, or with the reason for which it has failed."""
        lines, warnings = run.output.take()
        if isinstance(outcome, JobResult):
            finish = FinishJob(job_id=run.job.id, result=outcome, logs=lines, warnings=warnings)
            status = run.write(finish_job, finish).entity.status
        else:
            fail = FailJob(job_id=run.job.id, reason=outcome, logs=lines, warnings=warnings)
            status = run.write(fail_job, fail).entity.status

        return status

    def _clean_up(self, run: JobRun) -> None:
        """Delete the workspace, unless another worker has begun the next attempt in it."""
        if run.workspace is not None:
            self.observer.workspace_left()
        try:
            if not self._belongs_to_another(run.handle.lease):
                self.workspaces.remove(run.job.id)
        except (WorkspaceForeign, WorkspaceRootRefused):
            return  # the job has failed because of it; nothing of ours is there
        except Exception as error:  # noqa: BLE001 - a failed cleanup never fails a job
            logger.warning("job %s: cleanup failed: %s", run.job.id, reason_of(error))
            self.observer.cleanup_failed()

    def _belongs_to_another(self, lease: Lease) -> bool:
        """Return True if another worker has claimed the task; False where that is not known."""
        try:
            task = self.store.read(lambda tx: tx.tasks.get(lease.stage, lease.entity_id))
        except IndelibleError:
            return False

        return task.fence > lease.fence and task.state(self.clock.now()) is TaskState.RUNNING

    @contextmanager
    def _logged_phase(self, run: JobRun, phase: Phase, message: str) -> Generator[None]:
        """Write that a phase begins, unless the task should stop, and measure it."""
        run.handle.check()
        run.phase = phase
        with self._phase(phase):
            run.output.begin(phase, message)
            yield

    @contextmanager
    def _phase(self, phase: Phase) -> Generator[None]:
        """Measure a phase, between its two failpoints."""
        self.at_failpoint(BEFORE_PHASE[phase])
        started_at = self.clock.now()
        yield
        seconds = (self.clock.now() - started_at).total_seconds()
        self.observer.phase_ended(phase, max(0.0, seconds))
        self.at_failpoint(AFTER_PHASE[phase])


def _newest_commit(tx: ProjectsRead, job: Job) -> str | None:
    """Return the commit of the project's newest successful job, None without one."""
    project = tx.projects.projects.get(job.project_id).entity
    if project.latest_successful_job_id is None:
        return None

    result = tx.projects.jobs.get(project.latest_successful_job_id).entity.result
    return None if result is None else result.commit
