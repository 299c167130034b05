"""The stage that appends the events of a tournament's fetches to the log of a contest."""

import logging
from datetime import datetime
from typing import Final

from attrs import define, field

from indelible.contests.commands.contests import CancelByProvider
from indelible.contests.commands.logs import AppendEvents
from indelible.contests.entities.contests import Contest
from indelible.contests.handlers.logs import append_events
from indelible.contests.handlers.transitions import cancel_by_provider
from indelible.contests.lifecycle import CONTEST, ContestStatus
from indelible.contests.repositories.transactions import ContestsWrite
from indelible.contests.rules.assess import Assessment, assess
from indelible.contests.rules.tasks import (
    INGEST_CONTEST_STAGE,
    SETTLE_CONTEST_STAGE,
    START_CONTEST_STAGE,
)
from indelible.contests.rules.terminal import settlement_due
from indelible.contests.rules.unassessed import refuse_unassessed
from indelible.contests.tasks.failpoints import (
    AtContestFailpoint,
    ContestFailpoint,
    no_contest_failpoint,
)
from indelible.contests.tasks.failures import STOPS, TRANSIENT, one_line
from indelible.contests.tasks.observers import ContestObserver, SilentContestObserver
from indelible.contests.tasks.states import ContestStore
from indelible.contests.tasks.transitions import COMPLETE, START
from indelible.contests.tasks.waiting_fetches import WaitingFetch, next_fetch
from indelible.kernel import Actor, Clock, Stale, SystemClock
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import RetryLater, Stage
from indelible.kernel.waking import wake

INGESTION: Final = Actor.system("ingestion")
LEASE_SECONDS: Final = 60
MAX_ATTEMPTS: Final = 20
MAX_STALE: Final = 5  # in a row, while an operator corrects the log
STALE_SECONDS: Final = 1.0
CANCELABLE: Final = frozenset({ContestStatus.SCHEDULED, ContestStatus.LOCKED, ContestStatus.LIVE})

logger = logging.getLogger("indelible.contests")


@define(kw_only=True)
class IngestContest:
    """The stage that assesses the waiting fetches of a contest, with one transaction per fetch.

    `perform` reads the log, assesses the fetch with no transaction open, and appends the events if
    it still has the lease of its task and the log still has the seq that was read. If the log has
    changed, it reads again. The actor of the events is `system:ingestion`. After a killed attempt,
    the events of a fetch are stored completely or not at all.

    No fetch holds the log up forever. An unexpected error of the assessment, which is pure and
    would fail again, becomes an INVALID event at once. An unexpected error of the transaction
    becomes one in the last attempt; a transient error never does.
    """

    store: ContestStore
    clock: Clock = field(factory=SystemClock)
    observer: ContestObserver = field(factory=SilentContestObserver)
    at_failpoint: AtContestFailpoint = no_contest_failpoint
    lease_seconds: int = LEASE_SECONDS
    max_attempts: int = MAX_ATTEMPTS

    def stage(self) -> Stage[ContestsWrite, str, None]:
        """Return the stage, whose tasks belong to contests and stay in the database."""
        return Stage(
            name=INGEST_CONTEST_STAGE,
            batch=1,
            acts_outside=False,
            lifecycle=CONTEST,
            perform=self.perform,
            lease_seconds=self.lease_seconds,
            max_attempts=self.max_attempts,
        )

    def perform(self, contest_id: str, handle: LeaseHandle) -> None:
        """Append the events of each waiting fetch, oldest first.

        Raises: PerformStopped, LeaseLost, RetryLater after MAX_STALE changes of the log in a row.
        """
        stale = 0
        while True:
            handle.check()
            self.at_failpoint(ContestFailpoint.INGEST_BEFORE_READ)
            work = self.store.read(next_fetch, contest_id)
            self.at_failpoint(ContestFailpoint.INGEST_AFTER_READ)
            if work is None:
                return

            try:
                self._append_fetch(work, handle)
            except Stale as error:
                stale += 1
                if stale == MAX_STALE:
                    reason = f"the log was changed by other transactions {MAX_STALE} times"
                    raise RetryLater(reason, STALE_SECONDS) from error
            else:
                stale = 0

    def _append_fetch(self, work: WaitingFetch, handle: LeaseHandle) -> None:
        """Assess a fetch and append its events."""
        assessment = self._assess(work)
        self.at_failpoint(ContestFailpoint.INGEST_AFTER_ASSESS)
        try:
            self._append(work, assessment, handle)
        except (*STOPS, *TRANSIENT):
            raise
        except Exception as error:
            if handle.lease.attempt < self.max_attempts:
                raise
            self._append(work, _refused(work, error), handle)

    def _assess(self, work: WaitingFetch) -> Assessment:
        """Return the decision on a fetch; a defect refuses it."""
        started_at = self.clock.now()
        try:
            assessment = assess(work.assess_input)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the log must go on
            return _refused(work, error)

        seconds = (self.clock.now() - started_at).total_seconds()
        self.observer.scored(max(0.0, seconds))
        return assessment

    def _append(self, work: WaitingFetch, assessment: Assessment, handle: LeaseHandle) -> None:
        """Append events in a transaction of their own, under the lease of the task."""

        def append(tx: ContestsWrite, command: AppendEvents) -> None:
            tx.tasks.require_lease(handle.lease)
            self.at_failpoint(ContestFailpoint.INGEST_BEFORE_APPEND)
            _append(tx, command, work)
            self.at_failpoint(ContestFailpoint.INGEST_AFTER_APPEND)

        command = AppendEvents(
            contest_id=work.contest_id,
            expected_seq=work.log_seq,
            contest_seq=work.contest_seq,
            fetch_number=work.fetch_number,
            assessment=assessment,
        )
        reason = f"fetch {work.fetch_number} of tournament {work.provider_event_id}"
        self.store.run(append, command, actor=INGESTION, reason=reason)
        self.at_failpoint(ContestFailpoint.INGEST_AFTER_COMMIT)
        self._observe(work, assessment)

    def _observe(self, work: WaitingFetch, assessment: Assessment) -> None:
        for event in assessment.events:
            codes = [fault.code.value for fault in event.faults]
            first_code = codes[0] if codes else ""
            self.observer.event_stored(event.validity.value, first_code)
            for code in codes:
                self.observer.event_rejected(code)
            logger.log(
                logging.WARNING if codes else logging.INFO,
                "[Ingestion] contest %s: fetch %s leads to event %s, %s, %s, faults %s",
                work.contest_id,
                work.fetch_number,
                event.number,
                event.kind.value,
                event.validity.value,
                ", ".join(sorted(set(codes))) or "none",
            )


def _refused(work: WaitingFetch, error: Exception) -> Assessment:
    """Log an unexpected error, and return an INVALID event in place of what the fetch shows."""
    logger.error(
        "[Ingestion] contest %s: fetch %s cannot be taken up",
        work.contest_id,
        work.fetch_number,
        exc_info=error,
    )
    problem = one_line(f"{type(error).__name__}: {error}")
    return refuse_unassessed(work.assess_input, problem)


def _append(tx: ContestsWrite, command: AppendEvents, work: WaitingFetch) -> None:
    """Append the events, and cancel the contest or wake its next transition with them.

    Tasks are locked before contests and contests before logs, in every transaction. The contest is
    locked only where it changes: events do not contend with entries.
    """
    assessment = command.assessment
    cancelled_number = assessment.marks.cancelled_number
    if cancelled_number is None:
        contest = tx.contests.contests.get(work.contest_id).entity
        _wake_transition(tx, contest, work, assessment)
        append_events(tx, command)
        return

    contest = tx.contests.contests.lock(work.contest_id).entity
    append_events(tx, command)
    # A contest that was in ERROR at the event is canceled by the next fetch after its resumption.
    if contest.status in CANCELABLE:
        cancel = CancelByProvider(contest_id=contest.id, event_number=cancelled_number)
        cancel_by_provider(tx, cancel)


def _wake_transition(
    tx: ContestsWrite, contest: Contest, work: WaitingFetch, assessment: Assessment
) -> None:
    """Make the next transition due if the events are what it waits for."""
    if not assessment.events:
        return
    if contest.is_waiting_for(START):
        now = tx.clock.now()
        wake(tx.tasks, START_CONTEST_STAGE, contest.id, max(now, contest.start_time))
        return

    due_at = _settlement_due(work, assessment)
    if contest.is_waiting_for(COMPLETE) and due_at is not None:
        wake(tx.tasks, SETTLE_CONTEST_STAGE, contest.id, due_at)


def _settlement_due(work: WaitingFetch, assessment: Assessment) -> datetime | None:
    return settlement_due(assessment.state, work.assess_input.configuration, assessment.marks)
