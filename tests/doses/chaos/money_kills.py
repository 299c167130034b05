"""Kill processes of payments and payouts at each failpoint; another process goes on.

The simulator of Stripe lives in the parent, so it keeps what a killed process has sent.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final

from tests.doses.chaos.money_child import LEASE_SECONDS
from tests.doses.chaos.money_killer import (
    AMOUNT_MINOR,
    HALF_HOUR,
    MoneyKill,
    MoneyKiller,
    MoneyKillReport,
    check_balance,
    check_paid_once,
    is_paid_out,
    post_settlement,
    process_one_stage,
)
from tests.doses.chaos.money_site import CURRENCY, OPERATOR, WORKER, MoneySite

from indelible.money.commands.payments import RequestRefund
from indelible.money.entities.ids import charge_id
from indelible.money.entities.values import RefundReason
from indelible.money.handlers.refunds import request_refund
from indelible.money.lifecycle.payments import ChargeStatus
from indelible.money.tasks.failpoints import PaymentFailpoint
from indelible.money.tasks.payout_failpoints import PayoutFailpoint
from indelible_workers import process_batch
from indelible_workers.processing.failpoints import StageFailpoint

STAGE_FAILPOINTS: Final = (
    StageFailpoint.AFTER_CLAIM,
    StageFailpoint.BEFORE_PERFORM,
    StageFailpoint.AFTER_PERFORM,
    StageFailpoint.BEFORE_FINISH,
    StageFailpoint.AFTER_FINISH,
)
# Stages whose workers are killed at the moments that every stage has.
STAGES: Final = ("process_stripe_event", "record_fee", "send_refund", "expire_charge")
PAYOUT_STAGES: Final = ("send_transfer", "complete_payout_job")


def work_of(point: PaymentFailpoint | PayoutFailpoint) -> str:
    """Return the work in which a failpoint is reached."""
    if point is PaymentFailpoint.EVENT_AFTER_FAILURE:
        return "fail_event"
    return WORK_BY_PREFIX[point.name.partition("_")[0]]


WORK_BY_PREFIX: Final[Mapping[str, str]] = {
    "RECEIVE": "receive",
    "EVENT": "process_stripe_event",
    "REFUND": "send_refund",
    "EXPIRE": "expire_charge",
    "INTENT": "start",
    "PLAN": "sweep",
    "SEND": "send_transfer",
    "JOB": "complete_payout_job",
}


def payment_kills() -> list[MoneyKill]:
    """Return a kill at each failpoint from the signature to the posting."""
    kills = [MoneyKill(work=work_of(point), failpoint=point.name) for point in PaymentFailpoint]
    for stage in STAGES:
        kills += [MoneyKill(work=stage, failpoint=point.name) for point in STAGE_FAILPOINTS]
    return kills


def payout_kills() -> list[MoneyKill]:
    """Return a kill at each failpoint of payouts: C1 to C7 of the fact sheet."""
    kills = [MoneyKill(work=work_of(point), failpoint=point.name) for point in PayoutFailpoint]
    for stage in PAYOUT_STAGES:
        kills += [MoneyKill(work=stage, failpoint=point.name) for point in STAGE_FAILPOINTS]
    return kills


def random_kills(number: int, chance: Random) -> list[MoneyKill]:
    """Return kills that chance decides."""
    kills = [*payment_kills(), *payout_kills()]
    return [chance.choice(kills) for _ in range(number)]


def play_receive(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill the receiver of a webhook; Stripe sends it again."""
    charge = killer.open()
    body = killer.pay(killer.start(charge))[-1]
    killer.kill(kill, body=body)
    killer.deliver(body)
    killer.finish(lambda: killer.charge(charge).status is ChargeStatus.SUCCEEDED)
    killer.check_posted(kill, charge, body)


def play_event(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill the processor of an event; another process takes it up after the lease."""
    charge = killer.open()
    body = killer.pay(killer.start(charge))[-1]
    killer.deliver(body)
    killer.kill(kill)
    killer.site.clock.advance(2 * LEASE_SECONDS)
    killer.finish(lambda: killer.charge(charge).status is ChargeStatus.SUCCEEDED)
    killer.check_posted(kill, charge, body)


def play_failed_event(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill the processor of an event that has failed because its charge was not known yet."""
    site = killer.site
    item = f"killed-item-{killer.number:05}"
    intent = site.gateway.create_payment_intent(
        amount_minor=AMOUNT_MINOR,
        currency=CURRENCY,
        metadata={"charge_id": charge_id(item)},
        idempotency_key=f"early-{killer.number}",
    )
    body = killer.pay(intent.id)[-1]
    killer.deliver(body)
    killer.kill(kill)
    charge = killer.open()
    site.clock.advance(2 * LEASE_SECONDS)
    killer.finish(lambda: killer.charge(charge).status is ChargeStatus.SUCCEEDED)
    killer.check_posted(kill, charge, body)


def play_fee(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill the process that books a fee; it is booked once."""
    charge = killer.open()
    killer.deliver(killer.pay(killer.start(charge))[-1])
    site = killer.site
    stage: Any = site.payment_stages().processing().stage()
    with site.worker().heartbeat() as worker:
        while process_batch(site.store, stage, actor=WORKER, worker=worker):
            pass
    killer.kill(kill)
    site.clock.advance(2 * LEASE_SECONDS)
    site.work()
    check_balance(killer, kill)


def play_refund(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill the process that makes a refund; Stripe makes it once."""
    charge = killer.paid()
    command = RequestRefund(charge_id=charge.id, reason_code=RefundReason.REQUESTED)
    killer.site.execute(request_refund, command, OPERATOR)
    killer.kill(kill)
    killer.site.clock.advance(2 * LEASE_SECONDS)
    killer.finish(lambda: killer.charge(charge).status is ChargeStatus.REFUNDED)
    made = [
        one["amount"]
        for one in killer.site.objects("refund")
        if one["payment_intent"] == charge.intent_id
    ]
    if made != [AMOUNT_MINOR] or killer.charge(charge).status is not ChargeStatus.REFUNDED:
        killer.problem(kill, f"refunds {made}, the charge is {killer.charge(charge).status}")
    check_balance(killer, kill)


def play_expiry(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill the process that cancels an expired charge; intent and charge end canceled."""
    charge = killer.open(hours=1)
    intent_id = killer.start(charge)
    killer.site.clock.advance(2 * HALF_HOUR)
    killer.kill(kill)
    killer.site.clock.advance(2 * LEASE_SECONDS)
    killer.finish(lambda: killer.charge(charge).status is ChargeStatus.CANCELED)
    status = killer.site.gateway.retrieve_payment_intent(intent_id).status
    if (killer.charge(charge).status, status) != (ChargeStatus.CANCELED, "canceled"):
        killer.problem(kill, f"charge {killer.charge(charge).status}, intent {status}")


def play_start(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill the process that starts a payment; the payer tries again and pays once."""
    charge = killer.open()
    killer.kill(kill, charge_id=charge.id)
    intent_id = killer.start(charge)
    body = killer.pay(intent_id)[-1]
    killer.deliver(body)
    killer.finish(lambda: killer.charge(charge).status is ChargeStatus.SUCCEEDED)
    killer.check_posted(kill, charge, body)
    intents = [
        one["id"]
        for one in killer.site.objects("payment_intent")
        if one["metadata"].get("charge_id") == charge.id
    ]
    if intents != [intent_id]:
        killer.problem(kill, f"intents: {intents}")


def play_payout(killer: MoneyKiller, kill: MoneyKill) -> None:
    """Kill a process of a payout; each winner gets one transfer to the cent."""
    settlement_id = post_settlement(killer)
    site = killer.site
    if kill.work != "sweep":
        site.payout_stages().sweep().run()
    if kill.work == "complete_payout_job":
        process_one_stage(killer, "send_transfer")
    killer.kill(kill)
    # The lease of the stage that sends is ten minutes.
    site.clock.advance(HALF_HOUR)
    killer.finish(lambda: is_paid_out(killer, settlement_id))
    check_paid_once(killer, kill, settlement_id)


PLAYS: Final[Mapping[str, Callable[[MoneyKiller, MoneyKill], None]]] = {
    "receive": play_receive,
    "process_stripe_event": play_event,
    "fail_event": play_failed_event,
    "record_fee": play_fee,
    "send_refund": play_refund,
    "expire_charge": play_expiry,
    "start": play_start,
    "sweep": play_payout,
    "send_transfer": play_payout,
    "complete_payout_job": play_payout,
}


def kill_processes(site: MoneySite, kills: list[MoneyKill]) -> MoneyKillReport:
    """Kill a process for each of the kills, and check how its payment or payout ended."""
    killer = MoneyKiller(site=site)
    for kill in kills:
        killer.number += 1
        before = len(killer.report.problems)
        PLAYS[kill.work](killer, kill)
        if site.ledger_sum():
            killer.problem(kill, f"the sum of all accounts is {site.ledger_sum()}")
        killer.report.finished += len(killer.report.problems) == before

    return killer.report
