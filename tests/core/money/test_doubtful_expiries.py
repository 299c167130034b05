"""Charges whose expiry finds an intent that is neither canceled nor paid."""

import pytest
from attrs import evolve
from tests.core.money.gateway import ScriptedGateway
from tests.core.money.payments import PaymentRun

from indelible.money.entities.stripe_objects import Intent
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.rules.stages import EXPIRE_CHARGE_STAGE


def test_an_expiry_is_tried_again_while_the_intent_is_neither_canceled_nor_paid(
    run: PaymentRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge, intent = run.opened_intent()
    capturable = evolve(intent, status="requires_capture")
    run.clock.advance(3_601)

    def do_not_cancel(_: ScriptedGateway, intent_id: str, *, idempotency_key: str) -> Intent:
        assert intent_id in idempotency_key
        return capturable

    with monkeypatch.context() as patched:
        patched.setattr(ScriptedGateway, "cancel_payment_intent", do_not_cancel)
        run.process(EXPIRE_CHARGE_STAGE)
    assert run.charge(charge.id).status is ChargeStatus.PENDING

    run.clock.advance(3_600)
    run.process(EXPIRE_CHARGE_STAGE)

    assert run.charge(charge.id).status is ChargeStatus.CANCELED
