"""The rows of payloads, rejections and declarations in the situation, and new ones."""

from typing import Final

from sqlalchemy import Insert, insert
from tests.examples.parcels import Parcel
from tests.guards.writes import AUDIT, Row

from indelible.kernel.payloads import Payload
from indelible.kernel.rejections import RefusedCommand, Rejection, new_rejection
from indelible.kernel.values import field_values
from indelible.testing.stores import BEGINNING
from indelible_sql import SqlTransaction
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.engine.prepared import SCHEMA
from indelible_sql.kernel.mappings import HeadMapping
from indelible_sql.kernel.payload_tables import PAYLOADS
from indelible_sql.kernel.payloads import payload_row
from indelible_sql.kernel.record_export import INSERT_DECLARATION
from indelible_sql.kernel.rejection_tables import REJECTIONS
from indelible_sql.schema.declaration_tables import DECLARATIONS
from indelible_sql.schema.declarations import StoredDeclaration
from indelible_sql.schema.own_documents import document_of
from indelible_sql.schema.own_tables import own_table


def payload_with(content: bytes) -> Payload:
    """Return the payload of some bytes."""
    return Payload.of(content, content_type="application/json", received_at=BEGINNING)


def _rejection(rejection_id: str) -> Rejection:
    refused = RefusedCommand(
        command="cancel_contest",
        command_digest="a" * 64,
        code="CONTEST_LOCKED",
        message="The contest is locked.",
    )
    return new_rejection(AUDIT, refused, rejection_id=rejection_id, now=BEGINNING)


def _declaration(lifecycle: str) -> StoredDeclaration:
    table = own_table(lifecycle, Parcel, (), schema=SCHEMA)
    document = document_of(HeadMapping(table=table, entity=Parcel))
    return StoredDeclaration(
        lifecycle=lifecycle,
        declared_at=BEGINNING,
        document=document,
        actor=AUDIT.actor,
        reason=AUDIT.reason,
    ).hashed()


STORED_DECLARATION: Final = _declaration("parcel")
NEW_DECLARATION: Final[Row] = field_values(_declaration("crate"))
STORED_PAYLOAD: Final = payload_with(b'{"scores": [70, 68]}')
STORED_REJECTION: Final = _rejection("rejection-1")
NEW_PAYLOAD: Final[Row] = payload_row(payload_with(b'{"scores": [70, 69]}'))
NEW_REJECTION: Final[Row] = field_values(_rejection("rejection-2"))


def add_kernel_records(tx: SqlTransaction) -> None:
    """Store a payload, a rejection and a declaration."""
    tx.payloads.add(STORED_PAYLOAD)
    tx.rejections.add(STORED_REJECTION)
    rows = parameters({DECLARATIONS: field_values(STORED_DECLARATION)})
    tx.session.step(INSERT_DECLARATION, rows)


def insert_payload(**columns: object) -> Insert:
    """Return the insert of a new payload, with some columns changed."""
    return insert(PAYLOADS).values({**NEW_PAYLOAD, **columns})


def insert_rejection(**columns: object) -> Insert:
    """Return the insert of a new rejection, with some columns changed."""
    return insert(REJECTIONS).values({**NEW_REJECTION, **columns})


def insert_declaration(**columns: object) -> Insert:
    """Return the insert of a new declaration, with some columns changed."""
    return insert(DECLARATIONS).values({**NEW_DECLARATION, **columns})
