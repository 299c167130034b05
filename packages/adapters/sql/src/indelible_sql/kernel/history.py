"""History and receipts in SQL, and the conversion of rows to values."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from attrs import asdict, frozen, has
from cattrs import Converter
from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.sql.base import Executable

from indelible.kernel import Actor, Change, ChangeFilter, Data, Feed, RequestInFlight
from indelible.kernel.errors import ForeignCursor
from indelible.kernel.history import ALL_CHANGES
from indelible.kernel.idempotency import Receipt
from indelible.kernel.json_limits import DOCUMENT_LIMITS
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.minutes import MinuteCounts
from indelible.kernel.values import field_values
from indelible_sql.engine.atomic_write import parameters, row
from indelible_sql.engine.errors import reading_row
from indelible_sql.engine.failpoints import Failpoint
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.minutes import count_by_minute, read_minutes
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS, page_by, rows_by

T = TypeVar("T")

NO_LIMIT = 2**31 - 1
DIGITS = re.compile("[0-9]{1,19}")  # as many digits as a bigint has

OF_ENTITY = page_by(HISTORY, ("lifecycle", "entity_id"), ("seq",))
CHANGES_ON_SQLITE = select(HISTORY, cast(HISTORY.c.position, Text).label("cursor")).limit(
    bindparam("limit")
)
FEED_ON_SQLITE = CHANGES_ON_SQLITE.where(HISTORY.c.position > bindparam("position")).order_by(
    HISTORY.c.position
)
NEWEST_ON_SQLITE = CHANGES_ON_SQLITE.order_by(HISTORY.c.position.desc())
# Transactions below xmin have ended, so that no row can appear before the cursor any more.
CHANGES_ON_POSTGRESQL = (
    select(
        HISTORY,
        literal_column("concat(history.txid, '.', history.position)", Text()).label("cursor"),
    )
    .where(text("history.txid < pg_snapshot_xmin(pg_current_snapshot())"))
    .limit(bindparam("limit"))
)
FEED_ON_POSTGRESQL = CHANGES_ON_POSTGRESQL.where(
    text("(history.txid, history.position) > (CAST(:txid AS xid8), CAST(:position AS bigint))")
).order_by(text("history.txid, history.position"))
NEWEST_ON_POSTGRESQL = CHANGES_ON_POSTGRESQL.order_by(
    text("history.txid DESC, history.position DESC")
)
BACKWARDS_ON_SQLITE = CHANGES_ON_SQLITE.where(HISTORY.c.position < bindparam("position")).order_by(
    HISTORY.c.position.desc()
)
BACKWARDS_ON_POSTGRESQL = CHANGES_ON_POSTGRESQL.where(
    text("(history.txid, history.position) < (CAST(:txid AS xid8), CAST(:position AS bigint))")
).order_by(text("history.txid DESC, history.position DESC"))
LAST_POSITION = 2**63 - 1
LAST_TXID = 2**64 - 1
FEED_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "entity_id": HISTORY.c.entity_id == bindparam("entity_id"),
    "actor": HISTORY.c.actor == bindparam("actor"),
    "action": HISTORY.c.action == bindparam("action"),
    "since": HISTORY.c.at >= bindparam("since"),
    "until": HISTORY.c.at < bindparam("until"),
}
# By the index that finds the changes. That of lifecycles holds an expression (see `ddl.py`).
LIFECYCLE_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "key": HISTORY.c.lifecycle == bindparam("lifecycle"),
    "lifecycles": HISTORY.c.lifecycle.op("||")(literal_column("''", Text()))
    == bindparam("lifecycle"),
}
# An entity's changes are found by the key of history, which begins with the lifecycle.
OF_ANY_LIFECYCLE = HISTORY.c.lifecycle.in_(select(EDGES.c.lifecycle))
# Times are nearly in the order of the feed. The first and the last change of a time are found by
# the index of times, and the changes between them in the order of the feed. SQLite would pass over
# that index for a bare position.
TIMES = HISTORY.alias("times")
TIME_CONDITIONS = {
    "since": TIMES.c.at >= bindparam("since"),
    "until": TIMES.c.at < bindparam("until"),
}
FIRST_OF_TIMES = select(func.min(TIMES.c.position + 0))
LAST_OF_TIMES = select(func.max(TIMES.c.position + 0))
CHANGES_BY_MINUTE = count_by_minute(HISTORY.c.at)
DECLARED = select(EDGES.c.lifecycle).distinct().subquery("declared")
# The limit makes databases look in the key of history for each lifecycle. They could read the whole
# history for a condition such as EXISTS.
FIRST_CHANGE = (
    select(HISTORY.c.lifecycle)
    .where(HISTORY.c.lifecycle == DECLARED.c.lifecycle)
    .order_by(HISTORY.c.entity_id, HISTORY.c.seq)
    .limit(1)
    .scalar_subquery()
)
CHANGED_LIFECYCLES = (
    select(DECLARED.c.lifecycle).where(FIRST_CHANGE.is_not(None)).order_by(DECLARED.c.lifecycle)
)
# Transaction numbers mean nothing in another cluster or database, so a cursor names its own.
DATABASE_ID = text(
    """
    SELECT concat(system_identifier, '.', oid) AS database_id
    FROM pg_control_system(), pg_database
    WHERE datname = current_database()
    """
).columns(database_id=Text())
RECEIPT = rows_by(RECEIPTS, "owner", "key")
SAVE_RECEIPT = row(RECEIPTS)
LOCK_RECEIPT = text(
    """
    SELECT pg_try_advisory_xact_lock(hashtextextended(:owner || ' ' || :key, 0)) AS is_locked
    """
).columns(is_locked=Boolean())

DECODED_BASES = (Enum, str, int, float, Mapping)


def _is_decoded(kind: Any) -> bool:
    """Return True if a column's type has converted values of this class already."""
    if kind in (Actor, Data, Mapping[str, Any]):
        return True
    if not isinstance(kind, type) or has(kind):
        return False
    return not issubclass(kind, DECODED_BASES)


def _as_decoded(value: Any, _: object) -> Any:
    return value


def _json_object(value: object, _: object) -> JsonObject:
    return JsonObject.of(value, DOCUMENT_LIMITS)


class RowConverter(Converter):
    """A converter of rows to values."""

    def structure(self, obj: Any, cl: type[T]) -> T:
        """Return the row as a value.

        Raises:
            RowUnreadable: A stored value is not one that the library writes.
        """
        with reading_row():
            return super().structure(obj, cl)


ROWS = RowConverter(detailed_validation=False)
ROWS.register_structure_hook_func(_is_decoded, _as_decoded)
ROWS.register_structure_hook(JsonObject, _json_object)


@cache
def feed_statement(conditions: frozenset[str], *, is_sqlite: bool) -> Select[Any]:
    """Return the statement of a feed with these fields of a ChangeFilter."""
    statement = FEED_ON_POSTGRESQL
    if is_sqlite:
        statement = _feed_on_sqlite(conditions)

    return _filtered(statement, conditions)


@cache
def backwards_statement(conditions: frozenset[str], *, is_sqlite: bool) -> Select[Any]:
    """Return the statement of the changes before a cursor, newest first, with these fields."""
    statement = BACKWARDS_ON_POSTGRESQL
    if is_sqlite:
        statement = _backwards_on_sqlite(conditions)

    return _filtered(statement, conditions)


def _filtered(statement: Select[Any], conditions: frozenset[str]) -> Select[Any]:
    """Return the statement with the conditions of these fields of a ChangeFilter."""
    for name in sorted(conditions - {"lifecycle"}):
        statement = statement.where(FEED_CONDITIONS[name])

    if "lifecycle" in conditions:
        index = "key" if "entity_id" in conditions else "lifecycles"
        return statement.where(LIFECYCLE_CONDITIONS[index])
    if "entity_id" in conditions:
        return statement.where(OF_ANY_LIFECYCLE)

    return statement


def _feed_on_sqlite(conditions: frozenset[str]) -> Select[Any]:
    if "entity_id" in conditions:
        # The few changes of an entity are sorted: a bare position would choose another index.
        position = HISTORY.c.position + 0
        return CHANGES_ON_SQLITE.where(position > bindparam("position")).order_by(position)

    return _within_times(FEED_ON_SQLITE, conditions)


def _backwards_on_sqlite(conditions: frozenset[str]) -> Select[Any]:
    if "entity_id" in conditions:
        position = HISTORY.c.position + 0
        statement = CHANGES_ON_SQLITE.where(position < bindparam("position"))
        return statement.order_by(position.desc())

    return _within_times(BACKWARDS_ON_SQLITE, conditions)


def _within_times(statement: Select[Any], conditions: frozenset[str]) -> Select[Any]:
    """Return SQLite's statement, bounded by the positions of the first and the last change.

    With both times, only the changes between them are searched for these positions.
    """
    of_times = [TIME_CONDITIONS[name] for name in TIME_CONDITIONS if name in conditions]
    if "since" in conditions:
        first = FIRST_OF_TIMES.where(*of_times).scalar_subquery()
        statement = statement.where(HISTORY.c.position >= first)
    if "until" in conditions:
        last = LAST_OF_TIMES.where(*of_times).scalar_subquery()
        statement = statement.where(HISTORY.c.position <= last)

    return statement


def change_row(change: Change) -> dict[str, Any]:
    """Return the columns of a change."""
    return field_values(change)


def fetch_one(session: Session, kind: type[T], statement: Executable, values: Row) -> T | None:
    """Return the first row as a value of this type, or None."""
    row = session.first(statement, values)
    if row is None:
        return None
    return ROWS.structure(row, kind)


def fetch_all(session: Session, kind: type[T], statement: Executable, values: Row) -> tuple[T, ...]:
    """Return every row as a value of this type."""
    return tuple(ROWS.structure(row, kind) for row in session.rows(statement, values))


@frozen
class SqlHistory:
    """The changes of every aggregate."""

    _session: Session

    def of(
        self, lifecycle: str, entity_id: str, *, after: int = 0, limit: int | None = None
    ) -> tuple[Change, ...]:
        """Return an aggregate's changes after a seq, oldest first; none for an unknown id."""
        values = {
            "lifecycle": lifecycle,
            "entity_id": entity_id,
            "after": after,
            "limit": NO_LIMIT if limit is None else limit,
        }
        return fetch_all(self._session, Change, OF_ENTITY, values)

    def feed(self, *, after: str, limit: int, matching: ChangeFilter = ALL_CHANGES) -> Feed:
        """Return the next `limit` matching changes after a cursor; '' is the beginning.

        Raises:
            ForeignCursor: The cursor belongs to another database.
        """
        conditions = matching.conditions()
        statement = feed_statement(frozenset(conditions), is_sqlite=self._session.is_sqlite)
        if self._session.is_sqlite:
            (position,) = _cursor_numbers(after, 1)
            values = {**conditions, "position": position, "limit": limit}
            rows = self._session.rows(statement, values)
            return _feed(rows, "", str(position))

        prefix = self._cursor_prefix()
        cluster, database, txid, position = _cursor_numbers(after, 4)
        if after and f"{cluster}.{database}." != prefix:
            raise ForeignCursor(after)

        values = {**conditions, "txid": str(txid), "position": position, "limit": limit}
        rows = self._session.rows(statement, values)
        return _feed(rows, prefix, f"{txid}.{position}")

    def newest(self, *, limit: int) -> Feed:
        """Return the last `limit` changes in the order of the feed, and the cursor behind them."""
        if self._session.is_sqlite:
            rows = self._session.rows(NEWEST_ON_SQLITE, {"limit": limit})
            return _feed(rows[::-1], "", "0")

        rows = self._session.rows(NEWEST_ON_POSTGRESQL, {"limit": limit})
        return _feed(rows[::-1], self._cursor_prefix(), "0.0")

    def backwards(
        self, *, before: str = "", limit: int, matching: ChangeFilter = ALL_CHANGES
    ) -> Feed:
        """Return the last `limit` matching changes before a cursor, newest first; '' is the end.

        Raises:
            ForeignCursor: The cursor belongs to another database.
        """
        conditions = matching.conditions()
        statement = backwards_statement(frozenset(conditions), is_sqlite=self._session.is_sqlite)
        if self._session.is_sqlite:
            position = _cursor_numbers(before, 1)[0] if before else LAST_POSITION
            values = {**conditions, "position": position, "limit": limit}
            return _page_before(self._session.rows(statement, values), "", before)

        prefix = self._cursor_prefix()
        txid = LAST_TXID
        position = LAST_POSITION
        if before:
            cluster, database, txid, position = _cursor_numbers(before, 4)
            if f"{cluster}.{database}." != prefix:
                raise ForeignCursor(before)

        values = {**conditions, "txid": str(txid), "position": position, "limit": limit}
        return _page_before(self._session.rows(statement, values), prefix, before)

    def count_by_minute(self, *, since: datetime, limit: int) -> MinuteCounts:
        """Return the number of changes in each minute since a time, of the last `limit` changes."""
        return read_minutes(self._session, CHANGES_BY_MINUTE, since=since, limit=limit)

    def changed_lifecycles(self) -> frozenset[str]:
        """Return the names of the lifecycles that have a change; reads one change of each."""
        return frozenset(row["lifecycle"] for row in self._session.rows(CHANGED_LIFECYCLES, {}))

    def _cursor_prefix(self) -> str:
        """Return the part of a cursor that names the database."""
        row = self._session.rows(DATABASE_ID, {})[0]
        return f"{row['database_id']}."


@frozen
class SqlReceipts:
    """The receipts of a store."""

    _session: Session

    def find(self, owner: Actor, key: str) -> Receipt | None:
        """Return the owner's receipt for the key, or None.

        Raises:
            RequestInFlight: Another transaction is running the first request.
        """
        # The lock lasts until this transaction ends. SQLite has one writer and needs none.
        if not self._session.is_sqlite:
            lock = self._session.rows(LOCK_RECEIPT, {"owner": str(owner), "key": key})[0]
            if not lock["is_locked"]:
                raise RequestInFlight(key)

        return fetch_one(self._session, Receipt, RECEIPT, {"owner": owner, "key": key})

    def save(self, receipt: Receipt) -> None:
        """Save the receipt in the command's transaction."""
        self._session.at_failpoint(Failpoint.BEFORE_RECEIPT)
        values = parameters({RECEIPTS: asdict(receipt, recurse=False)})
        self._session.run(SAVE_RECEIPT, values)
        self._session.at_failpoint(Failpoint.AFTER_RECEIPT)


def _feed(rows: Sequence[Row], prefix: str, start: str) -> Feed:
    """Return the rows as a feed; `start` is the cursor's position where there are no rows."""
    changes = tuple(ROWS.structure(row, Change) for row in rows)
    position = rows[-1]["cursor"] if rows else start
    return Feed(changes=changes, cursor=prefix + position)


def _page_before(rows: Sequence[Row], prefix: str, before: str) -> Feed:
    """Return the rows, newest first, with the cursor of the oldest."""
    changes = tuple(ROWS.structure(row, Change) for row in rows)
    cursor = prefix + rows[-1]["cursor"] if rows else before
    return Feed(changes=changes, cursor=cursor)


def _cursor_numbers(cursor: Any, count: int) -> tuple[int, ...]:
    """Return the numbers that a cursor consists of, zeros for the beginning."""
    if not isinstance(cursor, str):
        raise ForeignCursor(str(cursor))
    if not cursor:
        return (0,) * count

    parts = cursor.split(".")
    are_numbers = all(DIGITS.fullmatch(part) for part in parts)
    if len(parts) != count or not are_numbers:
        raise ForeignCursor(cursor)

    return tuple(int(part) for part in parts)
