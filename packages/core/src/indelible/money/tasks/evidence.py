"""Read at Stripe what an event does not hold itself; no transaction is open meanwhile."""

from attrs import define, evolve

from indelible.money.entities.stripe_objects import (
    AccountObject,
    ChargeObject,
    DisputeObject,
    TransferObject,
)
from indelible.money.errors.gateway import GatewayObjectNotFound
from indelible.money.errors.payments import IntentInDoubt
from indelible.money.ports.gateway import StripeGateway
from indelible.money.repositories.transactions import MoneyRead
from indelible.money.rules.disputes import FUNDS_WITHDRAWN
from indelible.money.rules.events import ParsedEvent
from indelible.money.rules.evidence import NO_EVIDENCE, EventEvidence
from indelible.money.tasks.states import MoneyStore

TRANSFER_REVERSED = "transfer.reversed"


@define
class EvidenceReader:
    """Reads the objects of Stripe that an event needs."""

    gateway: StripeGateway
    store: MoneyStore

    def read(self, event: ParsedEvent) -> EventEvidence:
        """Return the evidence that every event of this type needs."""
        facts = event.facts
        if isinstance(facts, ChargeObject):
            return self._of_refunded_charge(facts)
        if isinstance(facts, DisputeObject):
            return self._of_dispute(event, facts)
        if isinstance(facts, AccountObject):
            return self._of_account(facts)
        if isinstance(facts, TransferObject) and event.type == TRANSFER_REVERSED:
            return EventEvidence(reversals=tuple(self.gateway.list_reversals(facts.id)))

        return NO_EVIDENCE

    def read_intent(self, evidence: EventEvidence, doubt: IntentInDoubt) -> EventEvidence:
        """Return the evidence with the intent, and its session if needed, as Stripe has them."""
        intent = self.gateway.retrieve_payment_intent(doubt.intent_id)
        session = evidence.session
        if doubt.session_id is not None:
            session = self.gateway.retrieve_checkout_session(doubt.session_id)
        return evolve(evidence, intent=intent, session=session)

    def _of_account(self, reported: AccountObject) -> EventEvidence:
        """Return the account of a payee as Stripe has it now; a deleted one receives nothing."""
        payee_seq = self.store.read(_payee_seq_of, reported.id)
        if payee_seq is None:
            return NO_EVIDENCE
        try:
            account = self.gateway.retrieve_account(reported.id)
        except GatewayObjectNotFound:
            account = evolve(reported, transfers_active=False)
        return EventEvidence(account=account, payee_seq=payee_seq)

    def _of_refunded_charge(self, charge: ChargeObject) -> EventEvidence:
        if charge.payment_intent is None:
            return NO_EVIDENCE
        return EventEvidence(refunds=tuple(self.gateway.list_refunds(charge.payment_intent)))

    def _of_dispute(self, event: ParsedEvent, dispute: DisputeObject) -> EventEvidence:
        """Return the intent of the dispute's charge, and the fee of its withdrawal."""
        intent_id = dispute.payment_intent
        if intent_id is None:
            intent_id = self.gateway.retrieve_charge(dispute.charge).payment_intent
        if event.type != FUNDS_WITHDRAWN or dispute.fee_minor is not None:
            return EventEvidence(intent_id=intent_id)

        # The state is that of the event: a later one has an event of its own.
        fee_minor = self.gateway.retrieve_dispute(dispute.id).fee_minor
        known = evolve(dispute, fee_minor=fee_minor)
        return EventEvidence(intent_id=intent_id, dispute=known)


def _payee_seq_of(tx: MoneyRead, destination: str) -> int | None:
    """Return the seq of the payee that has an account, None if nobody has it."""
    head = tx.money.payees.of_destination(destination)
    return None if head is None else head.revision.seq
