"""The sweep finds what it can repair behind any number of transfers that have to wait."""

from tests.core.money.test_payout_endings import end_task
from tests.payout_runs import OPERATOR, PRIZES, SETTLEMENT, WORKER, Fault, PayoutRun

from indelible.money.commands.payouts import (
    ClosePayee,
    ParkTransfer,
    ReissueTransfer,
    RestrictPayee,
)
from indelible.money.handlers.payees import close_payee, restrict_payee
from indelible.money.handlers.payouts.approving import park_transfer
from indelible.money.handlers.payouts.reissuing import reissue_transfer
from indelible.money.queries.payouts import find_open_transfers, find_sweep_work, find_unapproved
from indelible.money.rules.payouts import SEND_TRANSFER_STAGE
from indelible.money.tasks.sweeping import STUCK_AFTER

DAY = 86_400
IN_ORDER = ("first", "second", "third")


def parties_by_id(run: PayoutRun) -> list[str]:
    """Return the parties in order of the ids of their transfers."""
    return [transfer.party for transfer in run.transfers()]


def test_a_stuck_transfer_is_found_behind_transfers_that_wait() -> None:
    run = PayoutRun()
    run.prepare()
    first, second, last = parties_by_id(run)
    run.execute(restrict_payee, RestrictPayee(party=first))
    end_task(run, last)
    run.stripe.faults = [Fault.BUSY] * 3
    run.process(SEND_TRANSFER_STAGE)
    run.process(SEND_TRANSFER_STAGE)
    run.clock.advance(3_600)
    assert {run.transfer(party).status for party in (first, second)} == {"parked", "retryable"}

    found = run.store.read(find_open_transfers, run.clock.now(), stuck_after=STUCK_AFTER, limit=1)

    assert [transfer.id for transfer in found.to_wake] == [run.transfer(last).id]


def test_unclaimed_money_is_found_behind_transfers_that_an_operator_holds() -> None:
    run = PayoutRun()
    run.prepare()
    *held, last = parties_by_id(run)
    for party in held:
        command = ParkTransfer(transfer_id=run.transfer(party).id, park_reason="CHECK")
        run.execute(park_transfer, command)
    run.execute(close_payee, ClosePayee(party=last))
    run.process_all()
    run.clock.advance(91 * DAY)

    work = run.store.read(find_sweep_work, run.clock.now(), limit=1)

    assert [transfer.id for transfer in work.unclaimed] == [run.transfer(last).id]


def test_a_finished_job_is_found_behind_jobs_that_are_under_way() -> None:
    run = PayoutRun()
    run.prepare()
    run.settle({"dan": 5}, "settlement-2")
    run.register("dan")
    run.plan("settlement-2")
    run.approve_all()
    for party in PRIZES:
        run.execute(restrict_payee, RestrictPayee(party=party))
    while run.process(SEND_TRANSFER_STAGE):
        pass

    work = run.store.read(find_sweep_work, run.clock.now(), limit=1)

    assert SETTLEMENT < "settlement-2"
    assert work.jobs == ("settlement-2",)


def test_automatic_approval_finds_what_the_program_has_planned_behind_requests() -> None:
    run = PayoutRun()
    run.prepare()
    run.stripe.faults = [Fault.REJECTED] * 3
    run.process_all()
    *requested, last = parties_by_id(run)
    for party in requested:
        command = ReissueTransfer(transfer_id=run.transfer(party).id)
        run.execute(reissue_transfer, command, OPERATOR)
    command = ReissueTransfer(transfer_id=run.transfer(last).id)
    run.execute(reissue_transfer, command, WORKER)

    found = run.store.read(find_unapproved, limit=1)

    assert [transfer.id for transfer in found] == [run.transfer(last).id]
