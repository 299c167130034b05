"""The stages of payouts: every class of error, and every crash point, ends with one transfer."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.payout_runs import (
    PRIZES,
    Fault,
    Killed,
    PayoutRun,
    RememberingStripe,
)

from indelible.kernel import Actor
from indelible.memory import MemoryStore
from indelible.money.commands.payouts import (
    AttachDestination,
    EnablePayee,
    RestrictPayee,
)
from indelible.money.entities.values import AttemptKind, MovementKind, TransferFailure
from indelible.money.handlers.payees import attach_destination, enable_payee, restrict_payee
from indelible.money.lifecycle.payouts import PayoutJobStatus, TransferStatus
from indelible.money.rules.payouts import AUTOMATIC, SEND_TRANSFER_STAGE
from indelible.money.tasks.payout_failpoints import PAYOUT_FAILPOINTS, PayoutFailpoint
from indelible.money.tasks.sending import KnownReferences

ONE = {"ann": 5_628}
HOUR = 3_600
SEND_POINTS = [point for point in PAYOUT_FAILPOINTS if not point.name.startswith("PLAN")]


def kinds(run: PayoutRun, party: str = "ann") -> list[AttemptKind]:
    """Return the kinds of the attempts of a transfer."""
    return [attempt.kind for attempt in run.attempts(run.transfer(party).id)]


def test_the_first_transfer_of_a_job_is_looked_up_and_the_next_are_not() -> None:
    run = PayoutRun()
    run.prepare()

    run.process_all()

    run.require_paid_once()
    assert run.stripe.look_ups == 1
    attempts = sorted(len(kinds(run, party)) for party in PRIZES)
    assert attempts == [1, 1, 2]


@pytest.mark.parametrize("fault", [Fault.LOST_BEFORE, Fault.LOST_AFTER, Fault.BUSY])
def test_an_outage_is_retried_with_the_same_key(fault: Fault) -> None:
    run = PayoutRun()
    run.prepare(ONE)
    run.stripe.faults = [fault]

    run.process_all()
    assert run.transfer("ann").status is TransferStatus.RETRYABLE
    run.clock.advance(73)
    run.process_all()

    run.require_paid_once(ONE)
    assert len(set(run.stripe.calls)) == 1
    assert len(run.movements(MovementKind.PAYOUT_FAILED)) == 1


def test_the_waits_of_outages_are_those_of_the_schedule() -> None:
    run = PayoutRun()
    run.prepare(ONE)
    run.stripe.faults = [Fault.BUSY] * 2
    waits: list[float] = []
    for _ in range(2):
        run.process_all()
        due_at = run.task(run.transfer("ann")).due_at
        assert due_at is not None
        waits.append((due_at - run.clock.now()).total_seconds())
        run.clock.advance(waits[-1] + 1)

    assert 48 <= waits[0] <= 72
    assert 240 <= waits[1] <= 360


def test_an_answer_that_keeps_coming_back_is_looked_up_and_gets_a_new_key() -> None:
    run = PayoutRun()
    run.prepare(ONE)
    run.stripe.faults = [Fault.SERVER_ERROR]

    run.finish()

    run.require_paid_once(ONE)
    assert [key[-2:] for key in run.stripe.calls] == ["g1", "g1", "g1", "g2"]
    assert kinds(run)[-2:] == [AttemptKind.LOOKUP, AttemptKind.CALL]


def test_a_lost_answer_is_found_after_the_key_was_forgotten() -> None:
    run = PayoutRun()
    run.prepare(ONE)
    run.stripe.faults = [Fault.LOST_AFTER]
    run.process_all()

    run.clock.advance(30 * HOUR)
    run.process_all()

    run.require_paid_once(ONE)
    assert len(run.stripe.calls) == 1


def test_a_transfer_is_looked_up_after_its_destination_has_changed() -> None:
    run = PayoutRun()
    run.prepare(ONE)
    run.stripe.faults = [Fault.LOST_AFTER]
    run.process_all()
    attach = AttachDestination(party="ann", destination="acct_new")
    run.execute(attach_destination, attach, Actor.user("ann"))
    run.execute(enable_payee, EnablePayee(party="ann"))

    run.finish()

    run.require_paid_once(ONE)
    assert run.transfer("ann").destination == "acct_ann"


def test_a_refused_transfer_fails_for_good_and_its_job_is_complete() -> None:
    run = PayoutRun()
    run.prepare()
    run.stripe.faults = [Fault.REJECTED]

    run.process_all()

    failed = [one for one in run.transfers() if one.status is TransferStatus.FAILED_TERMINAL]
    assert [one.failure_reason for one in failed] == [TransferFailure.REJECTED]
    assert run.job().status is PayoutJobStatus.COMPLETE
    assert len(run.stripe.transfers) == 2


@pytest.mark.slow
def test_an_outage_of_more_than_three_days_ends_the_budget() -> None:
    run = PayoutRun()
    run.prepare(ONE)
    run.stripe.faults = [Fault.BUSY] * 1_000
    run.stripe.lost_look_ups = 1_000

    for _ in range(80):
        run.process_all()
        run.clock.advance(4_400)

    failed = run.transfer("ann")
    assert failed.status is TransferStatus.FAILED_TERMINAL
    assert failed.failure_reason is TransferFailure.BUDGET_SPENT


def test_a_transfer_to_a_restricted_payee_waits_without_an_attempt_and_others_go_on() -> None:
    run = PayoutRun()
    run.prepare()
    run.execute(restrict_payee, RestrictPayee(party="ann"))

    run.process_all()

    waiting = run.transfer("ann")
    assert waiting.status is TransferStatus.PARKED
    assert (waiting.attempt_number, waiting.failure_code) == (0, "account_restricted")
    assert run.task(waiting).attempts == 0
    assert len(run.stripe.transfers) == 2
    run.execute(enable_payee, EnablePayee(party="ann"))
    run.process_all()
    run.require_paid_once()


def test_a_transfer_waits_for_money_and_goes_on_when_it_has_arrived() -> None:
    run = PayoutRun()
    run.prepare(ONE)
    run.stripe.faults = [Fault.NO_MONEY]
    run.stripe.available_minor = 0
    run.process_all()
    assert run.transfer("ann").status is TransferStatus.PARKED
    run.stages().sweep().run()
    run.process_all()
    assert not run.stripe.transfers

    run.stripe.available_minor = 10_000
    run.stages().sweep().run()
    run.process_all()

    run.require_paid_once(ONE)
    assert run.stripe.calls[-1].endswith(":g2")


def dying_once(point: PayoutFailpoint) -> Callable[[PayoutFailpoint], None]:
    """Return a failpoint at which the first worker dies."""
    deaths = [point]

    def die(reached: PayoutFailpoint) -> None:
        if reached in deaths:
            deaths.remove(reached)
            raise Killed

    return die


@pytest.mark.parametrize("point", SEND_POINTS)
def test_a_worker_that_dies_at_a_crash_point_pays_once(point: PayoutFailpoint) -> None:
    run = PayoutRun()
    run.prepare()
    run.at_failpoint = dying_once(point)
    with pytest.raises(Killed):
        run.process_all()
    run.clock.advance(700)
    run.finish()

    run.require_paid_once()


@pytest.mark.parametrize(
    "point", [PayoutFailpoint.PLAN_BEFORE_WRITE, PayoutFailpoint.PLAN_AFTER_WRITE]
)
def test_a_settlement_without_a_job_is_planned_by_the_sweep(point: PayoutFailpoint) -> None:
    run = PayoutRun(policy=AUTOMATIC)
    for party in PRIZES:
        run.register(party)
    run.settle()
    run.at_failpoint = dying_once(point)
    with pytest.raises(Killed):
        run.stages().sweep().run()
    assert run.transfers() == []

    result = run.stages().sweep().run()
    run.process_all()

    assert (result.success, result.jobs_processed) == (True, 1)
    run.require_paid_once()
    assert {one.approved_by for one in run.transfers()} == {"system:payouts"}


def test_a_second_worker_with_the_same_transfer_pays_once() -> None:
    run = PayoutRun()
    run.prepare(ONE)
    second = PayoutRun(clock=run.clock, store=run.store, stripe=run.stripe)

    def overtake(reached: PayoutFailpoint) -> None:
        if reached is PayoutFailpoint.SEND_AFTER_REQUEST:
            run.clock.advance(700)
            second.process_all()

    run.at_failpoint = overtake
    run.process(SEND_TRANSFER_STAGE)
    second.process_all()

    run.require_paid_once(ONE)


def test_a_restored_backup_pays_nobody_twice() -> None:
    clock = PayoutRun().clock
    stripe = RememberingStripe(clock)
    first = PayoutRun(clock=clock, stripe=stripe)
    first.prepare()
    first.process_all()
    clock.advance(timedelta(days=3).total_seconds())

    restored = PayoutRun(clock=clock, stripe=stripe, store=MemoryStore(clock=clock))
    restored.prepare()
    restored.process_all()

    restored.require_paid_once()
    assert len(stripe.calls) == len(PRIZES)


def test_a_backup_from_the_middle_of_a_payout_pays_nobody_twice() -> None:
    clock = PayoutRun().clock
    stripe = RememberingStripe(clock)
    first = PayoutRun(clock=clock, stripe=stripe)
    restored = PayoutRun(clock=clock, stripe=stripe, store=MemoryStore(clock=clock))
    for run in (first, restored):
        run.prepare()
    restored.process(SEND_TRANSFER_STAGE)  # the job has started when the backup is made
    first.process_all()
    clock.advance(timedelta(days=2).total_seconds())

    restored.process_all()

    restored.require_paid_once()
    assert len(stripe.transfers) == len(PRIZES)


def test_a_restored_backup_adopts_a_transfer_that_was_made_under_a_later_key() -> None:
    clock = PayoutRun().clock
    stripe = RememberingStripe(clock)
    first = PayoutRun(clock=clock, stripe=stripe)
    restored = PayoutRun(clock=clock, stripe=stripe, store=MemoryStore(clock=clock))
    for run in (first, restored):
        run.prepare(ONE)
        stripe.faults = [Fault.LOST_BEFORE]
        run.process_all()  # the job and the first key are known when the backup is made
    stripe.faults = [Fault.LOST_BEFORE] * 2
    first.finish()
    assert stripe.calls[-1].endswith("g2")

    restored.known_references = KnownReferences()  # its workers start
    restored.finish()

    restored.require_paid_once(ONE)
