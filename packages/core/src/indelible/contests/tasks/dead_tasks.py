"""Bring the contest of a dead task to ERROR, from which an operator can resolve it."""

import logging

from indelible.contests.commands.contests import FailContest
from indelible.contests.handlers.transitions import fail_contest
from indelible.contests.repositories.transactions import ContestsWrite
from indelible.contests.tasks.failures import UNKNOWN_CODE
from indelible.contests.tasks.observers import ContestObserver
from indelible.kernel.task_failures import TaskFailure

logger = logging.getLogger("indelible.contests")


def fail_after(
    tx: ContestsWrite,
    contest_id: str,
    action: str,
    failure: TaskFailure,
    observer: ContestObserver,
) -> None:
    """Apply `fail` unless the contest has left the state from which the action leads."""
    contest = tx.contests.contests.lock(contest_id).entity
    if not contest.is_waiting_for(action):
        return

    error_code = failure.code or UNKNOWN_CODE
    command = FailContest(
        contest_id=contest_id,
        attempted_action=action,
        error_code=error_code,
        error_message=failure.message,
    )
    fail_contest(tx, command)
    logger.error("[Lifecycle] contest %s: %s failed with %s", contest_id, action, error_code)
    observer.transition_failed(action, error_code)
