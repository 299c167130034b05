"""The cursors of subscribers in memory."""

from attrs import frozen

from indelible.kernel.open_writers import OpenWriter
from indelible.kernel.subscriber_checks import check_cursor
from indelible.kernel.subscribers import SubscriberCursor, task_of_cursor
from indelible.kernel.task_ports import TaskReader
from indelible.memory.history import MemoryHistory

SubscriberRows = dict[str, SubscriberCursor]


@frozen
class MemorySubscribers:
    """The cursors of a store, by the names of their subscribers."""

    _rows: SubscriberRows
    _tasks: TaskReader
    _history: MemoryHistory

    def find(self, name: str) -> SubscriberCursor | None:
        """Return the subscriber's cursor, or None."""
        return self._rows.get(name)

    def find_locked(self, name: str) -> SubscriberCursor | None:
        """Return the subscriber's cursor, or None: a store has one transaction at a time."""
        return self._rows.get(name)

    def all(self) -> tuple[SubscriberCursor, ...]:
        """Return every cursor, in order of name."""
        return tuple(self._rows[name] for name in sorted(self._rows))

    def open_writers(self) -> tuple[OpenWriter, ...]:
        """Return none: a store has one transaction at a time."""
        return ()

    def save(self, cursor: SubscriberCursor) -> None:
        """Store a cursor, or raise SubscriberFenced or CursorOutOfFeed."""
        task = task_of_cursor(self._tasks, cursor)
        last_position = self._history.last_position
        check_cursor(self._rows.get(cursor.name), cursor, task, last_position)
        self._rows[cursor.name] = cursor
