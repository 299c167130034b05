"""Process a batch of tasks: claim and commit, perform outside of transactions, finish."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Final, Generic, TypeVar

from attrs import frozen

from indelible.kernel import Actor, Store, StoreBusy
from indelible.kernel.lease_handles import PerformStopped, TimeLimitExceeded
from indelible.kernel.retries import is_last_attempt
from indelible.kernel.stages import Postpone, Stage, TasksRead, TasksWrite
from indelible.kernel.task_commands import CompleteTasks, complete_tasks
from indelible.kernel.task_errors import LeaseLost
from indelible.kernel.tasks import Lease, Leases
from indelible_workers.leases.holds import HeldLeases, RunningTask, TaskAbandoned
from indelible_workers.processing.breaking import BreakerRecorder
from indelible_workers.processing.claims import StageClaims
from indelible_workers.processing.documents import refusal_of
from indelible_workers.processing.failpoints import StageFailpoint
from indelible_workers.processing.failures import FailureRecorder
from indelible_workers.processing.performing import (
    PerformedTask,
    PreparedTask,
    is_database_fault,
    perform_task,
    prepared_by_id,
    stored_results,
)
from indelible_workers.threads.timeouts import count_returned, count_timed_out, record_in_thread
from indelible_workers.worker import ClaimPosition, Worker, logger

MAX_FINISH_TRIES: Final = 4  # while the database is unavailable
FINISH_RETRY_SECONDS: Final = 1

Tx = TypeVar("Tx", bound=TasksWrite)
Work = TypeVar("Work")
Outcome = TypeVar("Outcome")


def process_batch(
    store: Store[TasksRead, Tx],
    stage: Stage[Tx, Work, Outcome],
    *,
    actor: Actor,
    worker: Worker | None = None,
) -> int:
    """Claim and process one batch of the stage's tasks and return how many were claimed.

    A process that calls this repeatedly passes its worker, which runs the heartbeat and remembers
    the claim position. Without a heartbeat no lease is extended and no time limit enforced.
    """
    if worker is None:
        with Worker(store=store, actor=actor).heartbeat() as own_worker:
            return process_batch(store, stage, actor=actor, worker=own_worker)

    if worker.stopping.is_set():
        return 0

    return _BatchProcessor(store=store, stage=stage, actor=actor, worker=worker).run()


@frozen(kw_only=True)
class _BatchProcessor(Generic[Tx, Work, Outcome]):
    store: Store[TasksRead, Tx]
    stage: Stage[Tx, Work, Outcome]
    actor: Actor
    worker: Worker

    def run(self) -> int:
        """Process one batch and return how many tasks were claimed."""
        leases, prepared = self._claim()
        performed: list[PerformedTask[Work, Outcome]] = []
        hold = HeldLeases(
            self.stage,
            leases,
            self.worker.clock,
            on_abandoned=partial(self._abandon, performed),
            record_timed_out=partial(self._record_timed_out, leases, performed),
        )
        with self.worker.hold_leases(hold):
            self._fail_refused(leases)
            try:
                self._perform_all(hold, prepared, performed)
            except Exception:
                # A failure could not be recorded. What was performed before is not repeated for it.
                self._finish_batch(hold, performed)
                raise
            self._finish_batch(hold, performed)

        return len(leases)

    # Claim

    def _claim(self) -> tuple[Leases, Iterable[PreparedTask[Work]]]:
        """Claim a batch and return its leases and its prepared tasks.

        A batch that the stage refuses to prepare is claimed again, and each task is prepared just
        before it is performed.
        """
        self.worker.at_failpoint(StageFailpoint.BEFORE_CLAIM)
        prepared: Iterable[PreparedTask[Work]]
        try:
            if self._can_claim_alone():
                leases, position = self._claims.claim_alone()
                prepared = prepared_by_id(self._usable(leases))
            else:
                leases, position, prepared = self._claim_and_prepare()
        except Exception as error:  # noqa: BLE001 - a fault of the database is raised again below
            if not isinstance(error, Postpone | StoreBusy):
                logger.warning(
                    "stage %s: batch claim failed (%s); retrying tasks one at a time",
                    self.stage.name,
                    type(error).__name__,
                )
            self.worker.claim_positions.pop(self.stage.name, None)
            with self._transaction("single claim") as tx:
                leases, position = self._claims.claim(tx)
            # What was prepared before belongs to leases that were rolled back.
            prepared = self._prepare_one_by_one(leases)

        self.worker.at_failpoint(StageFailpoint.AFTER_CLAIM)
        self.worker.claim_positions[self.stage.name] = position
        self.worker.count(self.stage.name, "claimed", len(leases))
        return leases, prepared

    def _can_claim_alone(self) -> bool:
        """Return True if a claim writes nothing but leases: one statement, which commits itself."""
        writes_more = (
            self.stage.acts_outside or self.stage.rate is not None or self.stage.breaker is not None
        )
        return self.stage.claim is None and not writes_more

    def _claim_and_prepare(self) -> tuple[Leases, ClaimPosition, list[PreparedTask[Work]]]:
        """Claim a batch and prepare it in one transaction."""
        with self._transaction("claim") as tx:
            leases, position = self._claims.claim(tx)
            prepared = self._prepare(tx, leases)
            self.worker.at_failpoint(StageFailpoint.BEFORE_CLAIM_COMMIT)

        return leases, position, prepared

    @property
    def _claims(self) -> StageClaims[Tx]:
        return StageClaims(store=self.store, stage=self.stage, actor=self.actor, worker=self.worker)

    def _prepare(self, tx: Tx, leases: Leases) -> list[PreparedTask[Work]]:
        """Ask the stage what `perform` needs, and record the start of an act outside."""
        usable = self._usable(leases)
        if not usable:
            return []

        if self.stage.acts_outside:
            tx.tasks.record_start(usable)
        if self.stage.claim is None:
            return prepared_by_id(usable)

        works = self.stage.claim(tx, usable)
        return [PreparedTask(lease, work) for lease, work in zip(usable, works, strict=True)]

    def _usable(self, leases: Leases) -> list[Lease]:
        return [lease for lease in leases if refusal_of(self.stage, lease) is None]

    def _prepare_one_by_one(self, leases: Leases) -> Iterator[PreparedTask[Work]]:
        """Prepare each task in its own transaction; a task that fails holds up no other."""
        for lease in leases:
            try:
                with self._transaction("single claim") as tx:
                    prepared = self._prepare(tx, [lease])
            except Exception as error:  # noqa: BLE001 - whatever it raises, this task failed
                self._fail(lease, error)
            else:
                yield from prepared

    # Perform

    def _perform_all(
        self,
        hold: HeldLeases,
        prepared: Iterable[PreparedTask[Work]],
        performed: list[PerformedTask[Work, Outcome]],
    ) -> None:
        """Perform the tasks one after the other and append what was performed."""
        unstarted: list[Lease] = []
        for task in prepared:
            # The start of an act outside is recorded already, so it is performed in any case.
            if self.worker.stopping.is_set() and not self.stage.acts_outside:
                unstarted.append(task.lease)
                continue

            try:
                performed.append(self._perform_one(task, hold))
            except KeyboardInterrupt:
                raise
            except TaskAbandoned:
                count_returned(self.worker, task.lease)
                return
            except PerformStopped as error:
                if self.worker.stopping.is_set():
                    unstarted.append(task.lease)
                else:  # nobody asked it to stop
                    self._fail(task.lease, error)
            except BaseException as error:  # noqa: BLE001 - whatever it raises, this task failed
                self._fail(task.lease, error)
                self._breaker.record_failure(error)

        self._release(unstarted)

    def _perform_one(
        self, task: PreparedTask[Work], hold: HeldLeases
    ) -> PerformedTask[Work, Outcome]:
        self.worker.at_failpoint(StageFailpoint.BEFORE_PERFORM)
        performed = perform_task(self.stage, task, hold, self.worker.children)
        self.worker.at_failpoint(StageFailpoint.AFTER_PERFORM)
        return performed

    # A task that exceeds its limit and does not return; the heartbeat calls these two

    def _abandon(
        self, performed: Sequence[PerformedTask[Work, Outcome]], running: RunningTask
    ) -> None:
        """Note that a task still occupies its thread, and complete what that has performed."""
        count_timed_out(self.worker, running)
        if performed:
            finish = partial(self._finish_performed, performed)
            self.worker.finishers.start(self.stage.name, finish)

    def _record_timed_out(
        self,
        leases: Leases,
        performed: Sequence[PerformedTask[Work, Outcome]],
        running: RunningTask,
    ) -> None:
        """Record the failure of a task that exceeded its limit, and release what was not started.

        The thread that hangs appends nothing more to what was performed.
        """
        lease = running.handle.lease
        error = TimeLimitExceeded(lease.stage, lease.entity_id, running.timeout_seconds)
        # The hung `perform` may have locked the task in a transaction of its own.
        record = partial(self._fail, lease, error, can_wait=False)
        done = [lease, *(task.lease for task in performed)]
        others = [other for other in leases if other not in done]
        now = self.worker.clock.now()
        if self.stage.on_dead is not None and is_last_attempt(self.store, self.stage, lease, now):
            self._release(others)
            record_in_thread(self.worker, self.stage, lease, record)
        else:
            record()
            self._release(others)

    def _finish_performed(self, performed: Sequence[PerformedTask[Work, Outcome]]) -> None:
        """Complete tasks whose thread performs another one that hangs, and extend their leases."""
        hold = HeldLeases(self.stage, [task.lease for task in performed], self.worker.clock)
        with self.worker.hold_leases(hold):
            self._finish(performed)

    def _release(self, leases: Leases) -> None:
        if not leases:
            return

        self.worker.at_failpoint(StageFailpoint.BEFORE_RELEASE)
        with self._transaction("release") as tx:
            tx.tasks.release(leases)

        self.worker.at_failpoint(StageFailpoint.AFTER_RELEASE)
        self.worker.count(self.stage.name, "released", len(leases))

    # Finish

    def _finish_batch(
        self, hold: HeldLeases, performed: Sequence[PerformedTask[Work, Outcome]]
    ) -> None:
        """Complete what was performed, unless the batch was given up: another thread does it."""
        if performed and not hold.is_abandoned:
            self._finish(performed)

    def _finish(
        self,
        performed: Sequence[PerformedTask[Work, Outcome]],
        tries_left: int = MAX_FINISH_TRIES,
    ) -> None:
        """Complete all tasks in one transaction, or one by one where that is refused.

        A fault of the database does not repeat what was performed: only this step is tried again,
        and the fence refuses a completion that was committed before.
        """
        self.worker.at_failpoint(StageFailpoint.BEFORE_FINISH)
        try:
            self._complete(performed)
        except Exception as error:  # noqa: BLE001 - _fail records it
            self._retry_finish(performed, error, tries_left)
        else:
            self.worker.at_failpoint(StageFailpoint.AFTER_FINISH)
            self.worker.count(self.stage.name, "completed", len(performed))
            if any(task.outcomes for task in performed):
                self._breaker.record_success(performed[0].lease)
            self.worker.wakeup.set()  # a following stage may have tasks now

    def _complete(self, performed: Sequence[PerformedTask[Work, Outcome]]) -> None:
        leases = [task.lease for task in performed]
        results = stored_results(performed)
        outcomes: list[tuple[Work, Outcome]] = []
        for task in performed:
            outcomes.extend(task.outcomes)

        if not outcomes or self.stage.finish is None:
            reason = f"completion of {self.stage.name} tasks"
            command = CompleteTasks(leases=leases, results=results)
            self.store.run(complete_tasks, command, actor=self.actor, reason=reason)
            return

        with self._transaction("completion") as tx:
            tx.tasks.complete(leases, results=results)
            self.stage.finish(tx, outcomes)
            self.worker.at_failpoint(StageFailpoint.BEFORE_FINISH_COMMIT)

    def _retry_finish(
        self,
        performed: Sequence[PerformedTask[Work, Outcome]],
        error: Exception,
        tries_left: int,
    ) -> None:
        if is_database_fault(error) and tries_left > 1:
            self.worker.clock.sleep(FINISH_RETRY_SECONDS)
            self._finish(performed, tries_left - 1)
            return

        if len(performed) > 1:
            for task in performed:
                self._finish([task], tries_left)
            return

        if isinstance(error, LeaseLost) and tries_left < MAX_FINISH_TRIES:
            # An earlier try may have been committed although its answer was lost.
            logger.warning(
                "stage %s: task %s was completed by an earlier try or its lease was lost",
                self.stage.name,
                error.entity_id,
            )
            return

        self._fail(performed[0].lease, error)

    # Fail

    def _fail_refused(self, leases: Leases) -> None:
        """Mark tasks dead that must not be performed."""
        for lease in leases:
            refusal = refusal_of(self.stage, lease)
            if refusal is not None:
                self._fail(lease, refusal)

    def _fail(self, lease: Lease, error: BaseException, *, can_wait: bool = True) -> None:
        """Postpone the task, retry it later or mark it dead, unless its lease is lost.

        Raises:
            TaskLocked: Without `can_wait`: another transaction has locked the task.
        """
        self._recorder.record(lease, error, can_wait=can_wait)

    @property
    def _recorder(self) -> FailureRecorder[Tx]:
        return FailureRecorder(
            store=self.store, stage=self.stage, actor=self.actor, worker=self.worker
        )

    @property
    def _breaker(self) -> BreakerRecorder:
        return BreakerRecorder(store=self.worker.store, stage=self.stage, worker=self.worker)

    def _transaction(self, purpose: str) -> AbstractContextManager[Tx]:
        reason = f"{purpose} of {self.stage.name} tasks"
        return self.store.transaction(actor=self.actor, reason=reason)
