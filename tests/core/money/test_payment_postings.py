"""Every movement of payments, refunds and disputes: accounts, sums and keys."""

import pytest
from tests.core.money.payments import (
    ADA,
    DISPUTE_FEE,
    FEE,
    WORKER,
    PaymentRun,
    dispute_body,
    withdrawn_body,
)
from tests.core.money.postings import rows

from indelible.kernel import Actor, IndelibleError
from indelible.kernel.audit import ActorKind
from indelible.money.commands.payments import BookResidue, RequestRefund
from indelible.money.entities.values import AccountKind, MovementKind, RefundReason
from indelible.money.errors.gateway import GatewayRejected
from indelible.money.handlers.disputes import book_residue
from indelible.money.handlers.refunds import request_refund
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.rules.stages import SEND_REFUND_STAGE

KEY = Actor(ActorKind.KEY, "operators")


def lose(run: PaymentRun, intent_id: str) -> None:
    """Withdraw the money of a dispute, and lose it."""
    run.deliver("charge.dispute.funds_withdrawn", withdrawn_body(intent_id))
    run.deliver("charge.dispute.closed", dispute_body(intent_id, status="lost"))


def win(run: PaymentRun, intent_id: str) -> None:
    """Win a dispute, and get its money back."""
    run.deliver("charge.dispute.closed", dispute_body(intent_id, status="won"))
    run.deliver("charge.dispute.funds_reinstated", withdrawn_body(intent_id, status="won"))


@pytest.mark.parametrize(
    ("actor", "source"), [(WORKER, "charge:"), (ADA, "operator"), (KEY, "operator")]
)
def test_a_requested_refund_names_who_has_requested_it(
    run: PaymentRun, actor: Actor, source: str
) -> None:
    charge, _ = run.paid()
    command = RequestRefund(charge_id=charge.id, reason_code=RefundReason.CANCELLED)
    refund = run.store.run(request_refund, command, actor=actor, reason="a test").refund
    movement = run.store.read(lambda tx: tx.money.movements.of_key(f"refund:{refund.id}:REQ"))

    assert movement is not None
    assert movement.entity.source.startswith(source)


@pytest.mark.parametrize("is_settled", [False, True])
def test_a_failed_refund(run: PaymentRun, *, is_settled: bool) -> None:
    charge, _ = run.paid()
    if is_settled:
        run.settle("item-1", amount_minor=FEE)
    run.gateway.failures.before["create_refund"] = [GatewayRejected("refused", "no")]
    refund = run.refund(charge)
    run.process(SEND_REFUND_STAGE)

    source = "goodwill" if is_settled else "escrow"
    assert rows(run.store, f"refund:{refund.id}:FAIL") == [("refund_clearing", source, FEE)]


def test_a_dispute_that_nobody_may_answer_is_booked_like_another(run: PaymentRun) -> None:
    _, intent = run.paid()
    unanswerable = {"evidence_details": {"due_by": 0}}
    run.deliver("charge.dispute.funds_withdrawn", withdrawn_body(intent.id, **unanswerable))

    assert rows(run.store, "dispute:dp_1:OPEN") == [
        ("dispute_receivable", "stripe_balance", FEE),
        ("dispute_losses", "stripe_balance", DISPUTE_FEE),
    ]
    dispute = run.store.read(lambda tx: tx.money.disputes.get("dp_1")).entity
    assert dispute.evidence_due_by is None


def test_a_dispute_that_is_lost_after_the_settlement_is_a_loss(run: PaymentRun) -> None:
    _, intent = run.paid()
    run.settle("item-1", amount_minor=FEE)
    lose(run, intent.id)

    assert rows(run.store, "dispute:dp_1:LOST") == [("dispute_losses", "dispute_receivable", FEE)]


def test_a_dispute_that_was_won_before_the_settlement_was_posted(run: PaymentRun) -> None:
    run.paid("item-1")
    _, intent = run.paid("item-2")
    run.deliver("charge.dispute.funds_withdrawn", withdrawn_body(intent.id))
    win(run, intent.id)
    run.settle("item-1", amount_minor=FEE)

    for _ in range(2):
        command = BookResidue(dispute_id="dp_1")
        run.store.run(book_residue, command, actor=WORKER, reason="a test")

    assert run.kinds().count(MovementKind.DISPUTE_RESIDUE) == 1
    assert run.balance(AccountKind.ESCROW) == 0


@pytest.mark.parametrize("is_reversed", [False, True])
def test_the_order_of_a_dispute_s_events_makes_no_difference(
    run: PaymentRun, *, is_reversed: bool
) -> None:
    charge, intent = run.paid()
    events = [
        ("charge.dispute.created", dispute_body(intent.id)),
        ("charge.dispute.funds_withdrawn", withdrawn_body(intent.id)),
        ("charge.dispute.closed", withdrawn_body(intent.id, status="won")),
        ("charge.dispute.funds_reinstated", withdrawn_body(intent.id, status="won")),
    ]
    if is_reversed:
        events.reverse()

    for event_type, body in events:
        run.deliver(event_type, body)

    assert run.charge(charge.id).status is ChargeStatus.SUCCEEDED
    assert run.balance(AccountKind.STRIPE_BALANCE) == FEE - DISPUTE_FEE
    assert run.balance(AccountKind.DISPUTE_RECEIVABLE) == 0
    assert run.balance(AccountKind.ESCROW) == FEE


def test_a_dispute_during_a_refund_waits_for_its_end(run: PaymentRun) -> None:
    charge, intent = run.paid()
    run.refund(charge)
    run.deliver("charge.dispute.created", dispute_body(intent.id))
    assert run.charge(charge.id).status is ChargeStatus.REFUND_PENDING

    run.process(SEND_REFUND_STAGE)

    stored = run.charge(charge.id)
    assert (stored.status, stored.disputed_from) == (ChargeStatus.DISPUTED, ChargeStatus.REFUNDED)


def test_a_disputed_charge_is_not_refunded(run: PaymentRun) -> None:
    charge, intent = run.paid()
    run.deliver("charge.dispute.created", dispute_body(intent.id))

    with pytest.raises(IndelibleError) as caught:
        run.refund(charge)

    assert caught.value.code == "DISPUTE_OPEN"
