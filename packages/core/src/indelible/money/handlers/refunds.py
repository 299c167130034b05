"""The handlers of refunds: requested by us or made outside, and ended by what Stripe reports."""

from datetime import datetime

from attrs import frozen

from indelible.kernel import Head
from indelible.kernel.audit import ActorKind
from indelible.money.commands.payments import (
    BeginRefundAttempt,
    RecordRefund,
    RejectRefund,
    RequestRefund,
)
from indelible.money.commands.results import RefundSaved
from indelible.money.entities.charges import Charge
from indelible.money.entities.ids import refund_id
from indelible.money.entities.refunds import Refund
from indelible.money.entities.stripe_objects import ChargeObject, RefundObject
from indelible.money.entities.values import AttemptKind, RefundReason
from indelible.money.errors.payments import (
    DisputeOpen,
    PaymentIntentNotFound,
    RefundNotAllowed,
    RefundRunning,
)
from indelible.money.handlers.chargebacks import resume_disputes
from indelible.money.handlers.refund_movements import (
    hold_refund,
    post_refund,
    release_refund,
    reverse_refund,
)
from indelible.money.handlers.saving import save
from indelible.money.repositories.reads import is_covered
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.charges import KNOWN, Decision
from indelible.money.rules.events import ParsedEvent
from indelible.money.rules.evidence import EventEvidence
from indelible.money.rules.ledger.drafts import Proof
from indelible.money.rules.refunds import (
    FAILURES,
    MAX_QUARANTINE_REFUNDS,
    REFUND_METADATA,
    SUCCESS,
    UNKNOWN_FAILURE,
    check_outside_refund,
    check_refund,
    decide_refund,
    has_succeeded,
    is_running,
    outcome_of,
    refunded_sum,
)
from indelible.money.rules.stages import SEND_REFUND_STAGE


@frozen(kw_only=True)
class RefundStarted:
    """A refund that was requested, and its charge."""

    charge: Head[Charge]
    refund: Head[Refund]


def request_refund(tx: MoneyWrite, command: RequestRefund) -> RefundSaved:
    """Request the refund of a charge; one of the same amount that is under way is returned again.

    Without an amount, all that is left of the charge is refunded.

    Raises:
        RefundNotAllowed: The charge is not paid, or has less money left.
        RefundRunning: A refund of another amount is under way.
        DisputeOpen: The charge is disputed.
    """
    head = tx.money.charges.lock(command.charge_id)
    charge = head.entity
    _refuse_disputed(tx, charge)
    amount_minor = charge.left_minor
    if command.amount_minor is not None:
        amount_minor = command.amount_minor
    for other in tx.money.refunds.of_charge(charge.id):
        if not is_running(other.entity):
            continue
        if amount_minor == other.entity.amount_minor:
            return _refund_saved(other)
        raise RefundRunning(charge.id)

    charge.require_refundable(amount_minor)
    proof = _proof_of_request(tx, charge)
    return _refund_saved(start_refund(tx, head, command.reason_code, amount_minor, proof).refund)


def start_refund(
    tx: MoneyWrite, head: Head[Charge], reason: RefundReason, amount_minor: int, proof: Proof
) -> RefundStarted:
    """Create a refund, set its money aside, and let the stage send it.

    Quarantined money is set aside since its arrival, and its charge has moved with that.
    """
    charge = head.entity
    number = len(tx.money.refunds.of_charge(charge.id)) + 1
    refund = Refund.create(
        "request",
        now=tx.clock.now(),
        id=refund_id(charge.id, number),
        charge_id=charge.id,
        number=number,
        amount_minor=amount_minor,
        currency=charge.refund_currency,
        reason_code=reason,
        covered=is_covered(tx, charge.item),
    )
    refund_head = save(tx, tx.money.refunds, None, refund, "request")
    tx.tasks.enqueue(SEND_REFUND_STAGE, {refund.id: tx.clock.now()})
    if charge.is_quarantined:
        return RefundStarted(charge=head, refund=refund_head)

    pending = charge.transition(
        "request_refund", now=tx.clock.now(), outcome_code=outcome_of(charge, reason)
    )
    head = save(tx, tx.money.charges, head, pending, "request_refund")
    hold_refund(tx, charge, refund, proof)
    return RefundStarted(charge=head, refund=refund_head)


def begin_refund_attempt(tx: MoneyWrite, command: BeginRefundAttempt) -> RefundSaved:
    """Store an attempt to make a refund, before the request to Stripe."""
    head = tx.money.refunds.lock(command.refund_id)
    return _refund_saved(save_attempt(tx, head, command.generation, command.kind))


def save_attempt(
    tx: MoneyWrite, head: Head[Refund], generation: int, kind: AttemptKind
) -> Head[Refund]:
    """Store an attempt of a locked refund."""
    refund = head.entity.attempted(generation=generation, now=tx.clock.now())
    return save(tx, tx.money.refunds, head, refund, "attempt", records=(refund.new_attempt(kind),))


def record_refund(tx: MoneyWrite, command: RecordRefund) -> Decision:
    """Apply what Stripe has answered to our request of a refund."""
    refund = tx.money.refunds.get(command.refund_id).entity
    charge = tx.money.charges.lock(refund.charge_id)
    head = tx.money.refunds.lock(command.refund_id)
    return _apply(tx, charge, head, command.reported, Proof(head.entity.id, head.entity.id))


def reject_refund(tx: MoneyWrite, command: RejectRefund) -> RefundSaved:
    """Apply that Stripe will never make a refund: its money goes back, and the charge with it."""
    refund = tx.money.refunds.get(command.refund_id).entity
    charge = tx.money.charges.lock(refund.charge_id)
    head = tx.money.refunds.lock(command.refund_id)
    if not is_running(head.entity):
        return _refund_saved(head)

    failed = head.entity.transition("fail", now=tx.clock.now(), failure_code=command.failure_code)
    saved = save(tx, tx.money.refunds, head, failed, "fail")
    proof = Proof(failed.id, failed.id)
    _end(tx, charge, refund, "fail", proof, occurred_at=failed.updated_at)
    return _refund_saved(saved)


def apply_refund(
    tx: MoneyWrite, event: ParsedEvent, facts: RefundObject, _: EventEvidence
) -> Decision:
    """Apply an event about a refund; one that was made in Stripe's dashboard is adopted.

    Raises:
        PaymentIntentNotFound: No charge has the refund's intent.
        RefundNotAllowed: The payment is not known yet; the event of it follows.
        RefundRunning: A refund of ours is under way; Stripe's other one waits for its end.
    """
    return _apply_reported(tx, facts, Proof.by_event(event.id))


def apply_refunded_charge(
    tx: MoneyWrite, event: ParsedEvent, facts: ChargeObject, evidence: EventEvidence
) -> Decision:
    """Apply all refunds of a charge, which were read at Stripe: the event does not hold them."""
    decision = KNOWN
    for reported in evidence.refunds:
        applied = _apply_reported(tx, reported, Proof.by_event(event.id))
        if applied.actions:
            decision = applied
    if not evidence.refunds and facts.payment_intent is None:
        raise PaymentIntentNotFound(facts.id)

    return decision


def _apply_reported(tx: MoneyWrite, reported: RefundObject, proof: Proof) -> Decision:
    known = _known_refund(tx, reported)
    if known is None:
        charge, head = _adopt(tx, reported, proof)
    else:
        charge = tx.money.charges.lock(known.charge_id)
        head = tx.money.refunds.lock(known.id)
    return _apply(tx, charge, head, reported, proof)


def _known_refund(tx: MoneyWrite, reported: RefundObject) -> Refund | None:
    """Return our refund that Stripe reports.

    None for one that was made outside, or that a restored backup has forgotten.
    """
    head = tx.money.refunds.of_stripe(reported.id)
    if head is not None:
        return head.entity
    named = reported.metadata.get(REFUND_METADATA)
    if named is None or _is_forgotten(tx, reported, named):
        return None

    return tx.money.refunds.get(named).entity


def _is_forgotten(tx: MoneyWrite, reported: RefundObject, named: str) -> bool:
    """Return True if a reported refund names the next one of its charge, which is not stored."""
    charge = tx.money.charges.of_intent(reported.payment_intent or reported.id)
    if charge is None:
        return False
    charge_id = charge.entity.id
    return named == refund_id(charge_id, len(tx.money.refunds.of_charge(charge_id)) + 1)


def _adopt(
    tx: MoneyWrite, reported: RefundObject, proof: Proof
) -> tuple[Head[Charge], Head[Refund]]:
    """Create the refund that somebody has made in Stripe's dashboard, and set its money aside."""
    charge_head = _refunded_charge(tx, reported)
    charge = charge_head.entity
    check_outside_refund(charge, reported)
    number = len(tx.money.refunds.of_charge(charge.id)) + 1
    refund = Refund.create(
        "adopt",
        now=tx.clock.now(),
        id=refund_id(charge.id, number),
        charge_id=charge.id,
        number=number,
        amount_minor=reported.amount_minor,
        currency=reported.currency,
        reason_code=RefundReason.OUTSIDE,
        covered=is_covered(tx, charge.item),
        stripe_refund_id=reported.id,
    )
    head = save(tx, tx.money.refunds, None, refund, "adopt")
    if not charge.is_quarantined:
        hold_refund(tx, charge, refund, proof)
    return charge_head, head


def _refunded_charge(tx: MoneyWrite, reported: RefundObject) -> Head[Charge]:
    """Return the locked charge of a refund that was made in Stripe's dashboard."""
    intent_id = reported.payment_intent or reported.id
    known = tx.money.charges.of_intent(intent_id)
    if known is None:
        raise PaymentIntentNotFound(intent_id)
    head = tx.money.charges.lock(known.entity.id)
    if head.entity.received_minor is None:
        # The event of the refund has overtaken the one of its payment.
        raise RefundNotAllowed(head.entity.id, "a known payment", head.entity.status)
    return head


def _apply(
    tx: MoneyWrite,
    charge: Head[Charge],
    head: Head[Refund],
    reported: RefundObject,
    proof: Proof,
) -> Decision:
    """Move a refund to Stripe's status, and book its end."""
    refund = head.entity
    check_refund(refund, reported)
    decision = decide_refund(refund, reported.status)
    for action in decision.actions:
        failure_code = None
        if action == "fail":
            failure_code = reported.failure_code or UNKNOWN_FAILURE
        moved = refund.transition(
            action,
            now=tx.clock.now(),
            stripe_refund_id=reported.id,
            failure_code=failure_code,
        )
        save(tx, tx.money.refunds, head, moved, action)
        _end(tx, charge, refund, action, proof, occurred_at=reported.created)

    return decision


def _end(
    tx: MoneyWrite,
    head: Head[Charge],
    refund: Refund,
    action: str,
    proof: Proof,
    *,
    occurred_at: datetime,
) -> None:
    """Book the end of a refund, and move its charge; `refund` is the one before the action.

    `occurred_at` is when the money has left Stripe's balance, however late that is known.
    """
    if action == SUCCESS:
        post_refund(tx, head.entity, refund, proof, occurred_at)
        _move_charge(tx, head, refund, proof, is_success=True)
    if action in FAILURES:
        if has_succeeded(refund):
            reverse_refund(tx, refund, proof)
        if not head.entity.is_quarantined:
            release_refund(tx, head.entity, refund, proof)
        _move_charge(tx, head, refund, proof, is_success=False)


def _move_charge(
    tx: MoneyWrite, head: Head[Charge], refund: Refund, proof: Proof, *, is_success: bool
) -> None:
    """Move the charge of a refund that has ended, unless another refund is under way."""
    refunds = [other.entity for other in tx.money.refunds.of_charge(head.entity.id)]
    if any(is_running(other) for other in refunds):
        return
    refunded_minor = refunded_sum(refunds)
    action = head.entity.refund_action(refunded_minor, is_success=is_success)
    if action is None:
        return

    charge = head.entity.transition(action, now=tx.clock.now(), refunded_minor=refunded_minor)
    head = save(tx, tx.money.charges, head, charge, action)
    if charge.is_quarantined and not is_success:
        _refund_again(tx, head, refund, len(refunds), proof)
        return
    resume_disputes(tx, head)


def _refund_again(
    tx: MoneyWrite, head: Head[Charge], refund: Refund, count: int, proof: Proof
) -> None:
    """Request the refund of quarantined money again; after some, an operator has to do it."""
    if count < MAX_QUARANTINE_REFUNDS:
        start_refund(tx, head, refund.reason_code, head.entity.left_minor, proof)


def _proof_of_request(tx: MoneyWrite, charge: Charge) -> Proof:
    """Return the proof of a refund that a person, or else the program, has requested."""
    if tx.actor.kind is ActorKind.SYSTEM:
        return Proof(f"charge:{charge.id}", f"charge:{charge.id}")
    return Proof.by_operator(f"refund:{charge.id}")


def _refuse_disputed(tx: MoneyWrite, charge: Charge) -> None:
    """Raise DisputeOpen for a charge with an open dispute: Stripe refunds none of it."""
    for head in tx.money.disputes.of_charge(charge.id):
        if head.entity.is_open:
            raise DisputeOpen(charge.id, head.entity.id)


def _refund_saved(head: Head[Refund]) -> RefundSaved:
    return RefundSaved(refund=head.entity, seq=head.revision.seq)
