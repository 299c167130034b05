"""A shop with two stages of its own: letters that confirm orders, and a report by a schedule.

`python letters.py` runs a worker process on the database of DATABASE_URL.
"""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from threading import Thread
from typing import Any

from sqlalchemy import Boolean, Column, MetaData, Table, Text, false, func, insert, select, update

from indelible.kernel import Actor
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.rates import RateLimit
from indelible.kernel.stages import Stage
from indelible.kernel.tasks import Leases
from indelible_sql import SqlReading, SqlStore, SqlTransaction, open_store
from indelible_workers import (
    RecurringTask,
    WakeupBroker,
    Worker,
    redis_client,
    run_scheduler,
    run_workers,
)

ORDERS = Table(
    "orders",
    MetaData(),
    Column("id", Text, primary_key=True),
    Column("customer", Text, nullable=False),
    Column("is_confirmed", Boolean, nullable=False, server_default=false()),
)
CONFIRM, REPORT = "confirm", "report"
HOURLY = RecurringTask(name="hourly", stage=REPORT, every_seconds=3600)
MORNING = RecurringTask(
    name="morning",
    stage=REPORT,
    cron="0 8 * * MON-FRI",
    time_zone="Europe/Berlin",
    max_delay_seconds=3600,  # after 9:00 nobody reads it
)
# The post office takes 100 letters a minute, from all worker processes together.
POST_OFFICE = RateLimit(tasks=100, per_seconds=60)
Letter = tuple[str, str]
HourlyCount = tuple[str, int]
Send = Callable[[Letter, LeaseHandle], None]
Publish = Callable[[HourlyCount, LeaseHandle], None]


def order(tx: SqlTransaction, command: Letter) -> None:
    """Save an order and enqueue its letter in the same transaction."""
    order_id, customer = command
    tx.connection.execute(insert(ORDERS).values(id=order_id, customer=customer))
    tx.tasks.enqueue(CONFIRM, {order_id: tx.clock.now()})


def claim(tx: SqlTransaction, leases: Leases) -> Sequence[Letter | None]:
    """Return the letter of each leased task, or None where the order is confirmed already."""
    order_ids = [lease.entity_id for lease in leases]
    rows = tx.connection.execute(
        select(ORDERS).where(ORDERS.c.id.in_(order_ids), ORDERS.c.is_confirmed.is_(False))
    )
    letters = {row.id: (row.id, row.customer) for row in rows}
    return [letters.get(order_id) for order_id in order_ids]


def finish(tx: SqlTransaction, done: Sequence[tuple[Letter, None]]) -> None:
    """Mark the orders as confirmed."""
    order_ids = [order_id for (order_id, _), _ in done]
    tx.connection.execute(
        update(ORDERS).where(ORDERS.c.id.in_(order_ids)).values(is_confirmed=True)
    )


def confirmation(send: Send) -> Stage[SqlTransaction, Letter, None]:
    """Return the stage; each attempt is recorded before it acts outside."""
    return Stage(
        name=CONFIRM,
        batch=1,
        acts_outside=True,
        lifecycle=None,
        claim=claim,
        perform=send,
        finish=finish,
        rate=POST_OFFICE,
    )


def count(tx: SqlTransaction, leases: Leases) -> Sequence[HourlyCount]:
    """Count the open orders for each slot, such as `2026-11-21 04:00:00+00:00`."""
    number = tx.connection.execute(
        select(func.count()).where(ORDERS.c.is_confirmed.is_(False))
    ).scalar_one()
    return [(str(lease.slot), number) for lease in leases]


def report(publish: Publish) -> Stage[SqlTransaction, HourlyCount, None]:
    """Return the stage of the report; it saves nothing, so it has no `finish`."""
    return Stage(
        name=REPORT, batch=1, lifecycle=None, acts_outside=True, claim=count, perform=publish
    )


# `indelible work --module` and `indelible schedule --module` read these two names.
stages: list[Stage[SqlTransaction, Any, Any]] = [confirmation(print), report(print)]
recurring_tasks = [HOURLY, MORNING]


def dead_letters(tx: SqlReading) -> Mapping[str, str]:
    """Map each order whose letter is dead to the reason."""
    dead_tasks = tx.tasks.dead(CONFIRM, after="", limit=100)
    return {task.entity_id: task.dead_reason or "" for task in dead_tasks}


def serve(
    worker: Worker, stages: Sequence[Stage[SqlTransaction, Any, Any]], redis_url: str | None = None
) -> None:
    """Run the stages in four threads until the worker is asked to stop; Redis is optional."""
    brokers = [WakeupBroker(redis_client(redis_url), worker)] if redis_url else []
    stages_by_name = {stage.name: stage for stage in stages}
    with run_workers(worker, stages_by_name, brokers, threads=4, dispatch_seconds=5):
        run_scheduler(worker, recurring_tasks)  # returns when the worker stops


def main() -> None:
    """Run until SIGTERM or Ctrl-C, then complete the running tasks."""
    store: SqlStore = open_store(os.environ["DATABASE_URL"])
    worker = Worker(store=store, actor=Actor.system("letters"))

    def end(_: int, __: object) -> None:
        # A signal handler must not wait for a lock that the interrupted thread holds.
        Thread(target=worker.stop).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    serve(worker, stages, os.environ.get("INDELIBLE_REDIS_URL"))
    store.dispose()


if __name__ == "__main__":
    main()
