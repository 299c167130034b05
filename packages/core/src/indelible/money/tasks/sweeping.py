"""The recurring stage that finds payouts which do not go on by themselves.

It plans settlements without a payout job, continues plans whose task is dead, approves by the
setting, wakes transfers that could go on, keeps unclaimed money, and completes jobs. Each
repair is a transaction of its own.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from attrs import define, field, frozen

from indelible.kernel import Clock, IndelibleError, SystemClock
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage
from indelible.kernel.waking import wake
from indelible.money.commands.payouts import (
    CompletePayoutJob,
    MarkUnclaimed,
    PlanPayouts,
    TransferCommand,
)
from indelible.money.errors.gateway import ParkReason
from indelible.money.errors.payouts import PayoutJobNotFinished
from indelible.money.handlers.payouts.approving import approve_automatically, wake_transfer
from indelible.money.handlers.payouts.ending import complete_payout_job, mark_unclaimed
from indelible.money.handlers.payouts.planning import plan_payouts
from indelible.money.ports.gateway import StripeGateway
from indelible.money.queries.payouts import (
    OpenTransfers,
    SweepWork,
    find_open_transfers,
    find_sweep_work,
    find_unapproved,
)
from indelible.money.repositories.transactions import MoneyRead, MoneyWrite
from indelible.money.rules.payouts import (
    MANUAL,
    PLAN_TRANSFERS_STAGE,
    SWEEP_PAYOUTS_STAGE,
    PayoutPolicy,
)
from indelible.money.tasks.payout_failpoints import (
    AtPayoutFailpoint,
    PayoutFailpoint,
    no_payout_failpoint,
)
from indelible.money.tasks.payout_observers import (
    PayoutObserver,
    PayoutReport,
    SilentPayoutObserver,
)
from indelible.money.tasks.sending import PAYOUTS
from indelible.money.tasks.states import MoneyStore

SWEEP_SECONDS: Final = 30  # a settlement without a job is planned within 60 seconds
STUCK_AFTER: Final = timedelta(minutes=30)
LEASE_SECONDS: Final = 300
MAX_ATTEMPTS: Final = 3
MAX_REPAIRS: Final = 500  # of a kind, in one run; the next run finds the others
HINTS: Final = {
    "plan": "The next run plans the settlement again; reconcile if it fails again.",
    "approve": "Approve the transfer by hand.",
    "wake": "Read the transfer's attempts; look it up, then issue it again.",
    "unclaim": "Read the payee and the transfer; mark it as unclaimed by hand.",
    "complete": "The next run counts the job's transfers again.",
}

logger = logging.getLogger("indelible.money")


@frozen(kw_only=True)
class SweepError:
    """A repair that failed. No field is empty."""

    job_id: str
    code: str
    reason: str
    state_reached: str
    recovery_hint: str


@frozen(kw_only=True)
class SweepResult:
    """The result of a run of the scheduler."""

    success: bool
    jobs_processed: int
    jobs_completed: int
    total_transfers_processed: int
    errors: tuple[SweepError, ...] = ()


@define
class _Run:
    """The count of what one run has done so far."""

    jobs: set[str] = field(factory=set[str])
    completed: int = 0
    transfers: set[str] = field(factory=set[str])
    errors: list[SweepError] = field(factory=list[SweepError])

    def result(self) -> SweepResult:
        """Return the result of the run."""
        return SweepResult(
            success=not self.errors,
            jobs_processed=len(self.jobs),
            jobs_completed=self.completed,
            total_transfers_processed=len(self.transfers),
            errors=tuple(self.errors),
        )


@define(kw_only=True)
class SweepPayouts:
    """Repairs payouts: the safety net of the reaction, of events and of tasks."""

    store: MoneyStore
    gateway: StripeGateway
    clock: Clock = field(factory=SystemClock)
    policy: PayoutPolicy = MANUAL
    observer: PayoutObserver = field(factory=SilentPayoutObserver)
    at_failpoint: AtPayoutFailpoint = no_payout_failpoint

    def stage(self) -> Stage[MoneyWrite, str, dict[str, Any]]:
        """Return the stage, whose only task is recurring; its result is stored."""
        return Stage(
            name=SWEEP_PAYOUTS_STAGE,
            batch=1,
            acts_outside=False,
            lifecycle=None,
            perform=self.perform,
            lease_seconds=LEASE_SECONDS,
            max_attempts=MAX_ATTEMPTS,
            store_results=True,
        )

    def perform(self, _: str, handle: LeaseHandle) -> dict[str, Any]:
        """Make one run, and return its result as a document."""
        handle.check()
        return as_document(self.run())

    def run(self) -> SweepResult:
        """Make all repairs that are due now."""
        run = _Run()
        work = self.store.read(find_sweep_work, self.clock.now(), limit=MAX_REPAIRS)
        for settlement_id in work.unplanned:
            run.jobs.add(settlement_id)
            self._repair(run, "plan", settlement_id, "settled", self._plan, settlement_id)
        for job_id in self.store.read(_dead_plans):
            run.jobs.add(job_id)
            self._repair(run, "plan", job_id, "planned in part", self._plan_rest, job_id)
        parked = self._move_transfers(run, work)
        for job_id in work.jobs:
            run.jobs.add(job_id)
            self._repair(run, "complete", job_id, "processing", self._complete, (run, job_id))
        report = PayoutReport(
            states=work.states,
            oldest_seconds=work.oldest_seconds,
            parked=parked,
            unplanned=len(work.unplanned),
        )
        self.observer.payouts_swept(report)
        return run.result()

    def _move_transfers(self, run: _Run, work: SweepWork) -> Mapping[ParkReason | None, int]:
        """Approve, wake and end the transfers that can go on; return how many were parked."""
        now = self.clock.now()
        opened = self.store.read(
            find_open_transfers, now, stuck_after=STUCK_AFTER, limit=MAX_REPAIRS
        )
        if self.policy.automatic_approval:
            for transfer in self.store.read(find_unapproved, limit=MAX_REPAIRS):
                run.transfers.add(transfer.id)
                self._repair(
                    run, "approve", transfer.job, transfer.status, self._approve, transfer.id
                )
        woken = [*opened.to_wake, *self._funded(opened)]
        for transfer in woken:
            run.transfers.add(transfer.id)
            self._repair(run, "wake", transfer.job, transfer.status, self._wake, transfer.id)
        for transfer in work.unclaimed:
            run.transfers.add(transfer.id)
            self._repair(run, "unclaim", transfer.job, transfer.status, self._unclaim, transfer.id)
        return opened.parked

    def _funded(self, opened: OpenTransfers) -> list[Any]:
        """Return the transfers that wait for money for which the balance is large enough now."""
        if not opened.unfunded:
            return []
        try:
            balances = self.gateway.retrieve_balance()
        except IndelibleError as error:
            # The transfers try again every hour by themselves.
            logger.warning("[Payout] the balance was not read: %s", error.code)
            return []

        available = {balance.currency: balance.available_minor for balance in balances}
        funded: list[Any] = []
        for transfer in opened.unfunded:
            if available.get(transfer.currency, 0) >= transfer.amount_minor:
                available[transfer.currency] -= transfer.amount_minor
                funded.append(transfer)
        return funded[:MAX_REPAIRS]

    def _repair(
        self,
        run: _Run,
        name: str,
        job_id: str,
        state: str,
        repair: Callable[[Any], None],
        subject: object,
    ) -> None:
        """Make one repair; a failure becomes an entry of the result and stops nothing else."""
        try:
            repair(subject)
        except IndelibleError as error:
            logger.error(  # noqa: TRY400 - the code says all
                "[Payout] %s of %s has failed: %s", name, subject, error.code
            )
            entry = SweepError(
                job_id=job_id,
                code=error.code,
                reason=str(error) or error.code,
                state_reached=state,
                recovery_hint=HINTS[name],
            )
            run.errors.append(entry)

    # Repairs

    def _plan(self, settlement_id: str) -> None:
        def plan(tx: MoneyWrite, command: PlanPayouts) -> None:
            self.at_failpoint(PayoutFailpoint.PLAN_BEFORE_WRITE)
            plan_payouts(tx, command, policy=self.policy)
            self.at_failpoint(PayoutFailpoint.PLAN_AFTER_WRITE)

        command = PlanPayouts(settlement_id=settlement_id)
        self.store.run(plan, command, actor=PAYOUTS, reason="a settlement without a payout job")

    def _plan_rest(self, job_id: str) -> None:
        """Let the task of a job plan the transfers that it has left out when it died."""

        def wake_plan(tx: MoneyWrite, job_id: str) -> None:
            wake(tx.tasks, PLAN_TRANSFERS_STAGE, job_id, tx.clock.now())

        logger.error("[Payout] job %s was planned in part; the rest is planned now", job_id)
        self.store.run(wake_plan, job_id, actor=PAYOUTS, reason="a job planned in part")

    def _approve(self, transfer_id: str) -> None:
        command = TransferCommand(transfer_id=transfer_id)
        self.store.run(approve_automatically, command, actor=PAYOUTS, reason="automatic approval")

    def _wake(self, transfer_id: str) -> None:
        self.store.run(wake_transfer, transfer_id, actor=PAYOUTS, reason="a transfer can go on")

    def _unclaim(self, transfer_id: str) -> None:
        command = MarkUnclaimed(transfer_id=transfer_id)
        self.store.run(mark_unclaimed, command, actor=PAYOUTS, reason="unclaimed money")

    def _complete(self, subject: tuple[_Run, str]) -> None:
        run, job_id = subject
        command = CompletePayoutJob(job_id=job_id)
        try:
            self.store.run(
                complete_payout_job, command, actor=PAYOUTS, reason="all transfers have ended"
            )
        except PayoutJobNotFinished:
            return
        run.completed += 1


def _dead_plans(tx: MoneyRead) -> tuple[str, ...]:
    """Return the jobs whose plan has ended before its last transfer."""
    tasks = tx.tasks.dead(PLAN_TRANSFERS_STAGE, after="", limit=MAX_REPAIRS)
    return tuple(task.entity_id for task in tasks)


def as_document(result: SweepResult) -> dict[str, Any]:
    """Return the result as a JSON value, under the names of the fact sheet."""
    errors: list[dict[str, str]] = []
    for error in result.errors:
        entry = {
            "job_id": error.job_id,
            "code": error.code,
            "reason": error.reason,
            "state_reached": error.state_reached,
            "recovery_hint": error.recovery_hint,
        }
        errors.append(entry)
    return {
        "success": result.success,
        "jobs_processed": result.jobs_processed,
        "jobs_completed": result.jobs_completed,
        "total_transfers_processed": result.total_transfers_processed,
        "errors": errors,
    }
