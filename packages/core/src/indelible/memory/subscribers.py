"""The cursors of subscribers in memory."""

from attrs import frozen

from indelible.kernel.subscribers import SubscriberCursor, check_cursor, task_of_cursor
from indelible.kernel.task_ports import TaskReader

SubscriberRows = dict[str, SubscriberCursor]


@frozen
class MemorySubscribers:
    """The cursors of a store, by the names of their subscribers."""

    _rows: SubscriberRows
    _tasks: TaskReader

    def find(self, name: str) -> SubscriberCursor | None:
        """Return the subscriber's cursor, or None."""
        return self._rows.get(name)

    def find_locked(self, name: str) -> SubscriberCursor | None:
        """Return the subscriber's cursor, or None: a store has one transaction at a time."""
        return self._rows.get(name)

    def all(self) -> tuple[SubscriberCursor, ...]:
        """Return every cursor, in order of name."""
        return tuple(self._rows[name] for name in sorted(self._rows))

    def save(self, cursor: SubscriberCursor) -> None:
        """Store a cursor, or raise SubscriberFenced."""
        task = task_of_cursor(self._tasks, cursor)
        check_cursor(self._rows.get(cursor.name), cursor, task)
        self._rows[cursor.name] = cursor
