"""The effects of payments on entries, and of entries on payments."""

from tests.contest_runs import FEE_MINOR
from tests.money_contests import PaidContestRun

from indelible.contests.lifecycle import EntryStatus
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.queries import charge_of_item


def test_an_entry_with_a_fee_opens_its_charge_until_the_lock_and_its_grace(
    run: PaidContestRun,
) -> None:
    contest = run.open()
    (entry, *_) = run.enter_all(contest)

    charge = run.charge(entry)
    grace = contest.payment_grace_seconds
    assert (charge.reference, charge.party) == (contest.id, entry.user_id)
    assert (charge.amount_minor, charge.currency) == (FEE_MINOR, contest.currency)
    assert (charge.expires_at - contest.lock_time).total_seconds() == grace


def test_a_paid_entry_is_active_and_its_money_is_in_the_escrow(run: PaidContestRun) -> None:
    entries = run.enter_all(run.open())

    run.pay_all(entries)

    assert run.statuses(entries) == [EntryStatus.ACTIVE] * 4
    assert run.balances()["escrow"] == 4 * FEE_MINOR
    assert run.entry(entries[0]).payment_ref == run.charge(entries[0]).id


def test_a_settled_contest_is_posted_and_its_winners_are_paid_to_the_cent(
    run: PaidContestRun,
) -> None:
    contest = run.open()
    entries = run.enter_all(contest)
    run.pay_all(entries)
    run.register("ann", "bob", "cem", "dora")

    run.play(contest)
    run.settle()

    (settled,) = run.contests.runs(contest)
    owed = {line.user_id: line.payout_minor for line in run.contests.lines(settled)}
    paid = {one.destination[5:]: one.amount_minor for one in run.stripe.transfers.values()}
    assert paid == {party: amount for party, amount in owed.items() if amount}
    assert run.job(contest).status == "complete"
    assert "escrow" not in run.balances()
    assert "winner_payable" not in run.balances()
    assert run.ledger_sum() == 0


def test_a_restart_from_the_beginning_changes_nothing(run: PaidContestRun) -> None:
    contest = run.open()
    entries = run.enter_all(contest)
    run.pay_all(entries)
    run.register("ann", "bob", "cem", "dora")
    run.play(contest)
    run.settle()
    changes = run.changes()

    run.restart()

    assert run.changes() == changes


def test_an_unpaid_entry_is_rejected_after_the_grace(run: PaidContestRun) -> None:
    contest = run.open()
    entries = run.enter_all(contest)
    run.pay_all(entries[1:])

    run.lock(contest)
    run.clock.advance(contest.payment_grace_seconds + 1)
    run.work()

    assert run.charge(entries[0]).status is ChargeStatus.CANCELED
    assert run.entry(entries[0]).status is EntryStatus.REJECTED


def test_an_organizer_does_not_play_in_a_contest_of_their_own(run: PaidContestRun) -> None:
    contest = run.open()
    entries = run.enter_all(contest, (contest.organizer_id, "ann"))

    assert run.statuses(entries) == [EntryStatus.REJECTED, EntryStatus.PENDING_PAYMENT]
    assert run.entry(entries[0]).rejection_reason == "ORGANIZER_DOES_NOT_PAY"
    assert run.store.read(charge_of_item, entries[0].id) is None
