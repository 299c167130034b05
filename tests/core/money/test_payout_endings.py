"""Reversals, issuing again, unclaimed money, events and the scheduler's result."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.payout_runs import OPERATOR, PRIZES, SECOND, Fault, PayoutRun

from indelible.app import WriteTx
from indelible.kernel import InvalidTransition
from indelible.kernel.task_errors import TaskNotFound
from indelible.kernel.task_retention import SetTaskRetention, set_task_retention
from indelible.money.commands.ledger import ApproveReversal, ProposeReversal
from indelible.money.commands.payouts import (
    ClosePayee,
    MarkUnclaimed,
    ParkTransfer,
    RecordReversal,
    RecordTransferSent,
    ReissueTransfer,
    UnparkTransfer,
)
from indelible.money.commands.results import MovementPosted
from indelible.money.entities.ledger import Movement
from indelible.money.entities.values import AccountKind, MovementKind, TransferFailure, account_id
from indelible.money.errors.gateway import ParkReason
from indelible.money.errors.payouts import (
    ParkReasonReserved,
    PayoutAccountMissing,
    PayoutAlreadyScheduled,
    PayoutJobNotFinished,
    TransferNotApproved,
    TransferNotReissuable,
    UnclaimedTooEarly,
)
from indelible.money.handlers.payees import close_payee
from indelible.money.handlers.payouts.approving import park_transfer, unpark_transfer
from indelible.money.handlers.payouts.ending import (
    mark_unclaimed,
    record_reversal,
)
from indelible.money.handlers.payouts.reissuing import reissue_transfer
from indelible.money.handlers.payouts.sending import record_transfer_sent
from indelible.money.handlers.reversals import approve_reversal, propose_reversal
from indelible.money.lifecycle.payouts import PayoutJobStatus, TransferStatus
from indelible.money.repositories.transactions import MoneyWrite
from indelible.money.rules.ledger.drafts import Proof
from indelible.money.rules.payouts import SEND_TRANSFER_STAGE
from indelible.money.tasks import sweeping
from indelible.money.tasks.payout_failpoints import PayoutFailpoint

ONE = {"ann": 5_628}
DAY = 86_400
PROOF = Proof.by_event("evt_1")


def balance(run: PayoutRun, kind: AccountKind, reference: str | None = None) -> int:
    """Return the balance of an account."""
    name = account_id(kind, reference, "USD")
    return run.store.read(lambda tx: tx.money.accounts.get(name)).entity.balance_minor


def paid(prizes: dict[str, int] = ONE) -> PayoutRun:
    """Return a payout that is complete."""
    run = PayoutRun()
    run.prepare(prizes)
    run.process_all()
    return run


def reverse(run: PayoutRun, amount_minor: int, reversal_id: str = "trr_1") -> None:
    """Let Stripe take an amount of Ann's transfer back."""
    transfer = run.transfer("ann")
    reported = run.stripe.reverse(transfer.stripe_transfer_id or "", amount_minor, reversal_id)
    command = RecordReversal(transfer_id=transfer.id, reported=reported, proof=PROOF)
    run.execute(record_reversal, command)


def missing_payee() -> PayoutRun:
    """Return a payout whose payee was deleted before it was sent."""
    run = PayoutRun()
    run.prepare(ONE)
    run.execute(close_payee, ClosePayee(party="ann"))
    run.process_all()
    return run


def unclaimed() -> PayoutRun:
    """Return a payout that nobody has claimed, so that its money was kept."""
    run = missing_payee()
    run.clock.advance(91 * DAY)
    run.stages().sweep().run()
    run.process_all()
    return run


def take_back(run: PayoutRun, movement: Movement) -> Movement:
    """Reverse a movement by two persons, and return its mirror."""
    run.execute(propose_reversal, ProposeReversal(movement_id=movement.id), OPERATOR)
    command = ApproveReversal(movement_id=movement.id)
    posted: MovementPosted = run.execute(approve_reversal, command, SECOND)
    return posted.movement


def test_a_reversal_has_no_mirror_while_a_transfer_is_to_pay_its_lines() -> None:
    run = unclaimed()
    (kept,) = run.movements(MovementKind.UNCLAIMED)
    reversal = take_back(run, kept)
    command = ReissueTransfer(transfer_id=run.transfer("ann").id)
    run.execute(reissue_transfer, command, OPERATOR)

    with pytest.raises(PayoutAlreadyScheduled) as caught:
        take_back(run, reversal)

    assert caught.value.code == "PAYOUT_ALREADY_SCHEDULED"
    assert balance(run, AccountKind.WINNER_PAYABLE, "contest-1") == 5_628


def test_a_wrong_reversal_of_unclaimed_money_is_corrected() -> None:
    run = unclaimed()
    (kept,) = run.movements(MovementKind.UNCLAIMED)
    command = ReissueTransfer(transfer_id=run.transfer("ann").id)
    correction = take_back(run, take_back(run, kept))

    assert balance(run, AccountKind.WINNER_PAYABLE, "contest-1") == 0
    assert balance(run, AccountKind.UNCLAIMED_PRIZES) == 5_628
    with pytest.raises(TransferNotReissuable):
        run.execute(reissue_transfer, command, OPERATOR)

    take_back(run, correction)
    reissued = run.execute(reissue_transfer, command, OPERATOR).entity
    assert (reissued.amount_minor, reissued.line_count) == (5_628, 1)


def test_money_that_nobody_claims_for_ninety_days_is_kept_as_unclaimed() -> None:
    run = missing_payee()
    run.clock.advance(89 * DAY)
    run.stages().sweep().run()
    assert run.transfer("ann").status is TransferStatus.PARKED

    run.clock.advance(DAY + 1)
    run.stages().sweep().run()
    run.process_all()

    assert run.transfer("ann").failure_reason is TransferFailure.UNCLAIMED
    assert balance(run, AccountKind.UNCLAIMED_PRIZES) == 5_628
    assert run.job().status is PayoutJobStatus.COMPLETE
    assert not run.stripe.transfers


def test_an_operator_cannot_end_a_transfer_before_its_time() -> None:
    run = missing_payee()
    command = MarkUnclaimed(transfer_id=run.transfer("ann").id)

    with pytest.raises(UnclaimedTooEarly):
        run.execute(mark_unclaimed, command)
    with pytest.raises(PayoutAccountMissing):
        run.execute(unpark_transfer, UnparkTransfer(transfer_id=run.transfer("ann").id))


def end_task(run: PayoutRun, party: str) -> None:
    """Let the task of a transfer die."""

    def end(tx: MoneyWrite, transfer_id: str) -> None:
        until = tx.clock.now() + timedelta(seconds=60)
        leases = tx.tasks.claim(SEND_TRANSFER_STAGE, limit=len(PRIZES), until=until)
        for lease in leases:
            if lease.entity_id == transfer_id:
                tx.tasks.mark_dead(lease, reason="a test")
            else:
                tx.tasks.release([lease])

    run.execute(end, run.transfer(party).id)


def prune_tasks(run: PayoutRun) -> None:
    """Delete the tasks that have ended."""

    def keep_briefly(tx: WriteTx, _: None) -> None:
        set_task_retention(tx, SetTaskRetention(seconds=60))

    run.execute(keep_briefly, None)
    run.clock.advance(61)

    def prune_ended(tx: WriteTx, _: None) -> None:
        tx.tasks.prune(SEND_TRANSFER_STAGE, limit=10)

    run.execute(prune_ended, None)


def test_a_held_transfer_stays_parked_after_its_task_died_or_was_pruned() -> None:
    run = PayoutRun()
    run.prepare()
    end_task(run, "ann")
    for party in PRIZES:
        command = ParkTransfer(transfer_id=run.transfer(party).id, park_reason="CHECK")
        run.execute(park_transfer, command)
    prune_tasks(run)
    with pytest.raises(TaskNotFound):
        run.task(run.transfer("bob"))
    run.clock.advance(3_600)

    run.stages().sweep().run()
    run.process_all()

    assert {one.status for one in run.transfers()} == {TransferStatus.PARKED}
    assert not run.stripe.transfers


@pytest.mark.parametrize("reason", ParkReason)
def test_an_operator_cannot_park_for_a_reason_that_the_program_ends(reason: ParkReason) -> None:
    with pytest.raises(ParkReasonReserved):
        ParkTransfer(transfer_id="transfer-1", park_reason=reason)


def test_an_operator_parks_neither_an_unapproved_nor_an_ended_transfer() -> None:
    run = PayoutRun()
    run.register("ann")
    run.settle(ONE)
    run.plan()
    command = ParkTransfer(transfer_id=run.transfer("ann").id, park_reason="CHECK")
    with pytest.raises(TransferNotApproved):
        run.execute(park_transfer, command)

    run.approve_all()
    run.process_all()

    with pytest.raises(InvalidTransition):
        run.execute(park_transfer, command)
    with pytest.raises(InvalidTransition):
        run.execute(unpark_transfer, UnparkTransfer(transfer_id=run.transfer("ann").id))


def test_an_event_before_the_answer_completes_the_transfer_once() -> None:
    run = PayoutRun()
    run.prepare(ONE)

    def deliver(reached: PayoutFailpoint) -> None:
        if reached is PayoutFailpoint.SEND_AFTER_REQUEST:
            (reported,) = run.stripe.transfers.values()
            command = RecordTransferSent(
                transfer_id=run.transfer("ann").id, reported=reported, proof=PROOF
            )
            run.execute(record_transfer_sent, command)

    run.at_failpoint = deliver
    run.process_all()

    run.require_paid_once(ONE)


def test_a_failed_repair_names_its_job_its_code_and_a_hint() -> None:
    run = PayoutRun()
    run.register("ann")
    run.settle(ONE)

    def fail(reached: PayoutFailpoint) -> None:
        if reached is PayoutFailpoint.PLAN_AFTER_WRITE:
            raise PayoutJobNotFinished("settlement-1", 1, 0)

    run.at_failpoint = fail

    document = sweeping.as_document(run.stages().sweep().run())

    assert document["success"] is False
    (error,) = document["errors"]
    assert error["job_id"] == "settlement-1"
    assert error["code"] == "PAYOUT_JOB_NOT_FINISHED"
    assert all(error.values())
    assert set(error) == {"job_id", "code", "reason", "state_reached", "recovery_hint"}


@pytest.mark.dose
@settings(max_examples=25, deadline=None)
@given(
    faults=st.lists(
        st.sampled_from([fault for fault in Fault if fault is not Fault.REJECTED]), max_size=12
    ),
    lost_look_ups=st.integers(0, 4),
    pause_hours=st.sampled_from([0, 1, 21, 30]),
)
def test_any_sequence_of_faults_ends_with_one_transfer_for_each_winner(
    faults: list[Fault], lost_look_ups: int, pause_hours: int
) -> None:
    run = PayoutRun()
    run.prepare()
    run.stripe.faults = list(faults)
    run.stripe.lost_look_ups = lost_look_ups
    run.process_all()
    run.clock.advance(pause_hours * 3_600)

    run.finish()

    run.require_paid_once(PRIZES)
