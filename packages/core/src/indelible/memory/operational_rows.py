"""Deletions of old operational rows in memory."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from attrs import field, frozen

from indelible.kernel.clock import Clock, SystemClock
from indelible.kernel.retention import (
    OperationalTable,
    PrunedRows,
    RowPosition,
    is_attempt_over,
)
from indelible.kernel.tasks import AttemptOutcome
from indelible.memory.task_reader import AttemptKey
from indelible.memory.tasks import MemoryTaskQueue
from indelible.memory.webhooks import MemoryWebhookRejections


@frozen
class MemoryOperationalRows:
    """The rows of a store that are deleted some time after they are over."""

    _tasks: MemoryTaskQueue
    _webhook_rejections: MemoryWebhookRejections
    _clock: Clock = field(factory=SystemClock)

    def deleted(self) -> Mapping[OperationalTable, int]:
        """Return how many rows were ever deleted, of each table that has lost any."""
        return dict(self._tasks.deleted_rows)

    def prune(
        self,
        table: OperationalTable,
        *,
        seconds: int,
        limit: int,
        after: RowPosition | None = None,
    ) -> PrunedRows:
        """Consider the first `limit` rows after a position, and delete those that may be deleted.

        Only rows that are over for so many seconds are considered.
        """
        cutoff = self._clock.now() - timedelta(seconds=seconds)
        old: list[RowPosition] = []
        for position in self._positions(table):
            is_behind = after is None or position > after
            if position.at < cutoff and is_behind:
                old.append(position)

        old.sort()
        considered = old[:limit]
        number = self._delete(table, considered)
        self._tasks.deleted_rows[table] += number
        last = considered[-1] if len(considered) == limit else None
        return PrunedRows(number=number, last=last)

    def _positions(self, table: OperationalTable) -> Iterator[RowPosition]:
        """Yield the positions of all rows of a table, in no order."""
        if table is OperationalTable.WEBHOOK_REJECTIONS:
            for rejection in self._webhook_rejections.rows.values():
                yield RowPosition(rejection.at, (rejection.id,))
            return

        for key, attempt in self._tasks.attempt_rows.items():
            yield RowPosition(attempt.at, key)

    def _delete(self, table: OperationalTable, positions: Sequence[RowPosition]) -> int:
        """Delete the rows at these positions that may be deleted, and return how many."""
        if table is OperationalTable.WEBHOOK_REJECTIONS:
            for position in positions:
                (rejection_id,) = position.key
                del self._webhook_rejections.rows[str(rejection_id)]
            return len(positions)

        number = 0
        for key in self._keys_of_over(positions):
            del self._tasks.attempt_rows[key]
            number += 1
        return number

    def _keys_of_over(self, positions: Sequence[RowPosition]) -> list[AttemptKey]:
        """Return the keys of the attempts at these positions that nobody needs."""
        rows = self._tasks.attempt_rows
        first_starts: dict[tuple[str, str], int] = {}
        for stage, entity_id, fence, outcome in sorted(rows):
            if outcome is AttemptOutcome.STARTED:
                first_starts.setdefault((stage, entity_id), fence)

        keys: list[AttemptKey] = []
        considered = set(positions)
        for key, attempt in rows.items():
            task_key = attempt.stage, attempt.entity_id
            task = self._tasks.find(*task_key)
            is_considered = RowPosition(attempt.at, key) in considered
            if is_considered and is_attempt_over(attempt, task, first_starts.get(task_key)):
                keys.append(key)
        return keys
