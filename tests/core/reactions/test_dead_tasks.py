"""Reactions make the task of a contest due again, although an earlier run of it has died."""

from tests.dead_tasks import kill_task, task_of
from tests.money_contests import OPERATOR, PaidContestRun

from indelible.contests.commands.contests import CancelContest
from indelible.contests.handlers.transitions import cancel_contest
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.reactions import POST_SETTLEMENT_STAGE, UPDATE_CHARGES_STAGE


def test_a_canceled_contest_is_refunded_although_its_task_had_died(run: PaidContestRun) -> None:
    contest = run.open()
    entries = run.enter_all(contest)
    run.pay_all(entries)
    kill_task(run.store, UPDATE_CHARGES_STAGE, contest.id)

    command = CancelContest(contest_id=contest.id)
    run.store.run(cancel_contest, command, actor=OPERATOR, reason="a test")
    run.work()

    assert set(run.charge_statuses(entries)) == {ChargeStatus.REFUNDED}


def test_a_settled_contest_is_posted_although_its_task_had_died(run: PaidContestRun) -> None:
    contest = run.open()
    run.pay_all(run.enter_all(contest))
    run.play(contest)
    kill_task(run.store, POST_SETTLEMENT_STAGE, contest.id)

    run.settle()

    assert run.settlement(contest) is not None
    assert task_of(run.store, POST_SETTLEMENT_STAGE, contest.id).is_completed
