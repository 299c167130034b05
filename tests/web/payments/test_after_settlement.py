"""Payments, refunds and disputes around a settlement, by HTTP and the simulator."""

import logging
from pathlib import Path
from typing import Final

import pytest
from tests.contest_runs import FEE_MINOR
from tests.web.payments.running import PaymentServer, payment_server

from indelible.contests.lifecycle import ContestStatus
from indelible.money.entities.values import RefundReason

pytestmark = pytest.mark.slow  # Each test runs a server and a simulator.

DISPUTE_FEE: Final = 1_500
LOST: Final = ("DISPUTE_LOST", FEE_MINOR)
WON: Final = ("DISPUTE_WON", FEE_MINOR)
RESIDUE: Final = ("DISPUTE_RESIDUE", FEE_MINOR)


def pay_another_entry(server: PaymentServer) -> None:
    """Let another user enter the contest and pay: a contest has at least two entries."""
    own = server.entry
    server.entry = server.run.enter(server.contest, "bob", 1)
    server.run.work()
    server.paid()
    server.entry = own


def play_and_settle(server: PaymentServer) -> None:
    """Play the contest to its settlement, with an entry of another user.

    The clock of the simulator follows.
    """
    pay_another_entry(server)
    began_at = server.run.clock.now()
    server.run.play(server.contest)
    server.run.settle()
    passed = server.run.clock.now() - began_at
    server.stripe.control("clock", advance_seconds=round(passed.total_seconds()))
    server.settle()
    assert ("SETTLEMENT", settled_minor(server)) in server.postings()


def settled_minor(server: PaymentServer) -> int:
    """Return the amount that the settlement has divided."""
    movement = server.run.settlement(server.contest)
    return 0 if movement is None else movement.total_minor


def contest_status(server: PaymentServer) -> ContestStatus:
    """Return the state of the contest."""
    return server.run.contests.status(server.contest)


def test_a_payment_that_becomes_known_after_the_settlement_is_refunded(
    server: PaymentServer,
) -> None:
    intent_id = server.started()
    body = server.recorded(intent_id)
    play_and_settle(server)
    before = server.balances()

    assert server.send(body).json() == {"received": True}
    server.settle()

    reason = RefundReason.LATE_WEBHOOK_AFTER_SETTLEMENT.value
    assert server.outcome(intent_id) == ("REFUNDED", "REJECTED")
    assert server.status(intent_id)["outcome_code"] == reason == "LATE_WEBHOOK_AFTER_SETTLEMENT"
    assert ("REFUND_REQUESTED", FEE_MINOR) in server.postings()
    assert ("REFUND_SUCCEEDED", FEE_MINOR) in server.postings()
    after = server.balances()
    assert "escrow" not in after
    assert "goodwill" not in after
    assert after["winner_payable"] == before["winner_payable"]
    assert contest_status(server) is ContestStatus.COMPLETE


def test_a_refund_after_the_settlement_is_paid_by_the_platform(server: PaymentServer) -> None:
    intent_id = server.paid()
    play_and_settle(server)

    server.refund()
    server.settle()

    assert server.outcome(intent_id) == ("REFUNDED", "ACTIVE")
    assert ("REFUND_SUCCEEDED", FEE_MINOR) in server.postings()
    assert server.balances()["goodwill"] == FEE_MINOR
    assert "refund_clearing" not in server.balances()
    assert contest_status(server) is ContestStatus.COMPLETE


def test_a_refund_that_fails_after_the_settlement_returns_to_the_platform(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with payment_server(tmp_path, account={"refund_status": "pending"}) as server:
        intent_id = server.paid()
        play_and_settle(server)
        server.refund()
        server.settle()
        assert server.balances()["goodwill"] == FEE_MINOR
        (refund,) = server.admin(f"payments/charges/{server.charge.id}")["refunds"]

        with caplog.at_level(logging.ERROR, "indelible.money"):
            server.happen(f"refunds/{refund['stripe_refund_id']}", status="failed")

        assert server.outcome(intent_id) == ("SUCCEEDED", "ACTIVE")
        assert server.postings()[-1] == ("REFUND_FAILED", FEE_MINOR)
        assert "REFUND_FAILED" in caplog.text
        assert "goodwill" not in server.balances()
        assert "escrow" not in server.balances()


def test_a_dispute_after_the_settlement_that_is_lost_is_a_loss_of_the_platform(
    server: PaymentServer,
) -> None:
    intent_id = server.paid()
    play_and_settle(server)
    dispute_id = server.disputed(intent_id)
    assert server.outcome(intent_id) == ("DISPUTED", "ACTIVE")
    assert server.balances()["dispute_receivable"] == FEE_MINOR

    server.happen(f"disputes/{dispute_id}/close", status="lost")

    assert server.outcome(intent_id) == ("CHARGED_BACK", "ACTIVE")
    assert server.postings()[-1] == LOST
    assert server.balances()["dispute_losses"] == FEE_MINOR + DISPUTE_FEE
    assert "dispute_receivable" not in server.balances()
    assert contest_status(server) is ContestStatus.COMPLETE


def test_a_dispute_after_the_settlement_that_is_won_gives_the_money_back(
    server: PaymentServer,
) -> None:
    intent_id = server.paid()
    play_and_settle(server)
    before = server.balances()
    dispute_id = server.disputed(intent_id)

    server.happen(f"disputes/{dispute_id}/close", status="won")

    assert server.outcome(intent_id) == ("SUCCEEDED", "ACTIVE")
    assert server.postings()[-1] == WON
    after = server.balances()
    assert after["dispute_losses"] == DISPUTE_FEE
    assert after["stripe_balance"] == before["stripe_balance"] - DISPUTE_FEE
    assert "dispute_receivable" not in after


@pytest.mark.parametrize(
    ("status", "charge", "last"),
    [("won", "SUCCEEDED", RESIDUE), ("lost", "CHARGED_BACK", LOST)],
)
def test_a_dispute_before_the_settlement_keeps_its_fee_in_the_escrow_until_it_is_closed(
    server: PaymentServer, status: str, charge: str, last: tuple[str, int]
) -> None:
    intent_id = server.paid()
    dispute_id = server.disputed(intent_id)
    play_and_settle(server)
    assert settled_minor(server) == FEE_MINOR
    assert server.balances()["escrow"] == FEE_MINOR

    server.happen(f"disputes/{dispute_id}/close", status=status)

    assert server.outcome(intent_id) == (charge, "VOID")
    assert server.postings().count(last) == 1
    assert "escrow" not in server.balances()
    assert "dispute_receivable" not in server.balances()
