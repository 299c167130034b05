"""The tables of seals: insert-only, one chain without gaps, never ahead of the feed."""

from collections.abc import Iterator

from sqlalchemy import CheckConstraint, PrimaryKeyConstraint, UniqueConstraint

from indelible_sql.schema.checks import previous_number
from indelible_sql.schema.columns import (
    ACTOR,
    DIGEST,
    DIGEST_OR_EMPTY,
    IDENTIFIER,
    INSTANT,
    NATURAL,
    NONBLANK_TEXT,
    ORDINAL,
    required,
)
from indelible_sql.schema.feed import latest_end
from indelible_sql.schema.guard import Guard
from indelible_sql.schema.tables import key, table

SEALS = table(
    "seals",
    required("number", ORDINAL),
    previous_number("number"),
    required("starts_after", NATURAL),
    required("ends_at", NATURAL),
    required("changes", NATURAL),
    required("feed_digest", DIGEST),
    required("records", NATURAL),
    required("records_digest", DIGEST),
    required("actor", ACTOR),
    required("reason", NONBLANK_TEXT),
    required("at", INSTANT),
    required("prev_hash", DIGEST_OR_EMPTY),
    required("hash", DIGEST),
    PrimaryKeyConstraint("number", name="seals_pkey"),
    UniqueConstraint("number", "ends_at", "hash", name="seals_end"),
    key(
        "seals_predecessor",
        ["previous_number", "starts_after", "prev_hash"],
        "seals",
        ["number", "ends_at", "hash"],
    ),
    CheckConstraint(
        "CASE WHEN number = 1 THEN starts_after = 0 AND prev_hash = '' ELSE prev_hash <> '' END",
        name="seals_first",
    ),
    CheckConstraint("starts_after <= ends_at", name="seals_stretch"),
    has_rowid=False,
)

# The records outside of the feed that a seal covers: they have no order of their own.
SEAL_RECORDS = table(
    "seal_records",
    required("record_table", IDENTIFIER),
    required("record_hash", DIGEST),
    required("seal_number", ORDINAL),
    PrimaryKeyConstraint("record_table", "record_hash", name="seal_records_pkey"),
    key("seal_records_seal", ["seal_number"], "seals", ["number"]),
    has_rowid=False,
)


def seal_guards(dialect: str) -> Iterator[Guard]:
    """Yield the guard that a seal ends within the feed.

    After a seal that ends later, no change could be sealed for a long time.
    """
    condition = f"NEW.ends_at <= {latest_end(dialect)}"
    yield Guard(table=SEALS, rule="finished", event="INSERT", condition=condition)
