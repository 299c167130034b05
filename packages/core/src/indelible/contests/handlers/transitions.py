"""The handlers of a contest's transitions: lock, start, cancellations, failures and resolutions.

The settlement's transition is in `runs`, because it ends the run and writes the lines too.
"""

from collections.abc import Mapping
from typing import Final

from indelible.contests import errors
from indelible.contests.commands.contests import (
    CancelByProvider,
    CancelContest,
    CancelShortened,
    FailContest,
    LockContest,
    ResolveError,
    StartContest,
)
from indelible.contests.commands.results import ContestSaved, TransitionOutcome
from indelible.contests.entities.contests import FALLIBLE_ACTIONS, Contest
from indelible.contests.entities.values import EventKind, ReasonCode, ResolveAction, Validity
from indelible.contests.handlers.recovery import require_passing
from indelible.contests.handlers.saving import (
    applied,
    contest_saved,
    evidence_of,
    not_applied,
    save_contest,
)
from indelible.contests.repositories.reads import require_due
from indelible.contests.repositories.transactions import ContestsWrite
from indelible.contests.rules.tasks import (
    LOCK_CONTEST_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.kernel import Head, instant_text
from indelible.kernel.task_errors import TaskNotDead, TaskNotFound

# The stage that makes the transition that has failed.
STAGES: Final[Mapping[str, str]] = {
    "lock": LOCK_CONTEST_STAGE,
    "start": START_CONTEST_STAGE,
    "complete": SETTLE_CONTEST_STAGE,
}
FAILURES: Final[Mapping[str, ReasonCode]] = {"complete": ReasonCode.SETTLEMENT_FAILED}


def lock_contest(tx: ContestsWrite, command: LockContest) -> TransitionOutcome:
    """Lock a contest whose lock time has come; cancel it if it has too few entries.

    `min_entries` counts the entries that were ever made, whatever became of their payments: no
    fault of a payment ends a contest.
    """
    present = tx.contests.contests.get(command.contest_id).entity
    if present.is_waiting_for("lock") and tx.clock.now() >= present.lock_time:
        tx.tasks.enqueue(START_CONTEST_STAGE, {present.id: present.start_time})

    head = tx.contests.contests.lock(command.contest_id)
    contest, now = head.entity, tx.clock.now()
    if not contest.is_waiting_for("lock"):
        return not_applied(head, None)
    if now < contest.lock_time:
        return not_applied(head, f"lock time {instant_text(contest.lock_time)}")

    joined = tx.contests.entries.joins.entries_revision(contest.id).count
    if contest.min_entries is not None and joined < contest.min_entries:
        return applied(_cancel_unfilled(tx, head, joined))

    lock_time = instant_text(contest.lock_time)
    evidence = evidence_of(
        ReasonCode.LOCK_TIME_REACHED, now, lock_time=lock_time, joined_entries=joined
    )
    return applied(save_contest(tx, head, contest.locked(now=now), "lock", evidence))


def start_contest(tx: ContestsWrite, command: StartContest) -> TransitionOutcome:
    """Start a locked contest whose start time has come and whose log has a valid event."""
    head = tx.contests.contests.lock(command.contest_id)
    contest, now = head.entity, tx.clock.now()
    if not contest.is_waiting_for("start"):
        return not_applied(head, None)
    if now < contest.start_time:
        return not_applied(head, f"start time {instant_text(contest.start_time)}")

    event_number = tx.contests.logs.get(contest.id).entity.known_event
    if event_number is None:
        return not_applied(head, "a valid event of the tournament")

    evidence = evidence_of(
        ReasonCode.TOURNAMENT_START_TIME_REACHED,
        now,
        start_time=instant_text(contest.start_time),
        event_number=event_number,
    )
    return applied(save_contest(tx, head, contest.started(now=now), "start", evidence))


def cancel_contest(tx: ContestsWrite, command: CancelContest) -> ContestSaved:
    """Cancel a contest; a canceled one stays as it is.

    Raises:
        InvalidTransition: The contest is settled.
        ContestLocked: The organizer cancels at or after the lock.
    """
    head = tx.contests.contests.lock(command.contest_id)
    now = tx.clock.now()
    code = ReasonCode.ADMIN_CANCEL
    if command.organizer_id is not None:
        head.entity.require_organizer(command.organizer_id)
        code = ReasonCode.ORGANIZER_CANCEL
    if head.entity.is_canceled:
        return contest_saved(head, noop=True)
    if command.organizer_id is not None:
        head.entity.require_open(now)

    return contest_saved(_cancel(tx, head, code))


def cancel_by_provider(tx: ContestsWrite, command: CancelByProvider) -> ContestSaved:
    """Cancel a contest because of a valid CANCELLED event; a terminal one stays as it is.

    Raises:
        EventNotApplicable: The event is another one.
    """
    head = tx.contests.contests.lock(command.contest_id)
    event = tx.contests.logs.event(command.contest_id, command.event_number)
    verdict = (event.kind, event.validity)
    if verdict != (EventKind.CANCELLED, Validity.VALID):
        actual = f"{event.validity} {event.kind}"
        raise errors.EventNotApplicable(event.contest_id, event.number, "VALID CANCELLED", actual)
    if head.entity.is_terminal or head.entity.is_in_error:
        return contest_saved(head, noop=True)

    now = tx.clock.now()
    evidence = evidence_of(
        ReasonCode.PROVIDER_TOURNAMENT_CANCELLED,
        now,
        event_number=event.number,
        event_hash=event.event_hash,
        payload_digest=event.payload_digest,
    )
    action = "cancel_by_provider"
    canceled = head.entity.canceled(action, now=now)
    return contest_saved(save_contest(tx, head, canceled, action, evidence))


def cancel_shortened(tx: ContestsWrite, command: CancelShortened) -> ContestSaved:
    """Cancel a live contest whose tournament has ended with too few official rounds.

    Raises:
        SettlementNotDue: The tournament has not ended or has enough official rounds, or the log is
            paused.
    """
    head = tx.contests.contests.lock(command.contest_id)
    if head.entity.is_canceled:
        return contest_saved(head, noop=True)

    now = tx.clock.now()
    due = require_due(tx, head.entity.require_transition("cancel_shortened"), now)
    due.require_shortened()
    evidence = evidence_of(ReasonCode.INSUFFICIENT_ROUNDS, now, **due.facts())
    canceled = head.entity.canceled("cancel_shortened", now=now)
    return contest_saved(save_contest(tx, head, canceled, "cancel_shortened", evidence))


def fail_contest(tx: ContestsWrite, command: FailContest) -> ContestSaved:
    """Record that lock, start or complete has failed permanently.

    A contest that has left the state of that action stays as it is: the failure is over.
    """
    head = tx.contests.contests.lock(command.contest_id)
    action = command.attempted_action
    now = tx.clock.now()
    if action in FALLIBLE_ACTIONS and not head.entity.is_waiting_for(action):
        return contest_saved(head, noop=True)

    failed = head.entity.failed(action, command.error_code, command.error_message, now=now)
    code = FAILURES.get(action, ReasonCode.TRANSITION_FAILED)
    evidence = evidence_of(code, now, attempted_action=action, error_code=command.error_code)
    return contest_saved(save_contest(tx, head, failed, "fail", evidence))


def resolve_error(tx: ContestsWrite, command: ResolveError) -> ContestSaved:
    """Resolve the error of a contest: check that it may be retried, resume or cancel it.

    Raises:
        RetryNotPossible: The error does not come from LIVE.
        ResumeNotPossible: The check that has failed does not pass now.
    """
    if command.action is ResolveAction.RESUME:
        return _resume(tx, command.contest_id)

    head = tx.contests.contests.lock(command.contest_id)
    if command.action is ResolveAction.CANCEL:
        head.entity.require_transition("resolve_cancel")
        return contest_saved(_cancel(tx, head, ReasonCode.ERROR_RESOLVED_CANCELLED))

    head.entity.require_retry()
    return contest_saved(head, noop=True)


def _resume(tx: ContestsWrite, contest_id: str) -> ContestSaved:
    """Return a contest to the state before its error, and enqueue the failed transition."""
    present = tx.contests.contests.get(contest_id).entity
    action = present.resume_action()
    now = tx.clock.now()
    if present.attempted_action is not None:
        _wake(tx, STAGES[present.attempted_action], contest_id)

    head = tx.contests.contests.lock(contest_id)
    passed = require_passing(tx, head.entity, now)
    evidence = evidence_of(
        ReasonCode.ERROR_RESOLVED_RESUMED,
        now,
        attempted_action=head.entity.attempted_action,
        error_code=head.entity.error_code,
        passed=passed,
    )
    return contest_saved(save_contest(tx, head, head.entity.resumed(now=now), action, evidence))


def _wake(tx: ContestsWrite, stage: str, contest_id: str) -> None:
    """Make a task due now, also one that is dead because its transition has failed."""
    try:
        tx.tasks.requeue(stage, contest_id)
    except (TaskNotFound, TaskNotDead):
        tx.tasks.enqueue(stage, {contest_id: tx.clock.now()})


def _cancel(tx: ContestsWrite, head: Head[Contest], code: ReasonCode) -> Head[Contest]:
    """Cancel a contest for a person, also out of ERROR."""
    action = head.entity.cancel_action()
    now = tx.clock.now()
    if head.entity.is_in_error:
        code = ReasonCode.ERROR_RESOLVED_CANCELLED
    evidence = evidence_of(code, now, error_code=head.entity.error_code)
    return save_contest(tx, head, head.entity.canceled(action, now=now), action, evidence)


def _cancel_unfilled(tx: ContestsWrite, head: Head[Contest], joined: int) -> Head[Contest]:
    """Cancel a contest that has too few entries at its lock time."""
    contest, now = head.entity, tx.clock.now()
    evidence = evidence_of(
        ReasonCode.MIN_ENTRIES_NOT_MET,
        now,
        joined_entries=joined,
        min_entries=contest.min_entries,
    )
    canceled = contest.canceled("cancel_unfilled", now=now)
    return save_contest(tx, head, canceled, "cancel_unfilled", evidence)
