"""History and receipts in memory."""

from enum import StrEnum
from typing import Self

from attrs import field, frozen

from indelible.kernel import Actor, Change, Feed, InvalidTransition, Lifecycle, Stale
from indelible.kernel.history import NO_REVISION
from indelible.kernel.idempotency import Receipt

Chains = dict[tuple[str, str], tuple[Change, ...]]
Kept = dict[tuple[Actor, str], Receipt]


@frozen
class MemoryHistory:
    """The changes of every entity."""

    _chains: Chains = field(factory=Chains)
    _log: list[Change] = field(factory=list[Change])

    def of(
        self, lifecycle: str, entity_id: str, *, after: int = 0, limit: int | None = None
    ) -> tuple[Change, ...]:
        """An entity's changes after a seq, oldest first; none for an entity that was never born."""
        return self._chains.get((lifecycle, entity_id), ())[after:][:limit]

    def feed(self, *, after: str, limit: int) -> Feed:
        """The next `limit` changes of all entities after a cursor; '' is the beginning."""
        start = int(after or "0")
        changes = tuple(self._log[start : start + limit])
        return Feed(changes=changes, cursor=str(start + len(changes)))

    def newest(self, *, limit: int) -> Feed:
        """The last `limit` changes of all entities, in the order of the feed, and where to read on."""
        return self.feed(after=str(max(0, len(self._log) - limit)), limit=limit)

    def append(self, lifecycle: Lifecycle[StrEnum], change: Change) -> None:
        """Add a legal change to its entity's last one, or raise InvalidTransition or Stale."""
        if lifecycle.edge(change.from_state, change.action) != change.edge:
            raise InvalidTransition(
                lifecycle.name,
                change.from_state,
                change.action,
                lifecycle.allowed(change.from_state),
            )
        chain = self.of(lifecycle.name, change.entity_id)
        if change.previous_revision != (chain[-1].revision if chain else NO_REVISION):
            raise Stale(change.entity_id, change.previous_revision.seq)
        self._chains[lifecycle.name, change.entity_id] = (*chain, change)
        self._log.append(change)

    def copy(self) -> Self:
        """A draft that can be thrown away."""
        return type(self)(self._chains.copy(), self._log.copy())


@frozen
class MemoryReceipts:
    """The kept answers."""

    _kept: Kept

    def find(self, owner: Actor, key: str) -> Receipt | None:
        """The owner's receipt for the key."""
        return self._kept.get((owner, key))

    def keep(self, receipt: Receipt) -> None:
        """Keep the answer, in the command's own transaction."""
        self._kept[receipt.owner, receipt.key] = receipt
