"""Start a payment for a request: read the charge, ask Stripe, attach what Stripe has created.

No transaction is open while Stripe is asked. A repeated request has the same key, and thus the same
intent. Stripe stores failures under a key, too: the next key follows after a look-up that finds no
intent. The client secret is read again when needed: only the raw bytes of events contain it.
"""

from typing import Final

from attrs import define, field, frozen

from indelible.kernel import Actor
from indelible.kernel.json import digest
from indelible.money.commands.payments import AttachIntent, AttachSession, StartPayment
from indelible.money.commands.results import ChargeSaved
from indelible.money.entities.charges import Charge
from indelible.money.entities.stripe_objects import Intent, Session
from indelible.money.entities.values import MAX_KEYS_PER_REQUEST
from indelible.money.errors.gateway import GatewayOutage
from indelible.money.errors.payments import AlreadyPaid, DuplicateIntent
from indelible.money.handlers.charges import attach_intent, attach_session, require_payable
from indelible.money.ports.gateway import StripeGateway
from indelible.money.rules.charges import CHARGE_METADATA
from indelible.money.tasks.failpoints import (
    AtPaymentFailpoint,
    PaymentFailpoint,
    no_payment_failpoint,
)
from indelible.money.tasks.intents import TooManyIntents, find_intent
from indelible.money.tasks.keys import with_next_key
from indelible.money.tasks.states import MoneyStore

CANCELED: Final = "canceled"
EXPIRED: Final = "expired"
COMPLETE: Final = "complete"
REASON: Final = "payment started"


@frozen(kw_only=True)
class StartedPayment:
    """A charge with its payment intent, whose client secret the payer needs."""

    charge: Charge
    intent: Intent = field(repr=False)


@frozen(kw_only=True)
class CreatedIntent:
    """An intent, and the generation of the key under which it was created."""

    intent: Intent = field(repr=False)
    generation: int


@frozen(kw_only=True)
class StartedCheckout:
    """A charge with its checkout session, whose address the payer needs."""

    charge: Charge
    session: Session


@frozen(kw_only=True)
class CheckoutPages:
    """The text of the checkout page, and the addresses to which it leads."""

    description: str
    success_url: str
    cancel_url: str


@define(kw_only=True)
class PaymentStarter:
    """Creates intents and checkout sessions for requests."""

    store: MoneyStore
    gateway: StripeGateway
    at_failpoint: AtPaymentFailpoint = no_payment_failpoint

    def create_intent(
        self, charge_id: str, *, party: str, actor: Actor, request_id: str | None = None
    ) -> StartedPayment:
        """Return the payment intent of a charge; it is created with the first request.

        Raises:
            ChargeNotFound: The charge does not exist, or belongs to another party.
            AlreadyPaid: It takes no payment.
            PaymentsHalted: An operator has to resume payments first.
            DuplicateIntent: The charge has a checkout session.
            GatewayOutage: Stripe did not answer; the same request may succeed later.
        """
        charge = self._payable(charge_id, party, actor, request_id)
        if charge.session_id is not None:
            raise DuplicateIntent(charge.session_id)
        generation = charge.generation
        if charge.intent_id is not None:
            intent = self.gateway.retrieve_payment_intent(charge.intent_id)
            if intent.status != CANCELED:
                return StartedPayment(charge=charge, intent=intent)
            generation += 1

        created = self._create_intent(charge, generation)
        intent = created.intent
        command = AttachIntent(
            charge_id=charge.id, intent_id=intent.id, generation=created.generation
        )
        saved = self.store.run(
            attach_intent, command, actor=actor, reason=REASON, request_id=request_id
        )
        self.at_failpoint(PaymentFailpoint.INTENT_AFTER_ATTACH)
        return StartedPayment(charge=saved.charge, intent=intent)

    def create_checkout(
        self,
        charge_id: str,
        pages: CheckoutPages,
        *,
        party: str,
        actor: Actor,
        request_id: str | None = None,
    ) -> StartedCheckout:
        """Return the open checkout session of a charge; it is created with the first request.

        Raises: as `create_intent`; DuplicateIntent if the charge has a payment intent of its own.
        """
        charge = self._payable(charge_id, party, actor, request_id)
        if charge.session_id is None and charge.intent_id is not None:
            raise DuplicateIntent(charge.intent_id)
        if charge.session_id is not None:
            session = self.gateway.retrieve_checkout_session(charge.session_id)
            if session.status == COMPLETE:
                raise AlreadyPaid(charge.id, COMPLETE)
            if session.status != EXPIRED:
                return StartedCheckout(charge=charge, session=session)

        session = self._create_session(charge, pages)
        command = AttachSession(
            charge_id=charge.id,
            session_id=session.id,
            intent_id=session.payment_intent,
            replaces_session_id=charge.session_id,
        )
        saved = self.store.run(
            attach_session, command, actor=actor, reason=REASON, request_id=request_id
        )
        self.at_failpoint(PaymentFailpoint.INTENT_AFTER_ATTACH)
        return StartedCheckout(charge=saved.charge, session=session)

    def _create_intent(self, charge: Charge, first: int) -> CreatedIntent:
        """Create an intent under the first key under which Stripe has stored no failure.

        An intent that was made in spite of the failure is adopted.
        """
        last = first + MAX_KEYS_PER_REQUEST - 1
        generation = first
        while True:
            try:
                intent = self._request_intent(charge, generation)
                break
            except GatewayOutage as error:
                if not error.is_replayed:
                    raise
                existing = self._find_intent(charge, error)
                if existing is not None:
                    intent = existing
                    break
                if generation == last:
                    raise
            generation += 1

        return CreatedIntent(intent=intent, generation=generation)

    def _request_intent(self, charge: Charge, generation: int) -> Intent:
        self.at_failpoint(PaymentFailpoint.INTENT_BEFORE_REQUEST)
        intent = self.gateway.create_payment_intent(
            amount_minor=charge.amount_minor,
            currency=charge.currency,
            metadata={CHARGE_METADATA: charge.id},
            idempotency_key=f"pi:{charge.id}:g{generation}",
        )
        self.at_failpoint(PaymentFailpoint.INTENT_AFTER_REQUEST)

        return intent

    def _find_intent(self, charge: Charge, outage: GatewayOutage) -> Intent | None:
        """Return an intent of Stripe's that names a charge, which does not have it yet.

        Raises: The outage, if a list that is too long proves nothing.
        """
        try:
            return find_intent(self.gateway, charge)
        except TooManyIntents:
            raise outage from None

    def _create_session(self, charge: Charge, pages: CheckoutPages) -> Session:
        """Create a session under the first key under which Stripe has stored no failure.

        A session that was made in spite of the failure is harmless while it has no intent: nobody
        knows its address.
        """
        # The key follows from the parameters, and from the session before.
        parameters = [charge.session_id, pages.description, pages.success_url, pages.cancel_url]
        return with_next_key(
            lambda key: self._request_session(charge, pages, key),
            f"cs:{charge.id}:{digest(parameters)[:16]}",
            may_repeat=lambda outage: self._find_intent(charge, outage) is None,
        )

    def _request_session(self, charge: Charge, pages: CheckoutPages, key: str) -> Session:
        self.at_failpoint(PaymentFailpoint.INTENT_BEFORE_REQUEST)
        session = self.gateway.create_checkout_session(
            amount_minor=charge.amount_minor,
            currency=charge.currency,
            description=pages.description,
            success_url=pages.success_url,
            cancel_url=pages.cancel_url,
            # The stage that expires charges expires their sessions, too.
            expires_at=None,
            metadata={CHARGE_METADATA: charge.id},
            idempotency_key=key,
        )
        self.at_failpoint(PaymentFailpoint.INTENT_AFTER_REQUEST)

        return session

    def _payable(self, charge_id: str, party: str, actor: Actor, request_id: str | None) -> Charge:
        command = StartPayment(charge_id=charge_id, party=party)
        saved: ChargeSaved = self.store.run(
            require_payable, command, actor=actor, reason=REASON, request_id=request_id
        )
        return saved.charge
