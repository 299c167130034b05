"""Export and import the kernel's own records as they are stored.

They are payloads, rejections and the declarations of hosts' lifecycles.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

from attrs import frozen
from sqlalchemy import Table, select

from indelible.kernel import Conflict
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.engine.session import Query, Row, Session
from indelible_sql.kernel.declarations import declaration_of_row
from indelible_sql.kernel.payload_tables import PAYLOADS
from indelible_sql.kernel.payloads import insert_if_new, payload_of_row
from indelible_sql.kernel.rejection_tables import REJECTIONS
from indelible_sql.kernel.rejections import STORED_REJECTIONS
from indelible_sql.kernel.stored_rejections import AnyStoredRejections
from indelible_sql.kernel.webhook_tables import WEBHOOK_REJECTIONS
from indelible_sql.kernel.webhooks import STORED_WEBHOOK_REJECTIONS
from indelible_sql.schema.declaration_tables import DECLARATIONS
from indelible_sql.schema.sql_context import RecordExport, TableRow
from indelible_sql.schema.tables import rows_by
from indelible_sql.schema.writes import row

PAYLOAD_PAGE = 16  # of up to 2 MiB each
REJECTION_PAGE = 500
DECLARATION_PAGE = 100
ALL_PAYLOADS: Query = select(PAYLOADS).order_by(PAYLOADS.c.digest)
ALL_REJECTIONS: Query = select(REJECTIONS).order_by(REJECTIONS.c.id)
ALL_WEBHOOK_REJECTIONS: Query = select(WEBHOOK_REJECTIONS).order_by(WEBHOOK_REJECTIONS.c.id)
ALL_DECLARATIONS: Query = select(DECLARATIONS).order_by(*DECLARATIONS.primary_key.columns)
STORED_DECLARATION: Query = rows_by(DECLARATIONS, "lifecycle", "declared_at").with_only_columns(
    DECLARATIONS.c.hash
)
INSERT_DECLARATION: Final = row(DECLARATIONS)
# In the order of an export.
RECORDS: Final = (PAYLOADS, REJECTIONS, WEBHOOK_REJECTIONS, DECLARATIONS)
REJECTIONS_BY_TABLE: Final[Mapping[Table, AnyStoredRejections]] = {
    REJECTIONS: STORED_REJECTIONS,
    WEBHOOK_REJECTIONS: STORED_WEBHOOK_REJECTIONS,
}


@frozen
class HistoryDiffers(Conflict):
    """An entity with the same id has another history in the database."""

    message: ClassVar[str] = (
        "Entity {entity_id} of lifecycle {lifecycle} exists already, with another history."
    )
    lifecycle: str
    entity_id: str


def exported_rows(session: Session) -> Iterator[TableRow]:
    """Yield the payloads by their digests, each kind of rejections by their ids, the declarations.

    A declaration that repeats the one before it is left out: the upgrade of a database into which
    the first one was imported has stored it once more.
    """
    for payload in session.stream(ALL_PAYLOADS, PAYLOAD_PAGE):
        yield PAYLOADS, payload
    for rejection in session.stream(ALL_REJECTIONS, REJECTION_PAGE):
        yield REJECTIONS, rejection
    for webhook_rejection in session.stream(ALL_WEBHOOK_REJECTIONS, REJECTION_PAGE):
        yield WEBHOOK_REJECTIONS, webhook_rejection
    previous: Row = {}
    for declaration in session.stream(ALL_DECLARATIONS, DECLARATION_PAGE):
        if not _repeats(declaration, previous):
            yield DECLARATIONS, declaration
        previous = declaration


def check_rows(rows: Iterator[TableRow]) -> Iterator[TableRow]:
    """Pass rows on; raise ValueError at one that is inconsistent, repeated or out of order."""
    previous: tuple[object, ...] = (-1,)
    for table, values in rows:
        position = _position(table, values)
        if position <= previous:
            raise ValueError(f"a row of {table.name} is not after the row before it")
        previous = position

        if table is PAYLOADS:
            payload_of_row(values).check()
        elif table is DECLARATIONS:
            _check_declaration(values)
        else:
            _check_rejection(table, values)
        yield table, values


def save_rows(session: Session, rows: Iterator[TableRow]) -> Iterator[bool]:
    """Write the rows that are not there; yield for each whether it was written.

    A payload that is there keeps the content type and the time of its first receipt here.
    """
    for table, values in rows:
        if table is PAYLOADS:
            yield insert_if_new(session, values)
        elif table is DECLARATIONS:
            yield _save_declaration(session, values)
        else:
            yield _save_rejection(session, table, values)


def _check_rejection(table: Table, values: Row) -> None:
    rejection = REJECTIONS_BY_TABLE[table].of_row(values)
    if rejection.record_digest() != rejection.hash:
        raise ValueError(f"rejection {rejection.id}: its hash does not match its content")


def _check_declaration(values: Row) -> None:
    declaration = declaration_of_row(values)
    if not declaration.is_intact:
        name = declaration.lifecycle
        raise ValueError(f"declaration of {name}: its hash does not match its content")


def _repeats(declaration: Row, previous: Row) -> bool:
    """Return whether a declaration says the same about the same lifecycle as the one before it."""
    names = ("lifecycle", "document")
    return all(declaration[name] == previous.get(name) for name in names)


def _position(table: Table, values: Row) -> tuple[object, ...]:
    """Return the place of a row in an export: its table, then its key."""
    return RECORDS.index(table), *(values[column.name] for column in table.primary_key.columns)


def _save_rejection(session: Session, table: Table, values: Row) -> bool:
    rejections = REJECTIONS_BY_TABLE[table]
    stored_hash = rejections.hash_of(session, values["id"])
    if stored_hash is None:
        rejections.insert_row(session, values)
        return True

    if stored_hash != values["hash"]:
        raise HistoryDiffers("rejection", values["id"])
    return False


def _save_declaration(session: Session, values: Row) -> bool:
    """Insert a declaration that is not there; return whether it was inserted."""
    stored = session.first(STORED_DECLARATION, values)
    if stored is None:
        session.step(INSERT_DECLARATION, parameters({DECLARATIONS: values}))
        return True

    if stored["hash"] != values["hash"]:
        raise HistoryDiffers("declaration", values["lifecycle"])
    return False


RECORD_EXPORT = RecordExport(
    tables=RECORDS,
    hashed=RECORDS,
    rows=exported_rows,
    check=check_rows,
    save=save_rows,
)
