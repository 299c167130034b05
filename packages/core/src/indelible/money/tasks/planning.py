"""The stage that plans the transfers of a payout job which are too many for one transaction."""

from collections.abc import Mapping, Sequence

from attrs import define, frozen

from indelible.kernel import Actor
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage
from indelible.money.commands.payouts import PlanTransfers
from indelible.money.entities.ids import movement_id
from indelible.money.entities.lines import OwedLine
from indelible.money.entities.payout_jobs import PAYOUT_JOB
from indelible.money.handlers.payouts.planning import (
    in_order_of_transfers,
    lines_by_party,
    plan_transfers,
)
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.repositories.transactions import MoneyRead, MoneyWrite
from indelible.money.rules.ledger.payouts import settlement_key
from indelible.money.rules.payouts import MANUAL, PLAN_TRANSFERS_STAGE, PayoutPolicy
from indelible.money.tasks.states import MoneyStore

LEASE_SECONDS = 600


@frozen(kw_only=True)
class UnplannedTransfers:
    """The parties of a payout job without a transfer, and who has planned the job."""

    planner: Actor
    reason: str
    lines: Mapping[str, Sequence[OwedLine]]


@define(kw_only=True)
class PlanRemaining:
    """Plans the remaining transfers of a job, some in each transaction.

    Their ids follow from settlement and party: a worker that continues skips those that exist.
    """

    store: MoneyStore
    policy: PayoutPolicy = MANUAL
    lease_seconds: int = LEASE_SECONDS

    def stage(self) -> Stage[MoneyWrite, str, None]:
        """Return the stage, whose tasks belong to payout jobs and stay in the database."""
        return Stage(
            name=PLAN_TRANSFERS_STAGE,
            batch=1,
            acts_outside=False,
            lifecycle=PAYOUT_JOB,
            perform=self.perform,
            lease_seconds=self.lease_seconds,
        )

    def perform(self, job_id: str, handle: LeaseHandle) -> None:
        """Plan all transfers of a job that do not exist."""
        unplanned = self.store.read(_unplanned, job_id)
        parties = in_order_of_transfers(job_id, unplanned.lines)
        for start in range(0, len(parties), self.policy.transfers_per_step):
            handle.check()
            step = parties[start : start + self.policy.transfers_per_step]
            self._plan(job_id, step, unplanned, handle)

    def _plan(
        self,
        job_id: str,
        parties: Sequence[str],
        unplanned: UnplannedTransfers,
        handle: LeaseHandle,
    ) -> None:
        def plan(tx: MoneyWrite, command: PlanTransfers) -> None:
            tx.tasks.require_lease(handle.lease)
            plan_transfers(tx, command, policy=self.policy)

        lines = {party: unplanned.lines[party] for party in parties}
        command = PlanTransfers(job_id=job_id, lines=lines)
        self.store.run(plan, command, actor=unplanned.planner, reason=unplanned.reason)


def _unplanned(tx: MoneyRead, job_id: str) -> UnplannedTransfers:
    birth = tx.history.of(PAYOUT_JOB.name, job_id, limit=1)[0]
    lines = lines_by_party(tx, movement_id(settlement_key(job_id)))
    after = ""
    while True:
        page = tx.money.transfers.of_job(job_id, after=after, limit=MAX_ROWS_PER_PAGE)
        for head in page:
            lines.pop(head.entity.party, None)
        if len(page) < MAX_ROWS_PER_PAGE:
            return UnplannedTransfers(planner=birth.actor, reason=birth.reason, lines=lines)
        after = page[-1].entity.id
