"""The stages that lock a contest at its lock time and start it at the tournament's start."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

from attrs import define, field, frozen

from indelible.contests.commands.contests import LockContest, StartContest
from indelible.contests.commands.results import TransitionOutcome
from indelible.contests.entities.contests import Contest
from indelible.contests.handlers.transitions import lock_contest, start_contest
from indelible.contests.lifecycle import CONTEST
from indelible.contests.repositories.transactions import ContestsWrite
from indelible.contests.rules.tasks import LOCK_CONTEST_STAGE, START_CONTEST_STAGE
from indelible.contests.tasks.dead_tasks import fail_after
from indelible.contests.tasks.failpoints import (
    AtContestFailpoint,
    ContestFailpoint,
    no_contest_failpoint,
)
from indelible.contests.tasks.failures import MAX_ATTEMPTS, permanent_failures, raise_early
from indelible.contests.tasks.observers import ContestObserver, SilentContestObserver
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage
from indelible.kernel.task_failures import TaskFailure
from indelible.kernel.tasks import Lease, Leases

LOCK: Final = "lock"
START: Final = "start"
COMPLETE: Final = "complete"
TRANSITIONS: Final = (LOCK, START, COMPLETE)
LEASE_SECONDS: Final = 60
# Each contest is one transaction: what one of them raises must not hold up another.
BATCH: Final = 1

logger = logging.getLogger("indelible.contests")
Command = TypeVar("Command")


@frozen(kw_only=True)
class TransitionTimer:
    """One of the two timers: its action and its stage, and the function that applies it."""

    action: str
    stage: str
    apply: Callable[[ContestsWrite, str], TransitionOutcome]
    due_at: Callable[[Contest], datetime]
    after_read: ContestFailpoint
    before_write: ContestFailpoint
    after_write: ContestFailpoint


def _lock(tx: ContestsWrite, contest_id: str) -> TransitionOutcome:
    return lock_contest(tx, LockContest(contest_id=contest_id))


def _start(tx: ContestsWrite, contest_id: str) -> TransitionOutcome:
    return start_contest(tx, StartContest(contest_id=contest_id))


def _lock_time(contest: Contest) -> datetime:
    return contest.lock_time


def _start_time(contest: Contest) -> datetime:
    return contest.start_time


LOCK_TIMER: Final = TransitionTimer(
    action=LOCK,
    stage=LOCK_CONTEST_STAGE,
    apply=_lock,
    due_at=_lock_time,
    after_read=ContestFailpoint.LOCK_AFTER_READ,
    before_write=ContestFailpoint.LOCK_BEFORE_WRITE,
    after_write=ContestFailpoint.LOCK_AFTER_WRITE,
)
START_TIMER: Final = TransitionTimer(
    action=START,
    stage=START_CONTEST_STAGE,
    apply=_start,
    due_at=_start_time,
    after_read=ContestFailpoint.START_AFTER_READ,
    before_write=ContestFailpoint.START_BEFORE_WRITE,
    after_write=ContestFailpoint.START_AFTER_WRITE,
)


@define(kw_only=True)
class ContestTimer:
    """Brings a contest to its next state at the time that its configuration names.

    The clock is read again in the transaction that writes, under the contest's lock: a task that is
    early changes nothing and becomes due at the right time.
    """

    timer: TransitionTimer
    observer: ContestObserver = field(factory=SilentContestObserver)
    at_failpoint: AtContestFailpoint = no_contest_failpoint
    lease_seconds: int = LEASE_SECONDS
    max_attempts: int = MAX_ATTEMPTS

    def stage(self) -> Stage[ContestsWrite, str, None]:
        """Return the stage, whose tasks belong to contests and stay in the database."""
        return Stage(
            name=self.timer.stage,
            batch=BATCH,
            acts_outside=False,
            lifecycle=CONTEST,
            claim=self.claim,
            perform=self.perform,
            finish=self.finish,
            on_dead=self.on_dead,
            lease_seconds=self.lease_seconds,
            max_attempts=self.max_attempts,
        )

    def claim(self, tx: ContestsWrite, leases: Leases) -> Sequence[str | None]:
        """Return the contests that wait for the transition; None for one that is further."""
        works: list[str | None] = []
        for lease in leases:
            with permanent_failures():
                contest = tx.contests.contests.get(lease.entity_id).entity
                self.at_failpoint(self.timer.after_read)
            is_waiting = contest.is_waiting_for(self.timer.action)
            works.append(contest.id if is_waiting else None)

        return works

    def perform(self, _: str, handle: LeaseHandle) -> None:
        """Do nothing outside of the transactions of claim and finish."""
        handle.check()

    def finish(self, tx: ContestsWrite, performed: Sequence[tuple[str, Any]]) -> None:
        """Apply the transition.

        Raises: Postpone if its time has not come, PermanentFailure where the same input would be
        refused again.
        """
        for contest_id, _ in performed:
            with permanent_failures():
                self.at_failpoint(self.timer.before_write)
                outcome = self.timer.apply(tx, contest_id)
            self._postpone_early(tx, outcome)
            self._log(outcome)
            self.at_failpoint(self.timer.after_write)

    def _postpone_early(self, tx: ContestsWrite, outcome: TransitionOutcome) -> None:
        """Postpone the task of a contest whose time has not come.

        A contest that waits for data of its tournament is not postponed: the first event enqueues
        the task, and so does the reconciler.
        """
        if outcome.applied or not outcome.contest.is_waiting_for(self.timer.action):
            return
        raise_early(self.timer.due_at(outcome.contest), tx.clock.now())

    def _log(self, outcome: TransitionOutcome) -> None:
        contest = outcome.contest
        if outcome.applied:
            logger.info(
                "[Lifecycle] contest %s: %s to %s", contest.id, self.timer.action, contest.status
            )
        else:
            logger.info(
                "[Lifecycle] contest %s: %s waits for %s",
                contest.id,
                self.timer.action,
                outcome.waits_for,
            )

    def on_dead(self, tx: ContestsWrite, lease: Lease, failure: TaskFailure) -> None:
        """Bring the contest of a task that will not be tried again to ERROR."""
        self.at_failpoint(ContestFailpoint.FAIL_BEFORE_WRITE)
        fail_after(tx, lease.entity_id, self.timer.action, failure, self.observer)
        self.at_failpoint(ContestFailpoint.FAIL_AFTER_WRITE)
