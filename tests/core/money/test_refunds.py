"""Refunds in parts, beside disputes, and after a restore."""

import pytest
from tests.core.money.payments import FEE, PaymentRun, dispute_body, refund_body, withdrawn_body
from tests.core.money.postings import rows

from indelible.money.entities.charges import Charge
from indelible.money.entities.ids import refund_id
from indelible.money.entities.values import AccountKind
from indelible.money.errors.payments import RefundNotFound, RefundRunning
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.lifecycle.reconciliations import InboxStatus
from indelible.money.rules.stages import SEND_REFUND_STAGE

PART = 1_000


def test_a_full_refund_is_not_answered_with_a_part_that_is_under_way(run: PaymentRun) -> None:
    charge, _ = run.paid()
    part = run.refund(charge, PART)

    with pytest.raises(RefundRunning):
        run.refund(charge)

    assert run.refund(charge, PART) == part
    run.finish()
    run.refund(charge)
    run.finish()
    assert [one.amount_minor for one in run.refunds(charge)] == [PART, FEE - PART]
    assert run.charge(charge.id).status is ChargeStatus.REFUNDED


def test_a_repeated_refund_of_the_rest_returns_the_one_under_way(run: PaymentRun) -> None:
    charge, _ = run.paid()
    run.refund(charge, PART)
    run.finish()

    rest = run.refund(charge)

    assert rest.amount_minor == FEE - PART
    assert run.refund(charge) == rest


def lost_while_refunded(run: PaymentRun, amount_minor: int | None = None) -> tuple[Charge, str]:
    """Return a charge whose dispute is lost while a refund is pending, and its intent."""
    run.gateway.refund_status = "pending"
    charge, intent = run.paid()
    run.paid("item-2")
    run.refund(charge, amount_minor)
    run.process(SEND_REFUND_STAGE)
    run.deliver("charge.dispute.funds_withdrawn", withdrawn_body(intent.id))
    run.deliver("charge.dispute.closed", dispute_body(intent.id, status="lost"))
    assert run.charge(charge.id).status is ChargeStatus.REFUND_PENDING
    return charge, intent.id


def end_refund(run: PaymentRun, charge: Charge, intent_id: str, status: str) -> None:
    """Let Stripe report the end of the pending refund of a charge."""
    (refund,) = run.refunds(charge)
    body = refund_body(
        refund.stripe_refund_id or "", intent_id, status=status, amount=refund.amount_minor
    )
    run.deliver("refund.updated", body)


@pytest.mark.parametrize("amount_minor", [None, PART])
def test_a_dispute_lost_during_a_refund_that_fails_charges_back(
    run: PaymentRun, amount_minor: int | None
) -> None:
    charge, intent_id = lost_while_refunded(run, amount_minor)

    end_refund(run, charge, intent_id, "failed")

    assert run.charge(charge.id).status is ChargeStatus.CHARGED_BACK
    assert run.actions(charge)[-3:] == ["fail_refund", "dispute", "lose"]
    assert rows(run.store, "dispute:dp_1:LOST") == [("escrow", "dispute_receivable", FEE)]
    assert run.balance(AccountKind.ESCROW) == FEE
    assert run.balance(AccountKind.DISPUTE_RECEIVABLE) == 0


def test_a_dispute_lost_during_a_refund_that_succeeds_is_a_loss_of_the_platform(
    run: PaymentRun,
) -> None:
    charge, intent_id = lost_while_refunded(run)

    end_refund(run, charge, intent_id, "succeeded")

    stored = run.charge(charge.id)
    assert (stored.status, stored.disputed_from) == (
        ChargeStatus.CHARGED_BACK,
        ChargeStatus.REFUNDED,
    )
    assert rows(run.store, "dispute:dp_1:LOST") == [("dispute_losses", "dispute_receivable", FEE)]
    assert run.balance(AccountKind.ESCROW) == FEE


def test_an_old_refund_without_an_attempt_is_looked_up_first(run: PaymentRun) -> None:
    charge, intent = run.paid()
    refund = run.refund(charge, PART)
    made = run.gateway.create_refund(
        intent_id=intent.id,
        amount_minor=PART,
        metadata={"charge_id": charge.id, "refund_id": refund.id},
        idempotency_key=refund.idempotency_key,
    )
    run.gateway.forget_keys()
    run.clock.advance(25 * 3_600)

    run.process(SEND_REFUND_STAGE)

    assert list(run.gateway.refunds) == [made.id]
    assert run.refunds(charge)[0].stripe_refund_id == made.id
    assert run.charge(charge.id).refunded_minor == PART


def test_a_refund_that_a_restore_has_forgotten_is_adopted(run: PaymentRun) -> None:
    charge, intent = run.paid()
    forgotten = refund_id(charge.id, 1)
    body = refund_body("re_1", intent.id, amount=PART, metadata={"refund_id": forgotten})

    event = run.deliver("refund.updated", body)

    (refund,) = run.refunds(charge)
    assert (event.status, refund.id) == (InboxStatus.PROCESSED, forgotten)
    assert run.charge(charge.id).status is ChargeStatus.PARTIALLY_REFUNDED
    assert run.balance(AccountKind.ESCROW) == FEE - PART


def test_a_refund_of_an_unknown_name_is_not_adopted(run: PaymentRun) -> None:
    charge, intent = run.paid()
    named = {"refund_id": refund_id(charge.id, 2)}

    event = run.deliver("refund.updated", refund_body("re_2", intent.id, metadata=named))

    assert event.last_code == RefundNotFound.code
    assert run.refunds(charge) == []
