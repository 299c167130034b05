"""The attempts to process a job, each with what became of it, from the records of its task."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attrs import frozen

from indelible.kernel import Actor
from indelible.kernel.tasks import Attempt, AttemptOutcome
from indelible.projects import TERMINAL, Job

LOST: Final = "Ended without a result: its worker was lost"
STOPPED: Final = "Stopped: the job was canceled"
RUNNING: Final = "Running, or waiting for its worker's lease to end"
OUTCOMES: Final = {
    AttemptOutcome.FAILED: "Failed",
    AttemptOutcome.DEAD: "Failed, and is not tried again",
    AttemptOutcome.REQUEUED: "Requeued",
    AttemptOutcome.CANCELED: "Canceled",
}


@frozen(kw_only=True)
class JobAttempt:
    """An attempt with its number and its outcome; an event between attempts has no number."""

    number: int | None
    outcome: str
    actor: Actor
    at: datetime
    reason: str | None


def attempts_of(job: Job, records: Sequence[Attempt]) -> tuple[JobAttempt, ...]:
    """Return the job's attempts and the events between them, newest first.

    `records` are those of the job's task, newest first. A record of a start and one of a failure
    with the same fence are one attempt. Its number is its fence, counted from the first start,
    whose record stays as long as the task: numbers hold when old attempts are deleted. They count
    from the first start in `records`, so that they move where a task has more records than those.
    """
    fences = [record.fence for record in records if record.outcome is AttemptOutcome.STARTED]
    numbers = {fence: fence - min(fences) + 1 for fence in fences}
    failures = _failures(records)

    attempts: list[JobAttempt] = []
    for record in records:
        if record.outcome is AttemptOutcome.STARTED:
            attempts.append(_attempt(job, record, numbers[record.fence], records))
        elif record.fence not in numbers or failures.get(record.fence) is not record:
            attempts.append(_event(record))

    return tuple(attempts)


def _failures(records: Sequence[Attempt]) -> dict[int, Attempt]:
    failures: dict[int, Attempt] = {}
    for record in records:
        if record.outcome in (AttemptOutcome.FAILED, AttemptOutcome.DEAD):
            failures[record.fence] = record

    return failures


def _attempt(job: Job, start: Attempt, number: int, records: Sequence[Attempt]) -> JobAttempt:
    failure = _failures(records).get(start.fence)
    if failure is None:
        outcome = _outcome_without_failure(job, start, records)
        reason = None
    else:
        outcome = OUTCOMES[failure.outcome]
        reason = failure.reason

    return JobAttempt(number=number, outcome=outcome, actor=start.actor, at=start.at, reason=reason)


def _outcome_without_failure(job: Job, start: Attempt, records: Sequence[Attempt]) -> str:
    """Return what became of an attempt whose end has no record of its own."""
    following = [record for record in records if record.fence > start.fence]
    if following:
        # The newest record is the first.
        is_canceled = following[-1].outcome is AttemptOutcome.CANCELED
        return STOPPED if is_canceled else LOST
    if job.status in TERMINAL:
        return job.status.replace("_", " ").capitalize()

    return RUNNING


def _event(record: Attempt) -> JobAttempt:
    return JobAttempt(
        number=None,
        outcome=OUTCOMES[record.outcome],
        actor=record.actor,
        at=record.at,
        reason=record.reason,
    )
