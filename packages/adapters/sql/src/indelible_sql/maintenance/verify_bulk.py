"""Check that the rows of bulk records are those that their changes count and hash."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import select

from indelible.kernel.bulk import BulkDigest
from indelible.kernel.json import encode_canonical
from indelible_sql.engine.errors import UNREADABLE
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.bulk import row_text
from indelible_sql.kernel.key_ranges import KeyRange
from indelible_sql.kernel.row_checks import (
    MAX_STATEMENTS,
    PAGE,
    decode_row,
    load,
    rows,
    undecoded,
    unreadable,
)
from indelible_sql.schema.bulk import KEY_COLUMNS, OWNER_COLUMNS, BulkTable
from indelible_sql.schema.columns import JSON_OBJECT
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.tables import HISTORY

UNKNOWN_CHANGE: Final = "no change added them"
NO_ROWS: Final[Mapping[str, Any]] = BulkDigest().summary()


class _StoredRows(NamedTuple):
    """The summary of the rows of one change, or what is wrong with one of them."""

    key: tuple[str, int]
    summary: Mapping[str, Any]
    fault: str


def bulk_findings(session: Session, key_range: KeyRange, bulk: BulkTable) -> Iterator[Finding]:
    """Compute count and digest of the rows of every change again, one row at a time.

    The range is one of entities.
    """
    stored = _stored_rows(session, bulk, key_range)
    pending = next(stored, None)
    changes = _changes_with_rows(bulk).where(*key_range.conditions(HISTORY.c.entity_id))
    for change in session.stream(changes, PAGE):
        key = (change["entity_id"], change["seq"])
        while pending is not None and pending.key < key:
            yield _finding(bulk, pending.key, UNKNOWN_CHANGE)
            pending = next(stored, None)

        own_rows = _StoredRows(key, NO_ROWS, "")
        if pending is not None and pending.key == key:
            own_rows = pending
            pending = next(stored, None)
        detail = own_rows.fault or _difference(session, bulk, change, own_rows.summary)
        if detail:
            yield _finding(bulk, key, detail)

    while pending is not None:
        yield _finding(bulk, pending.key, UNKNOWN_CHANGE)
        pending = next(stored, None)


def _stored_rows(session: Session, bulk: BulkTable, key_range: KeyRange) -> Iterator[_StoredRows]:
    in_range = key_range.conditions(bulk.table.c.entity_id)
    walk = rows(session, bulk.table, KEY_COLUMNS, *in_range)
    for key, group in groupby(walk, key=itemgetter(*OWNER_COLUMNS)):
        content = BulkDigest()
        fault = ""
        for row in group:
            try:
                content.add(row_text(bulk, decode_row(session, bulk.table, row)))
            except UNREADABLE as error:
                fault = fault or f"row {row['number']} is {unreadable(error)}"
        yield _StoredRows(key, content.summary(), fault)


def _difference(session: Session, bulk: BulkTable, change: Row, summary: Mapping[str, Any]) -> str:
    """Return the difference between the rows and the data of their change, or ''."""
    try:
        # The form of the change's data is checked with the change.
        data = load(session, JSON_OBJECT, change["data"], is_checked=True)
    except UNREADABLE as error:
        return unreadable(error)

    expected: Any = data.get(bulk.record.record_name)
    if expected is None and summary == NO_ROWS and bulk.may_lack_rows:
        return ""  # its action appended nothing then, or its declaration finds the fault
    # As texts: True is 1 in a comparison.
    if encode_canonical(expected) == encode_canonical(summary):
        return ""
    recorded: Mapping[str, Any] = {}
    if isinstance(expected, dict):
        recorded = cast("Mapping[str, Any]", expected)
    if recorded.get("count") == summary["count"]:
        return "the digest of the rows differs from the one in their change"
    return f"{summary['count']} rows, and their change counts others"


def _finding(bulk: BulkTable, key: tuple[str, int], detail: str) -> Finding:
    entity_id, seq = key
    return Finding(
        fault=Fault.RECORD, table=bulk.table.name, entity_id=entity_id, seq=seq, detail=detail
    )


@lru_cache(maxsize=MAX_STATEMENTS)
def _changes_with_rows(bulk: BulkTable) -> Query:
    """Select the changes that add rows, in the order of the rows."""
    return (
        select(HISTORY.c.entity_id, HISTORY.c.seq, undecoded(HISTORY.c.data, "data"))
        .where(HISTORY.c.lifecycle == bulk.lifecycle, HISTORY.c.action.in_(bulk.actions))
        .order_by(HISTORY.c.entity_id, HISTORY.c.seq)
    )
