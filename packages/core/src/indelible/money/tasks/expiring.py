"""The stage that cancels charges which nobody has paid in time, at Stripe first."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attrs import define, field

from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Postpone, RetryLater, Stage
from indelible.kernel.tasks import MAX_POSTPONE_SECONDS, Leases
from indelible.money.commands.payments import CancelCharge
from indelible.money.entities.charges import Charge
from indelible.money.entities.values import OutcomeCode
from indelible.money.errors.gateway import GatewayObjectNotFound, GatewayRejected
from indelible.money.handlers.charges import cancel_charge
from indelible.money.lifecycle.payments import CHARGE
from indelible.money.ports.gateway import StripeGateway
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.stages import EXPIRE_CHARGE_STAGE
from indelible.money.tasks.failpoints import (
    AtPaymentFailpoint,
    PaymentFailpoint,
    no_payment_failpoint,
)
from indelible.money.tasks.intents import TooManyIntents, find_intent
from indelible.money.tasks.keys import with_next_key
from indelible.money.tasks.observers import PaymentObserver, SilentPaymentObserver
from indelible.money.tasks.outages import BREAKER, RETRY_SECONDS, RETRY_WAITS, outages

LEASE_SECONDS: Final = 120
# Stripe cancels no payment that it is processing; its result is awaited.
PROCESSING_SECONDS: Final = 3_600.0
CANCELED: Final = "canceled"
PROCESSING: Final = "processing"
SUCCEEDED: Final = "succeeded"

logger = logging.getLogger("indelible.money")


@define(kw_only=True)
class ExpireCharge:
    """Cancels an expired charge: the session, the intent, and then the charge itself.

    A charge that Stripe reports as paid stays as it is: the event of its payment follows. If it
    never comes, a full reconciliation reports the charge as R6.
    """

    gateway: StripeGateway
    observer: PaymentObserver = field(factory=SilentPaymentObserver)
    at_failpoint: AtPaymentFailpoint = no_payment_failpoint
    lease_seconds: int = LEASE_SECONDS
    retry_seconds: int = RETRY_SECONDS

    def stage(self) -> Stage[MoneyWrite, Charge, bool]:
        """Return the stage; its tasks belong to charges and act outside the database."""
        return Stage(
            name=EXPIRE_CHARGE_STAGE,
            batch=1,
            acts_outside=True,
            lifecycle=CHARGE,
            claim=self.claim,
            perform=self.perform,
            finish=self.finish,
            lease_seconds=self.lease_seconds,
            retry_seconds=self.retry_seconds,
            retry_waits=RETRY_WAITS,
            breaker=BREAKER,
        )

    def claim(self, tx: MoneyWrite, leases: Leases) -> Sequence[Charge | None]:
        """Return the charges that have expired; None for one that takes no payment any more.

        Raises: Postpone if it has not expired, or while Stripe processes its payment.
        """
        works: list[Charge | None] = []
        for lease in leases:
            charge = tx.money.charges.get(lease.entity_id).entity
            self.at_failpoint(PaymentFailpoint.EXPIRE_AFTER_CLAIM)
            if not charge.is_unpaid:
                works.append(None)
                continue
            _postpone_early(charge, tx.clock.now())
            works.append(charge)

        return works

    def perform(self, charge: Charge, handle: LeaseHandle) -> bool:
        """Cancel session and intent at Stripe; return False if the charge is paid.

        Raises: Outage if a request may succeed later, Postpone while a payment is processed.
        """
        handle.check()
        self.at_failpoint(PaymentFailpoint.EXPIRE_BEFORE_REQUEST)
        with outages():
            intent_id = charge.intent_id
            if charge.session_id is not None:
                intent_id = self._expire_session(charge.session_id) or intent_id
            if intent_id is None:
                intent_id = self._unknown_intent(charge)
            is_canceled = intent_id is None or self._cancel_intent(intent_id)
        self.at_failpoint(PaymentFailpoint.EXPIRE_AFTER_REQUEST)

        return is_canceled

    def finish(self, tx: MoneyWrite, performed: Sequence[tuple[Charge, bool]]) -> None:
        """Cancel the charges that Stripe has canceled.

        Raises: RetryLater if a charge was given another intent meanwhile.
        """
        for charge, is_canceled in performed:
            if not is_canceled:
                logger.warning("[Payment] charge %s has expired and is paid", charge.id)
                continue
            stored = tx.money.charges.lock(charge.id).entity
            names = (stored.intent_id, stored.session_id)
            if stored.is_unpaid and names != (charge.intent_id, charge.session_id):
                raise RetryLater("the charge was given another intent", 1.0)
            command = CancelCharge(charge_id=charge.id, outcome_code=OutcomeCode.EXPIRED)
            cancel_charge(tx, command)
            self.observer.charge_expired()
            self.at_failpoint(PaymentFailpoint.EXPIRE_AFTER_WRITE)

    def _expire_session(self, session_id: str) -> str | None:
        """Expire a session, and return the intent that it has by now."""
        try:
            session = with_next_key(
                lambda key: self.gateway.expire_checkout_session(session_id, idempotency_key=key),
                f"expire:{session_id}",
            )
        except GatewayObjectNotFound:
            return None
        except GatewayRejected:
            # It is complete or has expired already.
            session = self.gateway.retrieve_checkout_session(session_id)
        return session.payment_intent

    def _unknown_intent(self, charge: Charge) -> str | None:
        """Return an intent that a database restored to an earlier time does not know.

        It may be paid already, or be paid later. A list that is too long does not keep a charge
        open: an operator has to look after the money then.
        """
        try:
            intent = find_intent(self.gateway, charge)
        except TooManyIntents:
            return None
        return None if intent is None else intent.id

    def _cancel_intent(self, intent_id: str) -> bool:
        """Return True if Stripe has canceled an intent, False if it is paid.

        Raises:
            Postpone: Stripe processes the payment.
            RetryLater: The intent is neither canceled nor paid.
        """
        try:
            intent = with_next_key(
                lambda key: self.gateway.cancel_payment_intent(intent_id, idempotency_key=key),
                f"cancel:{intent_id}",
            )
        except GatewayObjectNotFound:
            return True
        except GatewayRejected:
            intent = self.gateway.retrieve_payment_intent(intent_id)
        if intent.status == PROCESSING:
            raise Postpone(PROCESSING_SECONDS, "Stripe processes the payment")

        if intent.status not in (CANCELED, SUCCEEDED):
            raise RetryLater(f"the intent is {intent.status}")
        return intent.status == CANCELED


def _postpone_early(charge: Charge, now: datetime) -> None:
    """Raise Postpone if a charge has not expired, or if Stripe processes its payment."""
    seconds = (charge.expires_at - now).total_seconds()
    if seconds > 0:
        raise Postpone(min(seconds, MAX_POSTPONE_SECONDS), "the charge has not expired")
    if not charge.is_cancelable:
        raise Postpone(PROCESSING_SECONDS, "Stripe processes the payment")
