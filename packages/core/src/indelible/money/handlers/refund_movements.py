"""The movements of a refund in the ledger."""

from datetime import datetime

from indelible.money.entities.charges import Charge
from indelible.money.entities.refunds import Refund
from indelible.money.handlers.ledger import post_movement, reverse
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.ledger.drafts import Proof
from indelible.money.rules.ledger.payments import (
    refund_failed,
    refund_requested,
    refund_succeeded,
    refund_succeeded_key,
)


def hold_refund(tx: MoneyWrite, charge: Charge, refund: Refund, proof: Proof) -> None:
    """Set the money of a refund aside that was requested."""
    draft = refund_requested(
        refund_id=refund.id,
        reference=charge.reference,
        party=charge.party,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        is_covered=refund.covered,
        proof=proof,
    )
    post_movement(tx, draft)


def post_refund(
    tx: MoneyWrite, charge: Charge, refund: Refund, proof: Proof, occurred_at: datetime
) -> None:
    """Book that the money of a refund has left Stripe's balance at a time."""
    draft = refund_succeeded(
        refund_id=refund.id,
        reference=charge.reference,
        party=charge.party,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        proof=proof,
    )
    post_movement(tx, draft, occurred_at=occurred_at)


def release_refund(tx: MoneyWrite, charge: Charge, refund: Refund, proof: Proof) -> None:
    """Give the money back that was set aside for a refund that has failed."""
    draft = refund_failed(
        refund_id=refund.id,
        reference=charge.reference,
        party=charge.party,
        amount_minor=refund.amount_minor,
        currency=refund.currency,
        is_covered=refund.covered,
        proof=proof,
    )
    post_movement(tx, draft)


def reverse_refund(tx: MoneyWrite, refund: Refund, proof: Proof) -> None:
    """Mirror the movement by which the money of a refund has left: a bank has returned it."""
    movement = tx.money.movements.of_key(refund_succeeded_key(refund.id))
    if movement is not None:
        reverse(tx, movement.entity, source=proof.source)
