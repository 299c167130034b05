"""Compare receipts with their digests and with the time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from indelible.kernel.idempotency import Receipt
from indelible_sql.engine.errors import UNREADABLE
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.key_ranges import KeyRange
from indelible_sql.kernel.row_checks import decode_row, rows, unreadable
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.tables import RECEIPTS

RECEIPT_KEY: Final = ("owner", "key")


def receipt_findings(session: Session, key_range: KeyRange, latest: datetime) -> Iterator[Finding]:
    """Yield each receipt that does not match its digest, or whose time is after `latest`."""
    in_range = key_range.conditions(RECEIPTS.c.owner, RECEIPTS.c.key)
    for row in rows(session, RECEIPTS, RECEIPT_KEY, *in_range):
        detail = _receipt_fault(session, row, latest)
        if detail:
            yield Finding(
                fault=Fault.RECEIPT,
                table=RECEIPTS.name,
                entity_id=str(row["owner"]),
                detail=detail,
            )


def _receipt_fault(session: Session, row: Row, latest: datetime) -> str:
    """Return what is wrong with a receipt, or ''."""
    try:
        receipt = ROWS.structure(decode_row(session, RECEIPTS, row), Receipt)
        is_right = receipt.hash == receipt.digest()
    except UNREADABLE as error:
        return unreadable(error)

    if not is_right:
        return "its hash does not match its content"
    if receipt.at > latest:
        return f"in the future: {receipt.at}"
    return ""
