"""The cursors of subscribers in SQL."""

from functools import partial
from typing import Any

from attrs import frozen
from sqlalchemy import BigInteger, literal_column, select, update

from indelible.kernel.open_writers import OpenWriter
from indelible.kernel.subscriber_checks import check_cursor
from indelible.kernel.subscribers import SubscriberCursor
from indelible.kernel.tasks import Task
from indelible.kernel.values import field_values
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.engine.session import Query, Session
from indelible_sql.kernel.history import ROWS, fetch_all, fetch_one
from indelible_sql.kernel.open_writers import OPEN_WRITERS
from indelible_sql.kernel.subscriber_tables import SUBSCRIBER_CURSORS
from indelible_sql.kernel.task_queries import GET_TASK
from indelible_sql.schema.feed import LAST_POSITION, LAST_POSITION_ON_SQLITE, TRANSLATED_SCHEMA
from indelible_sql.schema.tables import rows_by
from indelible_sql.schema.writes import row, row_values

CURSOR = rows_by(SUBSCRIBER_CURSORS, "name")
LOCK_CURSOR = CURSOR.with_for_update()
ALL_CURSORS = select(SUBSCRIBER_CURSORS).order_by(SUBSCRIBER_CURSORS.c.name)
INSERT_CURSOR = row(SUBSCRIBER_CURSORS)
# The task of a cursor, with the last position of the feed, in one statement.
TASK_AND_END_ON_SQLITE = GET_TASK.add_columns(
    literal_column(LAST_POSITION_ON_SQLITE, BigInteger()).label("last_position")
)
TASK_AND_END_ON_POSTGRESQL = GET_TASK.add_columns(
    literal_column(LAST_POSITION.format(schema=TRANSLATED_SCHEMA), BigInteger()).label(
        "last_position"
    )
)
_PARAMETERS = row_values(SUBSCRIBER_CURSORS)
_FIXED = ("name", "stage")
UPDATE_CURSOR = (
    update(SUBSCRIBER_CURSORS)
    .where(SUBSCRIBER_CURSORS.c.name == _PARAMETERS["name"])
    .values({name: value for name, value in _PARAMETERS.items() if name not in _FIXED})
)


@frozen
class SqlSubscriberReader:
    """Read access to the cursors of subscribers."""

    _session: Session

    def find(self, name: str) -> SubscriberCursor | None:
        """Return the subscriber's cursor, or None."""
        return fetch_one(self._session, SubscriberCursor, CURSOR, {"name": name})

    def all(self) -> tuple[SubscriberCursor, ...]:
        """Return every cursor, in order of name."""
        return fetch_all(self._session, SubscriberCursor, ALL_CURSORS, {})

    def open_writers(self) -> tuple[OpenWriter, ...]:
        """Return the writers that PostgreSQL's feed waits for; SQLite has one writer."""
        if self._session.is_sqlite:
            return ()
        return fetch_all(self._session, OpenWriter, OPEN_WRITERS, {})


@frozen
class SqlSubscribers(SqlSubscriberReader):
    """Write access to the cursors of subscribers."""

    @property
    def _task_and_end(self) -> Query:
        return TASK_AND_END_ON_SQLITE if self._session.is_sqlite else TASK_AND_END_ON_POSTGRESQL

    def find_locked(self, name: str) -> SubscriberCursor | None:
        """Return the subscriber's cursor, locked until the transaction ends, or None."""
        return fetch_one(self._session, SubscriberCursor, LOCK_CURSOR, {"name": name})

    def save(self, cursor: SubscriberCursor) -> None:
        """Store a cursor, or raise SubscriberFenced or CursorOutOfFeed."""
        stored = self.find_locked(cursor.name)
        key = {"stage": cursor.stage, "entity_id": cursor.name}
        row = self._session.first(self._task_and_end, key)
        last_position = 0 if row is None else row["last_position"]
        task = None if row is None else ROWS.structure(row, Task)
        check_cursor(stored, cursor, task, last_position)

        values = parameters({SUBSCRIBER_CURSORS: _columns(cursor)})
        if stored is None:
            self._session.run(INSERT_CURSOR, values)
        else:
            values.pop(f"{SUBSCRIBER_CURSORS.name}_stage")
            self._session.run(UPDATE_CURSOR, values)
        # A cursor may be all that the transaction writes: a lost COMMIT is looked up by it.
        self._session.commit_checks.append(partial(_is_committed, cursor))


def _columns(cursor: SubscriberCursor) -> dict[str, Any]:
    """Return the columns of a cursor."""
    return field_values(cursor)


def _is_committed(cursor: SubscriberCursor, session: Session) -> bool:
    """Return True if this cursor is stored, and not one of an earlier or later transaction."""
    return fetch_one(session, SubscriberCursor, CURSOR, {"name": cursor.name}) == cursor
