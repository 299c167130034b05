"""Payments at the edges of a contest: late ones, lost disputes in between, moved locks."""

from datetime import timedelta

from tests.contest_runs import FEE_MINOR
from tests.core.money.payments import refund_body, withdrawn_body
from tests.money_contests import OPERATOR, USERS, PaidContestRun

from indelible.contests.commands.contests import CancelContest, ForceLock
from indelible.contests.commands.entries import ActivateEntry
from indelible.contests.handlers.contests import force_lock
from indelible.contests.handlers.entries import activate_entry
from indelible.contests.handlers.transitions import cancel_contest
from indelible.contests.lifecycle import ContestStatus, EntryStatus
from indelible.money.entities.values import MovementKind, RefundReason
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.rules.payouts import MANUAL
from indelible.reactions import settlement_id


def test_a_payment_after_the_settlement_is_returned_with_its_reason(run: PaidContestRun) -> None:
    contest = run.open()
    entries = run.enter_all(contest)
    run.pay_all(entries[1:])
    late = run.start_payment(entries[0])
    run.gateway.pay(late.id)
    run.play(contest)
    run.settle()

    run.tell("payment_intent.succeeded", late.id, created=contest.created_at)
    run.work()

    charge = run.charge(entries[0])
    assert charge.status is ChargeStatus.REFUNDED
    assert charge.outcome_code is not None
    assert charge.outcome_code.value == RefundReason.LATE_WEBHOOK_AFTER_SETTLEMENT.value
    assert run.entry(entries[0]).status is EntryStatus.REJECTED
    assert run.contests.status(contest) is ContestStatus.COMPLETE


def test_a_refund_between_settlement_and_posting_is_paid_by_the_platform(
    run: PaidContestRun,
) -> None:
    contest = run.open()
    entries = run.enter_all(contest)
    intents = run.pay_all(entries)
    run.play(contest)
    body = refund_body("re_1", intents[0], currency=contest.currency.lower())
    run.contests.settle()
    run.deliver("refund.created", body)
    for stage in run.stages():
        if stage.name == "process_stripe_event":
            run.process(stage)

    run.work()

    balances = run.balances()
    assert balances["goodwill"] == FEE_MINOR
    assert "escrow" not in balances
    assert run.ledger_sum() == 0


def test_a_won_dispute_of_an_entry_that_did_not_count_is_booked_as_residue(
    run: PaidContestRun,
) -> None:
    contest = run.open()
    entries = run.enter_all(contest)
    intents = run.pay_all(entries)
    names = {"id": "dp_1", "currency": contest.currency.lower()}
    opened = withdrawn_body(intents[0], **names)
    run.deliver("charge.dispute.funds_withdrawn", opened)
    run.work()
    assert run.entry(entries[0]).status is EntryStatus.VOID
    run.play(contest)
    run.settle()
    assert run.balances()["escrow"] == FEE_MINOR

    won = withdrawn_body(intents[0], status="won", **names)
    run.clock.advance(1)
    run.deliver("charge.dispute.funds_reinstated", won)
    run.deliver("charge.dispute.closed", won)
    run.work()

    assert "escrow" not in run.balances()
    assert run.entry(entries[0]).status is EntryStatus.VOID


def test_a_forced_lock_moves_the_time_until_which_charges_may_be_paid(
    run: PaidContestRun,
) -> None:
    contest = run.open()
    (entry, *_) = run.enter_all(contest)
    seq = run.store.read(lambda tx: tx.contests.contests.get(contest.id)).revision.seq
    command = ForceLock(contest_id=contest.id, expected_seq=seq)
    run.store.run(force_lock, command, actor=OPERATOR, reason="a test")

    run.work()

    locked = run.contests.contest(contest)
    grace = timedelta(seconds=locked.payment_grace_seconds)
    assert run.charge(entry).expires_at == locked.lock_time + grace


def test_an_unpaid_charge_of_a_canceled_contest_is_canceled_at_once(run: PaidContestRun) -> None:
    contest = run.open()
    entries = run.enter_all(contest)
    run.pay_all(entries[:1])
    command = CancelContest(contest_id=contest.id)
    run.store.run(cancel_contest, command, actor=OPERATOR, reason="a test")

    run.work()
    run.clock.advance(1)
    run.work()

    assert run.charge_statuses(entries) == [ChargeStatus.REFUNDED] + [ChargeStatus.CANCELED] * 3
    assert run.statuses(entries) == [EntryStatus.REFUNDED] + [EntryStatus.REJECTED] * 3
    assert "escrow" not in run.balances()


def test_payouts_wait_for_an_operator_unless_a_setting_approves_them(run: PaidContestRun) -> None:
    run.policy = MANUAL
    contest = run.open()
    run.pay_all(run.enter_all(contest))
    run.register(*USERS)

    run.play(contest)
    run.settle()

    assert run.job(contest).status == "pending"
    assert not run.stripe.transfers


def test_the_id_of_a_settlement_follows_from_the_contest_alone() -> None:
    assert settlement_id("contest-1") == settlement_id("contest-1")
    assert settlement_id("contest-1") != settlement_id("contest-2")


def test_a_contest_that_was_paid_without_charges_is_not_posted(run: PaidContestRun) -> None:
    contest = run.contests.open()
    for head in run.store.read(lambda tx: tx.money.charges.find({}, limit=10)):
        assert head.entity.status is ChargeStatus.PENDING
    run.play(contest)
    run.settle()

    assert run.contests.status(contest) is ContestStatus.COMPLETE
    assert run.settlement(contest) is None


def test_an_entry_that_was_activated_by_a_host_keeps_its_state(run: PaidContestRun) -> None:
    contest = run.open()
    (entry, *_) = run.enter_all(contest)
    command = ActivateEntry(
        entry_id=entry.id,
        paid_minor=FEE_MINOR,
        currency=entry.currency,
        paid_at=run.clock.now(),
        payment_ref="cash",
    )
    run.store.run(activate_entry, command, actor=OPERATOR, reason="a test")

    run.lock(contest)
    run.clock.advance(contest.payment_grace_seconds + 1)
    run.work()

    assert run.charge(entry).status is ChargeStatus.CANCELED
    assert run.entry(entry).status is EntryStatus.ACTIVE


def test_a_settlement_is_posted_once(run: PaidContestRun) -> None:
    contest = run.open()
    run.pay_all(run.enter_all(contest))
    run.play(contest)
    run.settle()
    with run.store.transaction(actor=OPERATOR, reason="a test") as tx:
        tx.tasks.enqueue("post_settlement", {contest.id: run.clock.now()})

    run.work()

    where = {"kind": MovementKind.SETTLEMENT}
    assert len(run.store.read(lambda tx: tx.money.movements.find(where, limit=9))) == 1
