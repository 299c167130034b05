"""Contests whose entries are paid, on both databases: from the entry to the last transfer."""

from pathlib import Path

import pytest
from tests.contest_runs import FEE_MINOR, TestClock
from tests.money_contests import USERS, PaidContestRun

from indelible.contests.lifecycle import EntryStatus
from indelible_sql import SqlStore, open_store

pytestmark = pytest.mark.slow


def test_winners_of_a_paid_contest_are_paid_to_the_cent(sqlite_url: str, tmp_path: Path) -> None:
    clock = TestClock()
    with_clock = open_store(sqlite_url, clock=clock)
    try:
        play_and_pay_out(with_clock, clock, tmp_path)
    finally:
        with_clock.dispose()


@pytest.mark.dose
def test_winners_of_a_paid_contest_are_paid_to_the_cent_on_postgresql(
    postgresql: SqlStore, tmp_path: Path
) -> None:
    clock = TestClock()
    with_clock = open_store(postgresql.url, clock=clock)
    try:
        play_and_pay_out(with_clock, clock, tmp_path)
    finally:
        with_clock.dispose()


def play_and_pay_out(store: SqlStore, clock: TestClock, folder: Path) -> None:
    """Play a contest of four paid entries to its payouts, and begin the reactions anew."""
    run = PaidContestRun.on_store(store, clock, folder)
    contest = run.open()
    entries = run.enter_all(contest)
    run.pay_all(entries)
    assert run.statuses(entries) == [EntryStatus.ACTIVE] * 4
    assert run.balances()["escrow"] == 4 * FEE_MINOR
    run.register(*USERS)

    run.play(contest)
    run.settle()

    (settled,) = run.contests.runs(contest)
    owed: dict[str, int] = {}
    for line in run.contests.lines(settled):
        if line.payout_minor:
            owed[line.user_id] = line.payout_minor
    paid = {one.destination[5:]: one.amount_minor for one in run.stripe.transfers.values()}
    assert paid == owed
    assert run.job(contest).status == "complete"
    assert run.ledger_sum() == 0

    changes = run.changes()
    run.restart()
    assert run.changes() == changes
