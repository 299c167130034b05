"""All stages of payments, as a host runs them."""

from typing import Any

from attrs import define, field

from indelible.kernel import Clock, SystemClock
from indelible.kernel.stages import Stage
from indelible.money.ports.gateway import StripeGateway
from indelible.money.tasks.expiring import ExpireCharge
from indelible.money.tasks.failpoints import AtPaymentFailpoint, no_payment_failpoint
from indelible.money.tasks.fees import RecordPaymentFee
from indelible.money.tasks.observers import PaymentObserver, SilentPaymentObserver
from indelible.money.tasks.outages import RETRY_SECONDS
from indelible.money.tasks.processing import ProcessStripeEvent
from indelible.money.tasks.refunding import SendRefund
from indelible.money.tasks.states import MoneyStore

AnyStage = Stage[Any, Any, Any]
LEASE_SECONDS = 60


@define(kw_only=True)
class PaymentStages:
    """Builds the stages of payments with the same store, gateway, clock and observer."""

    store: MoneyStore
    gateway: StripeGateway
    clock: Clock = field(factory=SystemClock)
    observer: PaymentObserver = field(factory=SilentPaymentObserver)
    at_failpoint: AtPaymentFailpoint = no_payment_failpoint
    lease_seconds: int = LEASE_SECONDS
    retry_seconds: int = RETRY_SECONDS

    def stages(self) -> tuple[AnyStage, ...]:
        """Return the stages in the order in which a payment needs them."""
        return (
            self.processing().stage(),
            self.fees().stage(),
            self.refunding().stage(),
            self.expiring().stage(),
        )

    def processing(self) -> ProcessStripeEvent:
        """Return the stage that processes events."""
        return ProcessStripeEvent(
            store=self.store,
            gateway=self.gateway,
            clock=self.clock,
            observer=self.observer,
            at_failpoint=self.at_failpoint,
            lease_seconds=self.lease_seconds,
            retry_seconds=self.retry_seconds,
        )

    def fees(self) -> RecordPaymentFee:
        """Return the stage that books fees."""
        return RecordPaymentFee(
            gateway=self.gateway,
            lease_seconds=self.lease_seconds,
            retry_seconds=self.retry_seconds,
        )

    def refunding(self) -> SendRefund:
        """Return the stage that makes refunds."""
        return SendRefund(
            store=self.store,
            gateway=self.gateway,
            clock=self.clock,
            observer=self.observer,
            at_failpoint=self.at_failpoint,
            lease_seconds=self.lease_seconds,
            retry_seconds=self.retry_seconds,
        )

    def expiring(self) -> ExpireCharge:
        """Return the stage that cancels expired charges."""
        return ExpireCharge(
            gateway=self.gateway,
            observer=self.observer,
            at_failpoint=self.at_failpoint,
            lease_seconds=self.lease_seconds,
            retry_seconds=self.retry_seconds,
        )
