"""Seed 002's names for payments and the ledger: thin facades over the handlers."""

from collections.abc import Sequence

from attrs import define

from indelible.kernel import Actor, Head
from indelible.money.commands.payments import OpenCharge, RequestRefund
from indelible.money.commands.results import ChargeSaved, MovementPosted, RefundSaved
from indelible.money.entities.ledger import Movement, Posting
from indelible.money.entities.lines import OwedLine
from indelible.money.handlers.charges import open_charge
from indelible.money.handlers.ledger import post_movement
from indelible.money.handlers.refunds import request_refund
from indelible.money.ports.gateway import StripeGateway
from indelible.money.ports.ledger import MAX_ROWS_PER_PAGE
from indelible.money.queries import get_charge
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.ledger.drafts import MovementDraft
from indelible.money.tasks.paying import PaymentStarter, StartedPayment
from indelible.money.tasks.states import MoneyStore


@define(kw_only=True)
class PaymentService:
    """Charges as seed 002 names them: opened, paid through Stripe, and refunded."""

    store: MoneyStore
    gateway: StripeGateway

    def open(self, command: OpenCharge, *, actor: Actor, reason: str) -> ChargeSaved:
        """Open the charge of an item."""
        return self.store.run(open_charge, command, actor=actor, reason=reason)

    def create_intent(self, charge_id: str, *, party: str, actor: Actor) -> StartedPayment:
        """Return the payment intent of a charge, with its client secret."""
        starter = PaymentStarter(store=self.store, gateway=self.gateway)
        return starter.create_intent(charge_id, party=party, actor=actor)

    def status(self, charge_id: str, *, party: str) -> ChargeSaved:
        """Return a charge of a party."""
        return self.store.read(get_charge, charge_id, party=party)

    def refund(self, command: RequestRefund, *, actor: Actor, reason: str) -> RefundSaved:
        """Request the refund of a charge."""
        return self.store.run(request_refund, command, actor=actor, reason=reason)


@define
class LedgerRepository:
    """The ledger in a transaction (seed 002): it adds and reads, and changes or removes nothing."""

    tx: MoneyWrite

    def add(self, draft: MovementDraft) -> MovementPosted:
        """Post a movement, or return the one that has its key or its fact."""
        return post_movement(self.tx, draft)

    def get(self, movement_id: str) -> Head[Movement]:
        """Return a movement, or raise MovementNotFound."""
        return self.tx.money.movements.get(movement_id)

    def of_key(self, key: str) -> Head[Movement] | None:
        """Return the movement with a key."""
        return self.tx.money.movements.of_key(key)

    def postings(self, movement_id: str, *, after: int = 0) -> Sequence[Posting]:
        """Return the next postings of a movement after a number."""
        return self.tx.money.movements.postings(movement_id, after=after, limit=MAX_ROWS_PER_PAGE)

    def owed_lines(self, reference: str) -> Sequence[OwedLine]:
        """Return the unpaid owed lines of a reference."""
        return self.tx.money.movements.joins.owed_lines(
            reference=reference, unpaid=True, limit=MAX_ROWS_PER_PAGE
        )
