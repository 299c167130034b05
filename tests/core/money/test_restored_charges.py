"""Charges of a restored database, which does not know an intent that Stripe has."""

import pytest
from attrs import evolve
from tests.core.money.payments import PaymentRun, intent_body

from indelible.money.entities.charges import Charge
from indelible.money.entities.stripe_objects import Intent
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.rules.charges import CHARGE_METADATA
from indelible.money.rules.stages import EXPIRE_CHARGE_STAGE, PROCESS_STRIPE_EVENT_STAGE
from indelible.money.tasks import intents

AN_HOUR_AND_A_SECOND = 3_601


def forgotten_intent(run: PaymentRun) -> tuple[Charge, Intent]:
    """Return a charge whose intent was created after the backup."""
    _, intent = run.opened_intent("another")
    charge = run.open()
    intent = evolve(intent, id="pi_forgotten", metadata={CHARGE_METADATA: charge.id})
    run.gateway.intents[intent.id] = intent
    return charge, intent


def test_a_charge_that_is_paid_by_a_forgotten_intent_does_not_expire(run: PaymentRun) -> None:
    charge, intent = forgotten_intent(run)
    paid = run.gateway.pay(intent.id)
    event_id = run.receive("payment_intent.succeeded", intent_body(paid))
    run.clock.advance(AN_HOUR_AND_A_SECOND)

    run.process(EXPIRE_CHARGE_STAGE)
    run.process(PROCESS_STRIPE_EVENT_STAGE)

    assert run.charge(charge.id).status is ChargeStatus.SUCCEEDED
    assert not run.event(event_id).is_received


def test_an_expired_charge_lets_nobody_pay_a_forgotten_intent(run: PaymentRun) -> None:
    charge, intent = forgotten_intent(run)
    run.clock.advance(AN_HOUR_AND_A_SECOND)

    run.process(EXPIRE_CHARGE_STAGE)

    assert run.charge(charge.id).status is ChargeStatus.CANCELED
    assert run.gateway.intents[intent.id].status == "canceled"


def test_a_list_of_intents_that_is_too_long_keeps_no_charge_open(
    run: PaymentRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge, _ = forgotten_intent(run)
    monkeypatch.setattr(intents, "MAX_LISTED_INTENTS", 0)
    run.clock.advance(AN_HOUR_AND_A_SECOND)

    run.process(EXPIRE_CHARGE_STAGE)

    assert run.charge(charge.id).status is ChargeStatus.CANCELED
