"""Illegal writes to payloads, rejections and declarations: records that no change adds."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from sqlalchemy import delete, insert, select, update
from tests.guards.attack_parts import Kind
from tests.guards.kernel_records import (
    NEW_DECLARATION,
    NEW_PAYLOAD,
    NEW_REJECTION,
    STORED_DECLARATION,
    STORED_PAYLOAD,
    STORED_REJECTION,
    insert_declaration,
    insert_payload,
    insert_rejection,
    payload_with,
)
from tests.guards.raw_sql import by_rowid, copied, raw, replacing

from indelible.kernel.payloads import MAX_PAYLOAD_BYTES
from indelible.testing.stores import BEGINNING
from indelible_sql.kernel.payload_tables import PAYLOADS
from indelible_sql.kernel.payloads import payload_row
from indelible_sql.kernel.rejection_tables import REJECTIONS
from indelible_sql.schema.declaration_tables import DECLARATIONS

OTHER_DIGEST: Final = "b" * 64
TOO_LARGE: Final = b"\x00" * (MAX_PAYLOAD_BYTES + 1)

LEGAL_ON_PAYLOADS: Kind = {
    "a payload is added": lambda _: (insert_payload(),),
    "an empty payload is added": lambda _: (
        insert(PAYLOADS).values(payload_row(payload_with(b""))),
    ),
    "a rejection is added": lambda _: (insert_rejection(),),
    "a declaration is added": lambda _: (insert_declaration(),),
}
ON_PAYLOADS: Mapping[str, Kind] = {
    "a payload forged": {
        "a payload of another size": lambda _: (insert_payload(size=1),),
        "a payload that is too large": lambda _: (
            insert_payload(
                digest=sha256(TOO_LARGE).hexdigest(),
                bytes=TOO_LARGE,
                size=len(TOO_LARGE),
            ),
        ),
        "the same payload twice": lambda _: (insert_payload(), insert_payload()),
        "a stored payload with other bytes": lambda _: (
            insert_payload(digest=STORED_PAYLOAD.digest),
        ),
        "stored payloads again": lambda _: (
            insert(PAYLOADS).from_select(PAYLOADS.columns.keys(), select(PAYLOADS)),
        ),
    },
    "a rejection forged": {
        "a stored rejection of another command": lambda _: (
            insert_rejection(id=STORED_REJECTION.id),
        ),
        "the same rejection twice": lambda _: (insert_rejection(), insert_rejection()),
        "stored rejections again": lambda _: (
            insert(REJECTIONS).from_select(REJECTIONS.columns.keys(), select(REJECTIONS)),
        ),
    },
    "a declaration forged": {
        "a declaration without edges": lambda _: (insert_declaration(document={"retired": []}),),
        "a declaration without retired edges": lambda _: (
            insert_declaration(document={"edges": []}),
        ),
        "another declaration of the same time": lambda _: (
            insert_declaration(lifecycle=STORED_DECLARATION.lifecycle),
        ),
        "the same declaration twice": lambda _: (insert_declaration(), insert_declaration()),
        "stored declarations again": lambda _: (
            insert(DECLARATIONS).from_select(DECLARATIONS.columns.keys(), select(DECLARATIONS)),
        ),
    },
    "a record updated or deleted": {
        "a declaration of another document": lambda _: (
            update(DECLARATIONS).values(document=raw("'{}'")),
        ),
        "a declaration of a later time": lambda _: (
            update(DECLARATIONS).values(declared_at=BEGINNING.replace(year=2027)),
        ),
        "a declaration, deleted": lambda _: (delete(DECLARATIONS),),
        "a payload with other bytes of its size": lambda _: (
            update(PAYLOADS).values(bytes=NEW_PAYLOAD["bytes"]),
        ),
        "a payload under another digest": lambda _: (update(PAYLOADS).values(digest=OTHER_DIGEST),),
        "a payload that was received earlier": lambda _: (
            update(PAYLOADS).values(first_received_at=BEGINNING.replace(year=2025)),
        ),
        "a new payload, deleted": lambda _: (
            insert_payload(),
            delete(PAYLOADS).where(PAYLOADS.c.digest == NEW_PAYLOAD["digest"]),
        ),
        "a rejection for another reason": lambda _: (update(REJECTIONS).values(reason="another"),),
        "a rejection of another actor": lambda _: (update(REJECTIONS).values(actor="user:eve"),),
        "a new rejection, deleted": lambda _: (
            insert_rejection(),
            delete(REJECTIONS).where(REJECTIONS.c.id == NEW_REJECTION["id"]),
        ),
    },
}

# SQLite has no SHA-256: there the store and `verify` compare the digest with the bytes.
PAYLOADS_ON_POSTGRESQL: Kind = {
    "a payload under the digest of other bytes": lambda _: (insert_payload(digest=OTHER_DIGEST),),
    "a payload with one other byte": lambda _: (insert_payload(bytes=b'{"scores": [70, 68]}'),),
}

# INSERT OR REPLACE on SQLite silently deletes the rows that conflict with the new row.
REPLACED_PAYLOADS: Kind = {
    "a payload, replaced": lambda _: (replacing(insert_payload(digest=STORED_PAYLOAD.digest)),),
    "a payload, replaced by rowid": lambda _: (by_rowid(PAYLOADS, NEW_PAYLOAD, 1),),
    "a payload's rowid below zero": lambda _: (by_rowid(PAYLOADS, NEW_PAYLOAD, -7),),
    "a payload of text": lambda _: (insert_payload(bytes=raw("'0123456789'"), size=10),),
    "a declaration, replaced": lambda _: (
        replacing(insert_declaration(lifecycle=STORED_DECLARATION.lifecycle)),
    ),
    "a declaration, replaced by rowid": lambda _: (by_rowid(DECLARATIONS, NEW_DECLARATION, 1),),
    "a rejection, replaced": lambda _: (replacing(insert_rejection(id=STORED_REJECTION.id)),),
    "a rejection, replaced by rowid": lambda _: (by_rowid(REJECTIONS, NEW_REJECTION, 1),),
}
COPIED_PAYLOADS: Kind = {
    "a rejection, copied in twice": lambda _: (
        copied(REJECTIONS, NEW_REJECTION),
        copied(REJECTIONS, NEW_REJECTION),
    ),
}
