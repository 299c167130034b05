"""The SQL repository of payloads."""

from functools import partial
from typing import Any

from attrs import frozen
from sqlalchemy import Executable, column, text

from indelible.kernel.payloads import Payload, PayloadNotFound
from indelible_sql.engine.atomic_write import parameters
from indelible_sql.engine.errors import UNREADABLE, RowUnreadable
from indelible_sql.engine.session import Row, Session
from indelible_sql.kernel.payload_tables import PAYLOADS
from indelible_sql.schema.tables import rows_by
from indelible_sql.schema.writes import row

PAYLOAD = rows_by(PAYLOADS, "digest")
PAYLOAD_HASH = rows_by(PAYLOADS, "digest").with_only_columns(PAYLOADS.c.hash)
INSERT_PAYLOAD = row(PAYLOADS)
# Until the transaction ends, no other one adds the same bytes. SQLite has one writer.
LOCK_DIGEST = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('payload ' || :digest, 0)) AS locked"
).columns(column("locked"))


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

        try:
            payload = payload_of_row(stored)
            payload.check()
        except UNREADABLE as error:
            raise RowUnreadable.because_of(error) from error
        return payload

    def add(self, payload: Payload) -> Payload:
        """Store the payload, and return the one that was stored first."""
        payload.check()
        if not insert_if_new(self._session, payload_row(payload)):
            return self.get(payload.digest)

        # A payload may be all that the transaction writes: a lost COMMIT is looked up by it.
        self._session.commit_checks.append(partial(_is_committed, payload))
        return payload


def insert_if_new(session: Session, values: Row) -> bool:
    """Insert a row, or return False where the same bytes are stored already."""
    digest: str = values["digest"]
    questions: list[tuple[Executable, Row]] = [(PAYLOAD_HASH, {"digest": digest})]
    if not session.is_sqlite:
        questions.insert(0, (LOCK_DIGEST, {"digest": digest}))
    *_, known = session.rows_of_queries(*questions)
    if known:
        return False

    session.run_later(INSERT_PAYLOAD, parameters({PAYLOADS: values}))
    return True


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


def _is_committed(payload: Payload, session: Session) -> bool:
    """Return True if this payload is stored, and not the same bytes of another transaction."""
    stored = session.first(PAYLOAD_HASH, {"digest": payload.digest})
    return stored is not None and stored["hash"] == payload.hash
