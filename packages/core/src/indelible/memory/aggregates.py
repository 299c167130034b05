"""Heads of one lifecycle in memory: load one, record its next change."""

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Generic, TypeVar

from attrs import field, frozen

from indelible.kernel import Change, Head, Lifecycle, NotFound
from indelible.kernel.history import Entity
from indelible.memory.history import MemoryHistory

E = TypeVar("E", bound=Entity)


@frozen
class MemoryAggregateRepository(Generic[E]):
    """Entities of one lifecycle, to be looked at and to be changed."""

    _history: MemoryHistory
    _lifecycle: Lifecycle[StrEnum]
    _missing: Callable[[str], NotFound]
    _rows: dict[str, Head[E]] = field(factory=dict[str, Head[E]])

    def copy(self, history: MemoryHistory) -> "MemoryAggregateRepository[E]":
        """A draft over a draft of history."""
        return MemoryAggregateRepository(history, self._lifecycle, self._missing, self._rows.copy())

    def get(self, entity_id: str) -> Head[E]:
        """The entity as it stands, or the error that says it is missing."""
        if entity_id not in self._rows:
            raise self._missing(entity_id)
        return self._rows[entity_id]

    def page(self, *, after: str, limit: int) -> tuple[Head[E], ...]:
        """The next `limit` entities after an id, in order of id."""
        return self.where(lambda _: True, after=after, limit=limit)

    def where(
        self, holds: Callable[[E], bool], *, after: str = "", limit: int | None = None
    ) -> tuple[Head[E], ...]:
        """The next `limit` entities after an id that are so, in order of id."""
        found = (self._rows[each] for each in sorted(self._rows) if each > after)
        return tuple(head for head in found if holds(head.entity))[:limit]

    def find(
        self,
        where: Mapping[str, object],
        *,
        order: Sequence[str] = ("id",),
        limit: int,
        offset: int = 0,
    ) -> tuple[Head[E], ...]:
        """Those whose fields are so, in order of these fields; `-` before a name turns the order round."""
        found = [
            *self.where(
                lambda each: all(getattr(each, name) == value for name, value in where.items())
            )
        ]
        for name in reversed(order):
            found.sort(
                key=lambda head: getattr(head.entity, name.removeprefix("-")),
                reverse=name.startswith("-"),
            )
        return tuple(found[offset : offset + limit])

    def lock(self, entity_id: str) -> Head[E]:
        """The entity whichever its seq, locked by its transaction."""
        return self.get(entity_id)

    def record_all(self, moves: Sequence[tuple[Head[E], Change, E]]) -> None:
        """Move many heads, each by its change; Stale for all when another was first for one."""
        for _, change, entity in moves:
            self.record(change, entity)

    def load(self, entity_id: str, *, expected_seq: int) -> Head[E]:
        """The entity, locked by its transaction; missing or Stale."""
        return self.get(entity_id).expected(expected_seq)

    def record(self, change: Change, entity: E) -> None:
        """Move the head to the entity and add the change that says so; Stale when another was first."""
        self._history.append(self._lifecycle, change)
        self._rows[entity.id] = Head(entity=entity, revision=change.revision)
