"""Events about the intent of a checkout session that another one has replaced."""

from attrs import evolve
from tests.core.money.payments import ADA, FEE, PAGES, PaymentRun, intent_body

from indelible.money.entities.charges import Charge
from indelible.money.entities.stripe_objects import Intent
from indelible.money.lifecycle.payments import ChargeStatus


def start_session(run: PaymentRun, charge: Charge) -> Intent:
    """Start a checkout session, and return the intent that its page has created."""
    started = run.starter.create_checkout(charge.id, PAGES, party="ada", actor=ADA)
    session = started.session
    intent = run.gateway.create_payment_intent(
        amount_minor=FEE,
        currency="EUR",
        metadata={"charge_id": charge.id},
        idempotency_key=f"of {session.id}",
    )
    run.gateway.sessions[session.id] = evolve(session, payment_intent=intent.id)
    return intent


def expire_session(run: PaymentRun, charge: Charge, intent: Intent, *, status: str) -> None:
    """Let Stripe expire the session of a charge; its intent is left in a state."""
    session_id = run.charge(charge.id).session_id or ""
    session = run.gateway.sessions[session_id]
    run.gateway.sessions[session_id] = evolve(session, status="expired")
    run.gateway.intents[intent.id] = evolve(intent, status=status)


def test_a_late_failure_of_a_replaced_session_leaves_the_charge_to_the_next_one(
    run: PaymentRun,
) -> None:
    for status in ("canceled", "requires_payment_method"):
        charge = run.open(f"item-{status}")
        first = start_session(run, charge)
        expire_session(run, charge, first, status=status)
        second = start_session(run, charge)

        late = run.deliver("payment_intent.payment_failed", intent_body(first))
        assert late.last_code == "STALE_EVENT"
        assert run.charge(charge.id).intent_id is None

        run.succeed(second.id)
        paid = run.charge(charge.id)
        assert (paid.status, paid.intent_id) == (ChargeStatus.SUCCEEDED, second.id)


def test_a_failure_of_the_present_session_is_applied(run: PaymentRun) -> None:
    charge = run.open()
    intent = start_session(run, charge)

    run.deliver("payment_intent.payment_failed", intent_body(intent))

    stored = run.charge(charge.id)
    assert (stored.status, stored.intent_id) == (ChargeStatus.FAILED, intent.id)


def test_money_that_came_by_a_replaced_session_is_booked(run: PaymentRun) -> None:
    charge = run.open()
    first = start_session(run, charge)
    expire_session(run, charge, first, status="requires_payment_method")
    start_session(run, charge)

    run.succeed(first.id)

    assert run.charge(charge.id).status is ChargeStatus.SUCCEEDED
