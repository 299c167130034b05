"""The stage that settles a contest: a run is committed, computed from one read, and completed."""

import logging
from collections.abc import Sequence
from typing import Final

from attrs import define, field, frozen

from indelible.contests.commands.contests import CancelShortened
from indelible.contests.commands.runs import FailRun, FinishRun, StartRun
from indelible.contests.entities.runs import SettlementRun
from indelible.contests.errors import SettlementInputChanged, SettlementNotDue
from indelible.contests.handlers.runs import fail_run, finish_run, start_run
from indelible.contests.handlers.transitions import cancel_shortened
from indelible.contests.lifecycle import CONTEST, RunStatus
from indelible.contests.repositories.transactions import ContestsWrite
from indelible.contests.rules.settlement import Settlement, settle
from indelible.contests.rules.tasks import SETTLE_CONTEST_STAGE
from indelible.contests.tasks.dead_tasks import fail_after
from indelible.contests.tasks.failpoints import (
    AtContestFailpoint,
    ContestFailpoint,
    no_contest_failpoint,
)
from indelible.contests.tasks.failures import (
    MAX_ATTEMPTS,
    UNKNOWN_CODE,
    one_line,
    permanent_failures,
    raise_early,
)
from indelible.contests.tasks.observers import ContestObserver, SilentContestObserver
from indelible.contests.tasks.replays import check_replay
from indelible.contests.tasks.settlement_inputs import (
    SettlementRead,
    read_settlement,
    settlement_obstacle,
    settlement_state,
)
from indelible.contests.tasks.states import ContestStore
from indelible.contests.tasks.transitions import COMPLETE
from indelible.kernel import Actor, Clock, Head, IndelibleError, SystemClock
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Postpone, Stage
from indelible.kernel.task_failures import TaskFailure
from indelible.kernel.tasks import Lease, Leases

LEASE_SECONDS: Final = 60
CHANGED_SECONDS: Final = 1.0
OBSTACLE_SECONDS: Final = 10.0
MAX_CHANGES: Final = 5  # of the input, while an operator's settlement is computed

logger = logging.getLogger("indelible.contests")


@frozen(kw_only=True)
class SettleWork:
    """A contest to settle and its run; without a run, the tournament was too short."""

    contest_id: str
    run_id: str | None


@define(kw_only=True)
class SettleContest:
    """Settles a contest once its hold is over.

    The claim commits a run in STARTED, so that each attempt has a record. `perform` computes from
    one read, with no transaction open. `finish` writes contest, run and lines in one transaction,
    or postpones the task where log or entries have changed since the run was started.
    """

    store: ContestStore
    clock: Clock = field(factory=SystemClock)
    observer: ContestObserver = field(factory=SilentContestObserver)
    at_failpoint: AtContestFailpoint = no_contest_failpoint
    lease_seconds: int = LEASE_SECONDS
    max_attempts: int = MAX_ATTEMPTS

    def stage(self) -> Stage[ContestsWrite, SettleWork, FinishRun | None]:
        """Return the stage, whose tasks belong to contests and stay in the database."""
        return Stage(
            name=SETTLE_CONTEST_STAGE,
            lifecycle=CONTEST,
            batch=1,
            acts_outside=False,
            lease_seconds=self.lease_seconds,
            max_attempts=self.max_attempts,
            claim=self.claim,
            perform=self.perform,
            finish=self.finish,
            on_dead=self.on_dead,
        )

    def claim(self, tx: ContestsWrite, leases: Leases) -> Sequence[SettleWork | None]:
        """Start a run of each contest whose hold is over; None for one that goes on.

        Raises: Postpone while the hold lasts, the log is paused, or fetches wait for it.
        """
        works: list[SettleWork | None] = []
        for lease in leases:
            with permanent_failures():
                works.append(self._claim(tx, lease.entity_id))

        return works

    def _claim(self, tx: ContestsWrite, contest_id: str) -> SettleWork | None:
        contest = tx.contests.contests.lock(contest_id).entity
        if not contest.is_waiting_for(COMPLETE):
            return None

        state = settlement_state(tx, contest)
        if state.due_at is None:
            return None
        raise_early(state.due_at, tx.clock.now())
        obstacle = settlement_obstacle(tx, contest_id, tx.clock.now())
        if obstacle is not None:
            raise Postpone(OBSTACLE_SECONDS, obstacle)
        if state.is_too_short:
            return SettleWork(contest_id=contest_id, run_id=None)

        self.at_failpoint(ContestFailpoint.SETTLE_BEFORE_RUN)
        try:
            run = start_run(tx, StartRun(contest_id=contest_id)).entity
        except SettlementNotDue as error:
            # The log has changed, or was paused, since it was read here.
            raise Postpone(CHANGED_SECONDS, one_line(error.describe())) from error
        self.at_failpoint(ContestFailpoint.SETTLE_AFTER_RUN)
        return SettleWork(contest_id=contest_id, run_id=run.id)

    def perform(self, work: SettleWork, handle: LeaseHandle) -> FinishRun | None:
        """Compute the settlement from one read, and prepare what `finish` writes.

        Raises: PermanentFailure where the same input would lead to the same error.
        """
        handle.check()
        if work.run_id is None:
            return None

        with permanent_failures():
            return self._compute(work.contest_id, work.run_id)

    def _compute(self, contest_id: str, run_id: str) -> FinishRun:
        self.at_failpoint(ContestFailpoint.SETTLE_BEFORE_READ)
        read = self.store.read(read_settlement, contest_id)
        self.at_failpoint(ContestFailpoint.SETTLE_AFTER_READ)
        started_at = self.clock.now()
        settlement = compute(self.store, read, self.observer)
        command = FinishRun.of(run_id, settlement, action=COMPLETE)
        seconds = (self.clock.now() - started_at).total_seconds()
        self.observer.settlement_computed(max(0.0, seconds))
        self.at_failpoint(ContestFailpoint.SETTLE_AFTER_COMPUTE)
        return command

    def finish(
        self, tx: ContestsWrite, performed: Sequence[tuple[SettleWork, FinishRun | None]]
    ) -> None:
        """Write the settlement, or cancel the contest of a tournament that was too short.

        Raises: Postpone where the input has changed, PermanentFailure.
        """
        for work, command in performed:
            with permanent_failures():
                self.at_failpoint(ContestFailpoint.SETTLE_BEFORE_WRITE)
                self._write(tx, work, command)
                self.at_failpoint(ContestFailpoint.SETTLE_AFTER_WRITE)

    def _write(self, tx: ContestsWrite, work: SettleWork, command: FinishRun | None) -> None:
        try:
            if command is None:
                cancel_shortened(tx, CancelShortened(contest_id=work.contest_id))
                return
            finish_run(tx, command)
        except (SettlementInputChanged, SettlementNotDue) as error:
            # The log, or an entry, has changed since the claim read it.
            raise Postpone(CHANGED_SECONDS, one_line(error.describe())) from error
        logger.info(
            "[Settlement] contest %s: run %s settles %s entries, result %s",
            work.contest_id,
            work.run_id,
            command.totals.line_count,
            command.totals.result_digest,
        )
        self.observer.settled(RunStatus.COMPLETE.value)

    def on_dead(self, tx: ContestsWrite, lease: Lease, failure: TaskFailure) -> None:
        """Bring the contest to ERROR and end its run as failed."""
        self.at_failpoint(ContestFailpoint.FAIL_BEFORE_WRITE)
        fail_after(tx, lease.entity_id, COMPLETE, failure, self.observer)
        started = tx.contests.runs.started(lease.entity_id)
        if started is not None:
            command = FailRun(
                run_id=started.entity.id,
                error_code=failure.code or UNKNOWN_CODE,
                error_message=failure.message,
            )
            fail_run(tx, command)
            self.observer.settled(RunStatus.FAILED.value)
        self.at_failpoint(ContestFailpoint.FAIL_AFTER_WRITE)


def compute(store: ContestStore, read: SettlementRead, observer: ContestObserver) -> Settlement:
    """Return the settlement of what was read, after the log has proved its state by a replay.

    Raises: ReplayMismatch, SettlementFailed.
    """
    check_replay(store, read.log, read.state, observer)
    return settle(read.input)


def settle_now(
    store: ContestStore,
    contest_id: str,
    *,
    action: str,
    actor: Actor,
    reason: str,
    request_id: str | None = None,
    observer: ContestObserver | None = None,
) -> Head[SettlementRun]:
    """Settle a contest at once, for an operator who resolves its error.

    A settlement that cannot be computed ends the run as failed and leaves the contest as it is.

    Raises: SettlementFailed, ReplayMismatch, SettlementInputChanged, RetryNotPossible, Stale.
    """
    steps = OperatorSettlement(
        store=store, actor=actor, reason=reason, request_id=request_id, action=action
    )
    return steps.run(contest_id, observer or SilentContestObserver())


@frozen(kw_only=True)
class OperatorSettlement:
    """The three steps of a settlement in the name of an operator."""

    store: ContestStore
    actor: Actor
    reason: str
    request_id: str | None
    action: str

    def run(self, contest_id: str, observer: ContestObserver) -> Head[SettlementRun]:
        """Settle the contest; begin again where its input has changed meanwhile."""
        for changes_left in range(MAX_CHANGES, -1, -1):
            try:
                return self._settle(contest_id, observer)
            except SettlementInputChanged:
                if not changes_left:
                    raise

        raise AssertionError("the last change is raised")

    def _settle(self, contest_id: str, observer: ContestObserver) -> Head[SettlementRun]:
        started = self.store.run(
            start_run,
            StartRun(contest_id=contest_id),
            actor=self.actor,
            reason=self.reason,
            request_id=self.request_id,
        )
        try:
            read = self.store.read(read_settlement, contest_id)
            settlement = compute(self.store, read, observer)
            command = FinishRun.of(started.entity.id, settlement, action=self.action)
            return self.store.run(
                finish_run,
                command,
                actor=self.actor,
                reason=self.reason,
                request_id=self.request_id,
            )
        except IndelibleError as error:
            self._fail(started.entity.id, error)
            raise

    def _fail(self, run_id: str, error: IndelibleError) -> None:
        """End the run as failed; one that stays STARTED is ended by the next run."""
        command = FailRun(
            run_id=run_id, error_code=error.code, error_message=one_line(error.describe())
        )
        try:
            self.store.run(
                fail_run,
                command,
                actor=self.actor,
                reason=self.reason,
                request_id=self.request_id,
            )
        except IndelibleError as refusal:
            logger.warning("[Settlement] run %s is not ended: %s", run_id, refusal)
