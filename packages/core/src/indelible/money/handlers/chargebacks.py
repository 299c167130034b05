"""Lost disputes: their loss is booked, and their charge is charged back."""

from collections.abc import Sequence

from indelible.kernel import Head
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.handlers.ledger import post_movement
from indelible.money.handlers.saving import save
from indelible.money.repositories.reads import is_covered
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.disputes import LOST_ACTION, is_absorbed, is_lost
from indelible.money.rules.ledger.drafts import Proof
from indelible.money.rules.ledger.payments import dispute_lost


def book_loss(tx: MoneyWrite, charge: Charge, dispute: Dispute, proof: Proof) -> None:
    """Book that a lost dispute has taken its money for good."""
    is_counted = is_covered(tx, charge.item)
    draft = dispute_lost(
        dispute_id=dispute.id,
        reference=charge.reference,
        party=charge.party,
        amount_minor=dispute.amount_minor,
        currency=dispute.currency,
        is_absorbed=is_absorbed(charge, is_covered=is_counted),
        proof=proof,
    )
    post_movement(tx, draft)


def resume_disputes(tx: MoneyWrite, head: Head[Charge]) -> None:
    """Dispute a charge whose disputes had to wait for the end of a refund.

    A dispute that was lost meanwhile charges it back.
    """
    disputes = [other.entity for other in tx.money.disputes.of_charge(head.entity.id)]
    lost = [dispute for dispute in disputes if is_lost(dispute)]
    is_waiting = bool(lost) or any(dispute.is_open for dispute in disputes)
    action = head.entity.dispute_action
    if action is None or not is_waiting:
        return

    charge = head.entity.transition(action, now=tx.clock.now(), disputed_from=head.entity.status)
    head = save(tx, tx.money.charges, head, charge, action)
    if lost:
        _charge_back(tx, head, lost)


def _charge_back(tx: MoneyWrite, head: Head[Charge], lost: Sequence[Dispute]) -> None:
    """Book the losses that are not booked yet, and charge the disputed charge back."""
    for dispute in lost:
        if tx.money.movements.of_key(f"dispute:{dispute.id}:LOST") is None:
            book_loss(tx, head.entity, dispute, Proof(dispute.id, f"dispute:{dispute.id}"))

    charge = head.entity.transition(
        LOST_ACTION, now=tx.clock.now(), disputed_from=head.entity.disputed_from
    )
    save(tx, tx.money.charges, head, charge, LOST_ACTION)
