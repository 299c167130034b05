"""Events that arrive in another order than Stripe has made them, and what they book when."""

from tests.core.money.gateway import MOVED_AT
from tests.core.money.payments import START, PaymentRun, dispute_body, intent_body, refund_body

from indelible.money.entities.values import MovementKind
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.lifecycle.reconciliations import InboxStatus


def occurred_at(run: PaymentRun, kind: MovementKind) -> object:
    """Return when the only movement of a kind occurred."""
    heads = run.store.read(lambda tx: tx.money.movements.find({"kind": kind}, limit=2))
    (movement,) = [run.movement(head.entity.id) for head in heads]
    return movement.occurred_at


def test_a_refund_that_overtakes_its_payment_waits_for_it(run: PaymentRun) -> None:
    charge, intent = run.opened_intent()
    paid = run.gateway.pay(intent.id)

    early = run.deliver("refund.created", refund_body("re_outside", intent.id))
    assert (early.status, early.last_code) == (InboxStatus.RECEIVED, "REFUND_NOT_ALLOWED")
    run.deliver("payment_intent.succeeded", intent_body(paid))
    run.clock.advance(7)
    run.finish()

    assert run.event(early.id).status is InboxStatus.PROCESSED
    assert run.charge(charge.id).status is ChargeStatus.REFUNDED


def test_a_dispute_that_overtakes_its_payment_waits_for_it(run: PaymentRun) -> None:
    charge, intent = run.opened_intent()
    paid = run.gateway.pay(intent.id)

    early = run.deliver("charge.dispute.created", dispute_body(intent.id))
    assert (early.status, early.last_code) == (InboxStatus.RECEIVED, "PAYMENT_NOT_BOOKED")
    run.deliver("payment_intent.succeeded", intent_body(paid))
    run.clock.advance(7)
    run.finish()

    assert run.event(early.id).status is InboxStatus.PROCESSED
    assert run.charge(charge.id).status is ChargeStatus.DISPUTED


def test_a_fee_that_is_booked_late_occurred_when_stripe_took_it(run: PaymentRun) -> None:
    run.paid()
    run.clock.advance(3_600)
    run.finish()

    assert occurred_at(run, MovementKind.PROCESSING_FEE) == MOVED_AT


def test_a_refund_that_is_known_late_occurred_when_stripe_made_it(run: PaymentRun) -> None:
    _, intent = run.paid()
    run.clock.advance(3_600)
    run.deliver("refund.created", refund_body("re_outside", intent.id))

    assert occurred_at(run, MovementKind.REFUND_SUCCEEDED) == START
