"""Refunds in parts, beside disputes, and after a restore."""

import pytest
from tests.core.money.payments import FEE, PaymentRun

from indelible.money import errors
from indelible.money.lifecycle import ChargeStatus

PART = 1_000


def test_a_full_refund_is_not_answered_with_a_part_that_is_under_way(run: PaymentRun) -> None:
    charge, _ = run.paid()
    part = run.refund(charge, PART)

    with pytest.raises(errors.RefundRunning):
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
