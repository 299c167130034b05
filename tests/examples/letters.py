"""A shop confirms its orders by letter, and counts each hour what waits: stages of one's own, beside one's own table.

`python -m tests.examples.letters` is a worker process for the database that DATABASE_URL names.
"""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from threading import Thread
from typing import Any

from sqlalchemy import Boolean, Column, MetaData, Table, Text, false, func, insert, select, update

from indelible.kernel import Actor
from indelible.kernel.stages import Stage
from indelible.kernel.tasks import Leases
from indelible_sql import SqlReading, SqlStore, SqlTransaction, open_store
from indelible_workers import Periodic, WakeupBroker, Worker, client_of, run_workers, schedule

ORDERS = Table(
    "orders",
    MetaData(),
    Column("id", Text, primary_key=True),
    Column("customer", Text, nullable=False),
    Column("is_confirmed", Boolean, nullable=False, server_default=false()),
)
CONFIRM, REPORT = "confirm", "report"
HOURLY = Periodic(name="hourly", stage=REPORT, every_seconds=3600)
Letter = tuple[str, str]
Waiting = tuple[str, int]


def order(tx: SqlTransaction, command: Letter) -> None:
    """Take an order; its letter is due in the same commit, or neither is there."""
    order_id, customer = command
    tx.connection.execute(insert(ORDERS).values(id=order_id, customer=customer))
    tx.tasks.enqueue(CONFIRM, {order_id: tx.clock.now()})


def claim(tx: SqlTransaction, leases: Leases) -> Sequence[Letter | None]:
    """What each letter needs; None where there is nothing to be written any more."""
    wanted = [lease.entity_id for lease in leases]
    found = tx.connection.execute(
        select(ORDERS).where(ORDERS.c.id.in_(wanted), ORDERS.c.is_confirmed.is_(False))
    )
    letters = {row.id: (row.id, row.customer) for row in found}
    return [letters.get(each) for each in wanted]


def finish(tx: SqlTransaction, done: Sequence[tuple[Letter, None]]) -> None:
    """Keep that they were sent."""
    sent = [order_id for (order_id, _), _ in done]
    tx.connection.execute(update(ORDERS).where(ORDERS.c.id.in_(sent)).values(is_confirmed=True))


def confirmation(send: Callable[[Letter], None]) -> Stage[SqlTransaction, Letter, None]:
    """The stage. It acts outside: one letter at a time, and each attempt is recorded before it."""
    return Stage(name=CONFIRM, batch=1, claim=claim, perform=send, finish=finish)


def count(tx: SqlTransaction, leases: Leases) -> Sequence[Waiting]:
    """How many orders wait; the id of the work is its slot, `hourly@2026-11-21T04:00:00Z`."""
    number = tx.connection.execute(
        select(func.count()).where(ORDERS.c.is_confirmed.is_(False))
    ).scalar_one()
    return [(lease.entity_id, number) for lease in leases]


def report(tell: Callable[[Waiting], None]) -> Stage[SqlTransaction, Waiting, None]:
    """The stage of the clock."""
    return Stage(name=REPORT, batch=1, claim=count, perform=tell, finish=keep_nothing)


def keep_nothing(_: SqlTransaction, __: Sequence[tuple[Waiting, None]]) -> None:
    """That it was done is kept anyway."""


def dead_letters(tx: SqlReading) -> Mapping[str, str]:
    """The orders whose letter was given up, and why."""
    return {
        work.entity_id: work.dead_reason or ""
        for work in tx.tasks.dead(CONFIRM, after="", limit=100)
    }


def serve(
    shift: Worker, stages: Sequence[Stage[SqlTransaction, Any, Any]], redis_url: str | None = None
) -> None:
    """A worker process, until its shift ends: as many as you like, with a Redis that wakes them or without."""
    brokers = [WakeupBroker(client_of(redis_url), shift)] if redis_url else []
    with run_workers(
        shift, {stage.name: stage for stage in stages}, brokers, threads=4, sweep_seconds=5
    ):
        schedule(shift, [HOURLY])  # until the shift ends; without a clock, `shift.ended.wait()`


def main() -> None:
    """Work until SIGTERM or Ctrl-C; what is in hand then is finished first."""
    store: SqlStore = open_store(os.environ["DATABASE_URL"])
    shift = Worker(store=store, actor=Actor.system("letters"))

    def end(_: int, __: object) -> None:
        Thread(
            target=shift.end
        ).start()  # this one may stand in the middle of waiting for what is set there

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
    serve(shift, [confirmation(print), report(print)], os.environ.get("INDELIBLE_REDIS_URL"))
    store.dispose()


if __name__ == "__main__":
    main()
