"""A settlement with many winners is planned in transactions of limited size."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import pytest
from tests.payout_runs import OPERATOR, PRIZES, SETTLEMENT, WORKER, Killed, PayoutRun

from indelible.app import ReadTx
from indelible.kernel import Actor, Change
from indelible.money.commands.payouts import PlanPayouts
from indelible.money.handlers.payouts.planning import plan_payouts
from indelible.money.lifecycle.payouts import TRANSFER
from indelible.money.queries.reconciliation import payables
from indelible.money.rules.payouts import (
    COMPLETE_PAYOUT_JOB_STAGE,
    PLAN_TRANSFERS_STAGE,
    SEND_TRANSFER_STAGE,
    PayoutPolicy,
)
from indelible.money.rules.reconciliation import GRACE
from indelible.money.tasks.planning import PlanRemaining

MANY: Final = {f"party-{number}": 10 + number for number in range(7)}
STEPS: Final = PayoutPolicy(transfers_per_step=2)
AUTOMATIC_STEPS: Final = PayoutPolicy(automatic_approval=True, transfers_per_step=2)


def planned(policy: PayoutPolicy, actor: Actor = WORKER) -> PayoutRun:
    """Return a run whose settlement has the first step of its plan."""
    run = PayoutRun(policy=policy)
    for party in MANY:
        run.register(party)
    run.settle(MANY)
    plan = partial(plan_payouts, policy=policy)
    run.execute(plan, PlanPayouts(settlement_id=SETTLEMENT), actor)
    return run


def changes_of(tx: ReadTx, transfer_id: str) -> Sequence[Change]:
    """Return the changes of a transfer."""
    return tx.history.of(TRANSFER.name, transfer_id)


def test_a_plan_goes_on_after_the_transfers_of_its_first_transaction() -> None:
    run = planned(AUTOMATIC_STEPS)
    first = run.transfers()
    run.process(PLAN_TRANSFERS_STAGE)
    amounts = {transfer.party: transfer.amount_minor for transfer in run.transfers()}

    assert (run.job().transfer_count, run.job().total_minor) == (len(MANY), sum(MANY.values()))
    assert len(first) == 2
    assert amounts == MANY
    assert first == [one for one in run.transfers() if one.id in {two.id for two in first}]
    while run.process(SEND_TRANSFER_STAGE, COMPLETE_PAYOUT_JOB_STAGE):
        pass
    run.require_paid_once(MANY)


def test_a_plan_that_fits_one_transaction_needs_no_task() -> None:
    run = PayoutRun()
    run.settle()
    run.plan()

    assert len(run.transfers()) == len(PRIZES)
    assert run.process(PLAN_TRANSFERS_STAGE) == 0


def test_a_job_is_not_complete_before_all_its_transfers_are_planned() -> None:
    run = planned(AUTOMATIC_STEPS)
    while run.process(SEND_TRANSFER_STAGE, COMPLETE_PAYOUT_JOB_STAGE):
        pass

    assert len(run.stripe.transfers) == 2
    assert run.job().status == "processing"
    run.process(PLAN_TRANSFERS_STAGE)
    while run.process(SEND_TRANSFER_STAGE, COMPLETE_PAYOUT_JOB_STAGE):
        pass
    assert run.job().status == "complete"


def test_every_step_has_the_actor_of_the_plan_and_waits_for_another_person() -> None:
    run = planned(AUTOMATIC_STEPS, OPERATOR)
    run.process(PLAN_TRANSFERS_STAGE)

    for transfer in run.transfers():
        changes = run.store.read(changes_of, transfer.id)
        assert [(change.action, change.actor) for change in changes] == [("plan", OPERATOR)]
    assert len(run.transfers()) == len(MANY)


def test_a_plan_whose_worker_dies_between_two_steps_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = planned(STEPS)
    step = vars(PlanRemaining)["_plan"]
    steps: list[object] = []

    def die(self: PlanRemaining, *arguments: object) -> None:
        steps.append(arguments)
        if len(steps) == 2:
            raise Killed
        step(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(PlanRemaining, "_plan", die)
        with pytest.raises(Killed):
            run.process(PLAN_TRANSFERS_STAGE)
    assert len(run.transfers()) == 4
    run.clock.advance(3_600)
    run.process(PLAN_TRANSFERS_STAGE)

    assert {transfer.party: transfer.amount_minor for transfer in run.transfers()} == MANY


def test_what_is_not_planned_yet_is_no_difference_for_some_minutes() -> None:
    run = planned(STEPS)
    (young,) = run.store.read(payables, run.clock.now())
    (old,) = run.store.read(payables, run.clock.now() + GRACE)

    assert young.expected_minor == young.actual_minor == sum(MANY.values())
    assert old.expected_minor < old.actual_minor
