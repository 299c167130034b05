"""A parked transfer is tried again when it can go on, and tells what it waits for now."""

import pytest
from tests.core.money.test_payout_endings import end_task
from tests.payout_runs import Fault, PayoutRun

from indelible.money.commands.payouts import (
    ClosePayee,
    EnablePayee,
    HaltPayments,
    MarkUnclaimed,
    RestrictPayee,
    ResumePayments,
)
from indelible.money.entities.values import TransferFailure
from indelible.money.errors.gateway import ParkReason
from indelible.money.errors.payouts import UnclaimedTooEarly
from indelible.money.handlers.payees import close_payee, enable_payee, restrict_payee
from indelible.money.handlers.payouts.ending import mark_unclaimed
from indelible.money.handlers.switches import halt_payments, resume_payments
from indelible.money.lifecycle.payouts import TransferStatus

ONE = {"ann": 5_628}
MINUTE = 60
DAY = 86_400


def sweep(run: PayoutRun) -> None:
    """Let the sweep wake what can go on, and the stages send it."""
    assert run.stages().sweep().run().success
    run.process_all()


def refused_payout(refusals: int = 1) -> PayoutRun:
    """Return a payout that Stripe has refused because of a payee that is ready here."""
    run = PayoutRun()
    run.prepare(ONE)
    run.stripe.faults = [Fault.RESTRICTED] * refusals
    run.process_all()
    return run


def halted_payout() -> PayoutRun:
    """Return a payout that waits for the end of a halt."""
    run = PayoutRun()
    run.prepare(ONE)
    run.execute(halt_payments, HaltPayments(reason_code="TEST"))
    run.process_all()
    return run


def test_a_refusal_because_of_a_ready_payee_is_tried_again_once_a_day() -> None:
    run = refused_payout(refusals=3)
    for _ in range(2 * 24):
        run.clock.advance(30 * MINUTE)
        sweep(run)
    assert len(run.stripe.calls) == 2

    run.clock.advance(2 * DAY)
    sweep(run)
    run.clock.advance(DAY)
    sweep(run)

    run.require_paid_once(ONE)
    assert len(run.stripe.calls) == 4


def test_the_sweep_pays_a_payee_that_has_changed_since_its_refusal() -> None:
    run = refused_payout()
    run.clock.advance(MINUTE)
    run.execute(restrict_payee, RestrictPayee(party="ann"))
    run.execute(enable_payee, EnablePayee(party="ann"))
    end_task(run, "ann")

    sweep(run)

    run.require_paid_once(ONE)


def test_a_payee_that_closes_during_a_halt_is_unclaimed_ninety_days_after_it() -> None:
    run = halted_payout()
    run.execute(close_payee, ClosePayee(party="ann"))
    run.clock.advance(60 * DAY)
    run.execute(resume_payments, ResumePayments())
    sweep(run)
    assert run.transfer("ann").failure_code == ParkReason.ACCOUNT_MISSING

    run.clock.advance(89 * DAY)
    sweep(run)
    assert run.transfer("ann").status is TransferStatus.PARKED
    run.clock.advance(DAY + 1)
    sweep(run)

    assert run.transfer("ann").failure_reason is TransferFailure.UNCLAIMED


def test_a_payee_that_becomes_ready_during_a_halt_keeps_its_money() -> None:
    run = PayoutRun()
    run.prepare(ONE)
    run.execute(restrict_payee, RestrictPayee(party="ann"))
    run.process_all()
    run.execute(halt_payments, HaltPayments(reason_code="TEST"))
    run.execute(enable_payee, EnablePayee(party="ann"))
    run.process_all()
    assert run.transfer("ann").failure_code == ParkReason.PAYMENTS_HALTED
    run.clock.advance(91 * DAY)
    sweep(run)

    run.execute(resume_payments, ResumePayments())
    sweep(run)

    run.require_paid_once(ONE)


def test_the_money_of_a_ready_payee_is_not_kept_as_unclaimed() -> None:
    run = refused_payout()
    run.clock.advance(91 * DAY)
    command = MarkUnclaimed(transfer_id=run.transfer("ann").id)

    with pytest.raises(UnclaimedTooEarly, match="READY"):
        run.execute(mark_unclaimed, command)
    sweep(run)

    run.require_paid_once(ONE)
