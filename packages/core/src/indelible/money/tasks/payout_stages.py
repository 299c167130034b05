"""All stages of payouts, as a host runs them."""

from typing import Any

from attrs import define, field

from indelible.kernel import Clock, SystemClock
from indelible.kernel.stages import Stage
from indelible.money.ports.gateway import StripeGateway
from indelible.money.rules.payouts import MANUAL, PayoutPolicy
from indelible.money.tasks.outages import RETRY_SECONDS
from indelible.money.tasks.payout_failpoints import AtPayoutFailpoint, no_payout_failpoint
from indelible.money.tasks.payout_jobs import EndPayoutJob
from indelible.money.tasks.payout_observers import PayoutObserver, SilentPayoutObserver
from indelible.money.tasks.planning import PlanRemaining
from indelible.money.tasks.sending import LEASE_SECONDS, KnownReferences, SendTransfer
from indelible.money.tasks.states import MoneyStore
from indelible.money.tasks.sweeping import SweepPayouts

AnyStage = Stage[Any, Any, Any]


@define(kw_only=True)
class PayoutStages:
    """Builds the stages of payouts with the same store, gateway, clock, policy and observer."""

    store: MoneyStore
    gateway: StripeGateway
    clock: Clock = field(factory=SystemClock)
    policy: PayoutPolicy = MANUAL
    observer: PayoutObserver = field(factory=SilentPayoutObserver)
    at_failpoint: AtPayoutFailpoint = no_payout_failpoint
    known_references: KnownReferences = field(factory=KnownReferences)
    lease_seconds: int = LEASE_SECONDS
    retry_seconds: int = RETRY_SECONDS

    def stages(self) -> tuple[AnyStage, ...]:
        """Return the stages in the order in which a payout needs them."""
        return (
            self.planning().stage(),
            self.sending().stage(),
            self.job_end().stage(),
            self.sweep().stage(),
        )

    def planning(self) -> PlanRemaining:
        """Return the stage that plans what is too much for one transaction."""
        return PlanRemaining(store=self.store, policy=self.policy)

    def sending(self) -> SendTransfer:
        """Return the stage that makes transfers."""
        return SendTransfer(
            store=self.store,
            gateway=self.gateway,
            clock=self.clock,
            observer=self.observer,
            at_failpoint=self.at_failpoint,
            known_references=self.known_references,
            lease_seconds=self.lease_seconds,
            retry_seconds=self.retry_seconds,
        )

    def job_end(self) -> EndPayoutJob:
        """Return the stage that completes payout jobs."""
        return EndPayoutJob(at_failpoint=self.at_failpoint)

    def sweep(self) -> SweepPayouts:
        """Return the recurring stage that repairs."""
        return SweepPayouts(
            store=self.store,
            gateway=self.gateway,
            clock=self.clock,
            policy=self.policy,
            observer=self.observer,
            at_failpoint=self.at_failpoint,
        )
