"""The stage that completes payout jobs whose transfers have ended."""

from collections.abc import Sequence

from attrs import define

from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage
from indelible.kernel.tasks import Leases
from indelible.money.commands.payouts import CompletePayoutJob
from indelible.money.entities.payout_jobs import PAYOUT_JOB
from indelible.money.errors.payouts import PayoutJobNotFinished
from indelible.money.handlers.payouts.ending import complete_payout_job
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.payouts import COMPLETE_PAYOUT_JOB_STAGE
from indelible.money.tasks.payout_failpoints import (
    AtPayoutFailpoint,
    PayoutFailpoint,
    no_payout_failpoint,
)

LEASE_SECONDS = 60


@define(kw_only=True)
class EndPayoutJob:
    """Counts the transfers of a job again whenever one of them has ended."""

    at_failpoint: AtPayoutFailpoint = no_payout_failpoint
    lease_seconds: int = LEASE_SECONDS

    def stage(self) -> Stage[MoneyWrite, str, None]:
        """Return the stage, whose tasks belong to payout jobs and stay in the database."""
        return Stage(
            name=COMPLETE_PAYOUT_JOB_STAGE,
            batch=1,
            acts_outside=False,
            lifecycle=PAYOUT_JOB,
            claim=self.claim,
            perform=self.perform,
            finish=self.finish,
            lease_seconds=self.lease_seconds,
        )

    def claim(self, _: MoneyWrite, leases: Leases) -> Sequence[str | None]:
        """Return the jobs to count."""
        return [lease.entity_id for lease in leases]

    def perform(self, _: str, handle: LeaseHandle) -> None:
        """Do nothing outside of the transaction of `finish`."""
        handle.check()

    def finish(self, tx: MoneyWrite, performed: Sequence[tuple[str, None]]) -> None:
        """Complete each job that is finished; the end of its next transfer counts any other."""
        for job_id, _ in performed:
            self.at_failpoint(PayoutFailpoint.JOB_BEFORE_WRITE)
            try:
                complete_payout_job(tx, CompletePayoutJob(job_id=job_id))
            except PayoutJobNotFinished:
                continue
            self.at_failpoint(PayoutFailpoint.JOB_AFTER_WRITE)
