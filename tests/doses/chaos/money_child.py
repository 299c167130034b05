"""A process of payments or payouts that kills itself at a failpoint."""

import os
from datetime import datetime
from signal import SIGKILL
from typing import Any, Final

from attrs import frozen
from tests.conftest import POLICY
from tests.doses.chaos.money_site import (
    PATIENT_SECONDS,
    WEBHOOK_SECRET,
    WORKER,
    StoppedClock,
    gateway_to,
    webhook_handler,
)

from indelible.kernel import Actor
from indelible.money.rules.payouts import AUTOMATIC
from indelible.money.tasks.paying import PaymentStarter
from indelible.money.tasks.payment_stages import PaymentStages
from indelible.money.tasks.payout_jobs import EndPayoutJob
from indelible.money.tasks.payout_stages import PayoutStages
from indelible_sql import open_store
from indelible_stripe.simulator.webhooks import sign
from indelible_workers import ThreadClock, Worker, process_batch

LEASE_SECONDS: Final = 1  # the shortest; PostgreSQL decides by its own clock when it has ended
PARTY: Final = "ann"


@frozen(kw_only=True)
class ChildTask:
    """The work of a child process until it dies, and the addresses of database and Stripe."""

    url: str
    stripe_url: str
    now: datetime
    work: str
    failpoint: str
    body: bytes = b""
    charge_id: str = ""


def work_and_die(task: ChildTask) -> None:
    """Do the work in this process, which kills itself at the failpoint."""

    def die(point: Any) -> None:  # noqa: ANN401 - a failpoint of any enumeration
        if point.name == task.failpoint:
            os.kill(os.getpid(), SIGKILL)

    clock = StoppedClock(task.now)
    store = open_store(task.url, clock=clock, policy=POLICY)
    gateway = gateway_to(task.stripe_url, read_timeout_seconds=PATIENT_SECONDS)
    if task.work == "receive":
        header = sign(task.body, (WEBHOOK_SECRET,), int(task.now.timestamp()))
        handler = webhook_handler(store, at_failpoint=die)
        handler.verify(header, task.body, task.now)
        handler.receive(task.body)
        return
    if task.work == "start":
        starter = PaymentStarter(store=store, gateway=gateway, at_failpoint=die)
        starter.create_intent(task.charge_id, party=PARTY, actor=Actor.user(PARTY))
        return

    options: dict[str, Any] = {"store": store, "gateway": gateway, "clock": clock}
    payouts = PayoutStages(policy=AUTOMATIC, at_failpoint=die, **options)
    if task.work == "sweep":
        payouts.sweep().run()
        return
    payments = PaymentStages(at_failpoint=die, lease_seconds=LEASE_SECONDS, **options)
    stages: list[Any] = [
        *payments.stages(),
        payouts.sending().stage(),
        EndPayoutJob(at_failpoint=die, lease_seconds=LEASE_SECONDS).stage(),
    ]
    name = "process_stripe_event" if task.work == "fail_event" else task.work
    (stage,) = [one for one in stages if one.name == name]
    worker = Worker(store=store, actor=WORKER, clock=ThreadClock(clock), at_failpoint=die)
    with worker.heartbeat():
        while process_batch(store, stage, actor=WORKER, worker=worker):
            pass
