"""The first start of reactions on a store that had contests before it had payments."""

from pathlib import Path
from typing import Any

import pytest
from tests.contest_runs import ORGANIZER
from tests.money_contests import PaidContestRun

from indelible.contests.commands.contests import CancelContest
from indelible.contests.entities.contests import Contest
from indelible.contests.handlers.transitions import cancel_contest
from indelible.contests.lifecycle import ContestStatus, EntryStatus

GUARANTEE: dict[str, Any] = {
    "payout": {"kind": "fixed_cents", "amounts": [10_000, 5_000], "guarantee": True},
    "short_field": "retain",
}


@pytest.fixture
def run(tmp_path: Path) -> PaidContestRun:
    return PaidContestRun.in_memory(tmp_path)


def settled_before(run: PaidContestRun, **changes: object) -> Contest:
    """Return a contest that was settled by hand: entries without charges, and one without payment.

    A contest without a fee has no entry that waits for a payment.
    """
    contest = run.contests.open(**changes)
    run.enter(contest, "dora", 3)
    run.contests.lock(contest)
    run.contests.start(contest)
    run.contests.play()
    run.contests.hold()
    run.contests.settle()
    assert run.contests.status(contest) is ContestStatus.COMPLETE
    return contest


def active_entries(run: PaidContestRun) -> list[tuple[str, int]]:
    """Return the ids and seqs of the entries that take part."""
    where = {"status": EntryStatus.ACTIVE}
    heads = run.store.read(lambda tx: tx.contests.entries.find(where, limit=9))
    return [(head.entity.id, head.revision.seq) for head in heads]


@pytest.mark.parametrize(
    "changes",
    [{}, {"entry_fee_cents": 0}, GUARANTEE],
    ids=["paid by hand", "free", "guaranteed"],
)
def test_a_contest_that_was_settled_before_is_neither_posted_nor_paid_out(
    run: PaidContestRun, changes: dict[str, Any]
) -> None:
    settled_before(run, **changes)
    active = active_entries(run)

    run.work()

    assert active_entries(run) == active
    assert run.transfers() == []
    assert run.balances() == {}
    assert run.gateway.calls == []
    assert run.stripe.calls == []


def test_prizes_of_an_old_free_contest_are_not_paid_out(run: PaidContestRun) -> None:
    settled_before(run, **GUARANTEE, entry_fee_cents=0)
    run.clock.advance(25 * 3_600)

    run.work()
    run.sweep()

    assert run.transfers() == []
    assert run.balances() == {}


def test_prizes_of_a_free_contest_are_paid_out_at_its_end(run: PaidContestRun) -> None:
    settled_before(run, **GUARANTEE, entry_fee_cents=0)

    run.work()

    assert run.balances()["goodwill"] == sum(GUARANTEE["payout"]["amounts"])
    assert run.transfers()


def test_an_entry_that_an_ended_contest_left_unpaid_is_rejected_once(run: PaidContestRun) -> None:
    contest = run.contests.open()
    entry = run.enter(contest, "dora", 3)
    command = CancelContest(contest_id=contest.id)
    run.store.run(cancel_contest, command, actor=ORGANIZER, reason="a test")

    run.work()

    assert run.entry(entry).status is EntryStatus.REJECTED
    changes = run.changes()
    run.restart()
    assert run.changes() == changes
    assert run.gateway.calls == []


def test_an_entry_of_an_open_contest_gets_its_charge(run: PaidContestRun) -> None:
    contest = run.contests.open()
    entry = run.enter(contest, "dora", 3)

    run.work()

    assert run.entry(entry).status is EntryStatus.PENDING_PAYMENT
    assert run.charge(entry).amount_minor == entry.fee_minor
    charges = run.store.read(lambda tx: tx.money.charges.find({"reference": contest.id}, limit=9))
    assert len(charges) == 1
