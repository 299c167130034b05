"""Charges that were refunded in part return their rest when their contest ends."""

from collections.abc import Sequence

import pytest
from attrs import evolve
from tests.contest_runs import FEE_MINOR
from tests.core.money.payments import refund_body, withdrawn_body
from tests.money_contests import OPERATOR, PaidContestRun

from indelible.contests.commands.contests import CancelContest
from indelible.contests.entities.contests import Contest
from indelible.contests.entities.entries import Entry
from indelible.contests.handlers.transitions import cancel_contest
from indelible.contests.lifecycle import EntryStatus
from indelible.money.commands.payments import RequestRefund
from indelible.money.entities.values import MovementKind, RefundReason
from indelible.money.errors.gateway import GatewayRejected
from indelible.money.handlers.ledger import post_movement
from indelible.money.handlers.refunds import request_refund
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.rules.ledger.drafts import Proof
from indelible.money.rules.ledger.payments import dispute_residue
from indelible.reactions import UPDATE_CHARGES_STAGE

PART = 1_000


def paid(run: PaidContestRun) -> tuple[Contest, list[Entry], list[str]]:
    """Return a contest with its paid entries and their intents."""
    contest = run.open()
    entries = run.enter_all(contest)
    return contest, entries, run.pay_all(entries)


def refund_part(run: PaidContestRun, entry: Entry) -> None:
    """Request the refund of a part."""
    command = RequestRefund(
        charge_id=run.charge(entry).id, reason_code=RefundReason.REQUESTED, amount_minor=PART
    )
    run.store.run(request_refund, command, actor=OPERATOR, reason="a test")
    run.work()


def cancel(run: PaidContestRun, contest: Contest) -> None:
    """Cancel a contest, and let the charges follow."""
    command = CancelContest(contest_id=contest.id)
    run.store.run(cancel_contest, command, actor=OPERATOR, reason="a test")
    run.work()


def end_refunds(run: PaidContestRun, entries: Sequence[Entry], intents: Sequence[str]) -> None:
    """Let Stripe make the pending refunds of entries, and those that follow."""
    run.gateway.refund_status = "succeeded"
    for entry, intent_id in zip(entries, intents, strict=True):
        for refund in list(run.gateway.list_refunds(intent_id)):
            run.gateway.refunds[refund.id] = evolve(refund, status="succeeded")
            body = refund_body(
                refund.id,
                intent_id,
                amount=refund.amount_minor,
                currency=entry.currency.lower(),
                metadata=dict(refund.metadata),
            )
            run.deliver("refund.updated", body)
    run.work()


def test_a_part_under_way_at_the_cancellation_is_followed_by_the_rest(run: PaidContestRun) -> None:
    contest, entries, intents = paid(run)
    run.gateway.refund_status = "pending"
    refund_part(run, entries[0])
    cancel(run, contest)
    assert run.charge(entries[0]).status is ChargeStatus.REFUND_PENDING

    end_refunds(run, entries, intents)

    assert run.charge_statuses(entries) == [ChargeStatus.REFUNDED] * 4
    assert run.statuses(entries) == [EntryStatus.REFUNDED] * 4
    assert "escrow" not in run.balances()


def test_a_rest_that_stripe_refuses_is_requested_once(run: PaidContestRun) -> None:
    contest, entries, _ = paid(run)
    refund_part(run, entries[0])
    run.gateway.failures.before["create_refund"] = [GatewayRejected("refused", "no")] * 9

    cancel(run, contest)

    assert run.charge(entries[0]).status is ChargeStatus.PARTIALLY_REFUNDED
    assert run.balances()["escrow"] == 4 * FEE_MINOR - PART
    assert run.gateway.count("create_refund") == 1 + len(entries)


def test_a_settlement_returns_the_rest_of_a_charge_that_it_does_not_count(
    run: PaidContestRun,
) -> None:
    contest, entries, _ = paid(run)
    refund_part(run, entries[0])
    assert run.entry(entries[0]).status is EntryStatus.VOID
    run.play(contest)

    run.settle()

    assert run.charge(entries[0]).status is ChargeStatus.REFUNDED
    assert "escrow" not in run.balances()
    assert "goodwill" not in run.balances()


@pytest.mark.slow
def test_a_part_under_way_at_the_settlement_is_followed_by_the_rest(run: PaidContestRun) -> None:
    contest, entries, intents = paid(run)
    run.gateway.refund_status = "pending"
    refund_part(run, entries[0])
    run.play(contest)
    run.settle()
    assert run.balances()["escrow"] == FEE_MINOR - PART

    end_refunds(run, entries[:1], intents[:1])

    assert run.charge(entries[0]).status is ChargeStatus.REFUNDED
    assert "escrow" not in run.balances()


def test_a_counted_entry_keeps_the_rest_of_its_charge(run: PaidContestRun) -> None:
    contest, entries, _ = paid(run)
    run.play(contest)
    run.settle()

    refund_part(run, entries[0])

    assert run.charge(entries[0]).status is ChargeStatus.PARTIALLY_REFUNDED
    assert run.balances()["goodwill"] == PART


def test_the_rest_of_a_won_dispute_is_kept_after_the_settlement(run: PaidContestRun) -> None:
    contest, entries, intents = paid(run)
    refund_part(run, entries[0])
    names = {"id": "dp_1", "currency": contest.currency.lower(), "amount": FEE_MINOR - PART}
    run.deliver("charge.dispute.funds_withdrawn", withdrawn_body(intents[0], **names))
    run.work()
    run.play(contest)
    run.settle()
    won = withdrawn_body(intents[0], status="won", **names)
    run.clock.advance(1)
    run.deliver("charge.dispute.funds_reinstated", won)
    run.deliver("charge.dispute.closed", won)

    run.work()

    assert run.charge(entries[0]).status is ChargeStatus.PARTIALLY_REFUNDED
    assert "escrow" not in run.balances()


def test_a_charge_that_refuses_its_refund_is_tried_again(run: PaidContestRun) -> None:
    contest, entries, _ = paid(run)
    fees = run.store.read(
        lambda tx: tx.money.movements.find({"kind": MovementKind.ENTRY_FEE}, limit=1)
    )
    fee = fees[0].entity
    taken = dispute_residue(
        dispute_id="dp_other",
        reference=fee.reference or "",
        party="another",
        amount_minor=fee.total_minor,
        currency=fee.currency,
        proof=Proof.by_event("evt_other"),
    )
    run.store.run(lambda tx, _: post_movement(tx, taken), None, actor=OPERATOR, reason="a test")

    cancel(run, contest)

    # The escrow holds the money of three charges only.
    task = run.store.read(lambda tx: tx.tasks.get(UPDATE_CHARGES_STAGE, contest.id))
    statuses = run.charge_statuses(entries)
    assert statuses.count(ChargeStatus.REFUNDED) == 3
    assert task.due_at is not None
    assert task.due_at > run.clock.now()
