"""The committed changes of a simulation: their digest, and what is read of them once."""

from collections import Counter
from hashlib import blake2b
from typing import Final

from attrs import define, field

from indelible.kernel import Change
from indelible_sql import SqlStore

PAGE: Final = 500


@define(eq=False)
class CommittedChanges:
    """Follows the feed to its end; the digest is the same on both databases."""

    cursor: str = ""
    number: int = 0
    edges: Counter[str] = field(factory=Counter[str])
    _hash: "blake2b" = field(factory=lambda: blake2b(digest_size=16))

    def read_new(self, store: SqlStore) -> list[Change]:
        """Return the changes since the last time, oldest first."""
        new: list[Change] = []
        while True:
            feed = store.feed(after=self.cursor, limit=PAGE)
            for change in feed.changes:
                self._add(change)
                new.append(change)
            self.cursor = feed.cursor
            if len(feed.changes) < PAGE:
                return new

    @property
    def digest(self) -> str:
        """Return the digest of all changes so far."""
        return self._hash.hexdigest()

    def _add(self, change: Change) -> None:
        self.number += 1
        self.edges[f"{change.lifecycle}.{change.action}"] += 1
        # The hash of a change covers each of its fields, and the hash of the one before it.
        line = f"{change.lifecycle} {change.entity_id} {change.seq} {change.hash}\n"
        self._hash.update(line.encode())
