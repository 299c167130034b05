"""Every movement of settlements and payouts: accounts, sums and keys."""

from tests.core.money.postings import rows
from tests.payout_runs import FEE, SETTLEMENT, Fault, PayoutRun

from indelible.memory import MemoryStore
from indelible.money.commands.payouts import ClosePayee, RecordReversal
from indelible.money.entities.values import MovementKind
from indelible.money.handlers.payees import close_payee
from indelible.money.handlers.payouts.ending import record_reversal
from indelible.money.rules.ledger.drafts import Proof
from indelible.testing.money.scenarios import settled_books

ONE = {"ann": 5_628}
NINETY_DAYS = 90 * 86_400


def prepared() -> PayoutRun:
    """Return a payout of one prize whose transfer is due."""
    run = PayoutRun()
    run.prepare(ONE)
    return run


def test_the_golden_settlement() -> None:
    books = settled_books(MemoryStore())

    assert rows(books.store, "settlement:s1") == [
        ("escrow", "winner_payable", 5_628),
        ("escrow", "winner_payable", 2_813),
        ("escrow", "winner_payable", 2_813),
        ("escrow", "platform_rake", 1_250),
        ("escrow", "platform_rounding", 1),
    ]


def test_a_guarantee_over_the_pool() -> None:
    run = PayoutRun()
    run.settle(ONE)

    assert rows(run.store, f"guarantee:{SETTLEMENT}") == [("goodwill", "escrow", 5_628 - FEE)]
    assert rows(run.store, f"settlement:{SETTLEMENT}") == [("escrow", "winner_payable", 5_628)]


def test_a_created_payout() -> None:
    run = prepared()
    run.process_all()

    key = f"payout:{run.transfer('ann').id}"
    assert rows(run.store, key) == [("winner_payable", "stripe_balance", 5_628)]


def test_a_failed_payout_moves_no_money() -> None:
    run = prepared()
    run.stripe.faults = [Fault.REJECTED]
    run.process_all()

    transfer = run.transfer("ann")
    key = f"ledger:payout:{transfer.id}:{transfer.attempt_number}"
    assert rows(run.store, key) == []
    assert run.movements(MovementKind.PAYOUT_CREATED) == []


def test_a_part_of_a_payout_is_reversed() -> None:
    run = prepared()
    run.process_all()
    transfer = run.transfer("ann")
    reported = run.stripe.reverse(transfer.stripe_transfer_id or "", 600, "trr_1")
    command = RecordReversal(
        transfer_id=transfer.id, reported=reported, proof=Proof.by_event("evt_1")
    )
    run.execute(record_reversal, command)

    assert rows(run.store, "reversal:trr_1") == [("stripe_balance", "winner_payable", 600)]


def test_an_unclaimed_payout() -> None:
    run = prepared()
    run.execute(close_payee, ClosePayee(party="ann"))
    run.process_all()
    run.clock.advance(NINETY_DAYS + 1)
    run.stages().sweep().run()

    key = f"unclaimed:{run.transfer('ann').id}"
    assert rows(run.store, key) == [("winner_payable", "unclaimed_prizes", 5_628)]
