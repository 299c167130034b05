"""Test on both databases that a payout waits for a transfer that a restored backup has lost."""

from datetime import timedelta

import pytest
from tests.contest_runs import TestClock
from tests.payout_runs import PayoutRun, RememberingStripe
from tests.sql.set_time import SetTime

from indelible.money.errors.gateway import ParkReason
from indelible.money.lifecycle.payouts import TransferStatus
from indelible_sql import SqlStore

pytestmark = pytest.mark.slow

AGAIN = timedelta(seconds=3_601)  # a parked transfer is tried again then


def test_a_payout_waits_until_the_transfer_of_a_lost_settlement_is_reversed(
    simulated: tuple[SqlStore, SetTime],
) -> None:
    store, database_clock = simulated
    clock = TestClock(time=database_clock.time)
    stripe = RememberingStripe(clock)
    before = PayoutRun(clock=clock, stripe=stripe)  # in memory: its store is lost
    before.prepare({"ann": 5_000})
    before.process_all()
    restored = PayoutRun(clock=clock, stripe=stripe, store=store)
    restored.prepare({"bob": 3_000, "cem": 2_000})

    restored.process_all()
    assert {one.failure_code for one in restored.transfers()} == {ParkReason.TRANSFER_UNKNOWN}
    stripe.reverse("tr_1", 5_000, "trr_1")
    clock.advance(AGAIN.total_seconds())
    database_clock.advance(AGAIN)
    restored.process_all()

    assert {one.status for one in restored.transfers()} == {TransferStatus.COMPLETED}
    assert [one.destination for one in stripe.transfers.values()][1:] == [
        f"acct_{one.party}" for one in restored.transfers()
    ]
