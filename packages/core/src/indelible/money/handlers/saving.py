"""Save charges, refunds, disputes, events and payouts. Handlers of money write through here.

A transaction locks in this order: task, event, switch, charge, refund, dispute, payout job,
transfer, payee, and last the accounts in order of their ids, which `post_movement` does. Movements
are saved by `indelible.money.handlers.ledger` alone.
"""

from collections.abc import Sequence
from typing import TypeVar

from indelible.kernel import Data, Head
from indelible.kernel.aggregates import Aggregate, change_for
from indelible.kernel.births import Birth, BirthRepository
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.history import AggregateRepository, Record
from indelible.money.repositories.transactions import MoneyWrite

E = TypeVar("E", bound=Aggregate)


def birth_of(tx: MoneyWrite, entity: E, action: str, *, bulk: Sequence[AnyBulk] = ()) -> Birth[E]:
    """Return a new aggregate with its change, to be saved together with others."""
    return Birth(change_for(tx, None, entity, action, bulk=bulk), entity, bulk)


def save_births(repository: BirthRepository[E], births: Sequence[Birth[E]]) -> list[Head[E]]:
    """Save new aggregates together, and return their heads."""
    repository.save_new(births)
    return [Head(entity=birth.entity, revision=birth.change.revision) for birth in births]


def save(
    tx: MoneyWrite,
    repository: AggregateRepository[E],
    head: Head[E] | None,
    entity: E,
    action: str,
    *,
    data: Data | None = None,
    records: Sequence[Record] = (),
    bulk: Sequence[AnyBulk] = (),
) -> Head[E]:
    """Save an aggregate with its change and records, and return the new head."""
    change = change_for(tx, head, entity, action, data=data, records=records, bulk=bulk)
    repository.save(change, entity, records, bulk)
    return Head(entity=entity, revision=change.revision)
