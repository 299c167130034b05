"""History and receipts in SQL, and the conversion of rows to values."""

from collections.abc import Callable, Mapping, Sequence
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
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.sql.base import Executable

from indelible.kernel import Actor, Change, ChangeFilter, Data, Feed, RequestInFlight
from indelible.kernel.change_feed import ALL_CHANGES
from indelible.kernel.errors import ForeignCursor
from indelible.kernel.feed_cursors import FIRST_CURSOR, NamedChange, feed_cursor, parse_cursor
from indelible.kernel.idempotency import Receipt
from indelible.kernel.json_limits import DOCUMENT_LIMITS
from indelible.kernel.json_objects import JsonObject
from indelible.kernel.minutes import MinuteCounts
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.engine.errors import UNREADABLE, RowUnreadable
from indelible_sql.engine.failpoints import Failpoint
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.engine.standbys import wait_for_standbys
from indelible_sql.kernel.feed_end import STORE_END, STORED_END, feed_end_of
from indelible_sql.kernel.minutes import count_by_minute, read_minutes
from indelible_sql.schema.tables import EDGES, HISTORY, RECEIPTS, page_by, rows_by
from indelible_sql.schema.writes import row

T = TypeVar("T")

NO_LIMIT = 2**31 - 1

OF_ENTITY = page_by(HISTORY, ("lifecycle", "entity_id"), ("seq",))
CHANGES = select(HISTORY).limit(bindparam("limit"))
# The hash of the change that a cursor names: it proves that the cursor belongs to this store.
NAMED = HISTORY.alias("named")
NAMED_CHANGE = select(NAMED.c.hash).where(NAMED.c.position == bindparam("position"))
_WITH_NAMED = CHANGES.add_columns(NAMED_CHANGE.scalar_subquery().label("named_hash"))
FEED = _WITH_NAMED.where(HISTORY.c.position > bindparam("position")).order_by(HISTORY.c.position)
BACKWARDS = _WITH_NAMED.where(HISTORY.c.position < bindparam("position")).order_by(
    HISTORY.c.position.desc()
)
NEWEST = CHANGES.order_by(HISTORY.c.position.desc())
Bound = ColumnElement[bool] | None  # None on SQLite
# No change up to the end can still appear. SQLite has one writer, and needs no such bound.
IS_BEFORE_END = HISTORY.c.position <= bindparam("end")
# The end that an earlier statement of the transaction has stored: its answer is not needed.
IS_BEFORE_STORED_END = HISTORY.c.position <= STORED_END
STORE_FEED_END = select(STORE_END.label("end"), NAMED_CHANGE.scalar_subquery().label("named_hash"))
MAX_POSITION = 2**63 - 1
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
        try:
            return super().structure(obj, cl)
        except UNREADABLE as error:
            raise RowUnreadable.because_of(error) from error


ROWS = RowConverter(detailed_validation=False)
ROWS.register_structure_hook_func(_is_decoded, _as_decoded)
ROWS.register_structure_hook(JsonObject, _json_object)


@cache
def feed_statement(conditions: frozenset[str], bound: Bound) -> Select[Any]:
    """Return the statement of a feed with these fields of a ChangeFilter."""
    if bound is None:
        return _filtered(_feed_on_sqlite(conditions), conditions)
    return _filtered(FEED.where(bound), conditions)


@cache
def backwards_statement(conditions: frozenset[str], bound: Bound) -> Select[Any]:
    """Return the statement of the changes before a cursor, newest first, with these fields."""
    if bound is None:
        return _filtered(_backwards_on_sqlite(conditions), conditions)
    return _filtered(BACKWARDS.where(bound), conditions)


@cache
def newest_statement(_: frozenset[str], bound: Bound) -> Select[Any]:
    """Return the statement of the last changes, newest first."""
    return NEWEST if bound is None else NEWEST.where(bound)


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
        return _WITH_NAMED.where(position > bindparam("position")).order_by(position)

    return _within_times(FEED, conditions)


def _backwards_on_sqlite(conditions: frozenset[str]) -> Select[Any]:
    if "entity_id" in conditions:
        position = HISTORY.c.position + 0
        statement = _WITH_NAMED.where(position < bindparam("position"))
        return statement.order_by(position.desc())

    return _within_times(BACKWARDS, conditions)


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
            ForeignCursor: The cursor names no change of this store.
        """
        rows = self._page(feed_statement, matching, after, limit=limit)
        return _feed(rows, after or FIRST_CURSOR)

    def newest(self, *, limit: int) -> Feed:
        """Return the last `limit` changes in the order of the feed, and the cursor behind them."""
        rows = self._page(newest_statement, ALL_CHANGES, "", limit=limit)
        return _feed(rows[::-1], FIRST_CURSOR)

    def backwards(
        self, *, before: str = "", limit: int, matching: ChangeFilter = ALL_CHANGES
    ) -> Feed:
        """Return the last `limit` matching changes before a cursor, newest first; '' is the end.

        Raises:
            ForeignCursor: The cursor names no change of this store.
        """
        rows = self._page(backwards_statement, matching, before, limit=limit, start=MAX_POSITION)
        return _feed(rows, before)

    def count_by_minute(self, *, since: datetime, limit: int) -> MinuteCounts:
        """Return the number of changes in each minute since a time, of the last `limit` changes."""
        return read_minutes(self._session, CHANGES_BY_MINUTE, since=since, limit=limit)

    def changed_lifecycles(self) -> frozenset[str]:
        """Return the names of the lifecycles that have a change; reads one change of each."""
        return frozenset(row["lifecycle"] for row in self._session.rows(CHANGED_LIFECYCLES, {}))

    def _page(
        self,
        make_statement: Callable[[frozenset[str], Bound], Query],
        matching: ChangeFilter,
        cursor: str,
        *,
        limit: int,
        start: int = 0,
    ) -> list[dict[str, Any]]:
        """Return the rows of a page from a cursor, or from the position `start` without one.

        Raises:
            ForeignCursor: The cursor names no change of this store.
        """
        session = self._session
        named = parse_cursor(cursor)
        conditions = matching.conditions()
        fields = frozenset(conditions)
        position = named.position if cursor else start
        values = {**conditions, "position": position, "limit": limit}

        needs_number = session.feed_end is not None or session.has_snapshot
        if session.is_sqlite:
            rows = session.rows(make_statement(fields, None), values)
        elif needs_number or not session.sends_queries_together:
            values["end"] = feed_end_of(session)
            rows = session.rows(make_statement(fields, IS_BEFORE_END), values)
        else:
            page = (make_statement(fields, IS_BEFORE_STORED_END), values)
            store_end = (STORE_FEED_END, {"position": named.position})
            (stored,), rows = session.rows_of_queries(store_end, page)
            if not named.matches(stored["named_hash"]):
                raise ForeignCursor(cursor)
            return rows

        self._check_named(named, rows, cursor)
        return rows

    def _check_named(self, named: NamedChange, rows: Sequence[Row], cursor: str) -> None:
        """Raise ForeignCursor unless the store has the change that the cursor names."""
        if not named.position:
            return

        # Each row of a page repeats the hash. Without a row it is read by a statement of its own.
        stored: str | None = None
        if rows:
            stored = rows[0]["named_hash"]
        else:
            row = self._session.first(NAMED_CHANGE, {"position": named.position})
            stored = None if row is None else row["hash"]
        if not named.matches(stored):
            raise ForeignCursor(cursor)


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
        values = {"owner": owner, "key": key}
        if self._session.is_sqlite:
            return fetch_one(self._session, Receipt, RECEIPT, values)
        lock = (LOCK_RECEIPT, {"owner": str(owner), "key": key})
        (locked,), receipts = self._session.rows_of_queries(lock, (RECEIPT, values))
        if not locked["is_locked"]:
            raise RequestInFlight(key)
        if not receipts:
            return None
        wait_for_standbys(self._session)
        return ROWS.structure(receipts[0], Receipt)

    def save(self, receipt: Receipt) -> None:
        """Save the receipt in the command's transaction."""
        self._session.at_failpoint(Failpoint.BEFORE_RECEIPT)
        values = parameters({RECEIPTS: asdict(receipt, recurse=False)})
        self._session.run_later(SAVE_RECEIPT, values)
        self._session.at_failpoint(Failpoint.AFTER_RECEIPT)


def _feed(rows: Sequence[Row], without_rows: str) -> Feed:
    """Return the rows as a feed, with the cursor of the last one."""
    changes = tuple(ROWS.structure(row, Change) for row in rows)
    cursor = without_rows
    if rows:
        cursor = feed_cursor(rows[-1]["position"], rows[-1]["hash"])

    return Feed(changes=changes, cursor=cursor)
