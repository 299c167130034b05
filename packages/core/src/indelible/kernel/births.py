"""New aggregates that are saved together: a port of the few contexts that need many at once."""

from collections.abc import Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from indelible.kernel.aggregates import Aggregate
from indelible.kernel.bulk import AnyBulk
from indelible.kernel.history import AggregateRepository, Change

E = TypeVar("E", bound=Aggregate)


class Birth(NamedTuple, Generic[E]):
    """The first change of an aggregate, the aggregate, and the bulk records that it adds."""

    change: Change
    entity: E
    bulk: Sequence[AnyBulk] = ()


class BirthRepository(AggregateRepository[E], Protocol[E]):
    """Write access to aggregates, also to many new ones at once."""

    def save_new(self, births: Sequence[Birth[E]]) -> None:
        """Store many new aggregates, each with its change and its bulk records.

        Raises:
            BulkDiffers, BulkMismatch: The bulk records are not those of a change.
            Stale: One of the aggregates exists; nothing is saved.
            Conflict: Another aggregate of a parent has the place (see `OnePerParent`).
        """
        ...
