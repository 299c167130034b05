"""A payout waits while Stripe has a transfer of its reference that the store has lost."""

import pytest
from attrs import evolve
from tests.core.money.test_payout_endings import end_task
from tests.payout_runs import REFERENCE, SETTLEMENT, PayoutRun, RememberingStripe

from indelible.memory import MemoryStore
from indelible.money.commands.payouts import ReissueTransfer, UnparkTransfer
from indelible.money.errors.gateway import ParkReason
from indelible.money.handlers.payouts.approving import unpark_transfer
from indelible.money.handlers.payouts.reissuing import reissue_transfer
from indelible.money.lifecycle.payouts import TransferStatus
from indelible.money.rules.payouts import TRANSFER_METADATA, transfer_group
from indelible.money.tasks.sending import KnownReferences

LOST = {"ann": 5_000}
LEFT = {"bob": 3_000, "cem": 2_000}
HOUR = 3_601  # a parked transfer is tried again then


def restored_payout(lost: dict[str, int] = LOST, left: dict[str, int] = LEFT) -> PayoutRun:
    """Return a payout of the entries that are left, after another one of a lost settlement."""
    clock = PayoutRun().clock
    stripe = RememberingStripe(clock)
    before = PayoutRun(clock=clock, stripe=stripe)
    before.prepare(lost)
    before.process_all()
    assert len(stripe.transfers) == len(lost)

    run = PayoutRun(clock=clock, stripe=stripe, store=MemoryStore(clock=clock))
    run.prepare(left)
    return run


def codes(run: PayoutRun) -> set[str | None]:
    """Return what the transfers of a payout wait for."""
    return {transfer.failure_code for transfer in run.transfers()}


def try_again(run: PayoutRun) -> None:
    """Let the parked transfers be tried again."""
    run.clock.advance(HOUR)
    run.process_all()


def test_nothing_is_paid_while_stripe_has_a_transfer_that_the_store_has_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    run = restored_payout()

    run.process_all()
    for _ in range(3):
        try_again(run)

    assert codes(run) == {ParkReason.TRANSFER_UNKNOWN}
    assert {one.status for one in run.transfers()} == {TransferStatus.PARKED}
    assert {one.attempts for one in map(run.task, run.transfers())} == {0}
    assert len(run.stripe.calls) == len(LOST)
    assert "the store lacks tr_1" in caplog.text


def test_the_payout_goes_on_by_itself_once_the_unknown_transfer_is_reversed() -> None:
    run = restored_payout()
    run.process_all()
    assert len(run.stripe.transfers) == len(LOST)
    run.stripe.reverse("tr_1", LOST["ann"], "trr_1")

    try_again(run)

    paid = {one.destination: one.amount_minor for one in run.stripe.transfers.values()}
    assert paid == {"acct_ann": 5_000, "acct_bob": 3_000, "acct_cem": 2_000}
    assert {one.status for one in run.transfers()} == {TransferStatus.COMPLETED}
    assert run.job().status == "complete"


def test_a_transfer_that_was_reversed_in_part_is_still_waited_for() -> None:
    run = restored_payout()
    run.stripe.reverse("tr_1", LOST["ann"] - 1, "trr_1")
    run.process_all()
    assert codes(run) == {ParkReason.TRANSFER_UNKNOWN}

    run.stripe.reverse("tr_1", 1, "trr_2")
    try_again(run)

    assert {one.status for one in run.transfers()} == {TransferStatus.COMPLETED}


def test_each_of_the_unknown_transfers_has_to_be_reversed() -> None:
    run = restored_payout({"ann": 5_000, "dan": 4_000})
    run.stripe.reverse("tr_1", run.stripe.transfers["tr_1"].amount_minor, "trr_1")

    run.process_all()
    assert codes(run) == {ParkReason.TRANSFER_UNKNOWN}
    run.stripe.reverse("tr_2", run.stripe.transfers["tr_2"].amount_minor, "trr_2")
    try_again(run)

    assert {one.status for one in run.transfers()} == {TransferStatus.COMPLETED}


def test_two_transfers_of_one_lost_id_have_to_be_reversed_both() -> None:
    run = restored_payout()
    first = run.stripe.transfers["tr_1"]
    run.stripe.create_transfer(
        amount_minor=first.amount_minor,
        currency=first.currency,
        destination=first.destination,
        transfer_group=transfer_group(REFERENCE),
        metadata=first.metadata,
        idempotency_key="a later generation",
    )
    run.stripe.reverse("tr_1", LOST["ann"], "trr_1")

    run.process_all()

    assert codes(run) == {ParkReason.TRANSFER_UNKNOWN}


def test_what_the_store_has_is_adopted_beside_an_unknown_transfer() -> None:
    run = restored_payout({**LOST, "bob": LEFT["bob"]})

    run.process_all()

    assert run.transfer("bob").status is TransferStatus.COMPLETED
    assert run.transfer("cem").failure_code == ParkReason.TRANSFER_UNKNOWN
    assert len(run.stripe.transfers) == 2
    assert REFERENCE not in run.known_references


def test_a_started_worker_asks_again_while_a_transfer_is_unknown() -> None:
    run = restored_payout()
    run.process_all()
    run.known_references = KnownReferences()  # its workers start again

    try_again(run)

    assert codes(run) == {ParkReason.TRANSFER_UNKNOWN}


def test_an_operator_who_tries_again_sends_nothing_beside_an_unknown_transfer() -> None:
    run = restored_payout()
    run.process_all()
    for transfer in run.transfers():
        run.execute(unpark_transfer, UnparkTransfer(transfer_id=transfer.id))

    run.process_all()

    assert codes(run) == {ParkReason.TRANSFER_UNKNOWN}
    assert len(run.stripe.calls) == len(LOST)


def test_the_wait_ends_when_the_store_has_the_transfer_again() -> None:
    run = restored_payout()
    named = run.stripe.transfers["tr_1"].metadata[TRANSFER_METADATA]
    run.process_all()
    assert named not in {transfer.id for transfer in run.transfers()}
    assert codes(run) == {ParkReason.TRANSFER_UNKNOWN}
    other = "settlement-2"
    run.register("ann")
    run.settle(LOST, other)
    run.plan(other)
    planned = run.transfer("ann")
    lost = run.stripe.transfers["tr_1"]
    known = {**lost.metadata, TRANSFER_METADATA: planned.id}
    run.stripe.transfers["tr_1"] = evolve(lost, metadata=known)

    try_again(run)

    assert run.transfer("bob").status is TransferStatus.COMPLETED


def issue_again(run: PayoutRun, party: str) -> str | None:
    """Try a failed transfer again, and return the code of its failure."""
    command = ReissueTransfer(transfer_id=run.transfer(party).id)
    run.execute(reissue_transfer, command)
    run.approve_all()
    run.process_all()
    return run.transfer(party).failure_code


def test_a_winner_of_both_settlements_is_paid_once_the_other_amount_is_taken_back() -> None:
    run = restored_payout(left={"ann": 4_000})
    run.process_all()
    assert run.transfer("ann").status is TransferStatus.FAILED_TERMINAL
    assert run.transfer("ann").failure_code == "TRANSFER_MISMATCH"
    assert issue_again(run, "ann") == "TRANSFER_MISMATCH"

    run.stripe.reverse("tr_1", LOST["ann"], "trr_1")
    assert issue_again(run, "ann") == "STRIPE_IDEMPOTENCY_MISMATCH"  # the lost one has used the key
    issue_again(run, "ann")

    paid = [(one.amount_minor, one.is_taken_back) for one in run.stripe.transfers.values()]
    assert paid == [(5_000, True), (4_000, False)]
    assert run.transfer("ann").status is TransferStatus.COMPLETED


def test_the_sweep_wakes_a_waiting_transfer_whose_task_has_ended() -> None:
    run = restored_payout(left={"bob": 3_000})
    run.process_all()
    run.clock.advance(HOUR)
    end_task(run, "bob")
    run.process_all()
    assert run.transfer("bob").failure_code == ParkReason.TRANSFER_UNKNOWN
    run.stripe.reverse("tr_1", LOST["ann"], "trr_1")

    assert run.stages().sweep().run().success
    run.process_all()

    assert run.transfer("bob").status is TransferStatus.COMPLETED


def test_a_foreign_transfer_of_the_group_stops_nothing() -> None:
    run = PayoutRun()
    run.prepare(LEFT)
    run.stripe.create_transfer(
        amount_minor=1,
        currency="USD",
        destination="acct_foreign",
        transfer_group=transfer_group(REFERENCE),
        metadata={"settlement_id": SETTLEMENT},
        idempotency_key="from the dashboard",
    )

    run.process_all()

    assert {one.status for one in run.transfers()} == {TransferStatus.COMPLETED}
