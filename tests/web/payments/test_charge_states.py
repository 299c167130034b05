"""Every state of a charge through HTTP: payers, Stripe's simulator, its webhooks, our stages."""

import logging
from pathlib import Path
from typing import Final

import pytest
from tests.contest_runs import FEE_MINOR
from tests.money_contests import OPERATOR
from tests.web.payments.running import PAGES, PaymentServer, payment_server

from indelible.contests.commands.entries import RejectEntry
from indelible.contests.handlers.entries import reject_entry
from indelible.money.entities.values import RefundReason

pytestmark = pytest.mark.slow  # Each test runs a server and a simulator.

OUTCOMES: Final = {
    "REQUIRES_ACTION": "require_action",
    "PROCESSING": "process",
    "FAILED": "decline",
}
DISPUTE_FEE: Final = 1_500
PAID: Final = ("SUCCEEDED", "ACTIVE")
PLACE_NUMBER: Final = 1  # of the entry of the server


def brought_to(server: PaymentServer, status: str) -> str:
    """Return the id of a new intent whose payment is in this state."""
    intent_id = server.started()
    if status in OUTCOMES:
        server.attempt(intent_id, OUTCOMES[status])
    assert server.status(intent_id)["status"] == status
    return intent_id


def next_place_number(server: PaymentServer) -> int | None:
    """Let another user enter the contest, and return the number of the place."""
    return server.run.enter(server.contest, "bob", 1).place_number


def stripe_fees(server: PaymentServer) -> int:
    return server.balances().get("stripe_fees", 0)


def test_a_created_intent_is_pending_and_its_entry_waits_for_the_payment(
    server: PaymentServer,
) -> None:
    intent_id = server.started()

    assert server.outcome(intent_id) == ("PENDING", "PENDING_PAYMENT")
    assert server.status(intent_id)["amount_minor"] == FEE_MINOR
    assert server.postings() == []
    assert next_place_number(server) == PLACE_NUMBER + 1


def test_a_payment_is_declined_needs_the_payer_is_processed_and_succeeds(
    server: PaymentServer,
) -> None:
    intent_id = brought_to(server, "FAILED")
    assert server.outcome(intent_id) == ("FAILED", "PENDING_PAYMENT")
    assert server.status(intent_id)["failure_code"] == "generic_decline"
    for step, status in (
        ("require_action", "REQUIRES_ACTION"),
        ("decline", "FAILED"),
        ("process", "PROCESSING"),
        ("decline", "FAILED"),
        ("require_action", "REQUIRES_ACTION"),
        ("process", "PROCESSING"),
    ):
        server.attempt(intent_id, step)
        assert server.outcome(intent_id) == (status, "PENDING_PAYMENT")
    assert server.postings() == []

    server.attempt(intent_id)
    assert server.outcome(intent_id) == PAID
    assert [kind for kind, _ in server.postings()] == ["ENTRY_FEE", "PROCESSING_FEE"]
    assert server.balances()["escrow"] == FEE_MINOR
    at_stripe = server.stripe.read("counts")["balance"]
    assert server.balances()["stripe_balance"] == sum(at_stripe.values())


def test_a_paid_checkout_session_is_booked_like_an_intent(server: PaymentServer) -> None:
    session = server.pay("checkout", **PAGES)

    server.attempt(session["session_id"])

    assert server.outcome(session["session_id"]) == PAID
    assert server.balances()["escrow"] == FEE_MINOR


def test_a_payment_after_the_lock_and_its_grace_is_refunded(server: PaymentServer) -> None:
    intent_id = server.started()
    late = server.charge.expires_at - server.run.clock.now()
    server.advance(int(late.total_seconds()) + 60)

    server.attempt(intent_id)

    assert server.outcome(intent_id)[0] == "REFUNDED"
    assert server.status(intent_id)["outcome_code"] == RefundReason.LATE_PAYMENT.value
    assert "escrow" not in server.balances()
    assert "refund_clearing" not in server.balances()


def test_a_payment_whose_place_was_given_back_is_refunded(server: PaymentServer) -> None:
    intent_id = server.started()
    reject = RejectEntry(entry_id=server.entry.id, rejection_reason="a test")
    server.run.store.run(reject_entry, reject, actor=OPERATOR, reason="a test")

    server.attempt(intent_id)

    assert server.outcome(intent_id) == ("REFUNDED", "REJECTED")
    assert server.status(intent_id)["outcome_code"] == RefundReason.LATE_PAYMENT.value
    assert "escrow" not in server.balances()


def test_an_intent_that_is_canceled_at_stripe_frees_the_place(server: PaymentServer) -> None:
    intent_id = brought_to(server, "REQUIRES_ACTION")

    server.happen(f"intents/{intent_id}/cancel")

    assert server.outcome(intent_id) == ("CANCELED", "REJECTED")
    assert next_place_number(server) == PLACE_NUMBER


def test_an_expired_charge_is_canceled_at_stripe(server: PaymentServer) -> None:
    intent_id = server.started()
    left = server.charge.expires_at - server.run.clock.now()
    server.advance(int(left.total_seconds()) + 1)

    server.settle()

    assert server.stripe.gateway.retrieve_payment_intent(intent_id).status == "canceled"
    assert server.outcome(intent_id) == ("CANCELED", "REJECTED")
    assert server.status(intent_id)["outcome_code"] == "EXPIRED"


@pytest.mark.parametrize(
    ("amount", "status"), [({}, "REFUNDED"), ({"amount_minor": 1_000}, "PARTIALLY_REFUNDED")]
)
def test_a_refund_ends_by_its_event(
    server: PaymentServer, amount: dict[str, object], status: str
) -> None:
    intent_id = server.paid()
    server.refund(**amount)
    assert server.outcome(intent_id)[0] == "REFUND_PENDING"
    assert server.postings()[-1][0] == "REFUND_REQUESTED"
    server.settle()

    refunded = int(str(amount.get("amount_minor", FEE_MINOR)))
    # What is left of a fee does not pay for an entry.
    entry = "REFUNDED" if status == "REFUNDED" else "VOID"
    assert server.outcome(intent_id) == (status, entry)
    assert server.status(intent_id)["refunded_minor"] == refunded
    assert server.balances().get("escrow", 0) == FEE_MINOR - refunded
    expected = FEE_MINOR - refunded - stripe_fees(server)
    assert server.balances()["stripe_balance"] == expected


def test_a_refund_that_a_bank_returns_gives_the_money_back_with_an_alert(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with payment_server(tmp_path, account={"refund_status": "pending"}) as server:
        intent_id = server.paid()
        server.refund()
        server.settle()
        (refund,) = server.admin(f"payments/charges/{server.charge.id}")["refunds"]

        with caplog.at_level(logging.ERROR, "indelible.money"):
            server.happen(f"refunds/{refund['stripe_refund_id']}", status="failed")

        assert server.outcome(intent_id)[0] == "SUCCEEDED"
        assert server.balances()["escrow"] == FEE_MINOR
        assert ("REFUND_FAILED", FEE_MINOR) in server.postings()
        (alert,) = caplog.messages
        assert alert.startswith(f"[Payment] REFUND_FAILED: refund {refund['stripe_refund_id']}")
        assert "failed at Stripe: " in server.page("")


def test_a_dispute_withdraws_the_money_and_voids_the_entry(server: PaymentServer) -> None:
    intent_id = server.paid()

    dispute_id = server.disputed(intent_id)

    assert server.outcome(intent_id) == ("DISPUTED", "VOID")
    assert ("DISPUTE_OPENED", FEE_MINOR + DISPUTE_FEE) in server.postings()
    assert server.balances()["dispute_receivable"] == FEE_MINOR
    assert server.balances()["dispute_losses"] == DISPUTE_FEE
    (due,) = server.admin("payments/disputes/due")["items"]
    assert (due["id"], due["charge_id"]) == (dispute_id, server.charge.id)
    assert dispute_id in server.page("disputes")


def test_a_refunded_payment_can_be_disputed_and_returns_to_refunded(
    server: PaymentServer,
) -> None:
    intent_id = server.paid()
    server.refund()
    server.settle()

    dispute_id = server.disputed(intent_id)
    assert server.outcome(intent_id)[0] == "DISPUTED"
    server.happen(f"disputes/{dispute_id}/close", status="won")

    assert server.outcome(intent_id)[0] == "REFUNDED"


@pytest.mark.parametrize(
    ("opened", "closed"),
    [
        ("needs_response", "won"),
        ("needs_response", "prevented"),
        ("warning_needs_response", "warning_closed"),
    ],
)
def test_a_dispute_that_is_not_lost_gives_the_money_back(
    server: PaymentServer, opened: str, closed: str
) -> None:
    intent_id = server.paid()
    dispute_id = server.disputed(intent_id, opened)

    server.happen(f"disputes/{dispute_id}/close", status=closed)

    assert server.outcome(intent_id) == PAID
    assert "dispute_receivable" not in server.balances()
    assert server.balances()["escrow"] == FEE_MINOR


def test_a_lost_dispute_is_a_charge_back(server: PaymentServer) -> None:
    intent_id = server.paid()
    dispute_id = server.disputed(intent_id)

    server.happen(f"disputes/{dispute_id}/close", status="lost")

    assert server.outcome(intent_id) == ("CHARGED_BACK", "VOID")
    assert server.postings()[-1] == ("DISPUTE_LOST", FEE_MINOR)
    assert "dispute_receivable" not in server.balances()
    assert "escrow" not in server.balances()


def test_an_event_that_would_lead_back_is_stale(server: PaymentServer) -> None:
    intent_id = server.started()
    server.webhooks(event_types=["payment_intent.succeeded"])
    server.attempt(intent_id, "process")
    server.attempt(intent_id)
    server.happen(f"events/{server.sent_event('payment_intent.processing')}/send")

    (late,) = server.events("payment_intent.processing")
    assert (late.status.value, late.last_code) == ("IGNORED", "STALE_EVENT")
    assert server.outcome(intent_id) == PAID
    assert "STALE_EVENT" in server.page(f"inbox/{late.id}")
