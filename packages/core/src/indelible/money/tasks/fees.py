"""The stage that books Stripe's fee of a payment, from the balance transaction of its charge."""

from collections.abc import Sequence
from typing import Final

from attrs import define

from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import RetryLater, Stage
from indelible.kernel.tasks import Leases
from indelible.money.commands.payments import RecordFee
from indelible.money.entities.charges import Charge
from indelible.money.entities.stripe_objects import BalanceTransaction
from indelible.money.handlers.charges import record_fee
from indelible.money.lifecycle.payments import CHARGE
from indelible.money.ports.gateway import StripeGateway
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.stages import RECORD_FEE_STAGE
from indelible.money.tasks.outages import BREAKER, RETRY_SECONDS, RETRY_WAITS, outages

LEASE_SECONDS: Final = 60


@define(kw_only=True)
class RecordPaymentFee:
    """Reads the fee of a payment at Stripe and books it, apart from the payment itself."""

    gateway: StripeGateway
    lease_seconds: int = LEASE_SECONDS
    retry_seconds: int = RETRY_SECONDS

    def stage(self) -> Stage[MoneyWrite, Charge, BalanceTransaction]:
        """Return the stage; its tasks belong to charges and only read at Stripe."""
        return Stage(
            name=RECORD_FEE_STAGE,
            batch=1,
            lifecycle=CHARGE,
            acts_outside=False,
            lease_seconds=self.lease_seconds,
            retry_seconds=self.retry_seconds,
            retry_waits=RETRY_WAITS,
            breaker=BREAKER,
            claim=self.claim,
            perform=self.perform,
            finish=self.finish,
        )

    def claim(self, tx: MoneyWrite, leases: Leases) -> Sequence[Charge | None]:
        """Return the charges that have an intent."""
        charges = [tx.money.charges.get(lease.entity_id).entity for lease in leases]
        return [None if charge.intent_id is None else charge for charge in charges]

    def perform(self, charge: Charge, handle: LeaseHandle) -> BalanceTransaction:
        """Return the balance transaction of the payment.

        Raises: Outage, and RetryLater if Stripe has not booked the payment yet.
        """
        handle.check()
        with outages():
            intent = self.gateway.retrieve_payment_intent(charge.intent_id or "")
            if intent.charge_id is None:
                raise RetryLater("the payment has no charge yet")
            paid = self.gateway.retrieve_charge(intent.charge_id)
            if paid.balance_transaction is None:
                raise RetryLater("the payment has no balance transaction yet")
            return self.gateway.retrieve_balance_transaction(paid.balance_transaction)

    def finish(
        self, tx: MoneyWrite, performed: Sequence[tuple[Charge, BalanceTransaction]]
    ) -> None:
        """Book the fees."""
        for charge, transaction in performed:
            command = RecordFee(
                charge_id=charge.id,
                transaction_id=transaction.id,
                fee_minor=transaction.fee_minor,
                currency=transaction.currency,
                charged_at=transaction.created,
            )
            record_fee(tx, command)
