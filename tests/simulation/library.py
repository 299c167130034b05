"""A host with a subscriber and a stage: whoever lends a book gets it renewed by a worker."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from tests.examples.loans import contexts, migrate, move
from tests.examples.loans_simulated import borrow

from indelible.kernel import Actor, Change
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage
from indelible.kernel.subscribers import Subscriber
from indelible_service.simulation.hosts import SimulatedHost
from indelible_sql import SqlStore, SqlTransaction

RENEWER = Actor.system("renewer")
STAGE = "renew_loan"


def follow(tx: SqlTransaction, change: Change) -> None:
    """Let a worker renew each new loan."""
    if change.lifecycle == "loan" and change.action == "lend":
        tx.tasks.enqueue(STAGE, {change.entity_id: tx.clock.now()})


def renew(store: SqlStore, loan_id: str, handle: LeaseHandle) -> None:
    """Renew a loan by two weeks."""
    handle.check()
    due = store.clock.now().date() + timedelta(days=14)
    store.run(move, (loan_id, 1, "renew", due), actor=RENEWER, reason="renewal")


def stages(store: SqlStore) -> Sequence[Stage[Any, Any, Any]]:
    """Return the stage that renews loans."""
    perform = partial(renew, store)
    return (Stage(name=STAGE, batch=1, lifecycle=None, acts_outside=False, perform=perform),)


simulation = SimulatedHost(
    contexts,
    migrate,
    {borrow: 4},
    subscribers=[Subscriber(name="renewals", handle=follow)],
    stages=stages,
)
