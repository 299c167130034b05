"""History and receipts in SQL, and how their rows become values."""

import re
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, ClassVar, TypeVar

from attrs import asdict, frozen, has
from cattrs import Converter
from sqlalchemy import Boolean, Text, bindparam, cast, literal_column, select, text
from sqlalchemy.sql.base import Executable

from indelible.kernel import Actor, Change, Data, Feed, Invalid, RequestInFlight
from indelible.kernel.idempotency import Receipt
from indelible.kernel.values import field_values
from indelible_sql.engine.atomic_write import parameters, row
from indelible_sql.engine.failpoints import Failpoint
from indelible_sql.engine.session import Row, Session
from indelible_sql.schema.tables import HISTORY, RECEIPTS, page_by, rows_by

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
# Transactions below xmin have ended: none of them can put a row in front of the cursor any more.
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
# Transaction numbers mean nothing in another cluster or database, so a cursor names its own.
DATABASE_ID = text(
    "SELECT concat(system_identifier, '.', oid) AS home FROM pg_control_system(), pg_database"
    " WHERE datname = current_database()"
).columns(home=Text())
RECEIPT = rows_by(RECEIPTS, "owner", "key")
KEEP = row(RECEIPTS)
IS_FREE = text(
    "SELECT pg_try_advisory_xact_lock(hashtextextended(:owner || ' ' || :key, 0)) AS is_free"
).columns(is_free=Boolean())

DECODED_BASES = (Enum, str, int, float, Mapping)


def _is_decoded(kind: object) -> bool:
    """Return whether a column's type has made a value of this class already: an actor, an instant, a vector."""
    if kind in (Actor, Data, Mapping[str, Any]):
        return True
    if not isinstance(kind, type) or has(kind):
        return False
    return not issubclass(kind, DECODED_BASES)


def _as_decoded(value: Any, _: object) -> Any:
    return value


ROWS = Converter(detailed_validation=False)
ROWS.register_structure_hook_func(_is_decoded, _as_decoded)


@frozen
class ForeignCursor(Invalid):
    """The cursor is not one that this database gave."""

    code: ClassVar[str] = "FOREIGN_CURSOR"
    message: ClassVar[str] = "Cursor {cursor} does not belong to this database."
    cursor: str


def change_row(change: Change) -> dict[str, Any]:
    """The columns of a change."""
    return field_values(change)


def one(session: Session, kind: type[T], statement: Executable, values: Row) -> T | None:
    """What the first row holds, or None."""
    found = session.first(statement, values)
    return None if found is None else ROWS.structure(found, kind)


def every(session: Session, kind: type[T], statement: Executable, values: Row) -> tuple[T, ...]:
    """What each row holds."""
    return tuple(ROWS.structure(found, kind) for found in session.rows(statement, values))


@frozen
class SqlHistory:
    """The changes of every entity."""

    _session: Session

    def of(
        self, lifecycle: str, entity_id: str, *, after: int = 0, limit: int | None = None
    ) -> tuple[Change, ...]:
        """An entity's changes after a seq, oldest first; none for an entity that was never born."""
        most = NO_LIMIT if limit is None else limit
        values = {"lifecycle": lifecycle, "entity_id": entity_id, "after": after, "limit": most}
        return every(self._session, Change, OF_ENTITY, values)

    def feed(self, *, after: str, limit: int) -> Feed:
        """The next `limit` changes of all entities after a cursor; '' is the beginning."""
        if self._session.is_sqlite:
            (position,) = _numbers(after, 1)
            return _feed(
                self._session.rows(FEED_ON_SQLITE, {"position": position, "limit": limit}),
                "",
                str(position),
            )
        home, (cluster, database, txid, position) = self._home(), _numbers(after, 4)
        if after and f"{cluster}.{database}." != home:
            raise ForeignCursor(after)
        rows = self._session.rows(
            FEED_ON_POSTGRESQL, {"txid": str(txid), "position": position, "limit": limit}
        )
        return _feed(rows, home, f"{txid}.{position}")

    def newest(self, *, limit: int) -> Feed:
        """The last `limit` changes of all entities, in the order of the feed, and where to read on."""
        if self._session.is_sqlite:
            return _feed(self._session.rows(NEWEST_ON_SQLITE, {"limit": limit})[::-1], "", "0")
        return _feed(
            self._session.rows(NEWEST_ON_POSTGRESQL, {"limit": limit})[::-1], self._home(), "0.0"
        )

    def _home(self) -> str:
        return f"{self._session.rows(DATABASE_ID, {})[0]['home']}."


@frozen
class SqlReceipts:
    """The kept answers."""

    _session: Session

    def find(self, owner: Actor, key: str) -> Receipt | None:
        """The owner's receipt for the key; RequestInFlight while another transaction is making it."""
        values = {"owner": str(owner), "key": key}
        # Until this transaction ends, no other is at work for this key; on SQLite none is anyway.
        if not self._session.is_sqlite and not self._session.rows(IS_FREE, values)[0]["is_free"]:
            raise RequestInFlight(key)
        return one(self._session, Receipt, RECEIPT, {"owner": owner, "key": key})

    def keep(self, receipt: Receipt) -> None:
        """Keep the answer, in the command's own transaction."""
        self._session.at_failpoint(Failpoint.BEFORE_RECEIPT)
        self._session.run(KEEP, parameters({RECEIPTS: asdict(receipt, recurse=False)}))
        self._session.at_failpoint(Failpoint.AFTER_RECEIPT)


def _feed(rows: Sequence[Row], home: str, start: str) -> Feed:
    changes = tuple(ROWS.structure(found, Change) for found in rows)
    return Feed(changes=changes, cursor=home + (rows[-1]["cursor"] if rows else start))


def _numbers(cursor: Any, count: int) -> tuple[int, ...]:
    if not isinstance(cursor, str):
        raise ForeignCursor(str(cursor))
    parts = cursor.split(".") if cursor else ["0"] * count
    if len(parts) != count or not all(map(DIGITS.fullmatch, parts)):
        raise ForeignCursor(cursor)
    return tuple(map(int, parts))
