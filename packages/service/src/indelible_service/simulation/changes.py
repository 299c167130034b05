"""The committed changes of a simulation: their digest, and what is read of them once."""

from collections import Counter
from hashlib import blake2b
from typing import Final, NamedTuple

from attrs import define, field

from indelible.kernel import Change
from indelible_sql import SqlStore

PAGE: Final = 500


class HistoryReplaced(Exception):
    """A restored database has another history than the one that was read before."""


class ReadChange(NamedTuple):
    """The part of a change that is known for a restore."""

    edge: str  # its lifecycle and action
    key: tuple[str, str]  # its lifecycle and entity
    prev_hash: str
    hash: str


@define(eq=False)
class CommittedChanges:
    """Follows the feed to its end; the digest is the same on both databases.

    `edges` has those of the present database, `taken` also those that a restore has lost.
    """

    cursor: str = ""
    number: int = 0
    edges: Counter[str] = field(factory=Counter[str])
    taken: Counter[str] = field(factory=Counter[str])
    _read: list[ReadChange] = field(factory=list[ReadChange])  # that the database still has
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

    def go_back(self, store: SqlStore) -> list[ReadChange]:
        """Continue after the newest change of a restored database; return those that are lost.

        Raises: HistoryReplaced if the restored database has a change that was never read.
        """
        known, cursor = self._compare(store)
        lost = self._read[known:]
        del self._read[known:]
        for lost_change in lost:
            self.edges[lost_change.edge] -= 1
        self.cursor = cursor
        self._hash.update(f"restored {known}\n".encode())
        return lost

    def is_whole(self, store: SqlStore) -> bool:
        """Return True if the database has every change that was read, in the same place.

        Raises: HistoryReplaced.
        """
        known, _ = self._compare(store)
        return known == len(self._read)

    def _compare(self, store: SqlStore) -> tuple[int, str]:
        """Return how many of the changes that were read the database has, and its newest cursor.

        Raises: HistoryReplaced.
        """
        known = 0
        cursor = ""
        while True:
            feed = store.feed(after=cursor, limit=PAGE)
            for change in feed.changes:
                if known == len(self._read) or self._read[known].hash != change.hash:
                    raise HistoryReplaced(str(change))
                known += 1
            cursor = feed.cursor
            if len(feed.changes) < PAGE:
                return known, cursor

    @property
    def digest(self) -> str:
        """Return the digest of all changes so far."""
        return self._hash.hexdigest()

    def _add(self, change: Change) -> None:
        self.number += 1
        edge = f"{change.lifecycle}.{change.action}"
        self.edges[edge] += 1
        self.taken[edge] += 1
        key = (change.lifecycle, change.entity_id)
        self._read.append(ReadChange(edge, key, change.prev_hash, change.hash))
        # The hash of a change covers each of its fields, and the hash of the one before it.
        line = f"{change.lifecycle} {change.entity_id} {change.seq} {change.hash}\n"
        self._hash.update(line.encode())
