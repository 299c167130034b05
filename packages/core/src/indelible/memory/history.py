"""History and receipts in memory."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from attrs import define, field, frozen

from indelible.kernel import (
    Actor,
    Change,
    ChangeFilter,
    Feed,
    IndelibleError,
    InvalidTransition,
    Lifecycle,
    Stale,
    UsageError,
)
from indelible.kernel.change_feed import ALL_CHANGES
from indelible.kernel.errors import ForeignCursor
from indelible.kernel.feed_cursors import FIRST_CURSOR, feed_cursor, parse_cursor
from indelible.kernel.history import NO_REVISION
from indelible.kernel.idempotency import Receipt
from indelible.kernel.minutes import MinuteCounts

Chains = dict[tuple[str, str], tuple[Change, ...]]
ReceiptRows = dict[tuple[Actor, str], Receipt]


@define(eq=False)
class MemoryHistory:
    """The changes of every aggregate; only a draft that is open takes another one."""

    _chains: Chains = field(factory=Chains)
    _log: list[Change] = field(factory=list[Change])
    _refusals: list[IndelibleError] = field(factory=list[IndelibleError])
    _is_open: bool = field(init=False, default=True)
    _lifecycles: set[str] = field(init=False, factory=set[str])

    @property
    def lifecycles(self) -> frozenset[str]:
        """Return the names of the lifecycles whose changes it takes."""
        return frozenset(self._lifecycles)

    def register(self, lifecycle: Lifecycle[StrEnum]) -> None:
        """Take the changes of a lifecycle, which has a repository over this history."""
        self._lifecycles.add(lifecycle.name)

    @property
    def refusal(self) -> IndelibleError | None:
        """Return the error of the first refused write of this draft."""
        return self._refusals[0] if self._refusals else None

    def refuse(self, error: IndelibleError) -> None:
        """Remember that a write was refused."""
        self._refusals.append(error)

    def of(
        self, lifecycle: str, entity_id: str, *, after: int = 0, limit: int | None = None
    ) -> tuple[Change, ...]:
        """Return an aggregate's changes after a seq, oldest first."""
        changes = self._chains.get((lifecycle, entity_id), ())
        return changes[after:][:limit]

    def feed(self, *, after: str, limit: int, matching: ChangeFilter = ALL_CHANGES) -> Feed:
        """Return the next `limit` matching changes after a cursor; '' is the beginning.

        Raises:
            ForeignCursor: It names no change of this store.
        """
        position = self._position_of(after)
        changes: list[Change] = []
        for index in range(position, len(self._log)):
            if len(changes) == limit:
                break
            if matching.matches(self._log[index]):
                changes.append(self._log[index])
                position = index + 1

        return Feed(changes=tuple(changes), cursor=self._cursor_at(position))

    def newest(self, *, limit: int) -> Feed:
        """Return the last `limit` changes in the order of the feed, and the cursor behind them."""
        start = max(0, len(self._log) - limit)
        return self.feed(after=self._cursor_at(start), limit=limit)

    @property
    def last_position(self) -> int:
        """Return the position of the last change; 0 if there is none."""
        return len(self._log)

    def has_more_than(self, other: Self) -> bool:
        """Return True if changes were added to the other history."""
        return len(self._log) > len(other._log)

    def backwards(
        self, *, before: str = "", limit: int, matching: ChangeFilter = ALL_CHANGES
    ) -> Feed:
        """Return the last `limit` matching changes before a cursor, newest first; '' is the end."""
        position = self._position_of(before) if before else len(self._log) + 1
        changes: list[Change] = []
        for index in range(position - 2, -1, -1):
            if len(changes) == limit:
                break
            if matching.matches(self._log[index]):
                changes.append(self._log[index])
                position = index + 1

        cursor = self._cursor_at(position) if before or changes else ""
        return Feed(changes=tuple(changes), cursor=cursor)

    def _cursor_at(self, position: int) -> str:
        """Return the cursor that names the change at a position; 0 is before the first one."""
        if not position:
            return FIRST_CURSOR
        return feed_cursor(position, self._log[position - 1].hash)

    def _position_of(self, cursor: str) -> int:
        """Return the position of the change that a cursor names.

        Raises:
            ForeignCursor: It names no change of this store.
        """
        named = parse_cursor(cursor)
        stored = None
        if 0 < named.position <= len(self._log):
            stored = self._log[named.position - 1].hash
        if not named.matches(stored):
            raise ForeignCursor(cursor)

        return named.position

    def count_by_minute(self, *, since: datetime, limit: int) -> MinuteCounts:
        """Return the number of changes in each minute since a time, of the last `limit` changes."""
        times = sorted(change.at for change in self._log)
        return MinuteCounts.of_times(times, since=since, limit=limit)

    def changed_lifecycles(self) -> frozenset[str]:
        """Return the names of the lifecycles that have a change."""
        return frozenset(lifecycle for lifecycle, _ in self._chains)

    def close(self) -> None:
        """Take no more changes: the transaction has ended, and queries read from here."""
        self._is_open = False

    def append(self, lifecycle: Lifecycle[StrEnum], change: Change) -> None:
        """Append a change to its aggregate's chain, or raise as `check_next` does.

        Raises:
            UsageError: A query writes, or the transaction has ended.
        """
        if not self._is_open:
            raise UsageError("a change needs an open transaction")

        self.check_next(lifecycle, change)
        chain = self.of(lifecycle.name, change.entity_id)
        self._chains[lifecycle.name, change.entity_id] = (*chain, change)
        self._log.append(change)

    def check_next(self, lifecycle: Lifecycle[StrEnum], change: Change) -> None:
        """Check that a change follows from the last one of its aggregate.

        Raises:
            InvalidTransition: The lifecycle has no such edge.
            Stale: The change does not follow from the last one.
        """
        edge = lifecycle.edge(change.from_state, change.action)
        if edge != change.edge:
            allowed = lifecycle.allowed(change.from_state)
            raise InvalidTransition(lifecycle.name, change.from_state, change.action, allowed)

        chain = self.of(lifecycle.name, change.entity_id)
        revision = chain[-1].revision if chain else NO_REVISION
        if change.previous_revision != revision:
            expected_seq = change.previous_revision.seq
            actual_seq = revision.seq if expected_seq else None  # all that PostgreSQL knows
            raise Stale(change.entity_id, expected_seq, actual_seq)

    def copy(self) -> Self:
        """Return a draft that can be discarded."""
        return type(self)(self._chains.copy(), self._log.copy())


@frozen
class MemoryReceipts:
    """The receipts of a store."""

    _rows: ReceiptRows

    def find(self, owner: Actor, key: str) -> Receipt | None:
        """Return the owner's receipt for the key, or None."""
        return self._rows.get((owner, key))

    def save(self, receipt: Receipt) -> None:
        """Store the receipt in the command's own transaction."""
        self._rows[receipt.owner, receipt.key] = receipt
