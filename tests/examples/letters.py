"""A shop confirms its orders by letter: a stage of one's own, beside a table of one's own."""

from collections.abc import Callable, Sequence
from threading import Event

from sqlalchemy import Boolean, Column, MetaData, Table, Text, false, insert, select, update

from indelible.kernel import Actor
from indelible.kernel.leases import Leases
from indelible.kernel.stages import Stage
from indelible_sql import SqlStore, SqlTransaction
from indelible_workers import HintBroker, Shift, client_of, working

ORDERS = Table(
    "orders",
    MetaData(),
    Column("id", Text, primary_key=True),
    Column("customer", Text, nullable=False),
    Column("is_confirmed", Boolean, nullable=False, server_default=false()),
)
Letter = tuple[str, str]


def order(tx: SqlTransaction, command: Letter) -> None:
    """Take an order; its letter is due in the same commit, or neither is there."""
    order_id, customer = command
    tx.connection.execute(insert(ORDERS).values(id=order_id, customer=customer))
    tx.work.put("confirm", {order_id: tx.clock.now()})


def claim(tx: SqlTransaction, leases: Leases) -> Sequence[Letter | None]:
    """What each letter needs; None where there is nothing to be written any more."""
    wanted = [lease.entity_id for lease in leases]
    found = tx.connection.execute(select(ORDERS).where(ORDERS.c.id.in_(wanted), ORDERS.c.is_confirmed.is_(False)))
    letters = {row.id: (row.id, row.customer) for row in found}
    return [letters.get(each) for each in wanted]


def finish(tx: SqlTransaction, done: Sequence[tuple[Letter, None]]) -> None:
    """Keep that they were sent."""
    sent = [order_id for (order_id, _), _ in done]
    tx.connection.execute(update(ORDERS).where(ORDERS.c.id.in_(sent)).values(is_confirmed=True))


def confirmation(send: Callable[[Letter], None]) -> Stage[SqlTransaction, Letter, None]:
    """The stage. It acts outside: one letter at a time, and each attempt is recorded before it."""
    return Stage(name="confirm", batch=1, claim=claim, perform=send, finish=finish)


def serve(store: SqlStore, send: Callable[[Letter], None], ended: Event, redis_url: str | None = None) -> None:
    """A worker process: as many as you like, with a Redis that wakes them or without."""
    stage = confirmation(send)
    shift = Shift(store=store, actor=Actor.system("letters"))
    brokers = [HintBroker(client_of(redis_url), shift)] if redis_url else []
    with working(shift, {stage.name: stage}, brokers, threads=4, sweep_seconds=5):
        ended.wait()
