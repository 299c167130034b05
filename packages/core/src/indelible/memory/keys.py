"""API keys in memory."""

from attrs import frozen

from indelible.kernel import Change, Head
from indelible.kernel.keys import KEY, Key, KeyNotFound
from indelible.memory.history import MemoryHistory

KeyRows = dict[str, Head[Key]]


@frozen
class MemoryKeys:
    """Keys, to be looked at and to be changed."""

    _heads: KeyRows
    _history: MemoryHistory

    def get(self, key_id: str) -> Head[Key]:
        """The key as it stands, or KeyNotFound."""
        if key_id not in self._heads:
            raise KeyNotFound(key_id)
        return self._heads[key_id]

    def page(self, *, after: str, limit: int) -> tuple[Head[Key], ...]:
        """The next `limit` keys after an id, in order of id."""
        return tuple(self._heads[key_id] for key_id in sorted(self._heads) if key_id > after)[:limit]

    def load(self, key_id: str, *, expected_seq: int) -> Head[Key]:
        """The key, locked by its transaction; KeyNotFound or Stale."""
        return self.get(key_id).expected(expected_seq)

    def record(self, change: Change, key: Key) -> None:
        """Move the head to the key and add the change that says so; Stale when another was first."""
        self._history.append(KEY, change)
        self._heads[key.id] = Head(entity=key, place=change.place)
