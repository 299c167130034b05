"""History and receipts in SQL, and how their rows become values."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from attrs import asdict, frozen
from cattrs import Converter
from sqlalchemy import BigInteger, Boolean, Text, bindparam, literal_column, select, text

from indelible.captures.entities import EngagementLevel, Vector
from indelible.kernel import Actor, Change, Data, Feed, Invalid, Receipt, RequestInFlight
from indelible_sql.failpoints import Failpoint
from indelible_sql.session import Question, Row, Session
from indelible_sql.tables import HISTORY, RECEIPTS
from indelible_sql.together import parameters, row

Rows = Sequence[Row]

NO_LIMIT = 2**31 - 1
LONGEST_NUMBER = 19  # digits of a bigint

OF_ENTITY = (
    select(HISTORY)
    .where(
        HISTORY.c.lifecycle == bindparam("lifecycle"),
        HISTORY.c.entity_id == bindparam("entity_id"),
        HISTORY.c.seq > bindparam("after"),
    )
    .order_by(HISTORY.c.seq)
    .limit(bindparam("limit"))
)
FEED_ON_SQLITE = (
    select(HISTORY)
    .where(HISTORY.c.position > bindparam("position"))
    .order_by(HISTORY.c.position)
    .limit(bindparam("limit"))
)
NEWEST_ON_SQLITE = select(HISTORY).order_by(HISTORY.c.position.desc()).limit(bindparam("limit"))
# Transactions below xmin have ended: none of them can put a row in front of the cursor any more.
FEED_ON_POSTGRESQL = (
    select(HISTORY, literal_column("history.txid::text", Text()).label("transaction"))
    .where(
        text("(history.txid, history.position) > (CAST(:txid AS xid8), CAST(:position AS bigint))"),
        text("history.txid < pg_snapshot_xmin(pg_current_snapshot())"),
    )
    .order_by(text("history.txid, history.position"))
    .limit(bindparam("limit"))
)
NEWEST_ON_POSTGRESQL = (
    select(HISTORY, literal_column("history.txid::text", Text()).label("transaction"))
    .where(text("history.txid < pg_snapshot_xmin(pg_current_snapshot())"))
    .order_by(text("history.txid DESC, history.position DESC"))
    .limit(bindparam("limit"))
)
# Transaction numbers mean nothing in another cluster or database, so a cursor names its own.
HOME: Question = select(
    literal_column("(SELECT system_identifier FROM pg_control_system())", BigInteger()).label("cluster"),
    literal_column("(SELECT oid::bigint FROM pg_database WHERE datname = current_database())", BigInteger()).label(
        "database"
    ),
)
RECEIPT = select(RECEIPTS).where(RECEIPTS.c.owner == bindparam("owner"), RECEIPTS.c.key == bindparam("key"))
KEEP = row(RECEIPTS)
IS_FREE = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:owner || ' ' || :key, 0)) AS is_free").columns(
    is_free=Boolean()
)

CONVERTED: Any = (Actor, EngagementLevel, Vector, date, datetime, Data, Mapping[str, Any])
ROWS = Converter(detailed_validation=False)  # the columns' types have converted actors, instants and documents already
ROWS.register_structure_hook_func(
    lambda kind: kind in (Actor, EngagementLevel, Vector, date, datetime, Data, Mapping[str, Any]),
    lambda value, _: value,
)


@frozen
class ForeignCursor(Invalid):
    """The cursor is not one that this database gave."""

    code: ClassVar[str] = "FOREIGN_CURSOR"
    cursor: str


def change_row(change: Change) -> dict[str, Any]:
    """The columns of a change."""
    return asdict(change, recurse=False)


@frozen
class SqlHistory:
    """The changes of every entity."""

    _session: Session

    def of(self, lifecycle: str, entity_id: str, *, after: int = 0, limit: int | None = None) -> tuple[Change, ...]:
        """An entity's changes after a seq, oldest first; none for an entity that was never born."""
        most = NO_LIMIT if limit is None else limit
        values = {"lifecycle": lifecycle, "entity_id": entity_id, "after": after, "limit": most}
        return tuple(ROWS.structure(found, Change) for found in self._session.rows(OF_ENTITY, values))

    def feed(self, *, after: str, limit: int) -> Feed:
        """The next `limit` changes of all entities after a cursor; '' is the beginning."""
        is_sqlite = self._session.is_sqlite
        return self._feed_on_sqlite(after, limit) if is_sqlite else self._feed_on_postgresql(after, limit)

    def newest(self, *, limit: int) -> Feed:
        """The last `limit` changes of all entities, in the order of the feed, and where to read on."""
        if self._session.is_sqlite:
            return _on_sqlite(self._session.rows(NEWEST_ON_SQLITE, {"limit": limit})[::-1], 0)
        rows = self._session.rows(NEWEST_ON_POSTGRESQL, {"limit": limit})[::-1]
        return _on_postgresql(rows, self._home(), (0, 0))

    def _feed_on_sqlite(self, after: str, limit: int) -> Feed:
        (position,) = _numbers(after, 1)
        return _on_sqlite(self._session.rows(FEED_ON_SQLITE, {"position": position, "limit": limit}), position)

    def _feed_on_postgresql(self, after: str, limit: int) -> Feed:
        home = self._home()
        cluster, database, txid, position = _numbers(after, 4)
        if after and f"{cluster}.{database}" != home:
            raise ForeignCursor(after)
        rows = self._session.rows(FEED_ON_POSTGRESQL, {"txid": str(txid), "position": position, "limit": limit})
        return _on_postgresql(rows, home, (txid, position))

    def _home(self) -> str:
        row = self._session.rows(HOME, {})[0]
        return f"{row['cluster']}.{row['database']}"


@frozen
class SqlReceipts:
    """The kept answers."""

    _session: Session

    def find(self, owner: Actor, key: str) -> Receipt | None:
        """The owner's receipt for the key; RequestInFlight while another transaction is making it."""
        if not self._session.is_sqlite and not self._is_free(owner, key):
            raise RequestInFlight(key)
        found = self._session.first(RECEIPT, {"owner": owner, "key": key})
        return None if found is None else ROWS.structure(found, Receipt)

    def keep(self, receipt: Receipt) -> None:
        """Keep the answer, in the command's own transaction."""
        self._session.at_failpoint(Failpoint.BEFORE_RECEIPT)
        self._session.run(KEEP, parameters({RECEIPTS: asdict(receipt, recurse=False)}))
        self._session.at_failpoint(Failpoint.AFTER_RECEIPT)

    def _is_free(self, owner: Actor, key: str) -> bool:
        """Whether no other transaction is at work for this key; until this one ends, none will be."""
        return bool(self._session.rows(IS_FREE, {"owner": str(owner), "key": key})[0]["is_free"])


def _on_sqlite(rows: Rows, position: int) -> Feed:
    changes = tuple(ROWS.structure(found, Change) for found in rows)
    return Feed(changes=changes, cursor=str(rows[-1]["position"] if rows else position))


def _on_postgresql(rows: Rows, home: str, start: tuple[int, int]) -> Feed:
    changes = tuple(ROWS.structure(found, Change) for found in rows)
    txid, position = (rows[-1]["transaction"], rows[-1]["position"]) if rows else start
    return Feed(changes=changes, cursor=f"{home}.{txid}.{position}")


def _numbers(cursor: Any, count: int) -> tuple[int, ...]:
    if not isinstance(cursor, str):
        raise ForeignCursor(str(cursor))
    parts = cursor.split(".") if cursor else ["0"] * count
    if len(parts) != count or not all(
        part.isascii() and part.isdecimal() and len(part) <= LONGEST_NUMBER for part in parts
    ):
        raise ForeignCursor(cursor)
    return tuple(map(int, parts))
