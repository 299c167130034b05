"""Jobs.

A job is an immutable attempt. After its creation only its status, phase, result and output move:
`docs/architecture.md`, "Job immutability".
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self

from attrs import evolve, frozen

from indelible.kernel import InvalidTransition, Lifecycle, instant_after
from indelible.kernel.aggregate_errors import FieldNotOfState
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.cases import ByState, Case
from indelible.kernel.claims import Absent, Compared, Present, WithinKind, required_in
from indelible.kernel.conditions import AnyCondition, Condition, Rising
from indelible.kernel.history import Record
from indelible.kernel.kinds import Count, Digest, Identifier, Instant, Natural, Text, kinds
from indelible.kernel.masking import mask_secrets
from indelible.kernel.one_per_parent import OnePerParent
from indelible.projects import errors
from indelible.projects.entities.projects import Project
from indelible.projects.entities.records import JobOutput, JobSpec
from indelible.projects.entities.values import (
    MAX_JOB_OUTPUTS,
    MAX_JOB_WARNINGS,
    MAX_WARNINGS_PER_OUTPUT,
    ArchitectureSpec,
    FailureReason,
    JobResult,
    OutputBatch,
    Phase,
)
from indelible.projects.lifecycle import (
    JOB,
    SUCCESSFUL,
    TERMINAL,
    VALID_TRANSITIONS,
    JobStatus,
)

LOG_FULL: Final = f"The log is full: lines after output {MAX_JOB_OUTPUTS} are not stored."
WARNINGS_FULL: Final = (
    f"The warnings are full: warnings after number {MAX_JOB_WARNINGS - 1} are not stored."
)

END_ACTIONS: Final[Mapping[JobStatus, str]] = {
    JobStatus.COMPLETED: "complete",
    JobStatus.COMPLETED_WITH_WARNINGS: "complete_with_warnings",
    JobStatus.FAILED: "fail",
}
ONE_RUNNING: Final = OnePerParent(
    parent_field="project_id", states=(JobStatus.RUNNING,), error=errors.JobAlreadyRunning
)


@frozen(kw_only=True, field_transformer=kinds)
class Job(Aggregate):
    """One immutable attempt to build a project.

    `number` is the number of the project's prompt that the job was created with, so that the jobs
    of a project are ordered by it. `phase` is the last phase that began. `failure_reason` is set in
    `failed`, `result` in the successful states, `completed_at` in all three terminal states. A job
    is `completed` only with a commit and without a warning.
    """

    lifecycle: ClassVar[Lifecycle[StrEnum]] = JOB
    missing_error = errors.JobNotFound
    fixed: ClassVar[tuple[str, ...]] = ("project_id", "user_id", "number", "prompt", "spec_digest")
    one_per_parent: ClassVar[tuple[OnePerParent, ...]] = (ONE_RUNNING,)
    version_field: ClassVar[str] = "output_number"
    version_records: ClassVar[tuple[type[Record], ...]] = (JobOutput,)
    first_records: ClassVar[tuple[type[Record], ...]] = (JobSpec,)

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("phase_known", WithinKind(("phase",))),
        Condition(
            "completed_at_of_status",
            ByState(
                (
                    Case(
                        tuple(TERMINAL),
                        (
                            Present("completed_at"),
                            Compared(
                                "completed_at", "=", "updated_at", expected="the time of the change"
                            ),
                        ),
                    ),
                ),
                others=(Absent("completed_at"),),
            ),
        ),
        Condition("result_of_status", required_in("result", *SUCCESSFUL)),
        Condition("failure_of_status", required_in("failure_reason", JobStatus.FAILED)),
        Rising(name="warnings_rise", field="warning_count"),
    )

    project_id: Identifier
    user_id: Identifier
    number: Count
    prompt: Text
    spec_digest: Digest
    status: JobStatus
    output_number: Count
    warning_count: Natural = 0
    phase: Phase | None = None
    result: JobResult | None = None
    failure_reason: FailureReason | None = None
    completed_at: Instant | None = None

    def __attrs_post_init__(self) -> None:
        """Check the claims, and that a success has its reason."""
        super().__attrs_post_init__()
        self._check_success()

    @classmethod
    def of_project(cls, project: Project, spec: ArchitectureSpec, *, job_id: str) -> Self:
        """Return the job of the project's newest prompt, created at the instant of the prompt.

        So the jobs of a project are created in the order of their numbers, whatever the clocks of
        several machines say.
        """
        return cls.create(
            "create",
            now=project.updated_at,
            id=job_id,
            project_id=project.id,
            user_id=project.user_id,
            number=project.prompt_count,
            prompt=spec.prompt,
            spec_digest=spec.digest(),
        )

    def new_spec(self, spec: ArchitectureSpec) -> JobSpec:
        """Return the record of the new job's specification."""
        return JobSpec(
            job_id=self.id,
            number=self.output_number,
            created_at=self.updated_at,
            spec_digest=self.spec_digest,
            architecture_spec=spec,
        )

    def new_output(self, batch: OutputBatch) -> JobOutput:
        """Return the output that the job's number and time point to."""
        return JobOutput(
            job_id=self.id,
            number=self.output_number,
            written_at=self.updated_at,
            logs=batch.logs,
            warnings=batch.warnings,
        )

    def require_owner(self, user_id: str) -> Self:
        """Return the job, or raise JobNotFound where it is another user's."""
        if self.user_id != user_id:
            raise errors.JobNotFound(self.id)
        return self

    def require_transition(self, status: str) -> Self:
        """Return the job, or raise InvalidTransition unless the status may follow its own."""
        if status not in VALID_TRANSITIONS[self.status]:
            allowed = JOB.allowed(self.status)
            raise InvalidTransition(JOB.name, self.status, f"become {status}", allowed)
        return self

    def require_running(self) -> Self:
        """Return the job, or raise InvalidTransition where it takes no more output."""
        JOB.edge(self.status, "progress")
        return self

    def require_failed(self) -> Self:
        """Return the job, or raise JobNotFailed."""
        if self.status is not JobStatus.FAILED:
            raise errors.JobNotFailed(self.id, str(self.status))
        return self

    def require_successful(self) -> Self:
        """Return the job, or raise JobNotSuccessful."""
        if self.status not in SUCCESSFUL:
            raise errors.JobNotSuccessful(self.id, str(self.status))
        return self

    def accepted(self, batch: OutputBatch) -> OutputBatch:
        """Return what the job stores of a batch: without secrets, and within the job's limits.

        Lines after output MAX_JOB_OUTPUTS and warnings after MAX_JOB_WARNINGS are dropped. A last
        warning says so.
        """
        logs = tuple(evolve(entry, message=mask_secrets(entry.message)) for entry in batch.logs)
        warnings = tuple(mask_secrets(warning) for warning in batch.warnings)
        following_number = self.output_number + 1
        if following_number > MAX_JOB_OUTPUTS:
            logs = ()
        if following_number == MAX_JOB_OUTPUTS:
            warnings = (*warnings[: MAX_WARNINGS_PER_OUTPUT - 1], LOG_FULL)

        room = MAX_JOB_WARNINGS - self.warning_count
        if room == 0:
            warnings = ()
        elif len(warnings) >= room:
            warnings = (*warnings[: room - 1], WARNINGS_FULL)

        return OutputBatch(logs=logs, warnings=warnings)

    def started(self, *, now: datetime) -> Self:
        """Return the running job."""
        return self.transition("start", now=now)

    def progressed(self, batch: OutputBatch, *, phase: Phase | None, now: datetime) -> Self:
        """Return the job with more output, in another phase where one is given."""
        return self.transition(
            "progress",
            now=now,
            phase=self.phase if phase is None else phase,
            warning_count=self.warning_count + len(batch.warnings),
        )

    def success_status(self, batch: OutputBatch) -> JobStatus:
        """Return the state in which the job succeeds with this last output."""
        if self.warning_count or batch.warnings:
            return JobStatus.COMPLETED_WITH_WARNINGS

        return JobStatus.COMPLETED

    def require_none_excluded(
        self, status: JobStatus, *, result: JobResult | None, error: str | None
    ) -> Self:
        """Return the job, or raise FieldNotOfState if the status excludes the result or error."""
        if result is not None and status not in SUCCESSFUL:
            raise self._not_of_state("result", "empty", status)
        if error is not None and status is not JobStatus.FAILED:
            raise self._not_of_state("error", "empty", status)

        return self

    def require_success_status(self, status: JobStatus, batch: OutputBatch) -> Self:
        """Return the job, or raise FieldNotOfState unless it succeeds with this status."""
        if status is self.success_status(batch):
            return self
        if status is JobStatus.COMPLETED:
            raise self._not_of_state("warning_count", "0", status)
        raise self._not_of_state("warning_count", "at least 1", status)

    def finished(self, result: JobResult, batch: OutputBatch, *, now: datetime) -> Self:
        """Return the successful job: completed, or completed_with_warnings if it has any.

        Raises:
            InvalidTransition: The job is not running.
            FieldNotOfState: The result has no commit, and no warning says why.
        """
        action = END_ACTIONS[self.success_status(batch)]
        warning_count = self.warning_count + len(batch.warnings)
        return self._ended(action, now, warning_count=warning_count, result=result)

    def failed(self, reason: str, batch: OutputBatch, *, now: datetime) -> Self:
        """Return the failed job."""
        warning_count = self.warning_count + len(batch.warnings)
        return self._ended(
            "fail", now, warning_count=warning_count, failure_reason=mask_secrets(reason)
        )

    def _ended(
        self,
        action: str,
        now: datetime,
        **fields: Any,  # noqa: ANN401 - the fields of a job
    ) -> Self:
        completed_at = instant_after(self.updated_at, now)
        return self.transition(action, now=completed_at, completed_at=completed_at, **fields)

    def _check_success(self) -> None:
        """Raise FieldNotOfState for a success without the commit or the warning that it needs."""
        if self.status is JobStatus.COMPLETED_WITH_WARNINGS and not self.warning_count:
            raise self._not_of_state("warning_count", "at least 1", self.status)
        if self.status is not JobStatus.COMPLETED:
            return
        if self.warning_count:
            raise self._not_of_state("warning_count", "0", self.status)
        if self.result is None or self.result.commit is None:
            raise self._not_of_state("result.commit", "set", self.status)

    def _not_of_state(self, name: str, expected: str, status: JobStatus) -> FieldNotOfState:
        return FieldNotOfState(JOB.name, self.id, name, expected, str(status))
