"""The table of payloads: raw bytes, insert-only, addressed by their SHA-256."""

from collections.abc import Iterator

from sqlalchemy import CheckConstraint, PrimaryKeyConstraint

from indelible_sql.schema.columns import DIGEST, IDENTIFIER, INSTANT, NATURAL, required
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.tables import table
from indelible_sql.schema.value_columns import RAW_BYTES

PAYLOADS = table(
    "payloads",
    required("digest", DIGEST),
    required("bytes", RAW_BYTES),
    required("size", NATURAL),
    required("content_type", IDENTIFIER),
    required("first_received_at", INSTANT),
    required("hash", DIGEST),
    PrimaryKeyConstraint("digest", name="payloads_pkey"),
    CheckConstraint("size = length(bytes)", name="payloads_size_matches"),
)


def payload_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guard that a payload's digest is the SHA-256 of its bytes.

    SQLite has no such function: there the store compares before it writes, and `verify` afterwards.
    """
    if dialect == "sqlite":
        return

    condition = "NEW.digest = encode(sha256(NEW.bytes), 'hex')"
    yield Guard(table=PAYLOADS, rule="digest_matches", event="INSERT", condition=condition)
