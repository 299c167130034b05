"""Compare receipts with their digests and with the time."""

from collections.abc import Iterator
from datetime import datetime

from indelible.kernel.idempotency import Receipt
from indelible_sql.engine.errors import UNREADABLE
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.history import ROWS
from indelible_sql.kernel.row_checks import decode_row, rows, unreadable
from indelible_sql.schema.findings import Fault, Finding
from indelible_sql.schema.tables import RECEIPTS


def receipt_findings(session: Session, latest: datetime) -> Iterator[Finding]:
    """Yield each receipt that does not match its digest, or whose time is after `latest`."""
    for row in rows(session, RECEIPTS, ("owner", "key")):
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
