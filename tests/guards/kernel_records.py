"""The rows of payloads and rejections in the situation, and new ones."""

from typing import Final

from sqlalchemy import Insert, insert
from tests.guards.writes import AUDIT, Row

from indelible.app import WriteTx
from indelible.kernel.payloads import Payload
from indelible.kernel.rejections import RefusedCommand, Rejection, new_rejection
from indelible.kernel.values import field_values
from indelible.testing.stores import BEGINNING
from indelible_sql.kernel.payload_tables import PAYLOADS
from indelible_sql.kernel.payloads import payload_row
from indelible_sql.kernel.rejection_tables import REJECTIONS


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


STORED_PAYLOAD: Final = payload_with(b'{"scores": [70, 68]}')
STORED_REJECTION: Final = _rejection("rejection-1")
NEW_PAYLOAD: Final[Row] = payload_row(payload_with(b'{"scores": [70, 69]}'))
NEW_REJECTION: Final[Row] = field_values(_rejection("rejection-2"))


def add_kernel_records(tx: WriteTx) -> None:
    """Store a payload and a rejection."""
    tx.payloads.add(STORED_PAYLOAD)
    tx.rejections.add(STORED_REJECTION)


def insert_payload(**columns: object) -> Insert:
    """Return the insert of a new payload, with some columns changed."""
    return insert(PAYLOADS).values({**NEW_PAYLOAD, **columns})


def insert_rejection(**columns: object) -> Insert:
    """Return the insert of a new rejection, with some columns changed."""
    return insert(REJECTIONS).values({**NEW_REJECTION, **columns})
