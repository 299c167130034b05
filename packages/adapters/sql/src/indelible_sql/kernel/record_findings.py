"""The checks of `verify` on the kernel's own records: every digest is computed again."""

from collections.abc import Callable, Iterator
from functools import partial

from sqlalchemy import Table

from indelible_sql.engine.errors import UNREADABLE
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.declarations import declaration_of_row
from indelible_sql.kernel.payload_tables import PAYLOADS
from indelible_sql.kernel.payloads import payload_of_row
from indelible_sql.kernel.record_export import (
    DECLARATION_PAGE,
    PAYLOAD_PAGE,
    REJECTION_PAGE,
    REJECTIONS_BY_TABLE,
)
from indelible_sql.kernel.row_checks import decode_row, select_rows, unreadable
from indelible_sql.kernel.stored_rejections import AnyStoredRejections
from indelible_sql.schema.declaration_tables import DECLARATIONS
from indelible_sql.schema.findings import Fault, Finding

STORED_PAYLOADS: Query = select_rows(PAYLOADS, ("digest",), PAYLOADS, ())
STORED_DECLARATIONS: Query = select_rows(
    DECLARATIONS, ("lifecycle", "declared_at"), DECLARATIONS, ()
)
WRONG_HASH = "its hash does not match its content"

Check = Callable[[Row], str]


def record_findings(session: Session) -> Iterator[Finding]:
    """Yield a finding for each payload, rejection and declaration that is not as it was stored."""
    payloads = session.stream(STORED_PAYLOADS, PAYLOAD_PAGE)
    yield from _findings(PAYLOADS, "digest", payloads, partial(_payload_fault, session))
    for table, rejections in REJECTIONS_BY_TABLE.items():
        stored: Query = select_rows(table, ("id",), table, ())
        rows = session.stream(stored, REJECTION_PAGE)
        check = partial(_rejection_fault, session, rejections)
        yield from _findings(table, "id", rows, check)
    declarations = session.stream(STORED_DECLARATIONS, DECLARATION_PAGE)
    check = partial(_declaration_fault, session)
    yield from _findings(DECLARATIONS, "lifecycle", declarations, check)


def _findings(table: Table, id_column: str, rows: Iterator[Row], check: Check) -> Iterator[Finding]:
    for row in rows:
        try:
            detail = check(row)
        except UNREADABLE as error:
            detail = unreadable(error)
        if detail:
            entity_id = str(row[id_column])
            yield Finding(fault=Fault.RECORD, table=table.name, entity_id=entity_id, detail=detail)


def _payload_fault(session: Session, row: Row) -> str:
    """Return '' for a payload that is as it was received, or raise one of UNREADABLE."""
    payload_of_row(decode_row(session, PAYLOADS, row)).check()
    return ""


def _rejection_fault(session: Session, rejections: AnyStoredRejections, row: Row) -> str:
    rejection = rejections.of_row(decode_row(session, rejections.table, row))
    return "" if rejection.record_digest() == rejection.hash else WRONG_HASH


def _declaration_fault(session: Session, row: Row) -> str:
    declaration = declaration_of_row(decode_row(session, DECLARATIONS, row))
    declaration.past_lifecycle()
    return "" if declaration.is_intact else WRONG_HASH
