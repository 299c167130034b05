"""The handlers of disputes: opened, decided and paid by what Stripe reports."""

from indelible.kernel import Head
from indelible.money.commands.payments import BookResidue
from indelible.money.entities.charges import Charge
from indelible.money.entities.disputes import Dispute
from indelible.money.entities.stripe_objects import DisputeObject
from indelible.money.errors.payments import PaymentIntentNotFound, PaymentNotBooked
from indelible.money.handlers.chargebacks import book_loss
from indelible.money.handlers.ledger import post_movement
from indelible.money.handlers.saving import save
from indelible.money.repositories.reads import is_covered, is_settled
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.charges import Decision
from indelible.money.rules.disputes import (
    CLOSING,
    LOST_ACTION,
    awaits_refund,
    decide_dispute,
    is_lost,
    is_reinstatement,
    is_withdrawal,
    opening_action,
    residue_minor,
)
from indelible.money.rules.events import ParsedEvent
from indelible.money.rules.evidence import EventEvidence
from indelible.money.rules.ledger.drafts import Proof
from indelible.money.rules.ledger.payments import dispute_opened, dispute_residue, dispute_won
from indelible.money.rules.refunds import refunded_sum


def apply_dispute(
    tx: MoneyWrite, event: ParsedEvent, facts: DisputeObject, evidence: EventEvidence
) -> Decision:
    """Apply an event about a dispute; any of them may be the first that arrives.

    Raises:
        PaymentIntentNotFound: No charge has the dispute's intent.
        PaymentNotBooked: The payment is not known yet; the event of it follows.
    """
    reported = evidence.dispute or facts
    intent_id = reported.payment_intent or evidence.intent_id
    charge = _locked_charge(tx, intent_id or reported.charge)
    head, actions = _opened(tx, charge, reported)
    moved, money_actions = _move_money(tx, charge.entity, head, event, reported)
    decision = decide_dispute(moved.entity, reported)
    for action in decision.actions:
        moved = _move(tx, moved, action, event, reported)
        if action in CLOSING:
            _close(tx, charge.entity.id, moved, event)
    actions = (*actions, *money_actions, *decision.actions)

    return Decision(actions) if actions else decision


def book_residue(tx: MoneyWrite, command: BookResidue) -> None:
    """Book what a settlement has left in the escrow because of a dispute, unless it was booked.

    The end of a dispute does so by itself. A dispute that ended before the settlement was posted
    needs this command after it.
    """
    dispute = tx.money.disputes.get(command.dispute_id).entity
    charge = tx.money.charges.lock(dispute.charge_id).entity
    proof = Proof(dispute.id, f"dispute:{dispute.id}")
    _book_residue(tx, charge, dispute, proof)


def _locked_charge(tx: MoneyWrite, intent_id: str) -> Head[Charge]:
    head = tx.money.charges.of_intent(intent_id)
    if head is None:
        raise PaymentIntentNotFound(intent_id)
    charge = tx.money.charges.lock(head.entity.id)
    if charge.entity.received_minor is None:
        # The event of the dispute has overtaken the one of its payment.
        raise PaymentNotBooked(charge.entity.id, charge.entity.status)
    return charge


def _opened(
    tx: MoneyWrite, charge: Head[Charge], reported: DisputeObject
) -> tuple[Head[Dispute], tuple[str, ...]]:
    """Return the locked dispute and the action that created it; its charge is disputed then."""
    for known in tx.money.disputes.of_charge(charge.entity.id):
        if known.entity.id == reported.id:
            return tx.money.disputes.lock(reported.id), ()

    action = opening_action(reported)
    dispute = Dispute.create(
        action,
        now=tx.clock.now(),
        id=reported.id,
        charge_id=charge.entity.id,
        amount_minor=reported.amount_minor,
        currency=reported.currency,
        reason_code=reported.reason,
        evidence_due_by=reported.evidence_due_by,
        covered=is_covered(tx, charge.entity.item),
    )
    charge_action = charge.entity.dispute_action
    if charge_action is not None:
        disputed = charge.entity.transition(
            charge_action, now=tx.clock.now(), disputed_from=charge.entity.status
        )
        save(tx, tx.money.charges, charge, disputed, charge_action)
    return save(tx, tx.money.disputes, None, dispute, action), (action,)


def _move_money(
    tx: MoneyWrite,
    charge: Charge,
    head: Head[Dispute],
    event: ParsedEvent,
    reported: DisputeObject,
) -> tuple[Head[Dispute], tuple[str, ...]]:
    """Book that Stripe has taken the money of a dispute, or has given it back."""
    actions: list[str] = []
    if is_withdrawal(head.entity, event.type, reported):
        head = _withdraw(tx, charge, head, event, reported)
        actions.append("withdraw")
    if is_reinstatement(head.entity, event.type):
        head = _reinstate(tx, charge, head, event)
        actions.append("reinstate")

    return head, tuple(actions)


def _withdraw(
    tx: MoneyWrite,
    charge: Charge,
    head: Head[Dispute],
    event: ParsedEvent,
    reported: DisputeObject,
) -> Head[Dispute]:
    fee_minor = reported.fee_minor or 0
    dispute = head.entity.transition(
        "withdraw", now=tx.clock.now(), withdrawn_at=event.created, fee_minor=fee_minor
    )
    head = save(tx, tx.money.disputes, head, dispute, "withdraw")
    draft = dispute_opened(
        dispute_id=dispute.id,
        reference=charge.reference,
        party=charge.party,
        amount_minor=dispute.amount_minor,
        fee_minor=fee_minor,
        currency=dispute.currency,
        proof=Proof.by_event(event.id),
    )
    post_movement(tx, draft, occurred_at=event.created)

    return head


def _reinstate(
    tx: MoneyWrite, charge: Charge, head: Head[Dispute], event: ParsedEvent
) -> Head[Dispute]:
    dispute = head.entity.transition("reinstate", now=tx.clock.now(), reinstated_at=event.created)
    head = save(tx, tx.money.disputes, head, dispute, "reinstate")
    draft = dispute_won(
        dispute_id=dispute.id,
        reference=charge.reference,
        party=charge.party,
        amount_minor=dispute.amount_minor,
        currency=dispute.currency,
        proof=Proof.by_event(event.id),
    )
    post_movement(tx, draft, occurred_at=event.created)

    return head


def _move(
    tx: MoneyWrite,
    head: Head[Dispute],
    action: str,
    event: ParsedEvent,
    reported: DisputeObject,
) -> Head[Dispute]:
    """Move a dispute to Stripe's status."""
    fields: dict[str, object] = {}
    if reported.evidence_due_by is not None:
        fields["evidence_due_by"] = reported.evidence_due_by
    if action in CLOSING:
        fields["closed_at"] = event.created
    dispute = head.entity.transition(action, now=tx.clock.now(), **fields)

    return save(tx, tx.money.disputes, head, dispute, action)


def _close(tx: MoneyWrite, charge_id: str, head: Head[Dispute], event: ParsedEvent) -> None:
    """Book the end of a dispute, and move its charge.

    The end of a refund under way decides who bears a loss, and books it then.
    """
    proof = Proof.by_event(event.id)
    charge = tx.money.charges.lock(charge_id)
    if is_lost(head.entity) and not awaits_refund(charge.entity):
        book_loss(tx, charge.entity, head.entity, proof)
    charge = _move_charge(tx, charge, head.entity)
    _book_residue(tx, charge.entity, head.entity, proof)


def _move_charge(tx: MoneyWrite, head: Head[Charge], dispute: Dispute) -> Head[Charge]:
    """Move the charge of a closed dispute; another open dispute keeps it where it is."""
    charge = head.entity
    disputes = [other.entity for other in tx.money.disputes.of_charge(charge.id)]
    has_other = any(other.is_open for other in disputes)
    if not charge.is_disputed or (has_other and not is_lost(dispute)):
        return head

    refunds = [other.entity for other in tx.money.refunds.of_charge(charge.id)]
    refunded_minor = refunded_sum(refunds)
    action, disputed_from = charge.win_action(refunded_minor), None
    if is_lost(dispute):
        action, disputed_from = LOST_ACTION, charge.disputed_from
    moved = charge.transition(
        action,
        now=tx.clock.now(),
        disputed_from=disputed_from,
        refunded_minor=refunded_minor,
    )
    return save(tx, tx.money.charges, head, moved, action)


def _book_residue(tx: MoneyWrite, charge: Charge, dispute: Dispute, proof: Proof) -> None:
    disputes = [other.entity for other in tx.money.disputes.of_charge(charge.id)]
    amount_minor = residue_minor(
        charge,
        is_settled=is_settled(tx, charge.reference),
        is_covered=is_covered(tx, charge.item),
        disputes=disputes,
    )
    keys = [f"dispute:{other.id}:RESIDUE" for other in disputes]
    is_booked = any(tx.money.movements.of_key(key) is not None for key in keys)
    if amount_minor == 0 or is_booked:
        return

    draft = dispute_residue(
        dispute_id=dispute.id,
        reference=charge.reference,
        party=charge.party,
        amount_minor=amount_minor,
        currency=charge.currency,
        proof=proof,
    )
    post_movement(tx, draft)
