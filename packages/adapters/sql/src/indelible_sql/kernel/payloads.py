"""The SQL repository of payloads."""

from functools import partial
from typing import Any

from attrs import frozen
from sqlalchemy import Insert
from sqlalchemy.dialects.postgresql import insert as postgresql_insert

from indelible.kernel.payloads import Payload, PayloadNotFound
from indelible_sql.engine.atomic_write import parameters, row, row_values
from indelible_sql.engine.errors import reading_row
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.payload_tables import PAYLOADS
from indelible_sql.schema.tables import rows_by

PAYLOAD = rows_by(PAYLOADS, "digest")
EXISTS = rows_by(PAYLOADS, "digest").with_only_columns(PAYLOADS.c.digest)
# SQLite has one writer, which has looked before. Elsewhere another transaction may have added the
# same bytes since.
INSERT_ON_SQLITE: Insert = row(PAYLOADS)
INSERT_ON_POSTGRESQL: Insert = (
    postgresql_insert(PAYLOADS)
    .values(row_values(PAYLOADS))
    .on_conflict_do_nothing(index_elements=[PAYLOADS.c.digest])
)


@frozen
class SqlPayloads:
    """The payloads of a store."""

    _session: Session

    def get(self, digest: str) -> Payload:
        """Return the payload with this digest, or raise PayloadNotFound.

        Raises RowUnreadable where the stored bytes are not those that were received.
        """
        stored = self._session.first(PAYLOAD, {"digest": digest})
        if stored is None:
            raise PayloadNotFound(digest)

        with reading_row():
            payload = payload_of_row(stored)
            payload.check()
        return payload

    def add(self, payload: Payload) -> Payload:
        """Store the payload, and return the one that was stored first."""
        payload.check()
        is_stored = self._session.first(EXISTS, {"digest": payload.digest}) is not None
        if not is_stored and insert_payload(self._session, payload_row(payload)):
            self._session.commit_checks.append(partial(_is_stored, payload.digest))
            return payload

        return self.get(payload.digest)


def insert_payload(session: Session, values: Row) -> bool:
    """Insert a row; return False where another transaction has added the same bytes."""
    statement = INSERT_ON_SQLITE if session.is_sqlite else INSERT_ON_POSTGRESQL
    return session.step(statement, parameters({PAYLOADS: values})) == 1


def payload_row(payload: Payload) -> dict[str, Any]:
    """Return the columns of a payload."""
    return {
        "digest": payload.digest,
        "bytes": payload.content,
        "size": payload.size,
        "content_type": payload.content_type,
        "first_received_at": payload.first_received_at,
        "hash": payload.hash,
    }


def payload_of_row(values: Row) -> Payload:
    """Return the payload of a row, which may be inconsistent in itself."""
    return Payload(
        digest=values["digest"],
        content=values["bytes"],
        size=values["size"],
        content_type=values["content_type"],
        first_received_at=values["first_received_at"],
        hash=values["hash"],
    )


def _is_stored(digest: str, session: Session) -> bool:
    return session.first(EXISTS, {"digest": digest}) is not None
