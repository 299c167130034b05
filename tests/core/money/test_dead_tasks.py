"""Tasks of money that have died are due again when their work is asked for."""

from datetime import timedelta
from functools import partial

from tests.core.money.payments import ADA, PaymentRun
from tests.dead_tasks import kill_task, task_of
from tests.payout_runs import SETTLEMENT, PayoutRun

from indelible.money.commands.payments import ExtendCharge
from indelible.money.commands.payouts import PlanPayouts
from indelible.money.handlers.charges import extend_charge
from indelible.money.handlers.payouts.planning import plan_payouts
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.rules.payouts import PLAN_TRANSFERS_STAGE, PayoutPolicy
from indelible.money.rules.stages import EXPIRE_CHARGE_STAGE


def test_a_charge_whose_expiry_died_expires_when_its_time_is_moved(run: PaymentRun) -> None:
    charge = run.open()
    kill_task(run.store, EXPIRE_CHARGE_STAGE, charge.id)
    command = ExtendCharge(charge_id=charge.id, expires_at=run.clock.now() + timedelta(minutes=5))

    run.store.run(extend_charge, command, actor=ADA, reason="a test")
    run.process(EXPIRE_CHARGE_STAGE)
    assert run.charge(charge.id).status is ChargeStatus.PENDING
    run.clock.advance(600)
    run.process(EXPIRE_CHARGE_STAGE)

    assert run.charge(charge.id).status is ChargeStatus.CANCELED


def test_the_sweep_continues_a_plan_whose_task_died() -> None:
    prizes = {"ann": 5, "bob": 4, "cem": 3}
    policy = PayoutPolicy(transfers_per_step=1)
    run = PayoutRun(policy=policy)
    for party in prizes:
        run.register(party)
    run.settle(prizes)
    plan = partial(plan_payouts, policy=policy)
    run.execute(plan, PlanPayouts(settlement_id=SETTLEMENT))
    kill_task(run.store, PLAN_TRANSFERS_STAGE, SETTLEMENT)
    assert len(run.transfers()) == 1

    result = run.stages().sweep().run()
    run.process(PLAN_TRANSFERS_STAGE)

    assert result.success
    assert {transfer.party: transfer.amount_minor for transfer in run.transfers()} == prizes
    assert task_of(run.store, PLAN_TRANSFERS_STAGE, SETTLEMENT).is_completed
