"""A host whose worker cannot renew a book that was lent by somebody without a card."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NoReturn

from tests.examples.loans import contexts, migrate
from tests.examples.loans_simulated import borrow

from indelible.kernel import Change
from indelible.kernel.lease_handles import LeaseHandle
from indelible.kernel.stages import Stage
from indelible.kernel.subscribers import Subscriber
from indelible_service.simulation.hosts import SimulatedHost
from indelible_sql import SqlStore, SqlTransaction

STAGE = "renew_loan"
CARDS: dict[str, str] = {}


def follow(tx: SqlTransaction, change: Change) -> None:
    """Let a worker renew each new loan."""
    if change.lifecycle == "loan" and change.action == "lend":
        tx.tasks.enqueue(STAGE, {change.entity_id: tx.clock.now()})


def renew(_: SqlStore, loan_id: str, handle: LeaseHandle) -> NoReturn:
    """Look up a card under the id of the loan, which is the bug."""
    handle.check()
    raise LookupError(f"no card {CARDS.get(loan_id)}")


def stages(store: SqlStore) -> Sequence[Stage[Any, Any, Any]]:
    """Return the stage with the bug."""
    perform = partial(renew, store)
    return (Stage(name=STAGE, batch=1, lifecycle=None, acts_outside=False, perform=perform),)


simulation = SimulatedHost(
    contexts,
    migrate,
    {borrow: 4},
    subscribers=[Subscriber(name="renewals", handle=follow)],
    stages=stages,
)
